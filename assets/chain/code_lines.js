// The code twin as plain data: which NumPy lines make up a stop, and the numbers each of them gives.
// The lines stand in code_templates.js, written with t; here t becomes the step and weights get their owner.

import { norm, rowOf } from "./data.js"
import { stepAfter } from "./terms.js"

// One line: its code at this step, its number or numbers as the engine has them, what it lights.
export function linesAt(templates, model, { phase, t, weight }) {
  const column = model.columns[t - 1]
  if (phase === "loss") return lossLines(templates, model, column)
  if (phase === "update") return updateLines(templates.update, model, column, weight)
  if (column.segment.unheard) return []
  const facts = factsOf(model, column)
  return templates[model.cell][phase].filter((line) => !line.if || facts.has(line.if))
    .map((line) => ({ code: written(line.code, model, column), lights: line.lights ?? "",
      result: resultOf(line, model, column) }))
}

// What decides which lines a step has.
function factsOf(model, column) {
  const { segment, says } = column
  const next = segment.gradients ? stepAfter(model, column) : null
  return new Set([
    segment.x ? "vector" : "token", segment.embedded && "embedded",
    model.cut ? "cut" : "loop", segment.activation ?? "tanh",
    says ? "says" : "mute", next && "behind",
    !next ? "end" : next.segment === segment ? "inside" : "handover",
  ])
}

function written(code, model, { segment, k }) {
  const stepped = code.replace(/\[t([+-]1)?\]/g, (_, by) => `[${k + Number(by ?? 0)}]`)
  const following = model.segments[segment.index + 1]
  if (model.segments.length === 1) return stepped
  return stepped.replace(/(next\.)?\b(d?[Wb]_[a-z]+|d?E)\b/g,
    (_, next, name) => `${next ? following.name : segment.name}.${name}`)
}

// Arrays by the name they have in the code; states and their gradients begin before the first step.
function arrayOf({ segment, j }, name) {
  const { out, gradients, gates } = segment
  if (name === "before") return [segment.h, j]
  if (["h", "c"].includes(name)) return [segment[name], j + 1]
  if (["x", "from_x", "from_h", "a", "n_recurrent"].includes(name)) return [segment[name], j]
  if (["logits", "p"].includes(name)) return [out[name], j]
  if (name === "dlogits") return [gradients.dlogits, j]
  if (["da", "da_recurrent"].includes(name)) return [gradients[name], j]
  if (/^d[hc]/.test(name)) return [gradients[name], j + 1]
  return [gates[name], j]
}

function resultOf({ shows, block }, model, column) {
  if (!shows) return null
  if (Array.isArray(shows)) return sliceOf(shows, block, column)
  const [array, row] = arrayOf(column, shows)
  if (shows === "x" && column.segment.rows.index.length < column.segment.rows.of) return null
  const values = rowOf(array, row)
  return { values: block === undefined ? values : part(values, block, model.H) }
}

const part = (values, block, H) => values.subarray(block * H, (block + 1) * H)

// What one step adds to a gradient: an outer product, whose norm is the product of two norms.
function sliceOf([left, right], block, column) {
  const [array, row] = arrayOf(column, right)
  const all = rowOf(array, row)
  const values = block === undefined ? all : part(all, block, column.segment.hidden)
  if (left === "one") return { values }
  const rows = left === "x" ? column.segment.rows : null
  if (rows && rows.index.length < rows.of) return null
  return { norm: norm(rowOf(...arrayOf(column, left))) * norm(values) }
}

function lossLines({ loss, mean }, model, column) {
  const counted = [{ code: mean.code.replace("N", model.scored.length), lights: "", result: { values: [model.loss] } }]
  if (column.loss === null) return counted
  const results = {
    loss: { values: [column.loss] },
    dlogits: column.segment.gradients && { values: rowOf(column.segment.gradients.dlogits, column.j) },
  }
  const lines = loss.map(({ code, shows }) => ({ lights: "", result: results[shows],
    code: written(code, model, column).replace(/\bN\b/, model.scored.length) }))
  return [...lines, ...counted]
}

// How an optimiser that starts afresh moves the chosen weight; numbers of the rule are written in.
function updateLines(templates, model, column, weight) {
  const { rule } = model.update
  if (!rule) return []
  const segment = weight === "W_hy" ? model.segments.at(-1) : column.segment
  const owner = model.segments.length > 1 ? `${segment.name}.` : ""
  const partly = weight === "W_hh" ? segment.copies : weight === "W_xh" && segment.rows.index.length < segment.rows.of
  const fresh = partly ? null : model.update.segments[segment.index][weight]
  const chosen = [rule.clip && templates.clip, rule.weight_decay && templates.decay, ...templates[rule.optimizer]]
  const scale = rule.clip && Math.min(1, rule.clip / rule.norm)
  const results = { clip: { scale }, new: fresh && { values: fresh.data, sizes: fresh.shape } }
  return chosen.filter(Boolean).map(({ code, shows }) => ({
    code: code.replace(/\bW\b/g, owner + weight).replace(/\bdW\b/g, `${owner}d${weight}`)
      .replace(/\b(lr|weight_decay|clip|norm)\b/g, (name) => rule[name]).replace(/\bk\b/g, 1),
    lights: weight,
    result: results[shows] ?? null,
  }))
}

// How far a step has come: the names its lines have given up to line `op`.
export const givenBy = (lines, op) =>
  new Set(lines.slice(0, op).map(({ code }) => /^(\w+)\[/.exec(code)?.[1]))
