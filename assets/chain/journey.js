// Where one can be in a picture, as plain data: the opening, what is possible, the order of stops.

import { DEEPEST } from "./terms.js"

export const OPENING = { phase: "forward", t: 1, zoom: 1, unit: 1, rolled: false, weight: "W_hh", source: 1 }

// What Python may ask for; anything else in `start`, a counter say, only makes it ask again.
export const known = (start) =>
  Object.fromEntries(Object.entries(start ?? {}).filter(([name]) => name in OPENING))

const clamp = (value, most) => Math.min(Math.max(1, value), most)

// The nearest possible state.
export function settle(model, state) {
  const phase = model.phases.includes(state.phase) ? state.phase : "forward"
  const steps = phase === "forward" || phase === "backward"
  return {
    ...state,
    phase,
    t: clamp(state.t, model.T),
    unit: clamp(state.unit, model.H),
    zoom: steps && !state.rolled ? clamp(state.zoom, DEEPEST) : 1,
  }
}

// Stops in the order of one training step: forward 1…T, loss, backward T…1, update.
export function journey(model) {
  const times = model.columns.map((column) => column.k)
  const stops = {
    forward: times.map((t) => ({ phase: "forward", t })),
    loss: [{ phase: "loss", t: model.T }],
    backward: [...times].reverse().map((t) => ({ phase: "backward", t })),
    update: [{ phase: "update", t: 1 }],
  }
  return model.phases.flatMap((phase) => stops[phase])
}

// The stop before or after the one we are at.
export function neighbour(stops, { phase, t }, by) {
  const exact = stops.findIndex((stop) => stop.phase === phase && stop.t === t)
  const here = exact < 0 ? stops.findIndex((stop) => stop.phase === phase) : exact
  return stops[here + by]
}
