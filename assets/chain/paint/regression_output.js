// An output that is a number: what is said, ŷ, and below it what is right, y.

import { at } from "../model/payload.js"
import { brief, fixed } from "../lib/format.js"
import { svg } from "../lib/svg.js"

// The mark of the right answer, in its row: beside it run wires.
export const flagmark = (x) => svg("path", { class: "flagmark", d: `M${x} 14v-11h6l-2 3 2 3h-6` })

export const saidNumber = (column) => at(column.segment.out.logits, column.j, 0)

// A number that is said, in the unit in which the inputs are shown.
export function inUnit({ says_in: given }, value) {
  if (!given) return fixed(value, 4)
  const shown = value * given.scale
  return Math.abs(shown) < 1e5 ? fixed(shown, 1) : brief(shown)
}

export const unitName = ({ says_in: given }) => (given ? ` ${given.unit}` : "")

// What the network's own number is, where another one is shown.
export const ownScale = ({ says_in: given }) => (given ? `1 is ${given.scale} ${given.unit}` : "")

export function paintNumbers({ model, layout: { out }, refer }, column) {
  const rows = [["ŷ", saidNumber(column), "chosen"], ["y", column.wanted, "target"]]
  return rows.filter(([, value]) => value !== null).map(([letter, value, kind], row) => {
    const line = svg("g", { class: `class ${kind}`, transform: `translate(0 ${row * out.rowHeight})`, "data-value": value },
      svg("rect", { class: "track", width: out.width, height: out.rowHeight - 3, rx: 3 }),
      svg("text", { class: "label", x: 7, y: 9 }, letter),
      svg("text", { class: "number", x: out.width - 6, y: 9 }, inUnit(model, value)))
    if (kind === "target") line.append(flagmark(24))
    refer(line, { kind: "y", column, c: 0 })
    return line
  })
}

// What pointing at it tells.
export function numberLines(model, column) {
  const own = (value) => `the network’s own number: ${fixed(value, 4)} (${ownScale(model)})`
  const said = saidNumber(column)
  const lines = [`ŷ = ${inUnit(model, said)}${unitName(model)}`, model.says_in && own(said),
    !model.says_in && column.said && `“${column.said}”`,
    column.wanted !== null && `y = ${inUnit(model, column.wanted)}${unitName(model)} is correct`]
  return lines.filter(Boolean)
}
