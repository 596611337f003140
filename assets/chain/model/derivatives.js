// Derivatives of the activations, from the pre-activation. A gate of 1 − 10⁻⁹ travels as 1, and
// 1 − gate would be 0; no formula here subtracts from 1. The engine does the same
// (cell_derivatives.py).

import { at } from "./payload.js"

/**
 * σ(−a), which is 1 − σ(a).
 *
 * @param {number} a
 */
export const oneMinusSigmoid = (a) => {
  const small = Math.exp(-Math.abs(a))
  return (a > 0 ? small : 1) / (1 + small)
}

/**
 * σ(a) σ(−a), which is σ(a) (1 − σ(a)).
 *
 * @param {number} a
 */
export const slopeOfSigmoid = (a) => {
  const small = Math.exp(-Math.abs(a))
  return small / (1 + small) ** 2
}

/**
 * 1 / cosh² a, which is 1 − tanh² a.
 *
 * @param {number} a
 */
export const slopeOfTanh = (a) => 4 * slopeOfSigmoid(2 * a)

const BLOCKS = { rnn: ["h"], gru: ["r", "z", "n"], lstm: ["i", "f", "g", "o"] }

/**
 * The pre-activation of one gate of unit i at step j; "h" is the vanilla cell's own.
 *
 * @param {Segment} segment
 * @param {number} j
 * @param {number} i
 * @param {string} gate
 */
function preActivation(segment, j, i, gate) {
  const blocks = BLOCKS[segment.a.width === segment.hidden ? "rnn" : segment.c ? "lstm" : "gru"]
  return at(segment.a, j, blocks.indexOf(gate) * segment.hidden + i)
}

/**
 * The derivative of one gate, of the vanilla cell's h, or of the tanh(c) of an lstm.
 *
 * @param {Segment} segment
 * @param {number} j
 * @param {number} i
 * @param {string} name
 */
export function slopeOf(segment, j, i, name) {
  if (name === "tanh c") return slopeOfTanh(at(segment.c, j + 1, i))
  const a = preActivation(segment, j, i, name)
  return ["h", "n", "g"].includes(name) ? slopeOfTanh(a) : slopeOfSigmoid(a)
}

/**
 * 1 − z of a gru.
 *
 * @param {Segment} segment
 * @param {number} j
 * @param {number} i
 * @param {string} gate
 */
export const oneMinusGate = (segment, j, i, gate) =>
  oneMinusSigmoid(preActivation(segment, j, i, gate))
