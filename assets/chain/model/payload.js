// The payload (docs/payload.md) as arrays one can index: time k counts 1…T over all segments. The
// types are those of payload_types.d.ts.

import { decodeShades } from "../lib/pixels.js"
import { niceLimit } from "../lib/format.js"

/** @type {Phase[]} */
const PHASES = ["forward", "loss", "backward", "update"]

/** @param {string} base64 */
function bytesOf(base64) {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n)
  return bytes
}

/**
 * @param {Packed | null | undefined} packed
 * @returns {NumberArray | null}
 */
function decode(packed) {
  if (!packed) return null
  const { shape, f32 } = packed
  const width = shape.slice(1).reduce((a, b) => a * b, 1)
  return { shape, data: new Float32Array(bytesOf(f32).buffer), width }
}

/** @param {Payload["picture"]} packed */
const decodePicture = (packed) =>
  packed ? { shape: packed.shape, data: bytesOf(packed.u8) } : null

/**
 * Entry (row, i) of an array; rows are time steps, or rows of a weight.
 *
 * @param {Pick<NumberArray, "data" | "width">} array
 * @param {number} row
 * @param {number} i
 */
export const at = (array, row, i) => array.data[row * array.width + i]

/**
 * @param {Pick<NumberArray, "data" | "width">} array
 * @param {number} row
 */
export const rowOf = (array, row) => array.data.subarray(row * array.width, (row + 1) * array.width)

/**
 * The record with its arrays decoded, and all else as it is.
 *
 * @param {object | null} record
 * @returns {any}
 */
function decodeAll(record) {
  if (!record) return null
  /** @type {Record<string, unknown>} */
  const decoded = {}
  for (const [name, value] of Object.entries(record)) {
    decoded[name] = value && value.f32 !== undefined ? decode(value) : value
  }
  return decoded
}

/**
 * The same for a record with one record for each segment; null for none.
 *
 * @param {{ segments: object[] } | undefined} record
 * @returns {any}
 */
const decodeSegments = (record) =>
  record ? { ...record, segments: record.segments.map(decodeAll) } : null

/**
 * @param {PayloadSegment} given
 * @param {number} index
 * @returns {Segment}
 */
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

/**
 * An untied W_hh: a matrix for each step.
 *
 * @param {NumberArray | null} packed
 * @returns {NumberArray[] | null}
 */
const splitCopies = (packed) =>
  packed &&
  Array.from({ length: packed.shape[0] }, (_, j) => ({
    shape: packed.shape.slice(1),
    width: packed.shape[2],
    data: packed.data.subarray(j * packed.width, (j + 1) * packed.width),
  }))

/**
 * W_hh as step j uses it.
 *
 * @param {Segment} segment
 * @param {number} j
 */
export const recurrentOf = (segment, j) =>
  segment.copies ? segment.copies[j] : segment.weights.W_hh

/** @param {(NumberArray | null)[]} arrays */
const largest = (arrays) => {
  let most = 0
  for (const array of arrays) {
    if (!array) continue
    for (const value of array.data) if (Math.abs(value) > most) most = Math.abs(value)
  }
  return most
}

/**
 * @param {Payload} given
 * @returns {Model}
 */
export function readPayload(given) {
  const segments = given.segments.map(readSegment)
  for (const segment of segments)
    if (segment.input === "picture") segment.canvas = given.picture.shape
  const columns = []
  for (const segment of segments) {
    // With the wires cut an encoder is no part of the network: nothing of it is ever handed over.
    segment.disconnected = given.cut && segment !== segments.at(-1)
    segment.first = columns.length + 1
    for (let j = 0; j < segment.steps; j++) columns.push(readColumn(segment, j, columns.length + 1))
    segment.last = columns.length
  }
  const tanh = segments[0].activation === "tanh" || given.cell !== "rnn"
  // One edited number bleaches no other: scales are those of the picture before all edits.
  const size = given.edited?.largest ?? largest(segments.map((segment) => segment.h))
  const sizeC = given.edited?.largest_c ?? largest(segments.map((segment) => segment.c))
  const gradients = segments.map((segment) => segment.gradients).filter(Boolean)
  // Numbers instead of classes: no probabilities, and a loss that needs no unit.
  const numbers = segments.some(({ out }) => out?.wanted)
  const scored = columns.filter((column) => column.loss !== null)
  return {
    ...given,
    segments,
    columns,
    scored,
    phases: phasesOf(given, scored.length > 0, gradients.length > 0),
    T: columns.length,
    H: segments[0].hidden,
    picture: decodePicture(given.picture),
    limit: tanh && size > 0.2 ? 1 : niceLimit(size),
    gradLimit: niceLimit(largest(gradients.flatMap((g) => [g.dh, g.dh_local, g.dh_recurrent]))),
    memoryLimit: niceLimit(sizeC),
    cells: columns.length * segments[0].hidden,
    hasGradients: gradients.length > 0,
    hasLoss: scored.length > 0,
    untied: segments.some((segment) => segment.copies),
    numbers,
    inUnit: numbers ? "" : ` ${given.unit}`,
    wires: scaleWires({ segments, columns }),
    update: decodeSegments(given.update),
    batch: decodeSegments(given.batch),
    edited: decodeSegments(given.edited),
  }
}

/**
 * The phases of a training step that this reading has, in their order.
 *
 * @param {Payload} given
 * @param {boolean} hasLoss
 * @param {boolean} hasGradients
 * @returns {Phase[]}
 */
function phasesOf(given, hasLoss, hasGradients) {
  const has = { forward: true, loss: hasLoss, backward: hasGradients, update: given.update }
  return PHASES.filter((phase) => has[phase])
}

/**
 * @param {Segment} segment
 * @param {number} j
 * @param {number} k
 * @returns {Column}
 */
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

/**
 * Width of gradient wires: log10 of a wire's norm relative to the largest that is drawn, two
 * decades (four when the range is larger) onto ½…8 px. An lstm has a wire for dh and one for dc.
 *
 * @param {Pick<Model, "segments" | "columns">} model
 * @returns {Model["wires"]}
 */
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

/** @param {Iterable<number>} row */
export function norm(row) {
  let sum = 0
  for (const value of row) sum += value * value
  return Math.sqrt(sum)
}

/** @param {Column} column */
export const localNorm = (column) =>
  column.says && column.segment.gradients
    ? norm(rowOf(column.segment.gradients.dh_local, column.j + 1))
    : 0

/**
 * The likeliest classes of a step, its choice and its target always among them; likeliest first,
 * where `fixed` in the order of the classes, so that two pictures show the same class in the same
 * place.
 *
 * @param {Column} column
 * @param {number} count
 */
export function topClasses(column, count, fixed = false) {
  const p = rowOf(column.segment.out.p, column.j)
  const likeliest = [...p.keys()].sort((a, b) => p[b] - p[a])
  const wanted = [column.chosen, column.target].filter((c) => c !== null)
  const kept = [...new Set([...wanted, ...likeliest])].slice(0, Math.max(count, wanted.length))
  return kept.sort(fixed ? (a, b) => a - b : (a, b) => p[b] - p[a]).map((c) => ({ c, p: p[c] }))
}
