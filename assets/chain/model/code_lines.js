// The code view as plain data: which NumPy lines make up a stop, and the numbers each of them
// gives. The lines stand in code_templates.js, written with t; here t becomes the step and weights
// get their owner.

import { stepAfter } from "./step_terms.js"
import { norm, rowOf } from "./payload.js"

/**
 * One line: its code at this step, its number or numbers as the engine has them, what it lights.
 *
 * @param {CodeTemplates} templates
 * @param {Model} model
 * @param {{ phase: Phase, t: number, weight: string }} stop
 */
export function linesAt(templates, model, { phase, t, weight }) {
  const column = model.columns[t - 1]
  if (phase === "loss") return lossLines(templates, model, column)
  if (phase === "update") return updateLines(templates.update, model, column, weight)
  if (column.segment.disconnected) return []
  const facts = factsOf(model, column)
  return templates[model.cell][phase]
    .filter((line) => !line.if || facts.has(line.if))
    .map((line) => ({
      code: written(line.code, model, column),
      lights: line.lights ?? "",
      result: resultOf(line, model, column),
    }))
}

/**
 * What decides which lines a step has.
 *
 * @param {Model} model
 * @param {Column} column
 */
function factsOf(model, column) {
  const { segment, says } = column
  const next = segment.gradients ? stepAfter(model, column) : null
  return new Set([
    segment.x ? "vector" : "token",
    segment.embedded && "embedded",
    model.cut ? "cut" : "loop",
    segment.activation ?? "tanh",
    says ? "says" : "mute",
    says && !model.numbers && "classes",
    next && "behind",
    !next ? "end" : next.segment === segment ? "inside" : "handover",
  ])
}

/**
 * @param {string} code
 * @param {Model} model
 * @param {Column} column
 */
function written(code, model, { segment, k }) {
  const following = model.segments[segment.index + 1]
  // Untied, each step has a W_hh of its own; what comes back from the step behind came through that
  // one's.
  const untied = code.replace(/(next\.)?\b(d?)W_hh\b(\.T)?/g, (all, next = "", d, T = "") =>
    (next ? following : segment).copies ? `${next}${d}W_hh[t${T && "+1"}]${T}` : all,
  )
  const stepped = untied.replace(/\[t([+-]1)?\]/g, (_, by) => `[${k + Number(by ?? 0)}]`)
  if (model.segments.length === 1) return stepped
  return stepped.replace(
    /(next\.)?\b(d?[Wb]_[a-z]+|d?E)\b/g,
    (_, next, name) => `${next ? following.name : segment.name}.${name}`,
  )
}

/**
 * Arrays by the name they have in the code; states and their gradients begin before the first step.
 *
 * @param {Column} column
 * @param {string} name
 * @returns {[NumberArray, number]}
 */
function arrayOf({ segment, j }, name) {
  const { out, gradients, gates } = segment
  if (name === "before") return [segment.h, j]
  if (["h", "c"].includes(name)) return [segment[name], j + 1]
  if (["x", "from_x", "from_h", "a", "n_recurrent"].includes(name)) return [segment[name], j]
  if (["logits", "p"].includes(name)) return [out[name], j]
  if (name === "dlogits") return [gradients.dlogits, j]
  if (["da", "da_recurrent", "dx"].includes(name)) return [gradients[name], j]
  if (/^d[hc]/.test(name)) return [gradients[name], j + 1]
  return [gates[name], j]
}

/**
 * @param {CodeLine} line
 * @param {Model} model
 * @param {Column} column
 */
function resultOf({ shows, block }, model, column) {
  if (!shows) return null
  if (Array.isArray(shows)) return sliceOf(shows, block, column)
  const [array, row] = arrayOf(column, shows)
  if (shows === "x" && column.segment.rows.index.length < column.segment.rows.of) return null
  const values = rowOf(array, row)
  return { values: block === undefined ? values : part(values, block, model.H) }
}

/**
 * @param {Float32Array} values
 * @param {number} block
 * @param {number} H
 */
const part = (values, block, H) => values.subarray(block * H, (block + 1) * H)

/**
 * What one step adds to a gradient: an outer product, whose norm is the product of two norms.
 *
 * @param {string[]} factors
 * @param {number | undefined} block
 * @param {Column} column
 */
function sliceOf([left, right], block, column) {
  const [array, row] = arrayOf(column, right)
  const all = rowOf(array, row)
  const values = block === undefined ? all : part(all, block, column.segment.hidden)
  if (left === "one") return { values }
  // Of a wide input some entries travel, and the norm of them all.
  const came =
    left === "x" ? column.segment.x_norm[column.j] : norm(rowOf(...arrayOf(column, left)))
  return { norm: came * norm(values) }
}

/**
 * @param {CodeTemplates} templates
 * @param {Model} model
 * @param {Column} column
 */
function lossLines({ loss, half_square: halfSquare, mean }, model, column) {
  const counted = [
    {
      code: mean.code.replace("N", String(model.scored.length)),
      lights: "",
      result: { values: [model.loss] },
    },
  ]
  if (column.loss === null) return counted
  const last = column === model.scored.at(-1)
  const results = {
    loss: { values: [column.loss] },
    dlogits: column.segment.gradients && {
      values: rowOf(column.segment.gradients.dlogits, column.j),
    },
  }
  const lines = (model.numbers ? halfSquare : loss).map(({ code, shows }) => ({
    lights: "",
    result: results[shows],
    code: written(code, model, column).replace(/\bN\b/, String(model.scored.length)),
  }))
  // The mean wants all of them.
  return last ? [...lines, ...counted] : lines
}

/**
 * How an optimiser that starts afresh moves the chosen weight; numbers of the rule are written in.
 *
 * @param {CodeTemplates["update"]} templates
 * @param {Model} model
 * @param {Column} column
 * @param {string} weight
 */
function updateLines(templates, model, column, weight) {
  const { rule } = model.update
  if (!rule) return []
  const segment = weight === "W_hy" ? model.segments.at(-1) : column.segment
  const owner = model.segments.length > 1 ? `${segment.name}.` : ""
  const untied = weight === "W_hh" && segment.copies
  const name = `${weight}${untied ? `[${column.k}]` : ""}`
  const { batch } = model
  const chosen = [
    batch && templates.mean,
    rule.clip && templates.clip,
    rule.weight_decay && templates.decay,
    ...templates[rule.optimizer],
  ]
  const results = stepsOf(model, segment, weight, column.j)
  return chosen.filter(Boolean).map(({ code, shows }) => ({
    code: code
      .replace(/\bW\b/g, owner + name)
      .replace(/\bdW\b/g, `${owner}d${name}`)
      .replace("dW_of", `${owner}d${weight}_of`)
      .replace(/\b(lr|weight_decay|clip|norm)\b/g, (letters) => String(rule[letters]))
      .replace(/\bk\b/g, "1")
      .replace(/\bB\b/, String(batch?.size))
      .replace(/\bN\b/, String(batch?.scored)),
    lights: weight,
    result: results[shows] ?? null,
  }))
}

/**
 * What each of those lines gives. Of a wide W_xh that travels in part, the first row is shown.
 *
 * @param {Model} model
 * @param {Segment} segment
 * @param {string} weight
 * @param {number} j
 */
function stepsOf(model, segment, weight, j) {
  const { rule, segments } = model.update
  const untied = weight === "W_hh" && segment.copies
  const fresh = segments[segment.index]
  const old = untied ? segment.copies[j] : segment.weights[weight]
  const now = untied ? { data: rowOf(fresh.copies, j) } : fresh[weight]
  const gradient = untied
    ? outerOf(segment, j)
    : (model.batch?.segments[segment.index] ?? segment.gradients?.total)?.[weight].data
  const { index, of } = segment.rows
  const partly = weight === "W_xh" && index.length < of
  const whole = {
    sizes: partly ? [of, old.shape[1]] : old.shape,
    row: partly ? { number: index[0] + 1, width: old.shape[1] } : null,
  }
  const give = (values) => values && { ...whole, values }
  const scale = rule.clip ? Math.min(1, rule.clip / rule.norm) : 1
  const scaled = (by) => gradient && gradient.map(by)
  const adam = rule.optimizer === "adam"
  return {
    mean: give(gradient),
    clip: { scale },
    decayed: give(old.data.map((value) => value * (1 - rule.lr * rule.weight_decay))),
    first: give(scaled((value) => (adam ? 0.1 : 1) * scale * value)),
    second: give(scaled((value) => 0.001 * (scale * value) ** 2)),
    new: give(now.data),
  }
}

/**
 * The gradient of one copy of an untied W_hh: its own step's share.
 *
 * @param {Segment} segment
 * @param {number} j
 */
function outerOf({ h, gradients }, j) {
  const [from, behind] = [rowOf(h, j), rowOf(gradients.da_recurrent, j)]
  return Float32Array.from(
    { length: from.length * behind.length },
    (_, n) => from[Math.floor(n / behind.length)] * behind[n % behind.length],
  )
}

// How far a step has come: the names its lines have given up to line `op`.
export const givenBy = (lines, op) =>
  new Set(lines.slice(0, op).map(({ code }) => /^(\w+)\[/.exec(code)?.[1]))
