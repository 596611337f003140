// Untied: a W_hh for each step, drawn at its step; and the step after the last, which has none.

import { mapSize } from "../lib/geometry.js"
import { at, norm } from "../model/payload.js"
import { markCopy } from "./edit_marks.js"
import { brief, niceLimit } from "../lib/format.js"
import { heatMap } from "./heat.js"
import { limitOf } from "../model/colour_scales.js"
import { set, svg } from "../lib/svg.js"

const LABEL = 15
const TALLEST = 56
// Room to the right of the last step for what is missing there.
export const BEYOND = 132

// The map of one copy, for columns that stand `pitch` apart at least.
export function copySize(model, pitch) {
  const segment = model.segments.find(({ copies }) => copies)
  if (!segment) return null
  const [rows, columns] = segment.copies[0].shape
  const map = mapSize(rows, columns, Math.max(36, pitch - 40), TALLEST)
  return { map, height: map.height + LABEL + 8 }
}

// The copy that step j multiplies by, its top in the middle at (0, 0).
export function paintCopy(context, column) {
  const { layout, nodes, palette, refer } = context
  const { segment, j, k } = column
  const copy = segment.copies[j]
  const [rows, columns] = copy.shape
  const { map } = layout.copies
  const box = { x: -map.width / 2, y: LABEL, ...map }
  const frame = svg("rect", {
    class: "frame W_hh",
    x: box.x - 2,
    y: box.y - 2,
    rx: 3,
    width: box.width + 4,
    height: box.height + 4,
    "data-testid": `copy-${k}`,
  })
  refer(frame, {
    kind: "entry",
    segment,
    name: "W_hh",
    copy: j,
    rows,
    columns,
    values: (r, c) => at(copy, r, c),
  })
  const group = svg(
    "g",
    { class: "slot use-W_hh copy" },
    svg("text", { class: "copy-name W_hh", x: 0, y: 9 }, `W_hh of t = ${k}`),
    heatMap((r, c) => at(copy, r, c), rows, columns, box, {
      limit: limitOf(context.model, segment, "W_hh"),
      palette,
    }),
    markCopy(context, segment, k, box, rows, columns),
    frame,
  )
  nodes.spots.set(`${segment.index}:copy:${k}`, { group, box, rows, columns })
  return group
}

// The copy in the gap before its step, and the line down to the wire it stands for.
export function placeCopy({ copy, drop, stateDot }, x, { layout }) {
  const { y, copies } = layout
  set(copy, { transform: `translate(${x} ${y.copies})` })
  set(drop, { d: `M${x} ${y.copies + LABEL + copies.map.height + 3}V${y.recurrent}` })
  set(stateDot, { cx: x, cy: y.recurrent })
}

// After the last step: a wire that leads nowhere, and the place where a W_hh would stand.
export function paintMissing(segment, layout) {
  const { map } = layout.copies
  const k = segment.last + 1
  return svg(
    "g",
    { class: "missing", "data-testid": "missing" },
    svg("path", { class: "absent", d: "M0 0h84" }),
    svg("rect", {
      class: "absent",
      x: 22,
      y: layout.y.copies + LABEL - layout.y.recurrent,
      rx: 3,
      width: Math.min(map.width, 60),
      height: map.height,
    }),
    svg("text", { class: "strong small", x: 0, y: 20 }, `t = ${k}: no W_hh.`),
    svg("text", { class: "quiet small", x: 0, y: 35 }, "It can read no"),
    svg("text", { class: "quiet small", x: 0, y: 48 }, "further."),
  )
}

// On the plate, where one W_hh stood.
export function paintPile(context, segment, slot) {
  const pile = [8, 4, 0].map((by) =>
    svg("rect", {
      class: "pile",
      x: slot.x + 1 + by,
      y: slot.y + 28 - by,
      rx: 2,
      width: 26,
      height: 26,
    }),
  )
  const words = context.layout.room.narrow
    ? ["one at", "each step"]
    : ["no longer shared:", "one at each step"]
  return [
    ...pile,
    ...words.map((line, n) =>
      svg("text", { class: "quiet small", x: slot.x + 42, y: slot.y + 36 + n * 14 }, line),
    ),
  ]
}

// The update phase: each copy takes a step of its own, below its column.
export function paintCopySteps(context, segment, xs, width) {
  const { layout, model, palette, refer } = context
  const fresh = model.update.segments[segment.index].copies
  const [rows, columns] = segment.copies[0].shape
  const side = Math.min(84, layout.pitch - 18)
  const map = mapSize(rows, columns, side, side)
  const height = Math.max(map.height + 50, 92)
  const steps = segment.copies.map(({ data }, j) =>
    data.map((value, n) => fresh.data[j * fresh.width + n] - value),
  )
  const limit = niceLimit(
    Math.max(...steps.map((step) => step.reduce((a, value) => Math.max(a, Math.abs(value)), 0))),
  )
  const left = svg(
    "svg",
    { class: "ledger-total", width: layout.plate.width, height, "aria-hidden": "true" },
    ...["The step of", "each W_hh:", "its own gradient", "alone moves it"].map((line, n) =>
      svg(
        "text",
        {
          class: n < 2 ? "small strong W_hh" : "quiet small",
          x: layout.plate.margin,
          y: 30 + n * 15,
        },
        line,
      ),
    ),
  )
  const right = svg("svg", {
    class: "ledger-slices",
    width,
    height,
    "aria-hidden": "true",
    "data-testid": "update",
  })
  steps.forEach((step, j) => {
    const values = (r, c) => step[r * columns + c]
    const frame = svg("rect", {
      class: "frame W_hh",
      x: -2,
      y: -2,
      rx: 3,
      width: map.width + 4,
      height: map.height + 4,
    })
    refer(frame, {
      kind: "update",
      what: `step at t = ${segment.first + j} of`,
      segment,
      name: "W_hh",
      rows,
      columns,
      values,
    })
    right.append(
      svg(
        "g",
        {
          transform: `translate(${xs[j] - map.width / 2} 20)`,
          "data-testid": `copy-step-${segment.first + j}`,
        },
        heatMap(values, rows, columns, { x: 0, y: 0, ...map }, { palette, limit, gradient: true }),
        frame,
        svg(
          "text",
          { class: "quiet small", x: map.width / 2, y: map.height + 17, "text-anchor": "middle" },
          `t = ${segment.first + j}  ‖·‖ ${brief(norm(step))}`,
        ),
      ),
    )
  })
  return { left, right, limits: { step: limit } }
}
