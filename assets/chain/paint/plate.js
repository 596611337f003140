// The weight plate: each weight once, as a heat map with its name and shape, and the start of the
// wire that leads to every place where it is used.

import { mapSize } from "../lib/geometry.js"
import { at } from "../model/payload.js"
import { paintPile } from "./untied_weights.js"
import { markEntries, markFactor } from "./edit_marks.js"
import { shape } from "../lib/format.js"
import { paintPassage } from "./state_handoff.js"
import { heatMap } from "./heat.js"
import { limitOf } from "../model/colour_scales.js"
import { set, svg, weightName } from "../lib/svg.js"

export const WEIGHTS = ["W_hy", "W_hh", "W_xh"]
const BUS = { W_hy: "busOut", W_hh: "busState", W_xh: "busInput" }
const BIAS = { W_hy: "b_y", W_hh: "b_h" }

export const useClass = (name) => `use use-${name}`

// W_xh and W_hh of a gated cell hold one block of columns for each gate.
export function weightShape(segment, name) {
  const { inputs, hidden, outputs, weights } = segment
  const all = weights.b_h.data.length
  return { W_xh: [inputs, all], W_hh: [hidden, all], W_hy: [hidden, outputs] }[name]
}

// Where the first slot begins.
const TOP = 44

export function paintPlate(context, segment) {
  const { layout, model } = context
  const { plate, height, card } = layout
  const names = WEIGHTS.filter((name) => name !== "W_hy" || segment.out)
  const root = svg("svg", {
    class: "plate",
    width: plate.width,
    height,
    "data-testid": "plate",
    "data-segment": segment.name,
    "aria-hidden": "true",
  })
  if (segment.index > 0) root.append(paintPassage(context, segment))
  if (segment.disconnected) {
    root.append(...paintDisconnected(segment, layout))
    return root
  }
  root.append(
    svg("rect", { class: "card", x: 1, y: 1, rx: 12, width: plate.width - 13, height: card - 8 }),
  )
  title(root, context, segment)
  const room = (card - TOP - 12) / names.length
  names.forEach((name, at) => {
    const slot = { x: plate.margin, y: TOP + at * room, width: plate.width - 32, height: room }
    root.append(
      model.cut && name === "W_hh" ? cutSlot(slot) : paintSlot(context, segment, name, slot),
    )
  })
  return root
}

// At how many steps a weight is used: the read-out only where there is an output.
export const usesOf = (segment, name) =>
  name === "W_hy" ? (segment.out?.says.filter(Boolean).length ?? 0) : segment.steps

// At which steps, in words.
export function tellUses(segment, name) {
  const uses = usesOf(segment, name)
  if (uses === segment.steps) return uses === 1 ? "used once" : "used at every step"
  const steps = segment.out?.says.flatMap((says, j) => (says ? [segment.first + j] : [])) ?? []
  return steps.length === 1 ? `used at t = ${steps[0]}` : `used at ${steps.length} steps`
}

// In place of weights that the network does not have.
function paintDisconnected(segment, { plate, room }) {
  const words = room.narrow
    ? ["nothing of it", "would reach", "the decoder"]
    : ["nothing that it keeps", "could reach the decoder"]
  return [
    svg(
      "text",
      { class: "heading", x: plate.margin, y: 19, "data-testid": "disconnected" },
      `No ${segment.name}`,
    ),
    ...words.map((line, n) =>
      svg("text", { class: "quiet", x: plate.margin, y: 34 + 15 * n }, line),
    ),
  ]
}

function title(root, { model, layout }, segment) {
  const many = model.segments.length > 1
  const from = segment.first
  const steps = from === segment.last ? `t = ${from}` : `t = ${from}…${segment.last}`
  const { narrow } = layout.room
  const first = narrow
    ? many
      ? capital(segment.name)
      : "Weights"
    : many
      ? capital(`${segment.name}’s weights`)
      : "One set of weights,"
  const all =
    segment.steps === 1
      ? "used once"
      : usesOf(segment, "W_hy") < segment.steps
        ? "shared by all steps"
        : "used at every step"
  if (segment.copies && !many) {
    root.append(
      svg(
        "text",
        { class: "heading", x: layout.plate.margin, y: 19 },
        narrow ? "Untied" : "W_hh is untied,",
      ),
      svg(
        "text",
        { class: "quiet", x: layout.plate.margin, y: 34 },
        narrow ? "" : "the rest is shared",
      ),
    )
    return
  }
  const second = many
    ? `${narrow ? "" : "used at "}${steps}`
    : narrow
      ? all.replace("used ", "")
      : all
  root.append(
    svg("text", { class: "heading", x: layout.plate.margin, y: 19 }, first),
    svg("text", { class: "quiet", x: layout.plate.margin, y: 34 }, second),
  )
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1)

// Where a weight is drawn, for the mark on the entry that is being edited.
const spot = ({ nodes }, segment, name, group, map) =>
  nodes.spots.set(`${segment.index}:${name}`, { group, ...map })

function cutSlot(slot) {
  return svg(
    "g",
    { class: "slot" },
    svg("text", { class: "weight-name W_hh", x: slot.x, y: slot.y + 12 }, ...weightName("W_hh")),
    svg("text", { class: "quiet", x: slot.x + 40, y: slot.y + 12 }, "cut"),
    svg("rect", {
      class: "absent",
      x: slot.x + 0.5,
      y: slot.y + 22.5,
      rx: 4,
      width: 44,
      height: 44,
    }),
    svg("path", { class: "absent", d: `M${slot.x + 4} ${slot.y + 63}l37 -37` }),
  )
}

function paintSlot(context, segment, name, slot) {
  const { model, palette, layout, refer } = context
  const array = segment.weights[name]
  const [rows, columns] = array.shape
  const [all, width] = weightShape(segment, name)
  const untied = name === "W_hh" && segment.copies
  const kept = name === "W_xh" && rows < all
  const bias = BIAS[name] ? segment.weights[BIAS[name]] : null
  const body = slot.height - 26 - (kept ? 14 : 0) - (bias ? 8 : 0)
  const map = mapSize(rows, columns, slot.width, Math.max(20, body - 4))
  const box = { x: slot.x + 1, y: slot.y + 21, ...map }
  const group = svg("g", { class: `slot ${useClass(name)}`, "data-weight": name })
  const limit = limitOf(model, segment, name)
  const label = svg(
    "text",
    { class: `weight-name ${name}`, x: slot.x, y: slot.y + 12 },
    ...weightName(name),
    svg(
      "tspan",
      { class: "chip", dx: 7, dy: "-0.18em" },
      untied
        ? `${model.edited.segments[segment.index].copies} × ${shape(all, width)}`
        : shape(all, width),
    ),
    usesOf(segment, name) < segment.steps && !layout.room.narrow
      ? svg(
          "tspan",
          { class: "chip", dx: 7, "data-testid": `uses-${name}` },
          tellUses(segment, name),
        )
      : "",
    markFactor(context, segment, name),
  )
  const heat = heatMap((r, c) => at(array, r, c), rows, columns, box, { limit, palette })
  const frame = svg("rect", {
    class: `frame ${name}`,
    x: box.x - 2,
    y: box.y - 2,
    rx: 3,
    width: box.width + 4,
    height: box.height + 4,
  })
  spot(context, segment, name, group, { box, rows, columns })
  group.append(
    label,
    ...(untied
      ? paintPile(context, segment, slot)
      : [heat, markEntries(context, segment, name, box, columns), frame]),
  )
  if (bias) group.append(paintBias(context, segment, BIAS[name], box, columns, limit))
  if (kept) {
    const under = box.y + box.height + (bias ? 22 : 15)
    const word = layout.room.narrow
      ? `${rows} of ${all} rows`
      : segment.rows.picked
        ? `${rows} of ${all} rows, read`
        : `${rows} strongest of ${all}`
    group.append(svg("text", { class: "quiet small", x: slot.x, y: under }, word))
  }
  refer(group, { kind: "weight", segment, name })
  refer(frame, { kind: "entry", segment, name, rows, columns })
  if (!untied)
    group.append(bus(layout, name, box, Boolean(segment.out) && layout.y.busState < TOP + 21 + 24))
  set(frame, { "data-testid": `${name}${model.segments.length > 1 ? `-${segment.name}` : ""}` })
  return group
}

function paintBias(context, segment, name, box, columns, limit) {
  const { palette, refer } = context
  const array = segment.weights[name]
  const cell = box.cell
  const strip = { x: box.x, y: box.y + box.height + 5, width: box.width, height: cell || 4, cell }
  const bias = { ...array, width: columns }
  const group = svg(
    "g",
    { class: "bias" },
    heatMap((r, c) => at(bias, 0, c), 1, columns, strip, { limit, palette }),
  )
  const frame = svg("rect", {
    class: "frame quiet",
    x: strip.x - 1,
    y: strip.y - 1,
    rx: 2,
    width: strip.width + 2,
    height: strip.height + 2,
  })
  refer(frame, { kind: "entry", segment, name, rows: 1, columns, edge: 1 })
  group.append(markEntries(context, segment, name, strip, columns), frame)
  spot(context, segment, name, group, { box: strip, rows: 1, columns })
  return group
}

// From the map's right side to the band in which its wire runs along the chain.
function bus(layout, name, box, low) {
  const edge = layout.plate.width
  const y = layout.y[BUS[name]]
  const from = box.y + Math.min(box.height / 2, 24)
  // Outside the card, each in a channel of its own. Where W_hy's wire comes from below W_hh's band,
  // it rises nearer to the card, so that the two do not cross.
  const turn = edge - ((name === "W_hh") === low ? 4 : 9)
  const path =
    `M${box.x + box.width + 2} ${from}H${turn - 5}` +
    `Q${turn} ${from} ${turn} ${from + Math.sign(y - from) * 5}` +
    `V${y - Math.sign(y - from) * 4}Q${turn} ${y} ${turn + 4} ${y}H${edge}`
  return svg("path", {
    class: `bus ${name}`,
    d: Math.abs(y - from) < 10 ? `M${box.x + box.width + 2} ${y}H${edge}` : path,
  })
}
