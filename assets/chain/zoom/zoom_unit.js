// Level 3: one unit at one step, its sum term by term, and the curve that bends it.

import { at } from "../model/payload.js"
import { addUp, brief, equals, factorText, fixed, MINUS, subscript } from "../lib/format.js"
import { groupsOf } from "../model/terms.js"
import { html, svg, typeset } from "../lib/svg.js"
import { listenForPixels, paintWeightPictures } from "./zoom_picture.js"

export function paintUnit({ model, palette, state, choose }) {
  const back = state.phase === "backward"
  const groups = groupsOf(model, state)
  let count = 0
  const most = (part) =>
    Math.max(1e-12, ...groups.flatMap(({ terms }) => terms.map((term) => Math.abs(term[part]))))
  const scale = { factor: most("factor"), weight: most("weight"), product: most("product") }
  const parts = groups.map((group) => {
    if (group.use === "gates") {
      return html(
        "tbody",
        { class: "gates" },
        ...group.terms.map((term) => {
          count += 1
          return gateRow(term, scale, count, choose)
        }),
      )
    }
    const sum = addUp(
      [...group.terms.map((term) => term.product), ...(group.rest ? [group.rest.product] : [])],
      group.total,
      3,
      6,
    )
    const rows = group.terms.map((term, row) => {
      count += 1
      return termRow(term, sum.addends[row], scale, count, back, choose)
    })
    if (group.rest) {
      rows.push(
        summary("", `the rest, ${group.rest.count} more`, sum.addends[group.terms.length], "rest"),
      )
    }
    if (!group.terms.length && !group.rest)
      rows.push(summary("", "nothing arrives here", "", "none"))
    return html(
      "tbody",
      { class: group.use },
      ...rows,
      summary(equals(sum), group.letters, sum.total, `total-${group.use}`, true),
    )
  })
  const names = [
    "term",
    back ? "arriving gradient" : "incoming value",
    back && model.cell !== "rnn" ? "times" : "weight",
    "product",
  ]
  if (back) parts.splice(2, 0, gradientTotal(model, state))
  else parts.push(grandTotal(model, state))
  const table = html(
    "table",
    { class: back ? "terms gradient-terms" : "terms" },
    html("thead", {}, html("tr", {}, ...names.map((name) => html("th", { scope: "col" }, name)))),
    ...parts,
  )
  const side = back
    ? null
    : html("div", {}, paintWeightPictures({ model, palette, state }) ?? "", curve(model, state))
  const view = html("div", { class: "unit-view" }, html("div", { class: "terms-box" }, table), side)
  return listenForPixels(view, model.columns[state.t - 1].segment)
}

function termRow(term, product, scale, count, back, choose) {
  const row = html(
    "tr",
    { class: "term-row", "data-testid": `term-${count}` },
    html("th", { scope: "row" }, ...named(term)),
    bar(term.factor, scale.factor, back, back ? brief(term.factor) : undefined),
    bar(term.weight, scale.weight, false),
    bar(term.product, scale.product, back, plus(product)),
  )
  row.dataset.product = term.product
  if (term.where) row.dataset.pixel = term.pixel
  row.addEventListener("click", () => choose({ source: count, zoom: 4 }))
  return row
}

// A term's letters; of a pixel, where it lies.
export const named = ({ letters, where }) => [
  where ? html("small", { class: "where" }, `${where} `) : "",
  ...typeset(letters),
]

// What one gate's own sum receives: a product of its own, not an addend.
function gateRow(term, scale, count, choose) {
  const row = html(
    "tr",
    { class: "term-row", "data-testid": `term-${count}` },
    html("th", { scope: "row" }, ...typeset(`${term.letters} × ${term.names[1]}`)),
    bar(term.factor, scale.factor, true, brief(term.factor)),
    bar(term.weight, scale.weight, false),
    bar(term.product, scale.product, true, brief(term.product)),
    html("td", {}, ...typeset(`= ${term.result}`)),
  )
  row.dataset.product = term.product
  row.addEventListener("click", () => choose({ source: count, zoom: 4 }))
  return row
}

// A number, and beside it a bar from the middle: to the right when positive.
export function bar(value, most, gradient, text) {
  const width = Math.min(50, (Math.abs(value) / most) * 50)
  const left = value < 0 ? 50 - width : 50
  const fill = html("span", {
    class: value < 0 ? "minus" : "plus",
    style: `left:${left}%;width:${width}%`,
  })
  const track = html("span", { class: gradient ? "track-bar of-gradient" : "track-bar" }, fill)
  return html(
    "td",
    { class: "bar-cell" },
    html("b", {}, text ?? (Number.isFinite(value) ? plus(factorText(value, 3)) : fixed(value, 3))),
    track,
  )
}

const plus = (text) => (text.startsWith(MINUS) ? text : `+${text}`)

// Both ways by which the loss reaches this unit.
function gradientTotal(model, { t, unit }) {
  const { segment, j, k } = model.columns[t - 1]
  const { gradients: g } = segment
  const parts = [
    ["own output", g.dh_local],
    ["from the future", g.dh_recurrent],
  ].map(([words, array]) => [words, at(array, j + 1, unit - 1)])
  const sum = addUp(
    parts.map(([, value]) => value),
    at(g.dh, j + 1, unit - 1),
    3,
    6,
  )
  const rows = parts.map(([words], n) =>
    summary(n ? "+" : "", words, sum.addends[n], `part-${n + 1}`),
  )
  return html(
    "tbody",
    {},
    ...rows,
    summary(equals(sum), `dh${subscript(k)}[${unit}]`, sum.total, "total-dh", true),
  )
}

// The groups and the bias, added up to the pre-activation.
function grandTotal(model, { t, unit }) {
  const { segment, j, k } = model.columns[t - 1]
  const i = unit - 1
  const parts = [
    ["x part", at(segment.from_x, j, i)],
    ...(model.cut ? [] : [["h part", at(segment.from_h, j, i)]]),
    [`b_h[${unit}]`, at(segment.weights.b_h, i, 0)],
  ]
  const sum = addUp(
    parts.map(([, value]) => value),
    at(segment.a, j, i),
    3,
    6,
  )
  const rows = parts.map(([words], at_) =>
    summary(at_ ? "+" : "", words, sum.addends[at_], `part-${at_ + 1}`),
  )
  return html(
    "tbody",
    {},
    ...rows,
    summary(equals(sum), `a${subscript(k)}[${unit}]`, sum.total, "total-a", true),
  )
}

const summary = (sign, words, number, testid, strong = false) =>
  html(
    "tr",
    { class: strong ? "sum-row" : "rest-row", "data-testid": testid },
    html("td", { class: "sign" }, sign),
    html("th", { scope: "row", colspan: 2 }, ...typeset(words)),
    html("td", { class: "bar-cell" }, html("b", {}, number)),
  )

// The activation with the point of this unit on it: a above, h beside.
function curve(model, { t, unit }) {
  const { segment, j, k } = model.columns[t - 1]
  const a = at(segment.a, j, unit - 1)
  const h = at(segment.h, j + 1, unit - 1)
  const relu = segment.activation === "relu"
  const reach = Math.max(3, Math.ceil(Math.abs(a)))
  const top = relu ? reach : 1.15
  const x = (value) => 110 + (value / reach) * 96
  const y = (value) => 84 - (value / top) * 70
  const points = Array.from({ length: 97 }, (_, n) => {
    const value = ((n - 48) / 48) * reach
    return `${x(value).toFixed(1)} ${y(relu ? Math.max(0, value) : Math.tanh(value)).toFixed(1)}`
  })
  const tick = (value, words = String(value).replace("-", MINUS)) => ({ value, words })
  const across = [tick(-reach), tick(reach)].map(({ value, words }) => [
    svg("path", { class: "axis", d: `M${x(value)} 81v6` }),
    svg("text", { class: "tick", x: x(value), y: 99, "text-anchor": "middle" }, words),
  ])
  const up = [tick(relu ? reach : 1), ...(relu ? [] : [tick(-1)])].map(({ value, words }) => [
    svg("path", { class: "axis", d: `M107 ${y(value)}h6` }),
    svg("text", { class: "tick", x: 103, y: y(value) + 4, "text-anchor": "end" }, words),
  ])
  return html(
    "figure",
    { class: "curve" },
    svg(
      "svg",
      {
        viewBox: "0 0 220 168",
        width: 264,
        role: "img",
        "aria-label": `${segment.activation} of ${fixed(a, 3)} is ${fixed(h, 3)}`,
      },
      svg("path", { class: "axis", d: "M8 84H212M110 8V160" }),
      ...across.flat(),
      ...up.flat(),
      svg("text", { class: "tick", x: 212, y: 78, "text-anchor": "end" }, "a"),
      svg("text", { class: "tick", x: 116, y: 14 }, "h"),
      svg("path", { class: "graph", d: `M${points.join("L")}` }),
      svg("path", { class: "drop", d: `M${x(a)} 84V${y(h)}H110` }),
      svg("circle", { class: "point", cx: x(a), cy: y(h), r: 5 }),
    ),
    html(
      "figcaption",
      {},
      `${segment.activation}(${fixed(a, 3)}) = ${fixed(h, 3)}: ` +
        `a${subscript(k)}[${unit}] bent into h${subscript(k)}[${unit}]`,
    ),
  )
}
