// What one unit adds up at one step, term by term: forward to its pre-activation, backward to its
// gradient. Pure; products are made here for display, totals are the engine's.

import { MOST, inputTerms, stateTerms, stepAfter, unsent } from "./step_terms.js"
import { at, recurrentOf } from "./payload.js"
import { subscript } from "../lib/format.js"
import { backwardGates, gateSums } from "./terms_gated.js"

/**
 * Where in the blocks of a weight a unit stands: column q, unit, and the block's letter.
 *
 * @param {number} i
 * @returns {Place}
 */
const plainPlace = (i) => ({ q: i, unit: i + 1, block: "h" })

/**
 * Long sums show their largest terms, in order, and "the rest", what is missing to the total.
 *
 * @param {Term[]} terms
 * @param {number} total
 * @param {number} others
 */
export function shorten(terms, total, others) {
  const kept =
    terms.length <= MOST + 1
      ? terms
      : [...terms]
          .sort((a, b) => Math.abs(b.product) - Math.abs(a.product))
          .slice(0, MOST)
          .sort((a, b) => a.index - b.index)
  const hidden = others + terms.length - kept.length
  if (!hidden) return { terms: kept, rest: null }
  return {
    terms: kept,
    rest: { count: hidden, product: total - kept.reduce((sum, term) => sum + term.product, 0) },
  }
}

/**
 * @param {Model} model
 * @param {Column} column
 * @param {number} i
 */
export function forwardGroups(model, column, i) {
  if (model.cell !== "rnn") return gateSums(model, column, i).flatMap(({ x, h }) => [x, h])
  const { segment, j, k } = column
  const place = plainPlace(i)
  const groups = [
    {
      use: "W_xh",
      letters: segment.rows.picked ? "W_xh" : `x${subscript(k)}·W_xh`,
      total: at(segment.from_x, j, i),
      ...shorten(inputTerms(column, place), at(segment.from_x, j, i), unsent(segment)),
    },
  ]
  if (!model.cut) {
    const total = at(segment.from_h, j, i)
    groups.push({
      use: "W_hh",
      letters: `h${subscript(k - 1)}·W_hh`,
      total,
      ...shorten(stateTerms(column, place), total, 0),
    })
  }
  return groups
}

/**
 * dh[i] = Σ dlogits[c] W_hy[i, c] (own output) + Σ da_next[m] W_hh[i, m] (from the future).
 *
 * @param {Model} model
 * @param {Column} column
 * @param {number} i
 */
export function backwardGroups(model, column, i) {
  const { segment, j, k } = column
  const { gradients: g } = segment
  const own = at(g.dh_local, j + 1, i)
  const future = at(g.dh_recurrent, j + 1, i)
  const groups = [
    {
      use: "own",
      letters: "own output",
      total: own,
      ...shorten(column.says ? outputTerms(model, column, i) : [], own, 0),
    },
    {
      use: "future",
      letters: "from the future",
      total: future,
      ...shorten(futureTerms(model, column, i), future, 0),
    },
  ]
  if (model.cell !== "rnn") groups.push(...backwardGates(model, column, i))
  return groups.map((group) => ({ ...group, k }))
}

/**
 * @param {Model} model
 * @param {Column} column
 * @param {number} i
 * @returns {Term[]}
 */
function outputTerms(model, { segment, j, k }, i) {
  return model.classes.map((name, c) => {
    const factor = at(segment.gradients.dlogits, j, c)
    const weight = at(segment.weights.W_hy, i, c)
    return {
      index: c,
      kind: "y",
      letters: model.numbers ? `d${name}` : `d logit “${name}”`,
      factor,
      weight,
      product: factor * weight,
      names: [`dlogits${subscript(k)}[${name}]`, `W_hy[${i + 1} → ${name}]`],
    }
  })
}

const BLOCKS = { rnn: [""], gru: ["r", "z", "n"], lstm: ["i", "f", "g", "o"] }

/**
 * @param {Model} model
 * @param {Column} column
 * @param {number} i
 * @returns {Term[]}
 */
function futureTerms(model, column, i) {
  const { k } = column
  const next = stepAfter(model, column)
  if (!next) return []
  const { segment, j } = next
  const H = segment.hidden
  const terms = BLOCKS[model.cell].flatMap((block, b) =>
    Array.from({ length: H }, (_, to) => {
      const index = b * H + to
      const factor = at(segment.gradients.da_recurrent, j, index)
      const weight = at(recurrentOf(segment, j), i, index)
      const gate = block && `_${block}`
      const letters = `${block === "n" ? "r · " : ""}da${gate}${subscript(k + 1)}[${to + 1}]`
      return {
        index,
        kind: "a",
        letters,
        factor,
        weight,
        product: factor * weight,
        names: [letters, `W_h${block || "h"}[${i + 1} → ${to + 1}]`],
      }
    }),
  )
  if (model.cell !== "gru") return terms
  // The update gate also lets the gradient pass straight through.
  const factor = at(segment.gradients.dh, j + 1, i)
  const weight = at(segment.gates.z, j, i)
  const letters = `dh${subscript(k + 1)}[${i + 1}]`
  return [
    {
      index: -1,
      kind: "z",
      letters,
      factor,
      weight,
      product: factor * weight,
      names: [letters, `z${subscript(k + 1)}[${i + 1}]`],
    },
    ...terms,
  ]
}

/**
 * @param {Model} model
 * @param {ViewState} state
 */
export function groupsOf(model, state) {
  const column = model.columns[state.t - 1]
  return state.phase === "backward"
    ? backwardGroups(model, column, state.unit - 1)
    : forwardGroups(model, column, state.unit - 1)
}

/**
 * The terms of all groups in one row, as levels 3 and 4 count them.
 *
 * @param {Model} model
 * @param {ViewState} state
 */
export const allTerms = (model, state) => groupsOf(model, state).flatMap((group) => group.terms)

/**
 * @param {Model} model
 * @param {ViewState} state
 */
export const sourceCount = (model, state) => allTerms(model, state).length

export const DEEPEST = 4
