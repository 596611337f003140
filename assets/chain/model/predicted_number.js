// An output that is a number: its value, its unit, and what a note beside the pointer says of it.

import { brief, fixed } from "../lib/format.js"
import { at } from "./payload.js"

/** @param {Column} column */
export const saidNumber = (column) => at(column.segment.out.logits, column.j, 0)

/**
 * A number that is said, in the unit in which the inputs are shown.
 *
 * @param {Model} model
 * @param {number} value
 */
export function inUnit({ says_in: given }, value) {
  if (!given) return fixed(value, 4)
  const shown = value * given.scale
  return Math.abs(shown) < 1e5 ? fixed(shown, 1) : brief(shown)
}

/** @param {Model} model */
export const unitName = ({ says_in: given }) => (given ? ` ${given.unit}` : "")

/**
 * What the network's own number is, where another one is shown.
 *
 * @param {Model} model
 */
export const ownScale = ({ says_in: given }) => (given ? `1 is ${given.scale} ${given.unit}` : "")

/**
 * What pointing at it tells.
 *
 * @param {Model} model
 * @param {Column} column
 */
export function numberLines(model, column) {
  const own = (value) => `the network’s own number: ${fixed(value, 4)} (${ownScale(model)})`
  const said = saidNumber(column)
  const lines = [
    `ŷ = ${inUnit(model, said)}${unitName(model)}`,
    model.says_in && own(said),
    !model.says_in && column.said && `“${column.said}”`,
    column.wanted !== null && `y = ${inUnit(model, column.wanted)}${unitName(model)} is correct`,
  ]
  return lines.filter(Boolean)
}
