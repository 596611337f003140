// The picture as a table, for those who do not see it: a row for each time step.

import { at } from "./data.js"
import { fixed } from "./format.js"
import { html } from "./svg.js"

export function writeTwin(holder, model) {
  const head = html("tr", {}, html("th", { scope: "col" }, "time"), html("th", { scope: "col" }, "input"),
    ...Array.from({ length: model.H }, (_, i) => html("th", { scope: "col" }, `h unit ${i + 1}`)),
    html("th", { scope: "col" }, "output"))
  const cellsOnCanvas = model.cells > 2000
  const rows = model.columns.map(({ segment, j, k, label, says, said, chosen }) => {
    const row = html("tr", {}, html("th", { scope: "row" }, String(k)), html("td", {}, label))
    for (let i = 0; i < model.H; i++) {
      if (segment.unheard) {
        row.append(html("td", {}, ""))
        continue
      }
      const value = at(segment.h, j + 1, i)
      row.append(html("td", cellsOnCanvas
        ? { "data-testid": `cell-${k}-${i + 1}`, "data-value": value } : {}, fixed(value, 3)))
    }
    row.append(html("td", {}, says ? said || model.classes[chosen] : ""))
    return row
  })
  holder.replaceChildren(html("table", {}, html("caption", {}, model.sentence), html("thead", {}, head),
    html("tbody", {}, ...rows)))
}
