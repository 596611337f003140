// What one unit adds up at one step, term by term: forward to its pre-activation, backward to its
// gradient. Pure; products are made here for display, totals are the engine's.

import { at, recurrentOf } from "./payload.js"
import { pixelOf } from "../lib/pixels.js"
import { subscript } from "../lib/format.js"
import { backwardGates, gateSums } from "./terms_gated.js"

export const MOST = 14

// Where in the blocks of a weight a unit stands: column q, unit, and the block's letter.
const plainPlace = (i) => ({ q: i, unit: i + 1, block: "h" })

// Long sums show their largest terms, in order, and "the rest", which is what is missing to the total.
export function shorten(terms, total, others) {
  const kept = terms.length <= MOST + 1 ? terms
    : [...terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product)).slice(0, MOST)
      .sort((a, b) => a.index - b.index)
  const hidden = others + terms.length - kept.length
  if (!hidden) return { terms: kept, rest: null }
  return { terms: kept, rest: { count: hidden, product: total - kept.reduce((sum, term) => sum + term.product, 0) } }
}

export function forwardGroups(model, column, i) {
  if (model.cell !== "rnn") return gateSums(model, column, i).flatMap(({ x, h }) => [x, h])
  const { segment, j, k } = column
  const place = plainPlace(i)
  const groups = [{ use: "W_xh", letters: segment.rows.picked ? "W_xh" : `x${subscript(k)}·W_xh`,
    total: at(segment.from_x, j, i), ...shorten(inputTerms(column, place), at(segment.from_x, j, i), unsent(segment)) }]
  if (!model.cut) {
    const total = at(segment.from_h, j, i)
    groups.push({ use: "W_hh", letters: `h${subscript(k - 1)}·W_hh`, total,
      ...shorten(stateTerms(column, place), total, 0) })
  }
  return groups
}

export const unsent = (segment) => (segment.rows.picked ? 0 : segment.rows.of - segment.rows.index.length)

// What the weight's own gradient is made of at this step: the gradient that arrives behind it.
function flow({ segment, j, k }, { q, unit, block }, name) {
  if (!segment.gradients) return null
  const behind = name === "da_recurrent" && block === "n" ? "r · " : ""
  return { value: at(segment.gradients[name], j, q),
    letters: `${behind}da${block === "h" ? "" : `_${block}`}${subscript(k)}[${unit}]` }
}

export function inputTerms(column, place) {
  const { segment, j, k, label } = column
  const { q, unit, block } = place
  const weights = segment.weights.W_xh
  const arriving = flow(column, place, "da")
  const entry = (from) => `W_x${block}[${from} → ${unit}]`
  if (segment.rows.picked) {
    const row = segment.rows.picked[j]
    const weight = at(weights, row, q)
    return [{ index: row, kind: "x", letters: `“${label}”`, factor: 1, weight, product: weight, arriving,
      names: ["1", entry(label)], gradient: `d${entry(label)}` }]
  }
  return segment.rows.index.map((from, row) => {
    const factor = at(segment.x, j, row)
    const weight = at(weights, row, q)
    const letters = `x${subscript(k)}[${from + 1}]`
    const where = segment.canvas && pixelOf(segment.canvas, from)
    return { index: row, kind: "x", letters, where, pixel: from, factor, weight, product: factor * weight, arriving,
      names: [letters, entry(from + 1)], gradient: `d${entry(from + 1)}` }
  })
}

export function stateTerms(column, place) {
  const { segment, j, k } = column
  const { q, unit, block } = place
  const arriving = flow(column, place, "da_recurrent")
  return Array.from({ length: segment.hidden }, (_, from) => {
    const factor = at(segment.h, j, from)
    const weight = at(recurrentOf(segment, j), from, q)
    const letters = `h${subscript(k - 1)}[${from + 1}]`
    const entry = `W_h${block}[${from + 1} → ${unit}]`
    return { index: from, kind: "h", letters, factor, weight, product: factor * weight, arriving,
      names: [letters, entry], gradient: `d${entry}` }
  })
}

// dh[i] = Σ dlogits[c] W_hy[i, c] (own output) + Σ da_next[m] W_hh[i, m] (from the future).
export function backwardGroups(model, column, i) {
  const { segment, j, k } = column
  const { gradients: g } = segment
  const own = at(g.dh_local, j + 1, i)
  const future = at(g.dh_recurrent, j + 1, i)
  const groups = [
    { use: "own", letters: "own output", total: own,
      ...shorten(column.says ? outputTerms(model, column, i) : [], own, 0) },
    { use: "future", letters: "from the future", total: future,
      ...shorten(futureTerms(model, column, i), future, 0) },
  ]
  if (model.cell !== "rnn") groups.push(...backwardGates(model, column, i))
  return groups.map((group) => ({ ...group, k }))
}

// The step after this one, where a gradient comes from; none at the end and at a truncation.
export function stepAfter(model, { segment, j, k }) {
  const every = segment.gradients.truncate
  const truncated = every && j + 1 < segment.steps && (j + 1) % every === 0
  return model.cut || truncated ? null : model.columns[k] ?? null
}

function outputTerms(model, { segment, j, k }, i) {
  return model.classes.map((name, c) => {
    const factor = at(segment.gradients.dlogits, j, c)
    const weight = at(segment.weights.W_hy, i, c)
    return { index: c, kind: "y", letters: model.numbers ? `d${name}` : `d logit “${name}”`, factor, weight, product: factor * weight,
      names: [`dlogits${subscript(k)}[${name}]`, `W_hy[${i + 1} → ${name}]`] }
  })
}

const BLOCKS = { rnn: [""], gru: ["r", "z", "n"], lstm: ["i", "f", "g", "o"] }

function futureTerms(model, column, i) {
  const { k } = column
  const next = stepAfter(model, column)
  if (!next) return []
  const { segment, j } = next
  const H = segment.hidden
  const terms = BLOCKS[model.cell].flatMap((block, b) => Array.from({ length: H }, (_, to) => {
    const index = b * H + to
    const factor = at(segment.gradients.da_recurrent, j, index)
    const weight = at(recurrentOf(segment, j), i, index)
    const letters = `${block === "n" ? "r · " : ""}da${block && `_${block}`}${subscript(k + 1)}[${to + 1}]`
    return { index, kind: "a", letters, factor, weight, product: factor * weight,
      names: [letters, `W_h${block || "h"}[${i + 1} → ${to + 1}]`] }
  }))
  if (model.cell !== "gru") return terms
  // The update gate also lets the gradient pass straight through.
  const factor = at(segment.gradients.dh, j + 1, i)
  const weight = at(segment.gates.z, j, i)
  const letters = `dh${subscript(k + 1)}[${i + 1}]`
  return [{ index: -1, kind: "z", letters, factor, weight, product: factor * weight,
    names: [letters, `z${subscript(k + 1)}[${i + 1}]`] }, ...terms]
}

export function groupsOf(model, state) {
  const column = model.columns[state.t - 1]
  return state.phase === "backward" ? backwardGroups(model, column, state.unit - 1)
    : forwardGroups(model, column, state.unit - 1)
}

// The terms of all groups in one row, as levels 3 and 4 count them.
export const allTerms = (model, state) => groupsOf(model, state).flatMap((group) => group.terms)

export const sourceCount = (model, state) => allTerms(model, state).length

export const DEEPEST = 4
