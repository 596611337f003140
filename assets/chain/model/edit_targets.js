// What can be edited by hand: its name, the numbers that name a place in it, and its value now.

import { at } from "./payload.js"

const WIDE = 100
const START = 10

// In the order in which the panel offers them. Steps count over all segments, as on the screen.
export const KINDS = {
  W_hh: { words: "W_hh", parts: ["row", "column"], limit: WIDE },
  copy: { words: "W_hh of one step", parts: ["t", "row", "column"], limit: WIDE },
  W_xh: { words: "W_xh", parts: ["row", "column"], limit: WIDE },
  b_h: { words: "b_h", parts: ["unit"], limit: WIDE },
  b_hn: { words: "b_hn", parts: ["unit"], limit: WIDE },
  W_hy: { words: "W_hy", parts: ["row", "column"], limit: WIDE },
  b_y: { words: "b_y", parts: ["class"], limit: WIDE },
  h0: { words: "h₀", parts: ["unit"], limit: START },
  c0: { words: "c₀", parts: ["unit"], limit: START },
  x: { words: "x", parts: ["t", "entry"], limit: WIDE },
}

/**
 * Kinds of this model, each with its segment and the bounds of every part of its place.
 *
 * @param {Model} model
 */
export const kindsOf = (model) => model.segments.flatMap((segment) => kindsIn(model, segment))

/**
 * @param {Model} model
 * @param {Segment} segment
 */
function kindsIn(model, segment) {
  if (segment.disconnected) return []
  const { inputs, outputs, hidden, out, weights, x, copies, first, last, index } = segment
  const wide = weights.W_hh.width
  const to = (...sizes) => sizes.map((size) => [1, size])
  const whole = !model.cut
  const bounds = {
    W_hh: whole && !copies && to(hidden, wide),
    copy: whole && copies && [[first, last], ...to(hidden, wide)],
    W_xh: to(inputs, wide),
    b_h: to(wide),
    b_hn: weights.b_hn && to(hidden),
    W_hy: out && to(hidden, outputs),
    b_y: out && to(outputs),
    h0: whole && index === 0 && to(hidden),
    c0: whole && index === 0 && segment.c && to(hidden),
    x: x &&
      segment.reads === "data" && [
        [first, last],
        [1, inputs],
      ],
  }
  const whose = model.segments.length > 1 ? `${segment.name} ` : ""
  return Object.entries(KINDS)
    .filter(([kind]) => bounds[kind])
    .map(([kind, about]) => ({
      ...about,
      kind,
      segment,
      id: `${index}:${kind}`,
      words: `${whose}${about.words}`,
      bounds: bounds[kind],
    }))
}

/**
 * As the segment is named in an edit.
 *
 * @param {Segment} segment
 */
export const ownerOf = (segment) => (segment.index ? `${segment.name}-` : "")

/**
 * W_hh as it can be edited, without the wire's factor: of step j where it is untied.
 *
 * @param {Model} model
 * @param {Segment} segment
 * @param {number} [j]
 */
function recurrent(model, segment, j) {
  const base = model.edited?.segments[segment.index].base
  const { width } = segment.weights.W_hh
  if (!base) return segment.copies ? segment.copies[j] : segment.weights.W_hh
  return segment.copies
    ? { data: base.data.subarray(j * base.width, (j + 1) * base.width), width }
    : base
}

/**
 * The number that stands there now, null where it does not travel.
 *
 * @param {Model} model
 * @param {{ kind: string, segment: Segment }} target
 * @param {number[]} place
 */
export function valueAt(model, { kind, segment }, place) {
  const [a, b, c] = place.map((part) => part - 1)
  const row = segment.rows.index
  switch (kind) {
    case "h0":
      return at(segment.h, 0, a)
    case "c0":
      return at(segment.c, 0, a)
    case "x":
      return row.includes(b) ? at(segment.x, a + 1 - segment.first, row.indexOf(b)) : null
    case "W_xh":
      return row.includes(a) ? at(segment.weights.W_xh, row.indexOf(a), b) : null
    case "W_hh":
      return at(recurrent(model, segment), a, b)
    case "copy":
      return at(recurrent(model, segment, a + 1 - segment.first), b, c)
    case "b_h":
    case "b_y":
    case "b_hn":
      return segment.weights[kind].data[a]
    default:
      return at(segment.weights[kind], a, b)
  }
}

// The place a pointer is on, or null where nothing can be edited.
export function placeOf(found) {
  if (!found) return null
  const { kind, segment, name, j, k, r, c } = found
  const start = j === 0 && k === 0
  if (start && (kind === "h" || kind === "c"))
    return { kind: `${kind}0`, segment, place: [found.i + 1] }
  if (kind === "x" && segment.x && segment.reads === "data")
    return { kind: "x", segment, place: [k, (found.entry ?? 0) + 1] }
  if (kind !== "entry") return null
  if (found.copy !== undefined)
    return { kind: "copy", segment, place: [segment.first + found.copy, r + 1, c + 1] }
  if (name.startsWith("b")) return { kind: name, segment, place: [c + 1] }
  return { kind: name, segment, place: [(name === "W_xh" ? segment.rows.index[r] : r) + 1, c + 1] }
}

/**
 * @param {Model} model
 * @param {string} kind
 * @param {Segment} segment
 */
export const changesOf = (model, kind, segment) =>
  model.edited?.changes.filter((one) => one.kind === kind && one.segment === segment.index) ?? []

export const changeAt = (model, { kind, segment, place }) =>
  changesOf(model, kind, segment).find((one) => one.place.join() === place.join())
