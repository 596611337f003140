import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"

import { readTyped } from "../../assets/chain/lib/typed_numbers.js"

const CASES = JSON.parse(
  readFileSync(new URL("../views/typed_numbers.json", import.meta.url), "utf8"),
)

test("every way of typing a number that Python reads", () => {
  assert.ok(Object.keys(CASES.read).length > 40)
  for (const [text, value] of Object.entries(CASES.read))
    assert.deepEqual(readTyped(text), { value }, text)
})

test("what Python refuses is refused, with a reason", () => {
  assert.ok(CASES.refused.length > 30)
  for (const text of CASES.refused) {
    const { value, problem } = readTyped(text)
    assert.equal(value, undefined, text)
    assert.match(problem, /\.$/, text)
  }
})

test("the reason says what is wrong", () => {
  assert.match(readTyped(" ").problem, /^Nothing is typed/)
  assert.match(readTyped("1".repeat(41)).problem, /is too long/)
  assert.match(readTyped("1e999").problem, /is too large/)
  assert.equal(
    readTyped("12,345").problem,
    "“12,345” can be read in two ways: type 12345 for the thousands, or 12.345 for the decimals.",
  )
})
