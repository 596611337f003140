// Marks on what was edited by hand: a ring and a corner, so that no colour has to say it.

import { changesOf } from "./edit_places.js"
import { svg } from "./svg.js"

function mark(x, y, width, height) {
  const side = Math.min(6, width, height)
  return svg("g", { class: "edited-mark", "data-testid": "edited" },
    svg("rect", { class: "halo", x: x - 1, y: y - 1, width: width + 2, height: height + 2, rx: 2 }),
    svg("rect", { class: "ring", x, y, width, height, rx: 1.5 }),
    svg("path", { d: `M${x + width - side} ${y}h${side}v${side}z` }))
}

// On the map of a weight (rows × columns in box), or on the strip of a bias.
export function markEntries({ model }, segment, name, box, columns) {
  const group = svg("g", { class: "edited-marks" })
  if (segment.index > 0) return group
  const rows = name.startsWith("b") ? 1 : segment.weights[name].shape[0]
  const width = box.width / columns
  const height = box.height / rows
  for (const { place } of changesOf(model, name)) {
    const c = place[place.length - 1] - 1
    const r = rows === 1 && place.length === 1 ? 0
      : name === "W_xh" ? segment.rows.index.indexOf(place[0] - 1) : place[0] - 1
    if (r < 0) continue
    const size = { width: Math.max(width, 6), height: Math.max(height, 6) }
    group.append(mark(box.x + (c + 0.5) * width - size.width / 2, box.y + (r + 0.5) * height - size.height / 2,
      size.width, size.height))
  }
  return group
}

// On cell i of h₀; (x, y) is its corner.
export function markStart({ model }, i, x, y, { width, height }) {
  return changesOf(model, "h0").some(({ place }) => place[0] === i + 1) ? mark(x + 1, y + 1, width - 2, height - 2) : null
}

// Above the right end of an input whose vector is not the word's own.
export function markInput({ model }, column, x, y) {
  const edited = column.segment.index === 0 && changesOf(model, "x").some(({ place }) => place[0] === column.j + 1)
  return edited ? mark(x, y, 9, 9) : null
}

export function markFactor({ model }, name) {
  const factor = model.edited?.factor ?? 1
  return name === "W_hh" && factor !== 1
    ? svg("tspan", { class: "factor", dx: 6, dy: 0, "data-testid": "factor" }, factor ? `× ${Number(factor.toFixed(2))}` : "× 0, cut")
    : null
}
