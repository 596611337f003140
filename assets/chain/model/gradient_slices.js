// What each step adds to the gradient of a weight: an outer product of two vectors, and their sums.

import { subscript } from "../lib/format.js"
import { norm, rowOf } from "./payload.js"

/**
 * The two vectors whose outer product step j adds to dW: what came in, and the gradient behind it.
 *
 * @param {Segment} segment
 * @param {string} name
 * @param {number} j
 */
export function factors(segment, name, j) {
  const { gradients: g, x, rows, h } = segment
  const k = segment.first + j
  if (name === "W_hh") {
    return {
      from: { letters: `h${subscript(k - 1)}`, values: rowOf(h, j) },
      behind: { letters: `da${subscript(k)}`, values: rowOf(g.da_recurrent, j) },
    }
  }
  if (name === "W_hy") {
    return {
      from: { letters: `h${subscript(k)}`, values: rowOf(h, j + 1) },
      behind: { letters: `dlogits${subscript(k)}`, values: rowOf(g.dlogits, j) },
    }
  }
  const values = rows.picked
    ? Float32Array.from(rows.index, (_, r) => (rows.picked[j] === r ? 1 : 0))
    : rowOf(x, j)
  return {
    from: { letters: `x${subscript(k)}`, values },
    behind: { letters: `da${subscript(k)}`, values: rowOf(g.da, j) },
  }
}

/**
 * @param {Segment} segment
 * @param {string} name
 * @param {number} j
 */
export function slice(segment, name, j) {
  const { from, behind } = factors(segment, name, j)
  return (r, c) => from.values[r] * behind.values[c]
}

/**
 * The norm of an outer product is the product of the norms.
 *
 * @param {Segment} segment
 * @param {string} name
 * @param {number} j
 */
export function sliceNorm(segment, name, j) {
  const { from, behind } = factors(segment, name, j)
  return norm(from.values) * norm(behind.values)
}

/**
 * @param {Segment} segment
 * @param {string} name
 * @param {number} from
 */
export function sumFrom(segment, name, from) {
  const [rows, columns] = segment.weights[name].shape
  const sum = new Float64Array(rows * columns)
  for (let j = from; j < segment.steps; j++) {
    const share = slice(segment, name, j)
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) sum[r * columns + c] += share(r, c)
    }
  }
  return sum
}

/**
 * What the other rules make of the shares: the last one alone, or the total over their number.
 *
 * @param {Segment} segment
 * @param {string} name
 * @param {ViewState["share"]} share
 */
export function kept(segment, name, share) {
  const [rows, columns] = segment.weights[name].shape
  if (share === "mean")
    return segment.gradients.total[name].data.map((value) => value / segment.steps)
  const last = slice(segment, name, segment.steps - 1)
  return Float64Array.from({ length: rows * columns }, (_, n) =>
    last(Math.floor(n / columns), n % columns),
  )
}

/**
 * @param {Segment} segment
 * @param {string} name
 */
export function hasGradientTable(segment, name) {
  return (
    Boolean(segment.gradients) && !segment.disconnected && (name !== "W_hy" || Boolean(segment.out))
  )
}
