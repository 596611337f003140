// An update made from the mean over a batch: under the ledger of the one example that is drawn, how
// its dW and all the others' make up the mean. The mean weighs an example by its scored steps.

import { mapSize } from "../lib/geometry.js"
import { norm } from "../model/payload.js"
import { brief, niceLimit } from "../lib/format.js"
import { heatMap } from "./heat.js"
import { svg } from "../lib/svg.js"

const GAP = 64

// How much of the mean is this example's, in words.
export const weightOf = ({ part, scored }) => `${part}/${scored}`

export function paintMean(context, segment, name) {
  const { layout, model, palette, refer } = context
  const { batch } = model
  const mean = batch.segments[segment.index][name]
  const [rows, columns] = mean.shape
  const own = segment.gradients.total[name].data.map((value) => (value * batch.part) / batch.scored)
  const others = mean.data.map((value, n) => value - own[n])
  const side = Math.min(84, layout.plate.width - 44)
  const map = mapSize(rows, columns, side, side)
  const most = [mean.data, own, others].map((values) =>
    values.reduce((a, v) => Math.max(a, Math.abs(v)), 0),
  )
  const style = { limit: niceLimit(Math.max(...most)), palette, gradient: true }
  const height = 24 + map.height + 42
  const right = svg("svg", {
    class: "ledger-slices",
    width: 2 * map.width + 4 * GAP + 110,
    height,
    "aria-hidden": "true",
  })
  const left = svg("svg", {
    class: "ledger-total",
    width: layout.plate.width,
    height,
    "aria-hidden": "true",
    "data-testid": "batch-mean",
    "data-weight": name,
    "data-norm": norm(mean.data),
  })
  const put = (root, x, values, what, words) => {
    const at = (r, c) => values[r * columns + c]
    const frame = svg("rect", {
      class: `frame ${what === "mean" ? name : "quiet"}`,
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
      name: name,
      gradient: true,
      rows,
      columns,
      values: at,
    })
    root.append(
      svg(
        "g",
        { transform: `translate(${x + 2} 20)` },
        heatMap(at, rows, columns, { x: 0, y: 0, ...map }, style),
        frame,
      ),
      ...words.map((line, n) =>
        svg(
          "text",
          { class: n ? "quiet small" : `small strong ${name}`, x, y: map.height + 38 + n * 15 },
          line,
        ),
      ),
    )
  }
  const sign = (x, text) =>
    right.append(svg("text", { class: "operator", x, y: 24 + map.height / 2 }, text))
  const some = segment.rows.index.length < segment.rows.of && name === "W_xh" ? ", these rows" : ""
  put(left, layout.plate.margin, mean.data, "mean", [
    `d${name} of the batch`,
    `mean of ${batch.size}${some}  ‖·‖ ${brief(norm(mean.data))}`,
  ])
  sign(22, "=")
  put(right, 44, own, "this example’s part of the mean", [
    `${weightOf(batch)} of this example’s`,
    `‖·‖ ${brief(norm(own))}`,
  ])
  if (batch.size > 1) {
    const next = 44 + Math.max(map.width, 132) + GAP
    sign(next - GAP / 2, "+")
    put(right, next, others, "the others’ part of the mean", [
      `all ${batch.size - 1} others`,
      `‖·‖ ${brief(norm(others))}`,
    ])
  }
  return { left, right }
}
