// What a colour is worth: the scale of each kind of number. One edited number changes no scale, so
// no other colour; what lies beyond a scale gets its full colour and a mark. Pure.

import { changesOf } from "./edit_targets.js"
import { niceLimit } from "../lib/format.js"

const largest = (values) =>
  values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0)

// Where the colour would have to be another one: a few hundredths more nobody sees.
export const isBeyond = (value, limit) => Math.abs(value) > limit * 1.02

const kept = new WeakMap()

/**
 * The end of a weight's or a bias's scale: its largest number before all edits. A bias shares the
 * scale of the map that it is drawn under.
 *
 * @param {Model} model
 * @param {Segment} segment
 * @param {string} name
 */
export const limitOf = (model, segment, name) =>
  scaleOf(model, segment, { b_h: "W_hh", b_y: "W_hy" }[name] ?? name).limit

/**
 * { limit, most }: of W_xh, W_hh or W_hy; `most` is the largest number that is drawn in it now.
 *
 * @param {Model} model
 * @param {Segment} segment
 * @param {string} name
 */
export function scaleOf(model, segment, name) {
  const known = kept.get(segment) ?? {}
  kept.set(segment, known)
  known[name] ??= measure(model, segment, name)
  return known[name]
}

/**
 * @param {Model} model
 * @param {Segment} segment
 * @param {string} name
 */
function measure(model, segment, name) {
  const copies = name === "W_hh" ? segment.copies : null
  const now = copies
    ? largest(copies.map(({ data }) => largest(data)))
    : largest(segment.weights[name].data)
  return { limit: niceLimit(before(model, segment, name, copies)), most: now }
}

/**
 * The largest number of it before edits: what was changed counts with its old value, W_hh without
 * the factor on its wire.
 *
 * @param {Model} model
 * @param {Segment} segment
 * @param {string} name
 * @param {NumberArray[] | null} copies
 */
function before(model, segment, name, copies) {
  const base = name === "W_hh" ? model.edited?.segments[segment.index].base : null
  const arrays = (copies ?? [segment.weights[name]]).map(({ data, width }, j) =>
    base
      ? { data: base.data.slice(j * data.length, (j + 1) * data.length), width }
      : { data: data.slice(), width },
  )
  for (const { place, old } of changesOf(model, copies ? "copy" : name, segment)) {
    const [r, c] = place.slice(-2)
    const { data, width } = arrays[copies ? place[0] - segment.first : 0]
    const row = name === "W_xh" ? segment.rows.index.indexOf(r - 1) : r - 1
    if (row >= 0 && old !== null) data[row * width + c - 1] = old
  }
  return largest(arrays.map(({ data }) => largest(data)))
}

/**
 * The largest hidden state, cell state or gradient that is drawn now.
 *
 * @param {Model} model
 * @param {(segment: Segment) => NumberArray | null} read
 */
export const mostOf = (model, read) =>
  largest(
    model.segments.map((segment) => {
      const array = segment.disconnected ? null : read(segment)
      return array ? largest(array.data) : 0
    }),
  )
