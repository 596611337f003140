import assert from "node:assert/strict"
import { test } from "node:test"

import {
  oneMinusGate,
  oneMinusSigmoid,
  slopeOf,
  slopeOfSigmoid,
  slopeOfTanh,
} from "../../assets/chain/model/derivatives.js"
import { near } from "./near.js"

const sigmoid = (a) => 1 / (1 + Math.exp(-a))
const measured = (f, a) => (f(a + 1e-5) - f(a - 1e-5)) / 2e-5

test("slopes are those that can be measured", () => {
  for (const a of [-3, -0.5, 0, 0.25, 2]) {
    near(slopeOfSigmoid(a), measured(sigmoid, a), 1e-9)
    near(slopeOfTanh(a), measured(Math.tanh, a), 1e-9)
    near(oneMinusSigmoid(a), 1 - sigmoid(a), 1e-15)
  }
})

test("far out nothing is lost: 1 − σ(40) is e⁻⁴⁰, not 0", () => {
  assert.equal(1 - sigmoid(40), 0)
  near(oneMinusSigmoid(40) / Math.exp(-40), 1, 1e-12)
  near(slopeOfSigmoid(-40) / Math.exp(-40), 1, 1e-12)
  near(slopeOfTanh(20) / (4 * Math.exp(-40)), 1, 1e-12)
  assert.equal(oneMinusSigmoid(-40), 1)
})

const array = (width, values) => ({ width, data: Float32Array.from(values) })

test("each gate of a gru has its own block of a", () => {
  const segment = { hidden: 2, a: array(6, [0.5, 1, 1.5, 2, 2.5, 3]), c: null }
  near(slopeOf(segment, 0, 1, "r"), measured(sigmoid, 1), 1e-9)
  near(slopeOf(segment, 0, 0, "z"), measured(sigmoid, 1.5), 1e-9)
  near(slopeOf(segment, 0, 1, "n"), measured(Math.tanh, 3), 1e-9)
  near(oneMinusGate(segment, 0, 0, "z"), 1 - sigmoid(1.5), 1e-12)
})

test("each gate of an lstm has its own block of a, and tanh c the state after the step", () => {
  const segment = { hidden: 1, a: array(4, [0.5, -1, 1.5, 2]), c: array(1, [9, 0.75]) }
  near(slopeOf(segment, 0, 0, "f"), measured(sigmoid, -1), 1e-9)
  near(slopeOf(segment, 0, 0, "g"), measured(Math.tanh, 1.5), 1e-9)
  near(slopeOf(segment, 0, 0, "o"), measured(sigmoid, 2), 1e-9)
  near(slopeOf(segment, 0, 0, "tanh c"), measured(Math.tanh, 0.75), 1e-9)
})

test("the vanilla cell has one block", () => {
  const segment = { hidden: 2, a: array(2, [0, 0, 0.5, -0.5]), c: null }
  near(slopeOf(segment, 1, 0, "h"), measured(Math.tanh, 0.5), 1e-9)
})
