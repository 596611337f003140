// The hand-over: the last state of one segment, led below the next segment's weights to that
// segment's first step, and its gradient led back the same way. An lstm hands over c beside h.

import { brief } from "../lib/format.js"
import { svg } from "../lib/svg.js"
import { draw, drawCut, gradientWires, head, placeNorms, wire } from "./wire.js"

const CORNER = 7
// Heights of the lanes below the cards, and how far from the segments' edges the wires go up and
// down. No two of them cross: c outside h on its way on, dh outside dc on its way back.
const LANES = {
  plain: { h: 9, dh: 25, height: 36 },
  lstm: { c: 9, h: 23, dh: 38, dc: 53, height: 64 },
}
const ARRIVES = { c: 13, h: 22, dh: 38, dc: 47 }
const LEAVES = { c: 8, h: 15, dh: 30, dc: 40 }

export const lanesOf = (model) => (model.cell === "lstm" ? LANES.lstm : LANES.plain)

// Where the wire into the first step of a later segment begins.
export const ENTRANCE = { state: ARRIVES.h + 2, bus: ARRIVES.dh - 4 }
// How much room the last step of an earlier segment leaves to its right.
export const exitOf = (model) => (model.cell === "lstm" ? 116 : 84)

const bend = (x1, y1, x, y2, x2) => {
  const [out, down, on] = [Math.sign(x - x1), Math.sign(y2 - y1), Math.sign(x2 - x)].map(
    (sign) => sign * CORNER,
  )
  return (
    `M${x1} ${y1}H${x - out}Q${x} ${y1} ${x} ${y1 + down}` +
    `V${y2 - down}Q${x} ${y2} ${x + on} ${y2}H${x2}`
  )
}

// Below the plate of the segment that takes over, with its name and, going back, its norms.
export function paintPassage({ layout, model }, segment) {
  const { plate, y } = layout
  const group = svg("g", { class: "passage" })
  if (model.cut) {
    group.append(
      label(plate.width / 2, y.lanes.h + 4, "cut: nothing is handed over", "handover-cut"),
    )
    return group
  }
  const narrow = plate.width < 150
  const words = narrow ? "" : " handed over"
  group.append(...lane(plate.width, y.lanes.h, `h${words}`, "handover W_hh", "handover-name"))
  if (model.cell === "lstm")
    group.append(...lane(plate.width, y.lanes.c, `c${words}`, "carry", "handover-c-name"))
  const { gradients } = segment
  if (!gradients) return group
  const back = svg(
    "g",
    { class: "handed" },
    ...lane(
      plate.width,
      y.lanes.dh,
      `‖dh‖ ${said(gradients.wire_h[0])}`,
      "grad",
      "handback",
      widthOf(model, gradients.wire_h[0]),
    ),
  )
  if (gradients.wire_c) {
    back.append(
      ...lane(
        plate.width,
        y.lanes.dc,
        `‖dc‖ ${said(gradients.wire_c[0])}`,
        "grad",
        "handback-c",
        widthOf(model, gradients.wire_c[0]),
      ),
    )
  }
  group.append(back)
  return group
}

// A wire through the whole width that leaves room for its name.
function lane(width, y, words, className, testid, size) {
  const half = [...words].length * 3.3 + 6
  const middle = width / 2
  return [
    svg("path", {
      class: `wire ${className}`,
      "stroke-width": size,
      d: `M0 ${y}H${middle - half}M${middle + half} ${y}H${width}`,
    }),
    label(middle, y + 4, words, testid),
  ]
}

const said = (norm) => (norm === null ? "overflow" : brief(norm))

const widthOf = (model, norm) =>
  (norm === null ? 8 : norm === 0 ? 2 : model.wires.width(norm)).toFixed(2)

const label = (x, y, words, testid) =>
  svg("text", { class: "norm", x, y, "data-testid": testid }, words)

// Into the first step of a later segment: h, and for an lstm c.
export function paintArrival(model) {
  const parts = {
    group: svg("g", {}),
    h: svg("path", { class: "wire handover W_hh", "data-testid": "handover" }),
  }
  parts.group.append(parts.h)
  if (model.cell !== "lstm") return parts
  parts.c = svg("path", { class: "wire carry", "data-testid": "handover-c" })
  parts.tip = svg("path", { class: "tip wire carry" })
  parts.group.append(parts.c, parts.tip)
  return parts
}

export function placeArrival({ h, c, tip }, to, y) {
  h.setAttribute("d", bend(0, y.lanes.h, ARRIVES.h, y.recurrent, ENTRANCE.state + 6))
  if (!c) return
  c.setAttribute("d", bend(0, y.lanes.c, ARRIVES.c, y.carry, to - 9))
  tip.setAttribute("d", `M${to - 3} ${y.carry}l-7 -4v8z`)
}

// Backward, from the first step of a segment into the lanes; the wires go on below the plate.
export function placeReturn(set_, from, y) {
  const { gradient, gradientC } = set_
  const lead = ({ line, tip, hit }, d) => {
    for (const path of [line, hit]) path.setAttribute("d", d)
    tip.setAttribute("d", "")
  }
  lead(gradient, bend(from, y.gradient, ARRIVES.dh, y.lanes.dh, 0))
  if (gradientC) lead(gradientC, bend(from, y.gradientC, ARRIVES.dc, y.lanes.dc, 0))
  if (!gradientC) return placeNorms(set_, (from + ARRIVES.dc) / 2 + 6, y)
  // Of an lstm the lanes below the plate say how much goes back, and the wires at their other end.
  for (const text of [gradient.label, gradientC.label, set_.both]) text.remove()
}

// The last state leaves to the right when another segment follows.
export function paintLeave(context, segment, group) {
  const { model } = context
  const next = model.segments[segment.index + 1]
  if (!next) return null
  if (model.cut) {
    const cut = { ...wire(group, "cut") }
    cut.line.setAttribute("data-testid", "cut-handover")
    return { cut }
  }
  const end = { forward: svg("path", { class: "wire handover W_hh" }) }
  if (model.cell === "lstm") end.carry = svg("path", { class: "wire carry" })
  group.append(...[end.carry, end.forward].filter(Boolean))
  const { gradients } = next
  if (segment.gradients) {
    end.back = svg("g", { class: "backward", "data-k": segment.last + 1 })
    Object.assign(end, gradientWires(end.back, gradients, 0, model, segment.last))
    group.append(end.back)
  }
  return end
}

export function placeLeave(end, last, far, half, width, y) {
  if (end.cut) return drawCut(end.cut, last + half + 2, width - 6, y.recurrent)
  end.forward.setAttribute("d", leavePath(last + half + 2, width, y))
  end.carry?.setAttribute("d", leaveCarryPath(last - half - 6, width, y))
  if (!end.gradient) return
  draw(end.gradient, returnPath(last + far + 8, width, y), head(last + far + 5, y.gradient, "left"))
  if (end.gradientC)
    draw(
      end.gradientC,
      returnCarryPath(last + far + 8, width, y),
      head(last + far + 5, y.gradientC, "left"),
    )
  placeNorms(
    end,
    end.both ? (width - LEAVES.dc + last + far) / 2 + 4 : (width + last + far) / 2 - 10,
    y,
  )
}

const leavePath = (from, width, y) => bend(from, y.recurrent, width - LEAVES.h, y.lanes.h, width)

const leaveCarryPath = (from, width, y) => bend(from, y.carry, width - LEAVES.c, y.lanes.c, width)

const returnPath = (to, width, y) => bend(width, y.lanes.dh, width - LEAVES.dh, y.gradient, to)

const returnCarryPath = (to, width, y) =>
  bend(width, y.lanes.dc, width - LEAVES.dc, y.gradientC, to)
