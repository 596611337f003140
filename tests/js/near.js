import assert from "node:assert/strict"

// Arrays travel as float32, and slopes are measured: six digits are what can be asked.
export function near(actual, expected, within = 2e-6) {
  const off = Math.abs(actual - expected)
  assert.ok(off <= within, `${actual} is not ${expected} (off by ${off})`)
}
