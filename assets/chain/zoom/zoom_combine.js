// How the gates of one unit make its new state: every product and their sum.

import { at } from "../model/payload.js"
import { addUp, equals, factorText, fixed, signed, subscript } from "../lib/format.js"
import { oneMinusGate } from "../model/derivatives.js"
import { html } from "../lib/svg.js"

export const combination = (model, column, i, digits) => {
  const sum = sumOf(model, column, i)
  const shown = addUp(
    sum.products.map(({ factors: [one, two] }) => one * two),
    sum.total,
    digits,
    digits + 3,
  )
  const lines = sum.products.map(({ id, letters, factors }, n) =>
    row(
      n ? "+" : "",
      id,
      letters,
      factors.map((value) => factorText(value, shown.digits)),
      shown.addends[n],
    ),
  )
  lines.push(row(equals(shown), sum.id, [sum.letters], [], shown.total, true))
  if (model.cell === "lstm") {
    const o = at(column.segment.gates.o, column.j, i)
    const c = at(column.segment.c, column.j + 1, i)
    const now = subscript(column.k)
    lines.push(
      row("", "tanh-c", [`tanh(c${now})`], [], fixed(Math.tanh(c), shown.digits)),
      row(
        "=",
        "h",
        ["o", `tanh(c${now})`],
        [fixed(o, shown.digits), fixed(Math.tanh(c), shown.digits)],
        signed(at(column.segment.h, column.j + 1, i), shown.digits),
        true,
        `h${now}`,
      ),
    )
  }
  return html(
    "table",
    { class: "terms combine", "data-testid": "combine" },
    html(
      "caption",
      {},
      `The gates make ${model.cell === "lstm" ? "c and h" : "h"} of unit ${i + 1}`,
    ),
    html("tbody", {}, ...lines),
  )
}

// The products that make c of an lstm, h of a gru, and what they make.
export function sumOf(model, { segment, j, k }, i) {
  const gate = (name) => at(segment.gates[name], j, i)
  const before = subscript(k - 1)
  const now = subscript(k)
  if (model.cell === "lstm") {
    return {
      id: "c",
      letters: `c${now}`,
      total: at(segment.c, j + 1, i),
      products: [
        { id: "kept", letters: ["f", `c${before}`], factors: [gate("f"), at(segment.c, j, i)] },
        { id: "written", letters: ["i", "g"], factors: [gate("i"), gate("g")] },
      ],
    }
  }
  return {
    id: "h",
    letters: `h${now}`,
    total: at(segment.h, j + 1, i),
    products: [
      {
        id: "new",
        letters: ["(1 − z)", "n"],
        factors: [oneMinusGate(segment, j, i, "z"), gate("n")],
      },
      { id: "kept", letters: ["z", `h${before}`], factors: [gate("z"), at(segment.h, j, i)] },
    ],
  }
}

function row(sign, id, letters, factors, result, strong = false, name = "") {
  const words = letters.join(" × ")
  return html(
    "tr",
    { class: strong ? "sum-row" : "", "data-testid": `combine-${id}` },
    html("td", { class: "sign" }, sign),
    html("th", { scope: "row" }, name ? `${name} = ${words}` : words),
    html("td", { class: "bar-cell factors" }, factors.length ? `${factors.join(" × ")} =` : ""),
    html("td", { class: "bar-cell" }, html("b", {}, result)),
  )
}
