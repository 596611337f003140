import assert from "node:assert/strict"
import { test } from "node:test"

import {
  ALL,
  clampState,
  INITIAL_STATE,
  journey,
  neighbour,
  pickKnown,
} from "../../assets/chain/model/view_state.js"

const column = (k, disconnected = false) => ({ k, segment: { disconnected } })
const model = {
  T: 3,
  H: 4,
  columns: [column(1, true), column(2), column(3)],
  scored: [column(2), column(3)],
  phases: ["forward", "loss", "backward"],
}
const clamped = (patch, lines) => clampState(model, { ...INITIAL_STATE, ...patch }, lines)

test("the initial state is possible", () => {
  assert.deepEqual(clamped({}), INITIAL_STATE)
})

test("steps and units stay within the picture", () => {
  assert.equal(clamped({ t: 9 }).t, 3)
  assert.equal(clamped({ t: 0 }).t, 1)
  assert.equal(clamped({ unit: 5 }).unit, 4)
  assert.equal(clamped({ unit: -2 }).unit, 1)
})

test("a phase that is not there is the forward pass", () => {
  assert.equal(clamped({ phase: "update" }).phase, "forward")
  assert.equal(clamped({ phase: "loss" }).phase, "loss")
})

test("one looks deeper only into a step that is drawn, and not deeper than there is", () => {
  assert.equal(clamped({ t: 2, zoom: 3 }).zoom, 3)
  assert.equal(clamped({ t: 2, zoom: 9 }).zoom, 4)
  assert.equal(clamped({ t: 2, zoom: 3, rolled: true }).zoom, 1)
  assert.equal(clamped({ t: 2, zoom: 3, phase: "loss" }).zoom, 1)
  assert.equal(clamped({ t: 1, zoom: 3 }).zoom, 1)
})

test("lines of code count while the code is open", () => {
  assert.equal(clamped({ op: 7 }, () => 5).op, 1)
  assert.equal(clamped({ op: 7, code: true }, () => 5).op, 5)
  assert.equal(clamped({ op: 7, code: true }).op, 7)
  assert.equal(clamped({ op: 1000, code: true }).op, ALL)
})

test("what Python asks for beyond the state is left out", () => {
  assert.deepEqual(pickKnown({ t: 3, rolled: true, count: 5 }), { t: 3, rolled: true })
  assert.deepEqual(pickKnown(null), {})
})

const spell = (stops) => stops.map(({ phase, t, op = "" }) => `${phase[0]}${t}${op && `.${op}`}`)

test("the journey goes forward, to the loss, and back", () => {
  assert.deepEqual(spell(journey(model)), ["f1", "f2", "f3", "l3", "b3", "b2", "b1"])
  const whole = { ...model, phases: [...model.phases, "update"] }
  assert.equal(spell(journey(whole)).at(-1), "u1")
})

test("with the code open it goes line by line, and to each loss", () => {
  const lines = ({ phase, t }) => (phase === "loss" ? 1 : t === 1 ? 0 : 2)
  assert.deepEqual(spell(journey({ ...model, phases: ["forward", "loss"] }, lines)), [
    ...["f1", "f2.1", "f2.2", "f3.1", "f3.2"],
    ...["l2.1", "l3.1"],
  ])
})

test("the neighbour of a stop", () => {
  const stops = journey(model)
  assert.deepEqual(neighbour(stops, { phase: "forward", t: 3, op: 1 }, 1), { phase: "loss", t: 3 })
  assert.deepEqual(neighbour(stops, { phase: "backward", t: 3, op: 1 }, -1), {
    phase: "loss",
    t: 3,
  })
  assert.equal(neighbour(stops, { phase: "backward", t: 1, op: 1 }, 1), undefined)
  // A loss at a step that is no stop counts as its phase's first.
  assert.deepEqual(neighbour(stops, { phase: "loss", t: 2, op: 1 }, 1), { phase: "backward", t: 3 })
})
