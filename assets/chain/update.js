// The update phase: old weights, the step, new weights, drawn where the ledger stands.

import { paintCopySteps } from "./copies.js"
import { brief, niceLimit } from "./format.js"
import { heatMap } from "./heat.js"
import { mapSize } from "./layout.js"
import { svg } from "./svg.js"

export function paintUpdate(context, segment, name, xs, width) {
  if (name === "W_hh" && segment.copies) return paintCopySteps(context, segment, xs, width)
  const { layout, model, palette, refer } = context
  const old = segment.weights[name]
  const fresh = model.update.segments[segment.index][name]
  const [rows, columns] = old.shape
  const step = fresh.data.map((value, at) => value - old.data[at])
  const side = Math.min(84, layout.plate.width - 44)
  const map = mapSize(rows, columns, side, side)
  const most = (values) => niceLimit(values.reduce((a, v) => Math.max(a, Math.abs(v)), 0))
  const paint = (values, style, what) => {
    const group = heatMap((r, c) => values[r * columns + c], rows, columns, { x: 0, y: 0, ...map }, { palette, ...style })
    const frame = svg("rect", { class: `frame ${name}`, x: -2, y: -2, rx: 3, width: map.width + 4, height: map.height + 4 })
    refer(frame, { kind: "update", what, segment, name, rows, columns, values: (r, c) => values[r * columns + c] })
    group.append(frame)
    return group
  }
  const height = 24 + map.height + 26
  const scale = { limit: most(old.data) }
  const left = svg("svg", { class: "ledger-total", width: layout.plate.width, height, "aria-hidden": "true" })
  const right = svg("svg", { class: "ledger-slices", width: 2 * map.width + 320, height, "aria-hidden": "true",
    "data-testid": "update" })
  const put = (svgRoot, x, group, words) => {
    const caption = svg("text", { class: "small strong", x, y: map.height + 38 }, words)
    svgRoot.append(svg("g", { transform: `translate(${x + 2} 20)` }, group), caption)
  }
  // The words below the step of a batch are wider than the map.
  const room = Math.max(map.width, model.batch ? 170 : 0)
  const sign = (x, text) => right.append(svg("text", { class: "operator", x, y: 24 + map.height / 2 }, text))
  put(left, layout.plate.margin, paint(old.data, scale, "old"), `old ${name}`)
  sign(16, "+")
  const length = Math.sqrt(step.reduce((sum, value) => sum + value * value, 0))
  put(right, 34, paint(step, { limit: most(step), gradient: true }, "step"), `step${model.batch ? `, from the mean of ${model.batch.size},` : ""}  ‖·‖ ${brief(length)}`)
  sign(34 + room + 50, "=")
  put(right, 34 + room + 76, paint(fresh.data, scale, "new"), `new ${name}`)
  return { left, right }
}
