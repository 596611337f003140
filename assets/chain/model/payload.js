// The payload (docs/payload.md) as arrays one can index: time k counts 1…T over all segments.

import { decodeShades } from "../lib/pixels.js"
import { niceLimit } from "../lib/format.js"

function bytesOf(base64) {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n)
  return bytes
}

function decode(packed) {
  if (!packed) return null
  const bytes = bytesOf(packed.f32 ?? packed.u8)
  const data = packed.f32 === undefined ? bytes : new Float32Array(bytes.buffer)
  return { shape: packed.shape, data, width: packed.shape.slice(1).reduce((a, b) => a * b, 1) }
}

// Entry (row, i) of an array; rows are time steps, or rows of a weight.
export const at = (array, row, i) => array.data[row * array.width + i]

export const rowOf = (array, row) => array.data.subarray(row * array.width, (row + 1) * array.width)

function decodeAll(record) {
  if (!record) return null
  const decoded = {}
  for (const [name, value] of Object.entries(record)) {
    decoded[name] = value && value.f32 !== undefined ? decode(value) : value
  }
  return decoded
}

function readSegment(given, index) {
  const segment = { ...decodeAll(given), index }
  segment.weights = decodeAll(given.weights)
  segment.copies = splitCopies(decode(given.copies))
  segment.pixels = given.pixels ? decodeShades(given.pixels) : null
  segment.gates = decodeAll(given.gates)
  segment.out = decodeAll(given.out)
  segment.gradients = decodeAll(given.gradients)
  if (segment.gradients) segment.gradients.total = decodeAll(given.gradients.total)
  return segment
}

// An untied W_hh: a matrix for each step.
const splitCopies = (packed) =>
  packed &&
  Array.from({ length: packed.shape[0] }, (_, j) => ({
    shape: packed.shape.slice(1),
    width: packed.shape[2],
    data: packed.data.subarray(j * packed.width, (j + 1) * packed.width),
  }))

// W_hh as step j uses it.
export const recurrentOf = (segment, j) =>
  segment.copies ? segment.copies[j] : segment.weights.W_hh

const largest = (arrays) => {
  let most = 0
  for (const array of arrays) {
    if (!array) continue
    for (const value of array.data) if (Math.abs(value) > most) most = Math.abs(value)
  }
  return most
}

export function readPayload(given) {
  const segments = given.segments.map(readSegment)
  for (const segment of segments)
    if (segment.input === "picture") segment.canvas = given.picture.shape
  const columns = []
  for (const segment of segments) {
    // With the wires cut an encoder is no part of the network: nothing of it is ever handed over.
    segment.unheard = given.cut && segment !== segments.at(-1)
    segment.first = columns.length + 1
    for (let j = 0; j < segment.steps; j++) columns.push(readColumn(segment, j, columns.length + 1))
    segment.last = columns.length
  }
  const tanh = segments[0].activation === "tanh" || given.cell !== "rnn"
  // One edited number bleaches no other: scales are those of the picture before all edits.
  const size = given.edited?.largest ?? largest(segments.map((segment) => segment.h))
  const sizeC = given.edited?.largest_c ?? largest(segments.map((segment) => segment.c))
  const gradients = segments.map((segment) => segment.gradients).filter(Boolean)
  const model = {
    ...given,
    segments,
    columns,
    T: columns.length,
    H: segments[0].hidden,
    picture: decode(given.picture),
    limit: tanh && size > 0.2 ? 1 : niceLimit(size),
    hasGradients: gradients.length > 0,
    gradLimit: niceLimit(largest(gradients.flatMap((g) => [g.dh, g.dh_local, g.dh_recurrent]))),
    memoryLimit: niceLimit(sizeC),
    cells: columns.length * segments[0].hidden,
    edited: given.edited
      ? { ...given.edited, segments: given.edited.segments.map(decodeAll) }
      : null,
    untied: segments.some((segment) => segment.copies),
    update: given.update
      ? { ...given.update, segments: given.update.segments.map(decodeAll) }
      : null,
  }
  model.batch = given.batch
    ? { ...given.batch, segments: given.batch.segments.map(decodeAll) }
    : null
  // Numbers instead of classes: no probabilities, and a loss that needs no unit.
  model.numbers = segments.some(({ out }) => out?.wanted)
  model.inUnit = model.numbers ? "" : ` ${model.unit}`
  model.scored = columns.filter((column) => column.loss !== null)
  model.hasLoss = model.scored.length > 0
  model.wires = scaleWires(model)
  model.phases = [
    "forward",
    model.hasLoss && "loss",
    model.hasGradients && "backward",
    model.update && "update",
  ].filter(Boolean)
  return model
}

function readColumn(segment, j, k) {
  const { out } = segment
  const says = Boolean(out && out.says[j])
  return {
    k,
    j,
    segment,
    label: segment.labels[j],
    fed: segment.fed[j],
    says,
    // A class, or where numbers are said the number that is right.
    target: says && out.targets?.[j] >= 0 ? out.targets[j] : null,
    wanted: says ? (out.wanted?.[j] ?? null) : null,
    chosen: says ? (out.chosen?.[j] ?? null) : null,
    said: says ? out.said[j] : "",
    loss: says ? out.losses[j] : null,
  }
}

// Width of gradient wires: log10 of a wire's norm relative to the largest that is drawn, two
// decades (four when the range is larger) onto ½…8 px. An lstm has a wire for dh and one for dc.
function scaleWires(model) {
  const norms = []
  for (const { gradients } of model.segments)
    if (gradients) norms.push(...gradients.wire_h, ...(gradients.wire_c ?? []))
  for (const column of model.columns) norms.push(localNorm(column))
  const positive = norms.filter((norm) => norm > 0)
  const top = Math.max(0, ...positive)
  const decades = positive.some((norm) => norm < top / 100) ? 4 : 2
  const width = (norm) => {
    if (!(norm > 0) || !top) return 0
    const share = 1 + Math.log10(norm / top) / decades
    return 0.5 + 7.5 * Math.min(1, Math.max(0, share))
  }
  return { top, decades, width }
}

export const norm = (row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))

export const localNorm = (column) =>
  column.says && column.segment.gradients
    ? norm(rowOf(column.segment.gradients.dh_local, column.j + 1))
    : 0

// The likeliest classes of a step, its choice and its target always among them; likeliest first,
// where `fixed` in the order of the classes, so that two pictures show the same class in the same
// place.
export function topClasses(column, count, fixed = false) {
  const p = rowOf(column.segment.out.p, column.j)
  const likeliest = [...p.keys()].sort((a, b) => p[b] - p[a])
  const wanted = [column.chosen, column.target].filter((c) => c !== null)
  const kept = [...new Set([...wanted, ...likeliest])].slice(0, Math.max(count, wanted.length))
  return kept.sort(fixed ? (a, b) => a - b : (a, b) => p[b] - p[a]).map((c) => ({ c, p: p[c] }))
}
