import assert from "node:assert/strict"
import { test } from "node:test"

import {
  addsUp,
  addUp,
  brief,
  equals,
  factorText,
  fixed,
  niceLimit,
  shape,
  signed,
  subscript,
  superscript,
} from "../../assets/chain/lib/format.js"

test("fixed digits, with a true minus sign and no minus zero", () => {
  assert.equal(fixed(1.005, 1), "1.0")
  assert.equal(fixed(-0.5), "−0.50")
  assert.equal(fixed(-0.004), "0.00")
  assert.equal(fixed(-0), "0.00")
  assert.equal(fixed(3, 0), "3")
})

test("what is not a number, and what is too large for fixed digits", () => {
  assert.equal(fixed(NaN), "not a number")
  assert.equal(fixed(Infinity), "overflow")
  assert.equal(fixed(-Infinity), "−overflow")
  assert.equal(fixed(-2.5e7), "−2.5·10⁷")
})

test("a sign before every addend", () => {
  assert.equal(signed(0.25), "+0.25")
  assert.equal(signed(-0.25), "−0.25")
  assert.equal(signed(0), "+0.00")
  assert.equal(signed(Infinity), "overflow")
})

test("two or three digits that count", () => {
  const texts = { 0: "0", 12.34: "12.3", 1.234: "1.23", 0.0234: "0.023", 0.00234: "0.0023" }
  for (const [value, text] of Object.entries(texts)) assert.equal(brief(Number(value)), text)
  assert.equal(brief(4321), "4321")
  assert.equal(brief(0.000987), "9.9·10⁻⁴")
  assert.equal(brief(-123456), "−1.2·10⁵")
})

test("a factor that would read as zero has a power of ten", () => {
  assert.equal(factorText(0.004, 2), "0.0040")
  assert.equal(factorText(0.00004, 2), "4.0·10⁻⁵")
  assert.equal(factorText(0.006, 2), "0.01")
  assert.equal(factorText(0, 2), "0.00")
})

test("digits below and above the line", () => {
  assert.equal(subscript(120), "₁₂₀")
  assert.equal(superscript(-17), "⁻¹⁷")
})

test("shapes as NumPy writes them", () => {
  assert.equal(shape(3), "(3,)")
  assert.equal(shape(3, 4), "(3, 4)")
})

test("addends get the digits with which they add up as shown", () => {
  // At two digits 0.33 + 0.33 + 0.33 is 0.99; no number of digits makes it 1.
  const thirds = addUp([1 / 3, 1 / 3, 1 / 3], 1)
  assert.deepEqual(thirds.addends, ["0.333", "0.333", "0.333"])
  assert.equal(thirds.total, "1.000")
  assert.equal(thirds.rest, "0.001")
  assert.equal(equals(thirds), "≈")
  // 0.125 + 0.125: two digits give 0.13 + 0.13, and 0.25; three digits are exact.
  const eighths = addUp([0.125, 0.125], 0.25)
  assert.deepEqual(eighths.addends, ["0.125", "0.125"])
  assert.equal(eighths.total, "0.250")
  assert.equal(eighths.rest, null)
  assert.equal(equals(eighths), "=")
})

test("six digits are tried before the total is only about the sum", () => {
  const sum = addUp([0.333333, 0.333333, 0.333334], 1)
  assert.deepEqual(sum.addends, ["0.333333", "0.333333", "0.333334"])
  assert.equal(sum.rest, null)
})

test("tiny addends share one power of ten", () => {
  const sum = addUp([2e-7, -5e-8], 1.5e-7)
  assert.deepEqual(sum.addends, ["2.00·10⁻⁷", "−0.50·10⁻⁷"])
  assert.equal(sum.total, "1.50·10⁻⁷")
  assert.equal(sum.write(3e-8), "0.30·10⁻⁷")
})

test("small addends get more digits before they read as zero", () => {
  const sum = addUp([0.002, 0.003], 0.005)
  assert.deepEqual(sum.addends, ["0.00200", "0.00300"])
  assert.equal(sum.total, "0.00500")
})

test("a sum that is not finite is named and needs no rest", () => {
  const sum = addUp([1, Infinity], Infinity)
  assert.deepEqual(sum.addends, ["1.00", "overflow"])
  assert.equal(sum.rest, null)
})

test("whether addends add up as shown", () => {
  assert.equal(addsUp([0.125, 0.125], 0.25, 2), false)
  assert.equal(addsUp([0.125, 0.125], 0.25, 3), true)
  assert.equal(addsUp([NaN], 1, 2), true)
})

test("scales end at 1, 2 or 5 times a power of ten", () => {
  const limits = { 0.7: 1, 1: 1, 1.01: 2, 2.5: 5, 6: 10, 0.03: 0.05, 170: 200 }
  for (const [size, limit] of Object.entries(limits)) {
    assert.ok(Math.abs(niceLimit(Number(size)) / limit - 1) < 1e-12, size)
  }
  assert.equal(niceLimit(0), 1)
  assert.equal(niceLimit(Infinity), 1)
})
