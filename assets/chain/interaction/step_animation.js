// What moves at a step: the two addends sliding together into a state, a gradient travelling back.

import { diverging } from "../lib/colour.js"
import { at } from "../model/payload.js"
import { pixels } from "../paint/heat.js"
import { reduced } from "../lib/motion.js"
import { svg } from "../lib/svg.js"

const TIME = 230
const EASE = "cubic-bezier(.3, .1, .2, 1)"

export class StepAnimation {
  constructor() {
    this.running = []
  }

  stop() {
    for (const animation of this.running) animation.cancel()
    this.running = []
  }

  // A step moves what it moves; jumps and scrubbing do not.
  step({ state, stage, model }, before) {
    const { phase, t, rolled } = state
    this.stop()
    if (phase !== before.phase || state.zoom > 1 || state.code) return
    const column = model.columns[t - 1]
    if (rolled) {
      if (before.rolled && t === before.t + 1) this.around(stage, column)
      return
    }
    if (phase === "forward" && t === before.t + 1) this.forward(stage, column)
    if (phase === "backward" && t === before.t - 1) this.backward(stage, column)
  }

  // From the input below and the state before, into the block of the step that is now.
  forward(stage, column) {
    this.stop()
    if (reduced()) return
    const { part, x, before } = where(stage, column)
    const { y, block } = stage.layout
    const { segment, j } = column
    if (segment.disconnected) return
    const state = stage.columns[column.k - 1].group.querySelector(".state")
    this.keep(
      state.animate([{ opacity: 0 }, { opacity: 0, offset: 0.55 }, { opacity: 1 }], {
        duration: TIME,
      }),
    )
    // A gated cell adds up several sums; they are shown one level deeper.
    if (stage.model.cell !== "rnn") return
    const { limit } = stage.model
    const to = [x - block.width / 2, y.block]
    this.send(
      part,
      strip(stage, (i) => diverging(at(segment.from_x, j, i), limit, stage.context.palette)),
      [to[0], y.input - 12],
      to,
      0.35,
    )
    if (before !== null && !stage.model.cut) {
      this.send(
        part,
        strip(stage, (i) => diverging(at(segment.from_h, j, i), limit, stage.context.palette)),
        [before + block.width / 2, to[1]],
        to,
        0.35,
      )
    }
  }

  // From the step after, into the gradient strip of the step that is now.
  backward(stage, column) {
    this.stop()
    if (reduced()) return
    this.addSlice(stage, column)
    const after = stage.model.columns[column.k]
    if (!after || after.segment !== column.segment || stage.model.cut) return
    const { part, x } = where(stage, column)
    const { y, block } = stage.layout
    const from = part.xs[column.j + 1] - block.width / 2
    const { gradients } = column.segment
    const colour = (i) =>
      diverging(
        at(gradients.dh_recurrent, column.j + 1, i),
        stage.model.gradLimit,
        stage.context.palette,
        true,
      )
    this.send(
      part,
      strip(stage, colour),
      [from - block.width, y.block],
      [x + block.width / 2 + 6, y.block],
      0.3,
    )
  }

  // The step's slice falls from its column into the ledger, a copy of it slides onto the sum.
  addSlice(stage, column) {
    const { ledger } = stage.segments[column.segment.index]
    const slice = ledger?.slices?.find(({ k }) => k === column.k)
    if (!slice) return
    this.keep(
      slice.falling.animate(
        [
          { transform: "translate(0, -70px)", opacity: 0 },
          { transform: "none", opacity: 1, offset: 0.45 },
          { transform: "none", opacity: 1 },
        ],
        { duration: TIME, easing: EASE },
      ),
    )
    const from = slice.falling.getBoundingClientRect()
    const to = ledger.holder.getBoundingClientRect()
    const copy = svg(
      "g",
      { class: "sliding", "aria-hidden": "true", style: "pointer-events: none" },
      slice.falling.cloneNode(true),
    )
    ledger.holder.append(copy)
    const [right, down] = [from.left - to.left, from.top - to.top].map(
      (far) => far / stage.scale - 2,
    )
    const there = `translate(${right}px, ${down}px)`
    const sliding = copy.animate(
      [
        { transform: there, opacity: 0 },
        { transform: there, opacity: 1, offset: 0.45 },
        { transform: "none", opacity: 0.9, offset: 0.95 },
        { transform: "none", opacity: 0 },
      ],
      { duration: TIME, easing: EASE },
    )
    sliding.onfinish = sliding.oncancel = () => copy.remove()
    this.keep(sliding)
  }

  // Rolled up, the state goes once around the loop.
  around(stage, column) {
    this.stop()
    if (reduced() || stage.model.cut) return
    const { loop, group } = stage.segments[column.segment.index].wires
    const dot = svg("circle", {
      class: "traveller",
      r: 5,
      "aria-hidden": "true",
      style: `offset-path: path("${loop.line.getAttribute("d")}")`,
    })
    group.append(dot)
    const animation = dot.animate([{ offsetDistance: "0%" }, { offsetDistance: "100%" }], {
      duration: 1.8 * TIME,
      easing: "ease-in-out",
    })
    animation.onfinish = animation.oncancel = () => dot.remove()
    this.keep(animation)
  }

  send(part, image, from, to, scale) {
    const group = svg("g", { "aria-hidden": "true", style: "pointer-events: none" }, image)
    part.root.append(group)
    const place = ([x, y], size) => `translate(${x}px, ${y}px) scale(${size}, ${size})`
    const animation = group.animate(
      [
        { transform: place(from, scale), opacity: 0.4 },
        { transform: place(to, 1), opacity: 1, offset: 0.75 },
        { transform: place(to, 1), opacity: 0 },
      ],
      { duration: TIME, easing: EASE, fill: "both" },
    )
    animation.onfinish = animation.oncancel = () => group.remove()
    this.keep(animation)
  }

  keep(animation) {
    this.running.push(animation)
  }
}

function strip(stage, colour) {
  const { block } = stage.layout
  return pixels(
    block.rows,
    block.columns,
    (r, c) => {
      const i = c * block.rows + r
      return i < stage.model.H ? colour(i) : stage.context.palette.background
    },
    block.width,
    block.height,
  )
}

function where(stage, column) {
  const part = stage.segments[column.segment.index]
  const before =
    column.j > 0
      ? part.xs[column.j - 1]
      : part.start
        ? stage.layout.segments[column.segment.index].start.x
        : null
  return { part, x: part.xs[column.j], before }
}
