// What one unit adds up at one step, term by term: forward to its pre-activation, backward to its
// gradient. Pure; products are made here for display, totals are the engine's.

import { at } from "./data.js"
import { subscript } from "./format.js"

const MOST = 14

// Long sums show their largest terms, in order, and "the rest", which is what is missing to the total.
function shorten(terms, total, others) {
  const kept = terms.length <= MOST + 1 ? terms
    : [...terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product)).slice(0, MOST)
      .sort((a, b) => a.index - b.index)
  const hidden = others + terms.length - kept.length
  if (!hidden) return { terms: kept, rest: null }
  return { terms: kept, rest: { count: hidden, product: total - kept.reduce((sum, term) => sum + term.product, 0) } }
}

export function forwardGroups(model, column, i) {
  const { segment, j, k } = column
  const groups = [{ use: "W_xh", letters: segment.rows.picked ? "W_xh" : `x${subscript(k)}·W_xh`,
    total: at(segment.from_x, j, i), ...shorten(inputTerms(column, i), at(segment.from_x, j, i), unsent(segment)) }]
  if (!model.cut) {
    const total = at(segment.from_h, j, i)
    groups.push({ use: "W_hh", letters: `h${subscript(k - 1)}·W_hh`, total,
      ...shorten(stateTerms(column, i), total, 0) })
  }
  return groups
}

const unsent = (segment) => (segment.rows.picked ? 0 : segment.rows.of - segment.rows.index.length)

function inputTerms({ segment, j, k, label }, i) {
  const weights = segment.weights.W_xh
  if (segment.rows.picked) {
    const row = segment.rows.picked[j]
    const weight = at(weights, row, i)
    return [{ index: row, kind: "x", letters: `“${label}”`, factor: 1, weight, product: weight,
      names: ["1", `W_xh[${label} → ${i + 1}]`], gradient: `dW_xh[${label} → ${i + 1}]` }]
  }
  return segment.rows.index.map((place, row) => {
    const factor = at(segment.x, j, row)
    const weight = at(weights, row, i)
    return { index: row, kind: "x", letters: `x${subscript(k)}[${place + 1}]`, factor, weight,
      product: factor * weight, names: [`x${subscript(k)}[${place + 1}]`, `W_xh[${place + 1} → ${i + 1}]`],
      gradient: `dW_xh[${place + 1} → ${i + 1}]` }
  })
}

function stateTerms({ segment, j, k }, i) {
  return Array.from({ length: segment.hidden }, (_, from) => {
    const factor = at(segment.h, j, from)
    const weight = at(segment.weights.W_hh, from, i)
    const letters = `h${subscript(k - 1)}[${from + 1}]`
    return { index: from, kind: "h", letters, factor, weight, product: factor * weight,
      names: [letters, `W_hh[${from + 1} → ${i + 1}]`], gradient: `dW_hh[${from + 1} → ${i + 1}]` }
  })
}

// dh[i] = Σ dlogits[c] W_hy[i, c] (own output) + Σ da_next[m] W_hh[i, m] (from the future).
export function backwardGroups(model, column, i) {
  const { segment, j, k } = column
  const { gradients: g } = segment
  const own = at(g.dh_local, j + 1, i)
  const future = at(g.dh_recurrent, j + 1, i)
  return [
    { use: "own", letters: "own output", total: own,
      ...shorten(column.says ? outputTerms(model, column, i) : [], own, 0) },
    { use: "future", letters: "from the future", total: future,
      ...shorten(futureTerms(model, column, i), future, 0) },
  ].map((group) => ({ ...group, k }))
}

function outputTerms(model, { segment, j, k }, i) {
  return model.classes.map((name, c) => {
    const factor = at(segment.gradients.dlogits, j, c)
    const weight = at(segment.weights.W_hy, i, c)
    return { index: c, kind: "y", letters: `d logit “${name}”`, factor, weight, product: factor * weight,
      names: [`dlogits${subscript(k)}[${name}]`, `W_hy[${i + 1} → ${name}]`] }
  })
}

function futureTerms(model, { k }, i) {
  const next = model.columns[k]
  if (!next || model.cut) return []
  const { segment, j } = next
  return Array.from({ length: segment.hidden }, (_, to) => {
    const factor = at(segment.gradients.da_recurrent, j, to)
    const weight = at(segment.weights.W_hh, i, to)
    const letters = `da${subscript(k + 1)}[${to + 1}]`
    return { index: to, kind: "a", letters, factor, weight, product: factor * weight,
      names: [letters, `W_hh[${i + 1} → ${to + 1}]`] }
  })
}

export function groupsOf(model, state) {
  const column = model.columns[state.t - 1]
  return state.phase === "backward" ? backwardGroups(model, column, state.unit - 1)
    : forwardGroups(model, column, state.unit - 1)
}

// The terms of all groups in one row, as levels 3 and 4 count them.
export const allTerms = (model, state) => groupsOf(model, state).flatMap((group) => group.terms)

export const sourceCount = (model, state) => allTerms(model, state).length

// How deep one can go: gated cells open down to the vectors of one cell.
export const deepest = (model) => (model.cell === "rnn" ? 4 : 2)
