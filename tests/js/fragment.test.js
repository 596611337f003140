import assert from "node:assert/strict"
import { test } from "node:test"

import { nextFragment, readFragment } from "../../assets/chain/interaction/fragment.js"
import { INITIAL_STATE } from "../../assets/chain/model/view_state.js"

test("a fragment is read field by field", () => {
  const hash = "#t=3&phase=backward&zoom=2&view=rolled&code=1&share=mean&weight=W_xh"
  assert.deepEqual(readFragment("", hash), {
    t: 3,
    phase: "backward",
    zoom: 2,
    view: "rolled",
    code: true,
    share: "mean",
    weight: "W_xh",
  })
})

test("what makes no sense is left out", () => {
  assert.deepEqual(readFragment("", "#t=-3&phase=sideways&zoom=2.5&view=&code=0&other=1"), {})
  assert.deepEqual(readFragment("", "#t=12345&unit=7"), { unit: 7 })
  assert.deepEqual(readFragment("", ""), {})
})

test("each picture of a page reads its own fields", () => {
  const hash = "#t=3&b.t=5&b.zoom=2"
  assert.deepEqual(readFragment("", hash), { t: 3 })
  assert.deepEqual(readFragment("b.", hash), { t: 5, zoom: 2 })
  assert.deepEqual(readFragment(null, hash), {})
})

test("a picture that nobody has touched leaves the address alone", () => {
  assert.equal(nextFragment("", "", INITIAL_STATE), null)
  assert.equal(nextFragment("", "#b.t=5", INITIAL_STATE), null)
  assert.equal(nextFragment(null, "", { ...INITIAL_STATE, t: 2 }), null)
})

test("step, phase and zoom are always written, the rest where it differs", () => {
  const state = { ...INITIAL_STATE, t: 2 }
  assert.equal(nextFragment("", "", state), "#t=2&phase=forward&zoom=1")
  assert.equal(
    nextFragment("", "", { ...state, rolled: true, unit: 3, code: true }),
    "#t=2&phase=forward&zoom=1&unit=3&view=rolled&code=1",
  )
})

test("back at the start the rest goes, and the other picture's part stays", () => {
  assert.equal(
    nextFragment("", "#b.t=5&t=2&phase=forward&zoom=1&unit=3", INITIAL_STATE),
    "#b.t=5&t=1&phase=forward&zoom=1",
  )
})

test("an address that says it already is not written again", () => {
  assert.equal(nextFragment("", "#t=2&phase=forward&zoom=1", { ...INITIAL_STATE, t: 2 }), null)
})

test("what is written is what is read", () => {
  const state = {
    ...INITIAL_STATE,
    ...{ phase: "backward", t: 4, zoom: 3, unit: 2, weight: "W_hy", source: 5, code: true, op: 6 },
    share: "last",
  }
  const { view, ...read } = readFragment("b.", nextFragment("b.", "", state))
  assert.equal(view, undefined)
  assert.deepEqual({ ...INITIAL_STATE, ...read }, state)
})
