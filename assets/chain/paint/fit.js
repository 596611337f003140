// How large a chain is drawn. Where little is missing it becomes a little smaller, so that all of
// it is seen; on a projector it becomes larger; else it keeps its size and scrolls.

import { layOut } from "./layout.js"

// Below this, labels of 11 px could not be read.
const LEAST = 0.84
// A projector: the smallest labels are 13 units then (chain.css), so this makes them 18 px.
const LEGIBLE = 1.39
const MOST = 2.4
// What is under a chain in the backward phase: the ledger.
const UNDER = 134

const floor = (value) => Math.floor(value * 1000) / 1000

// room: as in layout.js, of the window; tall: the height there is, where the picture may grow.
export function fitRoom(model, room, tall = null) {
  const least = (gradients) => layOut(model, { ...room, width: 0, tight: true, gradients })
  const own = least(false)
  const wide = model.hasGradients ? least(true) : own
  const scaled = (scale) => ({ ...room, scale, tight: true, width: Math.ceil(room.width / scale) })
  if (tall !== null) {
    const high = Math.min(MOST, tall / (own.height + (model.hasGradients ? UNDER : 0)))
    const scale = floor(Math.min(high, Math.max(room.width / wide.width, LEGIBLE)))
    if (scale > 1) return scaled(scale)
  }
  for (const one of [wide, own]) {
    const scale = floor(room.width / one.width)
    if (scale < LEAST) continue
    // At their own distance, else as near as columns can be, else smaller.
    const far = layOut(model, {
      ...room,
      width: 0,
      tight: false,
      gradients: one === wide && model.hasGradients,
    })
    if (far.width <= room.width) return { ...room, scale: 1, tight: false }
    return scale >= 1 ? { ...room, scale: 1, tight: true } : scaled(scale)
  }
  return { ...room, scale: 1, tight: false }
}
