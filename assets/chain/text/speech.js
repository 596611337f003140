// Sentences: the spoken label of each cell, and one sentence for each stop.

import { inUnit, saidNumber, unitName } from "../model/predicted_number.js"
import { at, topClasses } from "../model/payload.js"
import { brief, fixed } from "../lib/format.js"
import { allTerms } from "../model/terms.js"

const quote = (text) => `“${text}”`

export function speakCell(model, segment, j, k, i) {
  const value = `hidden value ${fixed(at(segment.h, j, i))}`
  const { gradients } = segment
  const gradient = gradients ? `, gradient ${small(at(gradients.dh, j, i))}` : ""
  return `time ${k}, unit ${i + 1}, ${value}${gradient}`
}

export function speakInput(column) {
  const source =
    { own: ", the network’s own output", target: ", given by the teacher" }[column.fed] ?? ""
  return `time ${column.k}, input ${quote(column.label)}${source}`
}

export function speakOutput(model, column) {
  if (model.numbers) {
    const right =
      column.wanted === null ? "" : `, target ${inUnit(model, column.wanted)}${unitName(model)}`
    return `time ${column.k}, output ${inUnit(model, saidNumber(column))}${unitName(model)}${right}`
  }
  const [best] = topClasses(column, 1)
  const said = column.said || model.classes[best.c]
  const p = at(column.segment.out.p, column.j, column.chosen)
  const target = column.target === null ? "" : `, target ${quote(model.classes[column.target])}`
  return `time ${column.k}, output ${quote(said)} with probability ${fixed(p)}${target}`
}

export function speakLoss(model, column) {
  return `time ${column.k}, loss ${fixed(column.loss, 3)}${model.inUnit}`
}

// Where one is: how deep in the picture, and at which step.
function placeOf(model, { t, unit, zoom }) {
  const time = `ime ${t} of ${model.T}`
  return {
    1: `T${time}`,
    2: `Inside the cell at t${time}`,
    3: `Unit ${unit} at t${time}`,
    4: `One product of unit ${unit} at t${time}`,
  }[zoom]
}

export function speakStop(model, state) {
  const { phase, t, unit, zoom } = state
  const column = model.columns[t - 1]
  const place = `${placeOf(model, state)}, ${phase}`
  if (column.segment.disconnected && phase === "backward")
    return `${place}: no gradient comes here.`
  if (phase === "loss") return `Loss: ${fixed(model.loss, 3)}${model.inUnit}${meanOf(model)}.`
  if (phase === "update") return speakUpdate(model)
  if (zoom === 4) return `${place}: ${multiplies(model, state)}.`
  if (phase === "forward") return `${place}: ${reads(column)}; ${sees(model, column, unit)}.`
  return `${place}: ${arrives(column, unit)}.`
}

function speakUpdate({ update: { loss_before: before, loss_after: after }, batch, inUnit }) {
  const change = (from, to) => `from ${fixed(from, 3)} to ${fixed(to, 3)}`
  const all = batch
    ? `, the mean over the batch of ${batch.size} ${change(batch.loss_before, batch.loss_after)}`
    : ""
  const whose = batch ? "of this example " : ""
  return `Update: the loss ${whose}goes ${change(before, after)}${all}${inUnit}.`
}

function multiplies(model, state) {
  const terms = allTerms(model, state)
  const term = terms[Math.min(state.source, terms.length) - 1]
  if (!term) return "nothing arrives here, so there is no product"
  const [one, other] = term.names
  const [factor, weight, product] = [term.factor, term.weight, term.product].map(small)
  return `${one} is ${factor}, times ${other}, ${weight}, makes ${product}`
}

const reads = (column) =>
  column.segment.disconnected
    ? `${quote(column.label)} stands there`
    : column.segment.input === "picture"
      ? "the network reads the picture"
      : `the network reads ${quote(column.label)}`

function sees(model, column, unit) {
  if (column.segment.disconnected) return "nothing of it reaches the decoder"
  const value = `hidden unit ${unit} becomes ${fixed(at(column.segment.h, column.j + 1, unit - 1))}`
  if (!column.says) return value
  if (model.numbers)
    return `${value}; it says ${inUnit(model, saidNumber(column))}${unitName(model)}`
  const said = column.said || model.classes[column.chosen]
  return (
    `${value}; it says ${quote(said)} with probability ` +
    fixed(at(column.segment.out.p, column.j, column.chosen))
  )
}

function arrives(column, unit) {
  const { gradients: g } = column.segment
  const [own, future] = [g.dh_local, g.dh_recurrent].map((part) => at(part, column.j + 1, unit - 1))
  return (
    `gradient of unit ${unit} is ${small(at(g.dh, column.j + 1, unit - 1))}, ` +
    `${small(own)} from its own output and ${small(future)} from the future`
  )
}

// Gradients may be far smaller than four digits show.
const small = (value) => (Math.abs(value) < 0.001 ? brief(value) : fixed(value, 4))

const meanOf = (model) =>
  model.scored.length > 1 ? `, the mean over ${model.scored.length} scored steps` : ""
