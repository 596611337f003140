// Sentences: the spoken label of each cell, and one sentence for each stop.

import { at, topClasses } from "./data.js"
import { brief, fixed } from "./format.js"

const quote = (text) => `“${text}”`

export function speakCell(model, segment, j, k, i) {
  const value = `hidden value ${fixed(at(segment.h, j, i))}`
  const { gradients } = segment
  const gradient = gradients ? `, gradient ${small(at(gradients.dh, j, i))}` : ""
  return `time ${k}, unit ${i + 1}, ${value}${gradient}`
}

export function speakInput(column) {
  const source = { own: ", the network’s own output", target: ", given by the teacher" }[column.fed] ?? ""
  return `time ${column.k}, input ${quote(column.label)}${source}`
}

export function speakOutput(model, column) {
  const [best] = topClasses(column, 1)
  const said = column.said || model.classes[best.c]
  const p = at(column.segment.out.p, column.j, column.chosen)
  const target = column.target === null ? "" : `, target ${quote(model.classes[column.target])}`
  return `time ${column.k}, output ${quote(said)} with probability ${fixed(p)}${target}`
}

export function speakLoss(model, column) {
  return `time ${column.k}, loss ${fixed(column.loss, 3)} ${model.unit}`
}

const LEVELS = ["", "", "Inside the cell. ", "One unit. ", "One product. "]

export function speakStop(model, { phase, t, unit, zoom }) {
  const column = model.columns[t - 1]
  const place = `${LEVELS[zoom]}Time ${t} of ${model.T}`
  if (column.segment.unheard && phase === "backward") return `${place}, backward: no gradient comes here.`
  if (phase === "forward") return `${place}, forward: ${reads(column)}; ${sees(model, column, unit)}.`
  if (phase === "loss") return `Loss: ${fixed(model.loss, 3)} ${model.unit}${meanOf(model)}.`
  if (phase === "backward") return `${place}, backward: ${arrives(column, unit)}.`
  const { loss_before: before, loss_after: after } = model.update
  const { batch } = model
  const all = batch ? `, the mean over the batch of ${batch.size} from ${fixed(batch.loss_before, 3)} to ${fixed(batch.loss_after, 3)}` : ""
  return `Update: the loss ${batch ? "of this example " : ""}goes from ${fixed(before, 3)} to ${fixed(after, 3)}${all} ${model.unit}.`
}

const reads = (column) =>
  column.segment.unheard ? `${quote(column.label)} stands there`
    : column.segment.input === "picture" ? "the network reads the picture"
    : `the network reads ${quote(column.label)}`

function sees(model, column, unit) {
  if (column.segment.unheard) return "nothing of it reaches the decoder"
  const value = `hidden unit ${unit} becomes ${fixed(at(column.segment.h, column.j + 1, unit - 1))}`
  if (!column.says) return value
  const said = column.said || model.classes[column.chosen]
  return `${value}; it says ${quote(said)} with probability ` +
    fixed(at(column.segment.out.p, column.j, column.chosen))
}

function arrives(column, unit) {
  const { gradients: g } = column.segment
  const [own, future] = [g.dh_local, g.dh_recurrent].map((part) => at(part, column.j + 1, unit - 1))
  return `gradient of unit ${unit} is ${small(at(g.dh, column.j + 1, unit - 1))}, ` +
    `${small(own)} from its own output and ${small(future)} from the future`
}

// Gradients may be far smaller than four digits show.
const small = (value) => (Math.abs(value) < 0.001 ? brief(value) : fixed(value, 4))

const meanOf = (model) =>
  model.scored.length > 1 ? `, the mean over ${model.scored.length} scored steps` : ""
