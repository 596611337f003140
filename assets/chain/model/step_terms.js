// The products that one step adds up, of its input and of the state before it; and the next step.

import { pixelOf } from "../lib/pixels.js"
import { subscript } from "../lib/format.js"
import { at, recurrentOf } from "./payload.js"

export const MOST = 14

/** @param {Segment} segment */
export const unsent = (segment) =>
  segment.rows.picked ? 0 : segment.rows.of - segment.rows.index.length

/**
 * What the weight's own gradient is made of at this step: the gradient that arrives behind it.
 *
 * @param {Column} column
 * @param {Place} place
 * @param {"da" | "da_recurrent"} name
 */
function flow({ segment, j, k }, { q, unit, block }, name) {
  if (!segment.gradients) return null
  const behind = name === "da_recurrent" && block === "n" ? "r · " : ""
  return {
    value: at(segment.gradients[name], j, q),
    letters: `${behind}da${block === "h" ? "" : `_${block}`}${subscript(k)}[${unit}]`,
  }
}

/**
 * @param {Column} column
 * @param {Place} place
 * @returns {Term[]}
 */
export function inputTerms(column, place) {
  const { segment, j, k, label } = column
  const { q, unit, block } = place
  const weights = segment.weights.W_xh
  const arriving = flow(column, place, "da")
  const entry = (from) => `W_x${block}[${from} → ${unit}]`
  if (segment.rows.picked) {
    const row = segment.rows.picked[j]
    const weight = at(weights, row, q)
    return [
      {
        index: row,
        kind: "x",
        letters: `“${label}”`,
        factor: 1,
        weight,
        product: weight,
        arriving,
        names: ["1", entry(label)],
        gradient: `d${entry(label)}`,
      },
    ]
  }
  return segment.rows.index.map((from, row) => {
    const factor = at(segment.x, j, row)
    const weight = at(weights, row, q)
    const letters = `x${subscript(k)}[${from + 1}]`
    const where = segment.canvas && pixelOf(segment.canvas, from)
    return {
      index: row,
      kind: "x",
      letters,
      where,
      pixel: from,
      factor,
      weight,
      product: factor * weight,
      arriving,
      names: [letters, entry(from + 1)],
      gradient: `d${entry(from + 1)}`,
    }
  })
}

/**
 * @param {Column} column
 * @param {Place} place
 * @returns {Term[]}
 */
export function stateTerms(column, place) {
  const { segment, j, k } = column
  const { q, unit, block } = place
  const arriving = flow(column, place, "da_recurrent")
  return Array.from({ length: segment.hidden }, (_, from) => {
    const factor = at(segment.h, j, from)
    const weight = at(recurrentOf(segment, j), from, q)
    const letters = `h${subscript(k - 1)}[${from + 1}]`
    const entry = `W_h${block}[${from + 1} → ${unit}]`
    return {
      index: from,
      kind: "h",
      letters,
      factor,
      weight,
      product: factor * weight,
      arriving,
      names: [letters, entry],
      gradient: `d${entry}`,
    }
  })
}

/**
 * The step after this one, where a gradient comes from; none at the end and at a truncation.
 *
 * @param {Model} model
 * @param {Column} column
 * @returns {Column | null}
 */
export function stepAfter(model, { segment, j, k }) {
  const every = segment.gradients.truncate
  const truncated = every && j + 1 < segment.steps && (j + 1) % every === 0
  return model.cut || truncated ? null : (model.columns[k] ?? null)
}
