// Level 2: one cell at one step. Rows are vectors, columns are units: every column is one sum.

import { at } from "../model/payload.js"
import { diverging, ink } from "../lib/colour.js"
import { addsUp, factorText, signed, subscript } from "../lib/format.js"
import { isBeyond } from "../model/colour_scales.js"
import { oneMinusGate, slopeOf } from "../model/derivatives.js"
import { GATES } from "../model/terms_gated.js"
import { html, typeset } from "../lib/svg.js"

// rows: { sign, letters, use, values(i), gradient }
export function cellRows(model, column, phase) {
  if (phase === "backward") return backwardRows(model, column)
  if (model.cell === "lstm") return lstmRows(column)
  if (model.cell === "gru") return gruRows(column)
  const { segment, j, k, label } = column
  const rows = [
    {
      sign: "",
      first: true,
      use: "W_xh",
      id: "from_x",
      letters: segment.rows.picked ? `W_xh[${label}]` : `x${subscript(k)}·W_xh`,
      values: (i) => at(segment.from_x, j, i),
    },
    {
      sign: "+",
      use: "W_hh",
      id: "from_h",
      letters: `h${subscript(k - 1)}·W_hh`,
      values: (i) => at(segment.from_h, j, i),
    },
    {
      sign: "+",
      use: "b_h",
      id: "b_h",
      letters: "b_h",
      values: (i) => at(segment.weights.b_h, i, 0),
    },
    {
      sign: "=",
      use: "a",
      id: "a",
      letters: `a${subscript(k)}`,
      values: (i) => at(segment.a, j, i),
      rule: true,
      total: true,
    },
    {
      sign: segment.activation,
      use: "h",
      id: "h",
      letters: `h${subscript(k)}`,
      values: (i) => at(segment.h, j + 1, i),
      rule: true,
    },
  ]
  return model.cut ? rows.filter((row) => row.id !== "from_h") : rows
}

function backwardRows(model, { segment, j, k }) {
  const { gradients: g } = segment
  const rows = [
    {
      sign: "",
      first: true,
      use: "own",
      id: "dh_local",
      letters: "own output",
      values: (i) => at(g.dh_local, j + 1, i),
    },
    {
      sign: "+",
      use: "future",
      id: "dh_recurrent",
      letters: "from the future",
      values: (i) => at(g.dh_recurrent, j + 1, i),
    },
    {
      sign: "=",
      use: "dh",
      id: "dh",
      letters: `dh${subscript(k)}`,
      values: (i) => at(g.dh, j + 1, i),
      rule: true,
      total: true,
    },
  ]
  if (model.cell === "rnn" && segment.activation === "tanh") {
    rows.push(
      {
        sign: "·",
        use: "h",
        id: "slope",
        letters: `1 − h${subscript(k)}²`,
        plain: true,
        values: (i) => slopeOf(segment, j, i, "h"),
      },
      {
        sign: "=",
        use: "da",
        id: "da",
        letters: `da${subscript(k)}`,
        values: (i) => at(g.da, j, i),
        rule: true,
      },
    )
  }
  if (model.cell === "lstm") rows.push(...cellGradientRows(segment, j, k))
  if (model.cell !== "rnn") rows.push(...gateGradientRows(model, segment, j))
  return rows.map((row) => ({ ...row, gradient: true }))
}

// The gradient of c: through h of the same step, and along c from the step after.
function cellGradientRows(segment, j, k) {
  const { gradients: g, gates } = segment
  const through = (i) => at(g.dh, j + 1, i) * at(gates.o, j, i) * slopeOf(segment, j, i, "tanh c")
  return [
    { sign: "", first: true, id: "dc_local", letters: "dc through h", values: through, rule: true },
    {
      sign: "+",
      id: "dc_recurrent",
      letters: "dc from the future",
      values: (i) => at(g.dc_recurrent, j + 1, i),
    },
    {
      sign: "=",
      id: "dc",
      letters: `dc${subscript(k)}`,
      values: (i) => at(g.dc, j + 1, i),
      rule: true,
      total: true,
    },
  ]
}

// What each gate's own sum receives, in the order of the blocks.
const gateGradientRows = (model, segment, j) =>
  GATES[model.cell].map((gate, b) => ({
    sign: "→",
    use: "da",
    id: `da_${gate}`,
    letters: `da_${gate}`,
    rule: b === 0,
    values: (i) => at(segment.gradients.da, j, b * segment.hidden + i),
  }))

const gateRow = (segment, j, name, letters) => ({
  sign: "",
  use: "gate",
  id: name,
  letters,
  values: (i) => at(segment.gates[name], j, i),
})

function lstmRows({ segment, j, k }) {
  const gate = (name) => (i) => at(segment.gates[name], j, i)
  const before = (i) => at(segment.c, j, i)
  return [
    gateRow(segment, j, "i", "input gate i"),
    gateRow(segment, j, "f", "forget gate f"),
    gateRow(segment, j, "g", "candidate g"),
    gateRow(segment, j, "o", "output gate o"),
    {
      sign: "",
      first: true,
      id: "kept",
      memory: true,
      letters: `f ⊙ c${subscript(k - 1)}`,
      values: (i) => gate("f")(i) * before(i),
      rule: true,
    },
    {
      sign: "+",
      id: "written",
      memory: true,
      letters: "i ⊙ g",
      values: (i) => gate("i")(i) * gate("g")(i),
    },
    {
      sign: "=",
      id: "c",
      memory: true,
      letters: `c${subscript(k)}`,
      values: (i) => at(segment.c, j + 1, i),
      rule: true,
      total: true,
    },
    {
      sign: "o ⊙ tanh",
      id: "h",
      use: "h",
      letters: `h${subscript(k)}`,
      values: (i) => at(segment.h, j + 1, i),
      rule: true,
    },
  ]
}

function gruRows({ segment, j, k }) {
  const gate = (name) => (i) => at(segment.gates[name], j, i)
  const before = (i) => at(segment.h, j, i)
  return [
    gateRow(segment, j, "r", "reset gate r"),
    gateRow(segment, j, "z", "update gate z"),
    {
      sign: "",
      id: "n_recurrent",
      letters: `h${subscript(k - 1)}·W_hn + b_hn`,
      values: (i) => at(segment.n_recurrent, j, i),
    },
    gateRow(segment, j, "n", "candidate n"),
    {
      sign: "",
      first: true,
      id: "new",
      letters: "(1 − z) ⊙ n",
      values: (i) => oneMinusGate(segment, j, i, "z") * gate("n")(i),
      rule: true,
    },
    {
      sign: "+",
      id: "kept",
      letters: `z ⊙ h${subscript(k - 1)}`,
      values: (i) => gate("z")(i) * before(i),
    },
    {
      sign: "=",
      id: "h",
      use: "h",
      letters: `h${subscript(k)}`,
      values: (i) => at(segment.h, j + 1, i),
      rule: true,
      total: true,
    },
  ]
}

// What colours a row has: those of the chain, so that a colour means the same number in both.
const limitOf = (model, { gradient, memory }) =>
  gradient ? model.gradLimit : memory ? model.memoryLimit : model.limit

// Room for a number and for the names of the rows, in pixels.
const NUMBER = 58
const NAMES = { wide: 176, narrow: 120 }

export function paintCell({ model, palette, state, width, narrow, choose }) {
  const column = model.columns[state.t - 1]
  const rows = cellRows(model, column, state.phase)
  const back = state.phase === "backward"
  const all = Array.from({ length: model.H }, (_, i) => i)
  const most = Math.max(
    ...rows.filter((row) => !row.plain).flatMap((row) => all.map((i) => Math.abs(row.values(i)))),
  )
  const least = back && most < 0.05 ? 4 : model.H > 16 ? 2 : 3
  const sums = all.map((i) => digitsFor(rows, i, least))
  // As many units beside each other as there is room for, the others below them.
  const count = Math.max(
    2,
    Math.floor((width - NAMES[narrow ? "narrow" : "wide"]) / (NUMBER + 7 * (least - 2))),
  )
  const blocks = Math.ceil(model.H / count)
  const each = Math.ceil(model.H / blocks)
  const sheet = { model, palette, state, choose, sums }
  const bodies = Array.from({ length: blocks }, (_, n) => all.slice(n * each, (n + 1) * each))
    .filter((units) => units.length)
    .flatMap((units) => [
      unitNames(units, state),
      html("tbody", {}, ...rows.map((row) => line(sheet, row, units))),
    ])
  return html("table", { class: "sums" }, ...bodies)
}

function unitNames(units, { unit }) {
  return html(
    "tbody",
    { class: "unit-names" },
    html(
      "tr",
      {},
      html("td", {}),
      html("th", { scope: "row" }, "unit"),
      ...units.map((i) =>
        html("th", { scope: "col", class: i + 1 === unit ? "chosen" : null }, String(i + 1)),
      ),
    ),
  )
}

function line({ model, palette, state, choose, sums }, row, units) {
  const limit = limitOf(model, row)
  const cells = units.map((i) => {
    const value = row.values(i)
    const { digits, exact } = sums[i]
    const fill = row.plain
      ? palette.background
      : diverging(value, limit, palette, Boolean(row.gradient))
    const about = row.total && !exact.has(row.id) ? "≈ " : ""
    const cell = html(
      "td",
      {
        "data-testid": `zoom-${row.id}-${i + 1}`,
        "data-value": value,
        style: `background-color:${fill};color:${row.plain ? palette.text : ink(fill)}`,
      },
      about + (row.plain ? factorText(value, digits) : signed(value, digits)),
    )
    cell.classList.toggle("chosen", i + 1 === state.unit)
    cell.classList.toggle("beyond", !row.plain && isBeyond(value, limit))
    cell.addEventListener("click", () => choose({ unit: i + 1, zoom: 3 }))
    return cell
  })
  return html(
    "tr",
    { class: row.rule ? "rule" : "", "data-term": row.use },
    html("td", { class: "sign" }, row.sign),
    html("th", { scope: "row", class: row.use }, ...typeset(row.letters)),
    ...cells,
  )
}

// With how many digits the addends of unit i as shown add up to its totals as shown; `exact` has
// the totals for which they do, where no number of digits is enough for all.
function digitsFor(rows, i, least) {
  const totals = rows
    .map((row, end) => ({ row, end, begin: rows.findLastIndex((one, n) => one.first && n < end) }))
    .filter(({ row, begin }) => row.total && begin >= 0)
  const adds = (digits) =>
    new Set(
      totals
        .filter(({ row, begin, end }) =>
          addsUp(
            rows.slice(begin, end).map((one) => one.values(i)),
            row.values(i),
            digits,
          ),
        )
        .map(({ row }) => row.id),
    )
  for (let digits = least; digits <= least + MORE; digits++) {
    const exact = adds(digits)
    if (exact.size === totals.length) return { digits, exact }
  }
  return { digits: least + 1, exact: adds(least + 1) }
}

const MORE = 2
