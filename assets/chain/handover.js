// The hand-over: the last state of one segment, led below the next segment's weights to that
// segment's first step, and its gradient led back the same way.

import { brief } from "./format.js"
import { set, svg } from "./svg.js"

export const LANES = { forward: 9, back: 25, height: 36 }
const CORNER = 7
const ARRIVES = { forward: 22, back: 38 }
const LEAVES = { forward: 14, back: 30 }

// Where the wire into the first step of a later segment begins.
export const ENTRANCE = { state: ARRIVES.forward + 2, bus: ARRIVES.back - 4 }
// How much room the last step of an earlier segment leaves to its right.
export const EXIT = 84

const bend = (x1, y1, x, y2, x2) => {
  const [out, down, on] = [Math.sign(x - x1), Math.sign(y2 - y1), Math.sign(x2 - x)].map((sign) => sign * CORNER)
  return `M${x1} ${y1}H${x - out}Q${x} ${y1} ${x} ${y1 + down}V${y2 - down}Q${x} ${y2} ${x + on} ${y2}H${x2}`
}

// Below the plate of the segment that takes over, with its name and, going back, its norm.
export function paintPassage({ layout, model }, segment) {
  const { plate, y } = layout
  const what = model.cell === "lstm" ? "h and c" : "state"
  const group = svg("g", { class: "passage" },
    svg("path", { class: "wire handover W_hh", d: `M0 ${y.handover}H${plate.width}` }),
    label(plate.width / 2, y.handover + 4, `${what} handed over`, "handover-name"))
  if (!segment.gradients) return group
  const norm = segment.gradients.wire[0]
  const back = svg("g", { class: "handed" },
    svg("path", { class: "wire grad", d: `M0 ${y.handback}H${plate.width}`, "stroke-width": widthOf(model, norm) }),
    label(plate.width / 2, y.handback + 4, norm === null ? "overflow" : `‖d${model.cell === "lstm" ? "h, dc" : "h"}‖ ${brief(norm)}`,
      "handback"))
  group.append(back)
  return group
}

const widthOf = (model, norm) => (norm === null ? 8 : norm === 0 ? 2 : model.wires.width(norm)).toFixed(2)

const label = (x, y, words, testid) =>
  svg("text", { class: "norm", x, y, "data-testid": testid }, words)

export const paintArrival = () =>
  svg("path", { class: "wire handover W_hh", "data-testid": "handover" })

export const placeArrival = (path, y) =>
  path.setAttribute("d", bend(0, y.handover, ARRIVES.forward, y.recurrent, ENTRANCE.state + 6))

// Backward, from the first step of a segment into the lane; the wire goes on below the plate.
export function placeReturn({ line, tip, hit, label: norm }, from, y) {
  const d = bend(from, y.gradient, ARRIVES.back, y.handback, 0)
  for (const path of [line, hit]) path.setAttribute("d", d)
  tip.setAttribute("d", "")
  set(norm, { x: (from + ARRIVES.back) / 2 + 6, y: y.gradient + 17 })
}

export const leavePath = (from, width, y) => bend(from, y.recurrent, width - LEAVES.forward, y.handover, width)

export const returnPath = (to, width, y) => bend(width, y.handback, width - LEAVES.back, y.gradient, to)
