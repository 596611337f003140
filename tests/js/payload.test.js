import assert from "node:assert/strict"
import { test } from "node:test"

import { at, norm, readPayload, rowOf, topClasses } from "../../assets/chain/model/payload.js"
import { near } from "./near.js"
import { tinyPayload } from "./tiny_network.js"

test("arrays are decoded row by row", () => {
  const [{ x, weights }] = readPayload(tinyPayload()).segments
  assert.deepEqual([...rowOf(x, 1)], [2, 0.25])
  assert.equal(at(x, 2, 0), -0.75)
  assert.equal(at(weights.W_hh, 1, 0), 0.25)
  assert.deepEqual([...weights.b_h.data], [0.125, -0.25])
})

test("time counts on over the segments", () => {
  const [segment] = tinyPayload().segments
  const model = readPayload(
    tinyPayload({}, { segments: [{ ...segment, name: "encoder", out: null }, segment] }),
  )
  assert.equal(model.T, 6)
  assert.deepEqual(
    model.columns.map(({ k, j, segment: { name } }) => `${k} ${j} ${name}`),
    ["1 0 encoder", "2 1 encoder", "3 2 encoder", "4 0 network", "5 1 network", "6 2 network"],
  )
  assert.deepEqual([model.segments[1].first, model.segments[1].last], [4, 6])
  assert.equal(model.scored.length, 3)
})

test("with cut wires only the last segment is part of the network", () => {
  const [segment] = tinyPayload().segments
  const segments = [{ ...segment, out: null }, segment]
  const flags = (cut) =>
    readPayload(tinyPayload({}, { cut, segments })).segments.map((one) => one.disconnected)
  assert.deepEqual(flags(true), [true, false])
  assert.deepEqual(flags(false), [false, false])
})

test("a reading has the phases that it has numbers for", () => {
  const phases = (more, whole) => readPayload(tinyPayload(more, whole)).phases
  assert.deepEqual(phases(), ["forward", "loss", "backward"])
  assert.deepEqual(phases({ gradients: null }), ["forward", "loss"])
  const { out, weights } = tinyPayload().segments[0]
  const update = { rate: "SGD", rule: null, loss_before: 1, loss_after: 1, segments: [weights] }
  assert.deepEqual(phases({}, { update }), ["forward", "loss", "backward", "update"])
  const unscored = { out: { ...out, losses: [null, null, null] } }
  assert.deepEqual(phases(unscored), ["forward", "backward"])
})

test("a copy of W_hh for each step", () => {
  const { weights } = tinyPayload().segments[0]
  const three = { shape: [3, 2, 2], f32: pack12() }
  const model = readPayload(tinyPayload({ copies: three, weights }))
  assert.equal(model.untied, true)
  assert.equal(at(model.segments[0].copies[1], 1, 0), 6)
})

const pack12 = () =>
  btoa(
    String.fromCharCode(...new Uint8Array(Float32Array.from({ length: 12 }, (_, n) => n).buffer)),
  )

test("gradient wires are 8 px at the largest norm and ½ px two decades below", () => {
  const { gradients } = tinyPayload().segments[0]
  const wires = (norms) =>
    readPayload(tinyPayload({ gradients: { ...gradients, wire_h: norms } })).wires
  const two = wires([10, 1, 1, 1])
  assert.equal(two.decades, 2)
  for (const [size, width] of [
    [10, 8],
    [1, 4.25],
    [0.1, 0.5],
    [0.001, 0.5],
    [0, 0],
  ])
    near(two.width(size), width, 1e-12)
  const four = wires([10, 1e-3, 1, 1])
  assert.equal(four.decades, 4)
  near(four.width(0.1), 4.25, 1e-12)
})

test("the colours of tanh states end at 1, of tiny ones nearer", () => {
  assert.equal(readPayload(tinyPayload()).limit, 1)
  assert.equal(readPayload(tinyPayload({}, { edited: edited(0.15) })).limit, 0.2)
})

const edited = (largest) => ({ changes: [], segments: [], largest, largest_c: null })

test("the likeliest classes, the choice and the target always among them", () => {
  const out = { p: { width: 5, data: Float32Array.from([0.1, 0.5, 0.2, 0.15, 0.05]) } }
  const column = { segment: { out }, j: 0, chosen: 1, target: 4 }
  const classes = (...args) => topClasses(column, ...args).map(({ c }) => c)
  assert.deepEqual(classes(3), [1, 2, 4])
  assert.deepEqual(classes(4, true), [1, 2, 3, 4])
  assert.deepEqual(classes(1), [1, 4])
})

test("the norm of a row", () => {
  assert.equal(norm([3, -4]), 5)
  assert.equal(norm(new Float32Array(3)), 0)
})
