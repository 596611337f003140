// The update phase: old weights, the step, new weights, drawn in place of the ledger. All three
// stay in sight, wherever the chain above them is scrolled to.

import { mapSize } from "../lib/geometry.js"
import { paintCopySteps } from "./untied_weights.js"
import { brief, niceLimit } from "../lib/format.js"
import { heatMap } from "./heat.js"
import { limitOf } from "../model/colour_scales.js"
import { svg } from "../lib/svg.js"

const SIGN = 26
const SIDE = 84
// Room for what is written below a map, in the order step, new; less on a phone.
const WORDS = { wide: [116, 96], narrow: [84, 62] }

export function paintUpdate(context, segment, name, xs, width) {
  if (name === "W_hh" && segment.copies) return paintCopySteps(context, segment, xs, width)
  const { layout, model, palette, refer } = context
  const old = segment.weights[name]
  const fresh = model.update.segments[segment.index][name]
  const [rows, columns] = old.shape
  const step = fresh.data.map((value, at) => value - old.data[at])
  const free = layout.room.width - layout.plate.width
  const words = WORDS[layout.room.narrow ? "narrow" : "wide"]
  const side = Math.max(20, Math.min(SIDE, layout.plate.width - 44, (free - 2 * SIGN - 8) / 2))
  const map = mapSize(rows, columns, side, side)
  const paint = (values, style, what) => {
    const group = heatMap(
      (r, c) => values[r * columns + c],
      rows,
      columns,
      { x: 0, y: 0, ...map },
      { palette, ...style },
    )
    const frame = svg("rect", {
      class: `frame ${name}`,
      x: -2,
      y: -2,
      rx: 3,
      width: map.width + 4,
      height: map.height + 4,
    })
    refer(frame, {
      kind: "update",
      what,
      segment,
      name,
      rows,
      columns,
      values: (r, c) => values[r * columns + c],
    })
    group.append(frame)
    return group
  }
  const height = 24 + map.height + 42
  const scale = { limit: limitOf(model, segment, name) }
  const columnsOf = [SIGN, SIGN + Math.max(map.width + 4, words[0]) + SIGN]
  const left = svg("svg", {
    class: "ledger-total",
    width: layout.plate.width,
    height,
    "aria-hidden": "true",
  })
  const right = svg("svg", {
    class: "ledger-slices stays",
    width: columnsOf[1] + Math.max(map.width + 4, words[1]),
    height,
    "aria-hidden": "true",
    "data-testid": "update",
  })
  const put = (sheet, x, group, lines) =>
    sheet.append(
      svg("g", { transform: `translate(${x + 2} 20)` }, group),
      ...lines.map((line, n) =>
        svg(
          "text",
          { class: n ? "quiet small" : "small strong", x, y: map.height + 38 + n * 15 },
          line,
        ),
      ),
    )
  const sign = (x, text) =>
    right.append(svg("text", { class: "operator", x, y: 24 + map.height / 2 }, text))
  const length = Math.sqrt(step.reduce((sum, value) => sum + value * value, 0))
  put(left, layout.plate.margin, paint(old.data, scale, "old"), [`old ${name}`])
  sign(SIGN / 2 - 2, "+")
  put(right, columnsOf[0], paint(step, { limit: stepLimit(step), gradient: true }, "step"), [
    `step  ‖·‖ ${brief(length)}`,
    model.batch ? `mean of ${model.batch.size}` : "",
  ])
  sign(columnsOf[1] - SIGN / 2 - 2, "=")
  put(right, columnsOf[1], paint(fresh.data, scale, "new"), [`new ${name}`])
  const most = fresh.data.reduce((so_far, value) => Math.max(so_far, Math.abs(value)), 0)
  return {
    left,
    right,
    limits: { step: stepLimit(step), fresh: { segment: segment.index, name, most } },
  }
}

const stepLimit = (step) =>
  niceLimit(step.reduce((most, value) => Math.max(most, Math.abs(value)), 0))
