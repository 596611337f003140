// One wire: a line, its head, and what makes it easy to point at; cut; or carrying a gradient.

import { brief } from "../lib/format.js"
import { set, svg } from "../lib/svg.js"

export const head = (x, y, way) =>
  ({
    right: `M${x} ${y}l-7 -4v8z`,
    left: `M${x + 7} ${y - 5}l-7 5 7 5`,
    up: `M${x} ${y}l-4 7h8z`,
    down: `M${x - 5} ${y - 7}l5 7 5 -7`,
  })[way]

// A line, its head, and a wider line that is not seen but easy to point at.
export function wire(group, className) {
  const line = svg("path", { class: `wire ${className}` })
  const tip = svg("path", { class: `tip wire ${className}` })
  const hit = svg("path", { class: "hit" })
  group.append(line, tip, hit)
  return { line, tip, hit }
}

export const draw = ({ line, tip, hit }, path, tipPath) => {
  line.setAttribute("d", path)
  hit.setAttribute("d", path)
  tip.setAttribute("d", tipPath)
}

export function drawCut({ line, tip }, from, to, y) {
  const middle = from + (to - from) * 0.5
  line.setAttribute(
    "d",
    `M${from} ${y}H${middle - 8}M${middle - 11} ${y + 7}l6 -14` +
      `M${middle + 5} ${y + 7}l6 -14M${middle + 8} ${y}H${to}`,
  )
  tip.setAttribute("d", "")
}

// `words` name what the number is of, where more than one wire goes the same way.
export function gradientWire(group, size, model, testid, words = "") {
  // null: the norm is not finite.
  const parts = wire(group, size === 0 ? "grad zero" : "grad")
  const width = size === null ? 8 : size === 0 ? 2 : model.wires.width(size)
  set(parts.line, {
    "stroke-width": width.toFixed(2),
    "data-norm": size ?? "overflow",
    "data-testid": testid,
  })
  parts.label = normText(group, words, size)
  return parts
}

export const normText = (group, words, size, more = "") => {
  const text = svg(
    "text",
    { class: `norm ${more}` },
    words && `${words} `,
    size === null ? "overflow" : brief(size),
  )
  group.append(text)
  return text
}

// Going back, an lstm has two wires with a number each, and below them that of both, ‖[dh; dc]‖.
export function gradientWires(group, gradients, j, model, k) {
  const two = Boolean(gradients.wire_c)
  const parts = {
    gradient: gradientWire(group, gradients.wire_h[j], model, `gradient-${k}`, two ? "dh" : ""),
  }
  if (!two) return parts
  parts.gradientC = gradientWire(group, gradients.wire_c[j], model, `gradient-c-${k}`, "dc")
  parts.both = normText(group, "both", gradients.wire[j], "both")
  set(parts.both, {
    "data-testid": `gradient-both-${k}`,
    "data-norm": gradients.wire[j] ?? "overflow",
  })
  return parts
}

// The numbers of two wires: one above, one below, both together under them.
export function placeNorms({ gradient, gradientC, both }, x, y) {
  if (!gradientC) return set(gradient.label, { x, y: y.gradient + 17 })
  set(gradient.label, { x, y: y.gradient - 7 })
  set(gradientC.label, { x, y: y.gradientC + 15 })
  set(both, { x, y: y.gradientC + 28 })
}
