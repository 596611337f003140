// Level 3 of a gated cell: the sums of all gates side by side, since all weigh the same incoming
// values; each bent into its gate; then the gates combined into the new state.

import { at } from "../model/payload.js"
import { fixed, signed, subscript } from "../lib/format.js"
import { GATE_NAMES, gateSums, squash } from "../model/terms_gated.js"
import { html, svg, typeset } from "../lib/svg.js"
import { combination } from "./zoom_combine.js"
import { listenForPixels, paintWeightPictures } from "./zoom_picture.js"
import { bar, named } from "./zoom_unit.js"

export function paintGates({ model, palette, state, choose }) {
  const column = model.columns[state.t - 1]
  const i = state.unit - 1
  const sums = gateSums(model, column, i)
  const digits = digitsFor(sums)
  const sheet = {
    model,
    column,
    i,
    sums,
    digits,
    choose,
    scale: scaleOf(sums),
    starts: startsOf(sums),
  }
  const head = html(
    "tr",
    {},
    ...["term", "incoming value"].map((name) => html("th", { scope: "col" }, name)),
    ...sums.map(({ gate }) =>
      html("th", { scope: "col", class: "gate-name" }, `${gate}: ${GATE_NAMES[model.cell][gate]}`),
    ),
  )
  const table = html(
    "table",
    { class: "terms gate-terms" },
    html("thead", {}, head),
    section(sheet, "x"),
    section(sheet, "h"),
    ...(model.cell === "gru" ? [resetSection(sheet)] : []),
    sumSection(sheet),
  )
  return listenForPixels(
    html(
      "div",
      { class: "unit-view" },
      html("div", { class: "terms-box" }, table),
      html(
        "div",
        {},
        paintWeightPictures({ model, palette, state }) ?? "",
        combination(model, column, i, digits),
      ),
    ),
    column.segment,
  )
}

const products = (sums) => sums.flatMap(({ x, h }) => [...x.terms, ...h.terms])

function digitsFor(sums) {
  const size = Math.max(
    ...products(sums).map(({ product }) => Math.abs(product)),
    ...sums.map(({ a }) => Math.abs(a)),
  )
  return size > 0 && size < 0.1 ? Math.min(8, 2 + Math.ceil(-Math.log10(size))) : 3
}

function scaleOf(sums) {
  const most = (part) => Math.max(1e-12, ...products(sums).map((term) => Math.abs(term[part])))
  return { factor: most("factor"), product: most("product") }
}

// The number of each group's first term, as level 4 counts them: gate by gate, x before h.
function startsOf(sums) {
  let count = 1
  return sums.map(({ x, h }) => {
    const start = { x: count, h: count + x.terms.length }
    count += x.terms.length + h.terms.length
    return start
  })
}

// What is missing between addends and total as shown with so many digits, in units of the last.
const gap = (addends, total, digits) => {
  const unit = 10 ** digits
  return (
    addends.reduce((left, value) => left - Math.round(value * unit), Math.round(total * unit)) /
    unit
  )
}

const line = (sheet, className, words, part, text, sheetClass = "") => {
  const cells = sheet.sums.map((sum, n) => {
    const number = text(sum, n)
    return html(
      "td",
      { class: "bar-cell", ...(number ? { "data-gate": sum.gate, "data-part": part } : {}) },
      html("b", {}, number ?? ""),
    )
  })
  return html(
    "tr",
    { class: className },
    html("th", { scope: "row", colspan: 2, class: sheetClass }, ...typeset(words)),
    ...cells,
  )
}

const hasGap = (value) => Number.isFinite(value) && value !== 0

// A total; where its addends as shown miss it by a rounding, it says so.
const totalOf = (sheet, addends, total) =>
  (hasGap(gap(addends, total, sheet.digits)) ? "≈ " : "") + fixed(total, sheet.digits)

// One half of the sums: what comes from the input, or from the state before.
function section(sheet, part) {
  const { sums, digits } = sheet
  const [first] = sums
  const rows = first[part].terms.map((term, row) => termLine(sheet, part, term, row))
  const parts = (group) => [
    ...group.terms.map(({ product }) => product),
    ...(group.rest ? [group.rest.product] : []),
  ]
  if (first[part].rest) {
    rows.push(
      line(sheet, "rest-row", `the rest, ${first[part].rest.count} more`, part, (sum) =>
        signed(sum[part].rest.product, digits),
      ),
    )
  }
  const k = sheet.column.k - (part === "h" ? 1 : 0)
  return html(
    "tbody",
    { class: first[part].use },
    ...rows,
    line(
      sheet,
      "sum-row",
      `= ${part}${subscript(k)}·W_${part}${first.gate}, …`,
      `${part}-total`,
      (sum) => totalOf(sheet, parts(sum[part]), sum[part].total),
    ),
  )
}

function termLine(sheet, part, { letters, where, pixel, factor }, row) {
  const cells = sheet.sums.map((sum, n) => {
    const term = sum[part].terms[row]
    const source = sheet.starts[n][part] + row
    const cell = bar(term.product, sheet.scale.product, false, signed(term.product, sheet.digits))
    for (const [name, value] of Object.entries({
      "data-testid": `term-${source}`,
      "data-product": term.product,
      "data-gate": sum.gate,
      "data-part": part,
      class: "bar-cell open",
      title: `${term.names[0]} × ${term.names[1]}`,
    })) {
      cell.setAttribute(name, value)
    }
    cell.addEventListener("click", () => sheet.choose({ source, zoom: 4 }))
    return cell
  })
  return html(
    "tr",
    { "data-pixel": where ? pixel : null },
    html("th", { scope: "row" }, ...named({ letters, where })),
    bar(factor, sheet.scale.factor, false),
    ...cells,
  )
}

// gru: the candidate's h part passes the reset gate before it joins the sum.
function resetSection(sheet) {
  const { model, column, i, digits, sums } = sheet
  const { segment, j } = column
  const only = (write) => (sum) => (sum.gate === "n" ? write(sum) : null)
  const bias = at(segment.weights.b_hn, i, 0)
  const inner = at(segment.n_recurrent, j, i)
  return html(
    "tbody",
    { class: "W_hh" },
    line(
      sheet,
      "rest-row",
      "+ b_hn",
      "reset",
      only(() => signed(bias, digits)),
    ),
    line(
      sheet,
      "sum-row",
      "= in front of the reset gate",
      "reset-total",
      only((sum) => totalOf(sheet, [sum.h.total, bias], inner)),
    ),
    line(
      sheet,
      "rest-row",
      `× ${GATE_NAMES[model.cell].r} r`,
      "reset-gate",
      only(() => fixed(sums[0].value, digits)),
    ),
    line(
      sheet,
      "sum-row",
      "= the h part",
      "reset-out",
      only((sum) => fixed(sum.from_h, digits)),
    ),
  )
}

function sumSection(sheet) {
  const { sums, digits, column } = sheet
  const unit = column.k
  const rows = [
    ["x part", (sum) => sum.x.total],
    ["+ h part", (sum) => sum.from_h],
    ["+ b_h", (sum) => sum.bias],
  ].map(([words, value]) =>
    line(sheet, "rest-row", words, "a", (sum) => signed(value(sum), digits)),
  )
  return html(
    "tbody",
    {},
    ...rows,
    line(sheet, "sum-row", `= a${subscript(unit)}[${sheet.i + 1}]`, "a-total", (sum) =>
      totalOf(sheet, [sum.x.total, sum.from_h, sum.bias], sum.a),
    ),
    html(
      "tr",
      { class: "squash-row" },
      html("th", { scope: "row", colspan: 2 }, "bent by σ or tanh"),
      ...sums.map((sum) => html("td", { class: "bar-cell" }, curve(sum))),
    ),
    line(sheet, "sum-row", "= the gate", "gate", (sum) => fixed(sum.value, digits)),
  )
}

// The bend of one gate, with its point: a to the right, the gate's value above.
function curve({ gate, a, value }) {
  const bend = squash(gate)
  const reach = Math.max(3, Math.ceil(Math.abs(a)))
  const low = bend === "σ" ? 0 : -1
  const x = (at_) => 44 + (at_ / reach) * 40
  const y = (at_) => 36 - ((at_ - low) / (1 - low)) * 32
  const height = (at_) => (bend === "σ" ? 1 / (1 + Math.exp(-at_)) : Math.tanh(at_))
  const points = Array.from({ length: 41 }, (_, n) => {
    const here = ((n - 20) / 20) * reach
    return `${x(here).toFixed(1)} ${y(height(here)).toFixed(1)}`
  })
  return html(
    "span",
    { class: "bend" },
    html("span", {}, bend),
    svg(
      "svg",
      {
        viewBox: "0 0 88 40",
        width: 88,
        height: 40,
        role: "img",
        "aria-label": `${bend} of ${fixed(a, 3)} is ${fixed(value, 3)}`,
      },
      svg("path", { class: "axis", d: `M2 ${y(0)}H86M44 3V38` }),
      svg("path", { class: "graph", d: `M${points.join("L")}` }),
      svg("path", { class: "drop", d: `M${x(a)} ${y(0)}V${y(value)}` }),
      svg("circle", { class: "point", cx: x(a), cy: y(value), r: 4 }),
    ),
  )
}
