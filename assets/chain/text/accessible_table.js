// The picture as tables, for those who do not see it: a row for each time step; going back, the
// gradients and the ledger; after the update, the entries of the weight that is shown.

import { entryName } from "../model/entry_name.js"
import { hasGradientTable, sliceNorm } from "../model/gradient_slices.js"
import { at, rowOf } from "../model/payload.js"
import { brief, fixed } from "../lib/format.js"
import { html } from "../lib/svg.js"

const unitsOf = (model, letter) =>
  Array.from({ length: model.H }, (_, i) => `${letter} unit ${i + 1}`)

const table = (caption, heads, rows) =>
  html(
    "table",
    {},
    html("caption", {}, caption),
    html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))),
    html("tbody", {}, ...rows),
  )

const row = (head, cells) => html("tr", {}, html("th", { scope: "row" }, head), ...cells)

export function writeTable(holder, model) {
  holder.replaceChildren(states(model))
  delete holder.dataset.more
}

// What a phase adds to the table of states; written when one comes to it.
export function writeMore(holder, model, { phase, weight }) {
  const more = ["backward", "update"].includes(phase) ? `${phase} ${weight}` : ""
  if ((holder.dataset.more ?? "") === more) return
  holder.dataset.more = more
  while (holder.children.length > 1) holder.lastChild.remove()
  if (phase === "backward") holder.append(gradients(model, weight))
  if (phase === "update") holder.append(...changes(model, weight))
}

function states(model) {
  const onCanvas = model.cells > 2000
  const rows = model.columns.map(({ segment, j, k, label, says, said, chosen, loss }) => {
    const cells = Array.from({ length: model.H }, (_, i) => {
      if (segment.disconnected) return html("td", {}, "")
      const value = at(segment.h, j + 1, i)
      return html(
        "td",
        onCanvas ? { "data-testid": `cell-${k}-${i + 1}`, "data-value": value } : {},
        fixed(value, 3),
      )
    })
    return row(String(k), [
      html("td", {}, label),
      ...cells,
      html("td", {}, !says ? "" : said || model.classes[chosen]),
      html("td", {}, loss === null ? "" : fixed(loss, 3)),
    ])
  })
  return table(
    model.sentence,
    ["time", "input", ...unitsOf(model, "h"), "output", `loss, ${model.unit}`],
    rows,
  )
}

function gradients(model, weight) {
  const rows = [...model.columns]
    .reverse()
    .filter(({ segment }) => segment.gradients && !segment.disconnected)
    .map(({ segment, j, k }) => {
      const cells = Array.from({ length: model.H }, (_, i) =>
        html("td", {}, brief(at(segment.gradients.dh, j + 1, i))),
      )
      const share = hasGradientTable(segment, weight) ? brief(sliceNorm(segment, weight, j)) : ""
      return row(String(k), [...cells, html("td", {}, share)])
    })
  return table(
    `Gradients, from the last step to the first, and the norm of each step’s share in d${weight}`,
    ["time", ...unitsOf(model, "dh"), `share in d${weight}`],
    rows,
  )
}

function changes(model, weight) {
  return model.segments
    .filter((segment) => segment.weights[weight]?.data.length)
    .map((segment) => {
      const rows = arraysOf(model, segment, weight).flatMap(({ old, fresh, place }) =>
        Array.from(old.data, (value, n) => {
          const columns = old.shape[1]
          const name = entryName({
            segment,
            name: weight,
            r: Math.floor(n / columns),
            c: n % columns,
          })
          return row(
            name + place,
            [value, fresh[n] - value, fresh[n]].map((number) => html("td", {}, fixed(number, 5))),
          )
        }),
      )
      return table(
        `${segment.name}: ${weight} before and after the update`,
        ["entry", "old", "step", "new"],
        rows,
      )
    })
}

// One array, or where W_hh is untied the one of each step.
function arraysOf(model, segment, weight) {
  const after = model.update.segments[segment.index]
  if (weight !== "W_hh" || !segment.copies)
    return [{ old: segment.weights[weight], fresh: after[weight].data, place: "" }]
  return segment.copies.map((old, j) => ({
    old,
    fresh: rowOf(after.copies, j),
    place: `, t = ${segment.first + j}`,
  }))
}
