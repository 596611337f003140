// Level 2: one cell at one step. Rows are vectors, columns are units: every column is one sum.

import { at } from "./data.js"
import { diverging, ink } from "./colour.js"
import { signed, subscript } from "./format.js"
import { GATES } from "./terms_gated.js"
import { html, typeset } from "./svg.js"

// rows: { sign, letters, use, values(i), gradient }
export function cellRows(model, column, phase) {
  if (phase === "backward") return backwardRows(model, column)
  if (model.cell === "lstm") return lstmRows(column)
  if (model.cell === "gru") return gruRows(column)
  const { segment, j, k, label } = column
  const rows = [
    { sign: "", first: true, use: "W_xh", id: "from_x", letters: segment.rows.picked ? `W_xh[${label}]` : `x${subscript(k)}·W_xh`,
      values: (i) => at(segment.from_x, j, i) },
    { sign: "+", use: "W_hh", id: "from_h", letters: `h${subscript(k - 1)}·W_hh`, values: (i) => at(segment.from_h, j, i) },
    { sign: "+", use: "b_h", id: "b_h", letters: "b_h", values: (i) => at(segment.weights.b_h, i, 0) },
    { sign: "=", use: "a", id: "a", letters: `a${subscript(k)}`, values: (i) => at(segment.a, j, i), rule: true,
      total: true },
    { sign: segment.activation, use: "h", id: "h", letters: `h${subscript(k)}`, values: (i) => at(segment.h, j + 1, i),
      rule: true },
  ]
  return model.cut ? rows.filter((row) => row.id !== "from_h") : rows
}

function backwardRows(model, { segment, j, k }) {
  const { gradients: g } = segment
  const rows = [
    { sign: "", first: true, use: "own", id: "dh_local", letters: "own output", values: (i) => at(g.dh_local, j + 1, i) },
    { sign: "+", use: "future", id: "dh_recurrent", letters: "from the future",
      values: (i) => at(g.dh_recurrent, j + 1, i) },
    { sign: "=", use: "dh", id: "dh", letters: `dh${subscript(k)}`, values: (i) => at(g.dh, j + 1, i), rule: true,
      total: true },
  ]
  if (model.cell === "rnn" && segment.activation === "tanh") {
    rows.push(
      { sign: "·", use: "h", id: "slope", letters: `1 − h${subscript(k)}²`, plain: true,
        values: (i) => 1 - at(segment.h, j + 1, i) ** 2 },
      { sign: "=", use: "da", id: "da", letters: `da${subscript(k)}`, values: (i) => at(g.da, j, i), rule: true })
  }
  if (model.cell === "lstm") rows.push(...cellGradientRows(segment, j, k))
  if (model.cell !== "rnn") rows.push(...gateGradientRows(model, segment, j))
  return rows.map((row) => ({ ...row, gradient: true }))
}

// The gradient of c: through h of the same step, and along c from the step after.
function cellGradientRows({ gradients: g, gates, c }, j, k) {
  const through = (i) => at(g.dh, j + 1, i) * at(gates.o, j, i) * (1 - Math.tanh(at(c, j + 1, i)) ** 2)
  return [
    { sign: "", first: true, id: "dc_local", letters: "dc through h", values: through, rule: true },
    { sign: "+", id: "dc_recurrent", letters: "dc from the future", values: (i) => at(g.dc_recurrent, j + 1, i) },
    { sign: "=", id: "dc", letters: `dc${subscript(k)}`, values: (i) => at(g.dc, j + 1, i), rule: true, total: true },
  ]
}

// What each gate's own sum receives, in the order of the blocks.
const gateGradientRows = (model, segment, j) => GATES[model.cell].map((gate, b) => ({
  sign: "→", use: "da", id: `da_${gate}`, letters: `da_${gate}`, rule: b === 0,
  values: (i) => at(segment.gradients.da, j, b * segment.hidden + i),
}))

const gateRow = (segment, j, name, letters) =>
  ({ sign: "", use: "gate", id: name, letters, values: (i) => at(segment.gates[name], j, i) })

function lstmRows({ segment, j, k }) {
  const gate = (name) => (i) => at(segment.gates[name], j, i)
  const before = (i) => at(segment.c, j, i)
  return [
    gateRow(segment, j, "i", "input gate i"), gateRow(segment, j, "f", "forget gate f"),
    gateRow(segment, j, "g", "candidate g"), gateRow(segment, j, "o", "output gate o"),
    { sign: "", first: true, id: "kept", letters: `f ⊙ c${subscript(k - 1)}`, values: (i) => gate("f")(i) * before(i), rule: true },
    { sign: "+", id: "written", letters: "i ⊙ g", values: (i) => gate("i")(i) * gate("g")(i) },
    { sign: "=", id: "c", letters: `c${subscript(k)}`, values: (i) => at(segment.c, j + 1, i), rule: true,
      total: true },
    { sign: "o ⊙ tanh", id: "h", use: "h", letters: `h${subscript(k)}`, values: (i) => at(segment.h, j + 1, i), rule: true },
  ]
}

function gruRows({ segment, j, k }) {
  const gate = (name) => (i) => at(segment.gates[name], j, i)
  const before = (i) => at(segment.h, j, i)
  return [
    gateRow(segment, j, "r", "reset gate r"), gateRow(segment, j, "z", "update gate z"),
    { sign: "", id: "n_recurrent", letters: `h${subscript(k - 1)}·W_hn + b_hn`, values: (i) => at(segment.n_recurrent, j, i) },
    gateRow(segment, j, "n", "candidate n"),
    { sign: "", first: true, id: "new", letters: "(1 − z) ⊙ n", values: (i) => (1 - gate("z")(i)) * gate("n")(i), rule: true },
    { sign: "+", id: "kept", letters: `z ⊙ h${subscript(k - 1)}`, values: (i) => gate("z")(i) * before(i) },
    { sign: "=", id: "h", use: "h", letters: `h${subscript(k)}`, values: (i) => at(segment.h, j + 1, i), rule: true,
      total: true },
  ]
}

export function paintCell({ model, palette, state, choose }) {
  const column = model.columns[state.t - 1]
  const rows = cellRows(model, column, state.phase)
  const back = state.phase === "backward"
  const most = Math.max(...rows.filter((row) => !row.plain).flatMap((row) =>
    Array.from({ length: model.H }, (_, i) => Math.abs(row.values(i)))))
  const digits = back && most < 0.05 ? 4 : model.H > 16 ? 2 : 3
  const head = html("tr", {}, html("td", {}), html("th", { scope: "col" }, "unit"),
    ...Array.from({ length: model.H }, (_, i) => {
      const th = html("th", { scope: "col" }, String(i + 1))
      th.classList.toggle("chosen", i + 1 === state.unit)
      return th
    }))
  const lines = rows.map((row) => {
    const line = html("tr", { class: row.rule ? "rule" : "", "data-term": row.use },
      html("td", { class: "sign" }, row.sign), html("th", { scope: "row", class: row.use }, ...typeset(row.letters)))
    for (let i = 0; i < model.H; i++) {
      const value = row.values(i)
      const fill = row.plain ? palette.background : diverging(value, most, palette, Boolean(row.gradient))
      const cell = html("td", { "data-testid": `zoom-${row.id}-${i + 1}`, "data-value": value,
        style: `background-color:${fill};color:${row.plain ? palette.text : ink(fill)}` }, signed(value, digits))
      cell.classList.toggle("chosen", i + 1 === state.unit)
      cell.addEventListener("click", () => choose({ unit: i + 1, zoom: 3 }))
      line.append(cell)
    }
    return line
  })
  const body = lines.flatMap((line, n) => [rows[n].total && roundings(rows, n, model.H, digits), line].filter(Boolean))
  return html("table", { class: "sums" }, html("thead", {}, head), html("tbody", {}, ...body))
}

// Where the addends as shown do not add up to the total as shown, what is missing.
function roundings(rows, end, count, digits) {
  const begin = rows.findLastIndex((row, n) => row.first && n < end)
  const unit = 10 ** digits
  const rests = Array.from({ length: count }, (_, i) => rows.slice(begin, end)
    .reduce((left, row) => left - Math.round(row.values(i) * unit), Math.round(rows[end].values(i) * unit)))
  if (rests.every((rest) => rest === 0)) return null
  const name = rows[end].id === "dc" ? "dc-rounding" : "rounding"
  return html("tr", { class: "rounding" }, html("td", { class: "sign" }, "+"), html("th", { scope: "row" }, "rounding"),
    ...rests.map((rest, i) => html("td", { "data-testid": `${name}-${i + 1}` }, rest ? signed(rest / unit, digits) : "")))
}
