// Editing in words: what a number does, what was changed, what moved, what untying costs.

import { pixelOf } from "../lib/pixels.js"
import { KINDS } from "../model/edit_targets.js"
import { fixed } from "../lib/format.js"
import { GATES } from "../model/terms_gated.js"

const count = (n) => n.toLocaleString("en-GB")

export function hintOf(model, { flags }, narrow) {
  if (narrow) {
    const more = flags ? " Drag a flag ⚑ to another step, tap it away." : ""
    return `Drag a number${model.cut ? "" : " or a wire"} up or down.${more}`
  }
  const words = ["Drag a number in the picture up or down, or choose one here."]
  if (!model.cut) words.push("The wire from state to state can be dragged too: down weakens it.")
  if (flags) words.push("A loss flag ⚑ goes onto another step, or away with a click.")
  return words.join(" ")
}

// What untying costs, and what it cannot do.
export function tellUntied(model, segment) {
  const { copies, tied, untied, parameters } = model.edited.segments[segment.index]
  return (
    `Untied: W_hh has ${copies} × ${count(tied)} = ${count(untied)} weights ` +
    `in place of ${count(tied)}; the ${segment.name} has ` +
    `${count(parameters)} parameters in place of ${count(parameters - untied + tied)}. ` +
    "An edit of one copy moves only the states from its step on. " +
    `Step ${segment.first + copies} has no W_hh: ` +
    `this ${segment.name} can take at most ${copies} steps.`
  )
}

const nameOf = (model, { kind, segment, place }) => {
  const whose = model.segments.length > 1 ? `${model.segments[segment].name} ` : ""
  switch (kind) {
    case "loop":
      return `${whose}recurrent wire`
    case "untie":
      return `${whose}W_hh`
    case "flag":
      return `loss flag at t = ${place[0]}`
    case "x":
      return `${whose}x at t = ${place[0]}, entry ${place[1]}`
    case "copy":
      return `${whose}W_hh of t = ${place[0]} [${place.slice(1).join(" → ")}]`
    default:
      return `${whose}${KINDS[kind].words}[${place.join(" → ")}]`
  }
}

// What a number does, in words: the way from one unit to another, and where it is used.
export function meaningOf(model, { kind, segment }, place) {
  const [a, b, c] = place
  const many = segment.steps > 1 ? `at every step` : `at t = ${segment.first}`
  switch (kind) {
    case "W_hh":
      return `from unit ${a} to ${unitOf(model, segment, b)}, ${many}`
    case "copy":
      return `from unit ${b} to ${unitOf(model, segment, c)}, at t = ${a} only`
    case "W_xh":
      return `from ${entryOf(model, segment, a)} to ${unitOf(model, segment, b)}, ${many}`
    case "b_h":
      return `bias of ${unitOf(model, segment, a)}, ${many}`
    case "b_hn":
      return `inner bias of unit ${a}’s candidate, ${many}`
    case "W_hy":
      return `from unit ${a} to “${model.classes[b - 1] ?? b}”`
    case "b_y":
      return `bias of “${model.classes[a - 1] ?? a}”`
    case "h0":
    case "c0":
      return `unit ${a} before the first step`
    default:
      return `${entryOf(model, segment, b)}, at t = ${a} only`
  }
}

// Column q of W_xh, W_hh or b_h: a unit, of a gated cell one of its gates.
function unitOf({ cell }, { hidden }, q) {
  const gates = GATES[cell]
  return gates
    ? `gate ${gates[Math.floor((q - 1) / hidden)]} of unit ${((q - 1) % hidden) + 1}`
    : `unit ${q}`
}

function entryOf({ picture }, { rows, input, embedded, canvas }, n) {
  if (rows.names) return `the word “${rows.names[rows.index.indexOf(n - 1)] ?? n}”`
  if (input === "picture" && picture) return `the pixel in ${pixelOf(canvas, n - 1)}`
  if (input === "row") return `the row’s pixel ${n}`
  return `${embedded ? "entry" : "input"} ${n}`
}

// Which states the edits have moved, as a line of its own.
export function tellMoved(model) {
  if (!model.edited) return ""
  const moved = model.columns
    .filter(
      ({ segment, j }) =>
        !segment.disconnected && model.edited.segments[segment.index].moved[j + 1] > 0,
    )
    .map(({ k }) => k)
  if (!moved.length) return "no state has moved"
  const whole = moved.length > 2 && moved[moved.length - 1] - moved[0] === moved.length - 1
  const steps = whole
    ? `t = ${moved[0]} … ${moved[moved.length - 1]}`
    : moved.map((k) => `t = ${k}`).join(", ")
  return `states moved: ${steps}`
}

const WRITE = {
  loop: (value) => `× ${Number(value.toFixed(3))}`,
  flag: (value) => (value ? "on" : "off"),
  untie: (value) => (value ? `${value} copies` : "one for all steps"),
}

export function tellChange(model, change) {
  const write =
    WRITE[change.kind] ?? ((value) => fixed(value, Number.isInteger(value * 100) ? 2 : 3))
  return `${nameOf(model, change)}: ${write(change.old)} → ${write(change.new)}`
}
