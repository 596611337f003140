// What can be edited by hand: its name, the numbers that name a place in it, and its value now.

import { at } from "./data.js"
import { fixed } from "./format.js"

// In the order in which the panel offers them.
const KINDS = {
  W_hh: { words: "W_hh", parts: ["row", "column"], limit: 100 },
  W_xh: { words: "W_xh", parts: ["row", "column"], limit: 100 },
  b_h: { words: "b_h", parts: ["unit"], limit: 100 },
  W_hy: { words: "W_hy", parts: ["row", "column"], limit: 100 },
  b_y: { words: "b_y", parts: ["class"], limit: 100 },
  h0: { words: "h₀", parts: ["unit"], limit: 10 },
  x: { words: "x", parts: ["t", "entry"], limit: 100 },
}

// Kinds of this model, each with the size of every part of its place.
export function kindsOf(model) {
  const { inputs, outputs, steps, out, weights, x } = model.segments[0]
  const wide = weights.W_hh.width
  const sizes = {
    W_hh: model.cut ? null : [model.H, wide],
    W_xh: [inputs, wide],
    b_h: [wide],
    W_hy: out && [model.H, outputs],
    b_y: out && [outputs],
    h0: model.cut ? null : [model.H],
    x: x && [steps, inputs],
  }
  return Object.entries(KINDS).filter(([kind]) => sizes[kind])
    .map(([kind, about]) => ({ kind, ...about, sizes: sizes[kind] }))
}

// The number that stands there now, null where it does not travel; W_hh without the wire's factor.
export function valueAt(model, kind, place) {
  const segment = model.segments[0]
  const [a, b] = place.map((part) => part - 1)
  const row = segment.rows.index
  switch (kind) {
    case "h0": return at(segment.h, 0, a)
    case "x": return row.includes(b) ? at(segment.x, a, row.indexOf(b)) : null
    case "W_xh": return row.includes(a) ? at(segment.weights.W_xh, row.indexOf(a), b) : null
    case "W_hh": return at(model.edited ? model.edited.base : segment.weights.W_hh, a, b)
    case "b_h": case "b_y": return segment.weights[kind].data[a]
    default: return at(segment.weights[kind], a, b)
  }
}

// The place a pointer is on, or null where nothing can be edited.
export function placeOf(found) {
  if (found?.kind === "h" && found.j === 0 && found.k === 0) return { kind: "h0", place: [found.i + 1] }
  if (found?.kind === "x" && found.segment.x) return { kind: "x", place: [found.j + 1, 1] }
  if (found?.kind !== "entry") return null
  const { name, r, c, segment } = found
  if (name.startsWith("b")) return { kind: name, place: [c + 1] }
  return { kind: name, place: [(name === "W_xh" ? segment.rows.index[r] : r) + 1, c + 1] }
}

export const changesOf = (model, kind) => model.edited?.changes.filter((one) => one.kind === kind) ?? []

export const changeAt = (model, kind, place) =>
  changesOf(model, kind).find((one) => one.place.join() === place.join())

export const nameOf = ({ kind, place }) => {
  if (kind === "loop") return "recurrent wire"
  if (kind === "flag") return `loss flag at t = ${place[0]}`
  if (kind === "x") return `x at t = ${place[0]}, entry ${place[1]}`
  return `${KINDS[kind].words}[${place.join(" → ")}]`
}

export function tellChange(change) {
  const write = { loop: (value) => `× ${Number(value.toFixed(3))}`, flag: (value) => (value ? "on" : "off") }
  const number = write[change.kind] ?? ((value) => fixed(value, Number.isInteger(value * 100) ? 2 : 3))
  return `${nameOf(change)}: ${number(change.old)} → ${number(change.new)}`
}
