import assert from "node:assert/strict"
import { test } from "node:test"

import {
  factors,
  hasGradientTable,
  kept,
  slice,
  sliceNorm,
  sumFrom,
} from "../../assets/chain/model/gradient_slices.js"
import { readPayload } from "../../assets/chain/model/payload.js"
import { near } from "./near.js"
import { slopeAlongWeight, T, tinyPayload, WEIGHTS } from "./tiny_network.js"

const [segment] = readPayload(tinyPayload()).segments
const NAMES = ["W_xh", "W_hh", "W_hy"]

test("the slices of all steps add up to the measured slope of the loss", () => {
  for (const name of NAMES) {
    const columns = WEIGHTS[name][0].length
    const sum = sumFrom(segment, name, 0)
    assert.equal(sum.length, WEIGHTS[name].length * columns)
    sum.forEach((value, n) =>
      near(value, slopeAlongWeight(name, Math.floor(n / columns), n % columns)),
    )
  }
})

test("without its first steps a sum lacks their slices", () => {
  for (const name of NAMES) {
    const columns = WEIGHTS[name][0].length
    const [all, later] = [sumFrom(segment, name, 0), sumFrom(segment, name, 1)]
    const first = slice(segment, name, 0)
    all.forEach((value, n) =>
      near(value - later[n], first(Math.floor(n / columns), n % columns), 1e-12),
    )
  }
})

test("the first step adds nothing to W_hh: the state before it is zero", () => {
  assert.equal(sliceNorm(segment, "W_hh", 0), 0)
  assert.ok(sliceNorm(segment, "W_xh", 0) > 0.01)
})

test("a slice's norm is that of its entries", () => {
  for (const name of NAMES) {
    const entry = slice(segment, name, 1)
    const entries = WEIGHTS[name].flatMap((row, r) => row.map((_, c) => entry(r, c)))
    near(sliceNorm(segment, name, 1), Math.hypot(...entries), 1e-9)
  }
})

test("the last share is the last slice, the mean is the total over the steps", () => {
  const last = slice(segment, "W_hh", T - 1)
  assert.deepEqual(
    [...kept(segment, "W_hh", "last")],
    [last(0, 0), last(0, 1), last(1, 0), last(1, 1)],
  )
  kept(segment, "W_hh", "mean").forEach((value, n) =>
    near(value, slopeAlongWeight("W_hh", Math.floor(n / 2), n % 2) / 3),
  )
})

test("the factors have the letters of their steps", () => {
  const letters = (name) => {
    const { from, behind } = factors(segment, name, 1)
    return [from.letters, behind.letters]
  }
  assert.deepEqual(letters("W_xh"), ["x₂", "da₂"])
  assert.deepEqual(letters("W_hh"), ["h₁", "da₂"])
  assert.deepEqual(letters("W_hy"), ["h₂", "dlogits₂"])
})

test("a token's slice has one row", () => {
  const rows = { index: [4, 7], of: 9, names: ["e", "h"], picked: [1, 0, 1] }
  const [tokens] = readPayload(tinyPayload({ rows, x: null })).segments
  assert.deepEqual([...factors(tokens, "W_xh", 0).from.values], [0, 1])
  assert.deepEqual([...factors(tokens, "W_xh", 1).from.values], [1, 0])
})

test("which weights have a table of gradients", () => {
  assert.equal(hasGradientTable(segment, "W_hy"), true)
  assert.equal(hasGradientTable({ ...segment, out: null }, "W_hy"), false)
  assert.equal(hasGradientTable({ ...segment, out: null }, "W_hh"), true)
  assert.equal(hasGradientTable({ ...segment, gradients: null }, "W_hh"), false)
  assert.equal(hasGradientTable({ ...segment, disconnected: true }, "W_hh"), false)
})
