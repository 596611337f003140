// One wire: a line, its head, and what makes it easy to point at; cut; or carrying a gradient.

import { brief } from "./format.js"
import { set, svg } from "./svg.js"

export const head = (x, y, way) => ({
  right: `M${x} ${y}l-7 -4v8z`,
  left: `M${x + 7} ${y - 5}l-7 5 7 5`,
  up: `M${x} ${y}l-4 7h8z`,
  down: `M${x - 5} ${y - 7}l5 7 5 -7`,
}[way])

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
  line.setAttribute("d", `M${from} ${y}H${middle - 8}M${middle - 11} ${y + 7}l6 -14M${middle + 5} ${y + 7}l6 -14M${middle + 8} ${y}H${to}`)
  tip.setAttribute("d", "")
}

export function gradientWire(group, size, model, testid, number = size) {
  // null: the norm is not finite.
  const parts = wire(group, size === 0 ? "grad zero" : "grad")
  const width = size === null ? 8 : size === 0 ? 2 : model.wires.width(size)
  set(parts.line, { "stroke-width": width.toFixed(2), "data-norm": size ?? "overflow", "data-testid": testid })
  parts.label = svg("text", { class: "norm" }, number === null ? "overflow" : brief(number))
  group.append(parts.label)
  return parts
}
