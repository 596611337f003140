import assert from "node:assert/strict"
import { test } from "node:test"

import { readPayload } from "../../assets/chain/model/payload.js"
import { stepAfter } from "../../assets/chain/model/step_terms.js"
import {
  allTerms,
  backwardGroups,
  forwardGroups,
  shorten,
  sourceCount,
} from "../../assets/chain/model/terms.js"
import { near } from "./near.js"
import { slopeAlongState, T, tinyPayload, WEIGHTS } from "./tiny_network.js"

const model = readPayload(tinyPayload())
const sumOf = (terms) => terms.reduce((sum, { product }) => sum + product, 0)

test("forward, the terms and the bias add up to the pre-activation", () => {
  for (const column of model.columns) {
    for (const i of [0, 1]) {
      const groups = forwardGroups(model, column, i)
      assert.deepEqual(
        groups.map(({ use }) => use),
        ["W_xh", "W_hh"],
      )
      for (const { terms, total } of groups) near(sumOf(terms), total)
      const sum = groups.reduce((all, { total }) => all + total, WEIGHTS.b_h[0][i])
      near(Math.tanh(sum), column.segment.h.data[(column.j + 1) * 2 + i])
    }
  }
})

test("forward, each term is one input or state times one weight", () => {
  const [inputs, states] = forwardGroups(model, model.columns[1], 1)
  assert.deepEqual(
    inputs.terms.map(({ factor, weight, product }) => [factor, weight, product]),
    [
      [2, -0.25, -0.5],
      [0.25, 0.75, 0.1875],
    ],
  )
  assert.deepEqual(inputs.terms[1].names, ["x₂[2]", "W_xh[2 → 2]"])
  assert.deepEqual(states.terms[0].names, ["h₁[1]", "W_hh[1 → 2]"])
  assert.equal(states.terms[0].weight, -0.5)
})

test("backward, own output and future add up to the measured slope along the state", () => {
  for (const column of model.columns) {
    for (const i of [0, 1]) {
      const [own, future] = backwardGroups(model, column, i)
      near(sumOf(own.terms), own.total)
      near(sumOf(future.terms), future.total)
      near(own.total + future.total, slopeAlongState(column.k, i))
    }
  }
})

test("nothing arrives from the future at the last step", () => {
  const [own, future] = backwardGroups(model, model.columns[T - 1], 0)
  assert.equal(own.terms.length, 3)
  assert.deepEqual(future.terms, [])
  assert.equal(future.total, 0)
})

test("cut wires bring no term from the state before", () => {
  const cut = readPayload(tinyPayload({}, { cut: true }))
  assert.deepEqual(
    forwardGroups(cut, cut.columns[1], 0).map(({ use }) => use),
    ["W_xh"],
  )
  assert.equal(stepAfter(cut, cut.columns[0]), null)
})

test("a token is one row of W_xh", () => {
  const rows = { index: [4, 7], of: 9, names: ["e", "h"], picked: [1, 0, 1] }
  const tokens = readPayload(tinyPayload({ rows, x: null }))
  const [inputs] = forwardGroups(tokens, tokens.columns[0], 1)
  assert.equal(inputs.terms.length, 1)
  assert.equal(inputs.terms[0].product, 0.75)
  assert.equal(inputs.terms[0].letters, "“one”")
})

test("the step after is where a gradient comes from", () => {
  assert.equal(stepAfter(model, model.columns[0]), model.columns[1])
  assert.equal(stepAfter(model, model.columns[2]), null)
  const { gradients } = tinyPayload().segments[0]
  const chunks = readPayload(tinyPayload({ gradients: { ...gradients, truncate: 2 } }))
  assert.equal(stepAfter(chunks, chunks.columns[0]), chunks.columns[1])
  assert.equal(stepAfter(chunks, chunks.columns[1]), null)
})

test("units count from 1 in the state, terms of all groups in one row", () => {
  const state = { phase: "forward", t: 2, unit: 2 }
  assert.equal(sourceCount(model, state), 4)
  assert.deepEqual(
    allTerms(model, state).map(({ weight }) => weight),
    [-0.25, 0.75, -0.5, 1],
  )
  assert.equal(sourceCount(model, { ...state, phase: "backward", t: 3 }), 3)
})

const termOf = (product, index) => ({ index, product })

test("a long sum shows its 14 largest terms, in order, and the rest", () => {
  const products = Array.from({ length: 20 }, (_, n) => (n % 2 ? -1 : 1) * ((n * 7) % 20))
  const total = products.reduce((a, b) => a + b, 0)
  const { terms, rest } = shorten(products.map(termOf), total, 0)
  const left = products.filter((value) => Math.abs(value) < 6)
  assert.equal(left.length, 6)
  assert.deepEqual(
    terms.map(({ index }) => index),
    [...products.keys()].filter((n) => Math.abs(products[n]) >= 6),
  )
  assert.equal(rest.count, 6)
  near(
    rest.product,
    left.reduce((a, b) => a + b, 0),
    1e-12,
  )
})

test("a sum of 15 terms is whole; terms that were not sent are a rest", () => {
  const fifteen = Array.from({ length: 15 }, (_, n) => termOf(n, n))
  assert.deepEqual(shorten(fifteen, 105, 0), { terms: fifteen, rest: null })
  assert.deepEqual(shorten([termOf(2, 0)], 5, 40).rest, { count: 40, product: 3 })
})
