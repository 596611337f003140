// Without motion, rolled and unrolled stand side by side: the loop to the left, the chain to the
// right, one plate for both, and lines from each part of the loop to what it becomes.

import { Stage } from "../paint/stage.js"
import { scaleSheet, set, svg } from "../lib/svg.js"
import { reduced } from "../lib/motion.js"

const CELLS = 13
const LOOPS = 38
const HEIGHT = 60

export const sideBySide = ({ rolled }) => rolled && reduced()

export class ReducedMotion {
  constructor(picture) {
    this.picture = picture
    this.rolled = null
  }

  // The stage is new, so nothing stands beside it any more.
  forget() {
    this.rolled = null
  }

  show(state) {
    const { stage } = this.picture
    if (!sideBySide(state)) return this.hide()
    const fresh = !this.rolled
    if (fresh) this.build(stage, state)
    this.rolled.place(0, 0, state.t)
    this.rolled.update(state)
    if (fresh) this.picture.viewport.showLoop()
  }

  build(stage, state) {
    const {
      model,
      context: { palette, id },
      layout: { room },
      references,
      scale,
    } = stage
    this.rolled = new Stage({
      model,
      palette,
      room: { ...room, still: true },
      id: `${id}-rolled`,
      references,
    })
    this.rolled.place(0, 0, state.t)
    this.parts = stage.segments
      .filter(({ segment }) => !segment.disconnected)
      .map((part) => {
        const still = this.rolled.segments[part.segment.index]
        still.cursor.remove()
        hideFromReaders(still.root)
        part.wires.loop.group.removeAttribute("data-testid")
        part.wrapper.classList.add("pair")
        part.lead = still.room
        part.root.before(still.root)
        still.root.append(runOn(stage, still))
        const lines = correspondences(stage, part, still)
        scaleSheet(lines, scale)
        part.wrapper.append(lines)
        return { part, still, lines }
      })
    this.picture.viewport.settle()
  }

  hide() {
    if (!this.rolled) return
    for (const { part, still, lines } of this.parts) {
      still.root.remove()
      lines.remove()
      part.lead = 0
      part.wrapper.classList.remove("pair")
      set(part.wires.loop.group, { "data-testid": "loop" })
    }
    this.rolled = null
    this.picture.viewport.atLoop = null
    this.picture.viewport.settle()
  }
}

// A second drawing of the same numbers is there for the eye alone.
function hideFromReaders(root) {
  set(root, {
    "aria-hidden": "true",
    role: null,
    class: "columns rolled-still",
    "data-testid": "rolled-still",
  })
  for (const node of root.querySelectorAll("[data-testid], [id], [role]")) {
    if (!node.matches(".loop")) node.removeAttribute("data-testid")
    for (const name of ["id", "role", "aria-label"]) node.removeAttribute(name)
  }
}

// The weights' wires pass the loop and run on to the chain.
function runOn({ layout: { y, block } }, { xs, room, segment, wires }) {
  const [x] = xs
  const line = (name, at, from) =>
    wires.buses[name].isConnected
      ? svg("path", { class: `bus ${name} use use-${name}`, d: `M${from} ${at}H${room}` })
      : ""
  // What is handed over goes to the chain.
  const { arrival } = wires.start
  arrival?.group.remove()
  const lanes = { h: "wire handover W_hh", c: "wire carry" }
  const passing = Object.keys(lanes)
    .filter((name) => arrival?.[name])
    .map((name) => svg("path", { class: lanes[name], d: `M0 ${y.lanes[name]}H${room}` }))
  return svg(
    "g",
    {},
    line("W_xh", y.busInput, x),
    line("W_hh", y.busState, x + block.width / 2 + 30),
    segment.out ? line("W_hy", y.busOut, 0) : "",
    ...passing,
  )
}

// One lane for the cell, one for the loop, each with a line up to every place it stands for.
function correspondences({ layout: { y, block, height }, model }, part, still) {
  const lead = still.room
  const [x] = still.xs
  const last = lead + part.xs.at(-1)
  const far = x + block.width / 2 + 30
  const root = svg("svg", {
    class: "correspondences",
    width: lead + part.room,
    height: HEIGHT,
    "aria-hidden": "true",
    "data-testid": "correspondences",
  })
  const cells = part.xs.map((at) => `M${lead + at} ${CELLS}V-2`).join("")
  root.append(
    svg("path", { class: "same", d: `M${x} -2V${CELLS}H${last}${cells}` }),
    ...[x, ...part.xs.map((at) => lead + at)].map((at) =>
      svg("circle", { class: "same-dot", cx: at, cy: -2, r: 3 }),
    ),
    svg(
      "text",
      { class: "quiet small", x: far + 8, y: CELLS + 14 },
      "one cell: the same in every column",
    ),
  )
  if (model.cut) return root
  const up = y.recurrent - height
  const wires = part.wires.sets
    .map(({ state }) => middleOf(state.line))
    .filter(Boolean)
    .map((at) => lead + at)
  if (!wires.length) return root
  root.append(
    svg("path", {
      class: "same W_hh",
      d: [
        `M${far} ${up + 4}V${LOOPS}H${wires.at(-1)}`,
        ...wires.map((at) => `M${at} ${LOOPS}V${up}`),
      ].join(""),
    }),
    ...wires.map((at) => svg("circle", { class: "same-dot W_hh", cx: at, cy: up, r: 4 })),
    svg(
      "text",
      { class: "quiet small", x: far + 8, y: LOOPS + 15 },
      "one loop: the same wire between any two steps",
    ),
  )
  return root
}

// The middle of a level wire.
function middleOf(line) {
  const [from, to] =
    /^M([-\d.]+) [-\d.]+H([-\d.]+)/
      .exec(line.getAttribute("d") ?? "")
      ?.slice(1)
      .map(Number) ?? []
  return to > from ? (from + to) / 2 : null
}
