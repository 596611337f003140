// Where one can be in a picture, as plain data: the start, what is possible, the order of stops.

import { DEEPEST } from "./terms.js"

/** @type {ViewState} */
export const INITIAL_STATE = {
  phase: "forward",
  t: 1,
  zoom: 1,
  unit: 1,
  rolled: false,
  weight: "W_hh",
  source: 1,
  code: false,
  op: 1,
  share: "sum",
}

// What Python may ask for; anything else in `start`, a counter say, only makes it ask again.
export const pickKnown = (start) =>
  Object.fromEntries(Object.entries(start ?? {}).filter(([name]) => name in INITIAL_STATE))

const clamp = (value, most) => Math.min(Math.max(1, value), most)

// All lines of a step, where the code is open and one came to the step as a whole.
export const ALL = 99

/**
 * The nearest possible state; `lines` tells how many lines of code a stop has, where that is known.
 *
 * @param {Model} model
 * @param {ViewState} state
 * @param {(stop: ViewState) => number} lines
 * @returns {ViewState}
 */
export function clampState(model, state, lines = () => 0) {
  const phase = model.phases.includes(state.phase) ? state.phase : "forward"
  const steps = phase === "forward" || phase === "backward"
  const t = clamp(state.t, model.T)
  return {
    ...state,
    phase,
    t,
    op: state.code ? clamp(state.op, lines({ ...state, phase, t }) || ALL) : INITIAL_STATE.op,
    unit: clamp(state.unit, model.H),
    zoom:
      steps && !state.rolled && !model.columns[t - 1].segment.disconnected
        ? clamp(state.zoom, DEEPEST)
        : 1,
  }
}

/**
 * Stops in the order of one training step: forward 1…T, loss, backward T…1, update; with the code
 * open, each of them line by line, and the loss at each step that has one.
 *
 * @param {Model} model
 * @param {((stop: Stop) => number) | null} lines
 * @returns {Stop[]}
 */
export function journey(model, lines = null) {
  const times = model.columns.map((column) => column.k)
  const scored = lines ? model.scored.map((column) => column.k) : [model.T]
  /** @type {Record<Phase, Stop[]>} */
  const stops = {
    forward: times.map((t) => ({ phase: "forward", t })),
    loss: scored.map((t) => ({ phase: "loss", t })),
    backward: [...times].reverse().map((t) => ({ phase: "backward", t })),
    update: [{ phase: "update", t: 1 }],
  }
  const whole = model.phases.flatMap((phase) => stops[phase])
  return whole.flatMap((stop) =>
    Array.from({ length: lines?.(stop) || 1 }, (_, n) =>
      lines?.(stop) ? { ...stop, op: n + 1 } : stop,
    ),
  )
}

/**
 * The stop before or after the one we are at.
 *
 * @param {Stop[]} stops
 * @param {ViewState} state
 * @param {number} by
 */
export function neighbour(stops, { phase, t, op }, by) {
  const exact = stops.findIndex(
    (stop) => stop.phase === phase && stop.t === t && (stop.op ?? op) === op,
  )
  const here = exact < 0 ? stops.findIndex((stop) => stop.phase === phase) : exact
  return stops[here + by]
}
