// An output that is a number: what is said, ŷ, and below it what is right, y.

import { inUnit, saidNumber } from "../model/predicted_number.js"
import { svg } from "../lib/svg.js"

// The mark of the right answer, in its row: beside it run wires.
export const flagmark = (x) => svg("path", { class: "flagmark", d: `M${x} 14v-11h6l-2 3 2 3h-6` })

export function paintNumbers({ model, layout: { out }, refer }, column) {
  const rows = [
    ["ŷ", saidNumber(column), "chosen"],
    ["y", column.wanted, "target"],
  ]
  return rows
    .filter(([, value]) => value !== null)
    .map(([letter, value, kind], row) => {
      const line = svg(
        "g",
        {
          class: `class ${kind}`,
          transform: `translate(0 ${row * out.rowHeight})`,
          "data-value": value,
        },
        svg("rect", { class: "track", width: out.width, height: out.rowHeight - 3, rx: 3 }),
        svg("text", { class: "label", x: 7, y: 9 }, letter),
        svg("text", { class: "number", x: out.width - 6, y: 9 }, inUnit(model, value)),
      )
      if (kind === "target") line.append(flagmark(24))
      refer(line, { kind: "y", column, c: 0 })
      return line
    })
}
