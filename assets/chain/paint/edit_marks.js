// Marks on what was edited by hand: a ring and a corner, so that no colour has to say it.

import { cellPlace } from "../lib/geometry.js"
import { changesOf } from "../model/edit_targets.js"
import { brief } from "../lib/format.js"
import { svg } from "../lib/svg.js"

function mark(x, y, width, height) {
  const side = Math.min(6, width, height)
  return svg(
    "g",
    { class: "edited-mark", "data-testid": "edited" },
    svg("rect", { class: "halo", x: x - 1, y: y - 1, width: width + 2, height: height + 2, rx: 2 }),
    svg("rect", { class: "ring", x, y, width, height, rx: 1.5 }),
    svg("path", { d: `M${x + width - side} ${y}h${side}v${side}z` }),
  )
}

// On the map of a weight (rows × columns in box), or on the strip of a bias.
export function markEntries({ model }, segment, name, box, columns) {
  const rows = name.startsWith("b") ? 1 : segment.weights[name].shape[0]
  return markPlaces(
    changesOf(model, name, segment).map(({ place }) => {
      const c = place[place.length - 1] - 1
      if (rows === 1 && place.length === 1) return [0, c]
      return [name === "W_xh" ? segment.rows.index.indexOf(place[0] - 1) : place[0] - 1, c]
    }),
    rows,
    columns,
    box,
  )
}

// On the map of the copy of W_hh that step k uses.
export const markCopy = ({ model }, segment, k, box, rows, columns) =>
  markPlaces(
    changesOf(model, "copy", segment)
      .filter(({ place }) => place[0] === k)
      .map(({ place }) => [place[1] - 1, place[2] - 1]),
    rows,
    columns,
    box,
  )

function markPlaces(places, rows, columns, box) {
  return svg(
    "g",
    { class: "edited-marks" },
    ...places
      .filter(([r]) => r >= 0)
      .map(([r, c]) => {
        const { x, y, width, height } = entryBox(box, rows, columns, r, c)
        return mark(x, y, width, height)
      }),
  )
}

// On unit i of a starting state, h₀ or c₀; (x, y) is its corner.
export function markStart({ model }, segment, kind, i, x, y, { width, height }) {
  const edited = changesOf(model, kind, segment).some(({ place }) => place[0] === i + 1)
  return edited ? mark(x + 1, y + 1, width - 2, height - 2) : null
}

// Above the right end of an input whose vector is not the word's own.
export function markInput({ model }, column, x, y) {
  const edited = changesOf(model, "x", column.segment).some(({ place }) => place[0] === column.k)
  return edited ? mark(x, y, 9, 9) : null
}

// Under a state that edits have moved: how far, beside its time.
export function markMoved({ model }, segment, j) {
  const moved = model.edited?.segments[segment.index].moved[j]
  return moved
    ? svg(
        "tspan",
        { class: "moved", dx: 7, "data-testid": "moved", "data-value": moved },
        `Δ ${brief(moved)}`,
      )
    : null
}

// A ring around the number that the panel holds; null where it is not drawn.
export function markChosen({ spots }, { kind, segment }, place) {
  const key =
    kind === "copy"
      ? `${segment.index}:copy:${place[0]}`
      : kind === "x"
        ? `x:${place[0]}`
        : `${segment.index}:${kind}`
  const spot = spots.get(key)
  const at = spot && placeIn(spot, kind, segment, kind === "copy" ? place.slice(1) : place)
  if (!at) return null
  const ring = (name, by) =>
    svg("rect", {
      class: name,
      x: at.x - by,
      y: at.y - by,
      width: at.width + 2 * by,
      height: at.height + 2 * by,
      rx: 3,
    })
  const mark = svg(
    "g",
    { class: "chosen-mark", "data-testid": "chosen" },
    ring("halo", 2),
    ring("ring", 2),
  )
  spot.group.append(mark)
  return mark
}

function placeIn({ block, size, box, rows, columns, grid }, kind, segment, place) {
  if (kind === "x") return grid ? pixelBox(box, grid, place[1] - 1) : box
  if (block) {
    const { row, column } = cellPlace(block, place[0] - 1)
    return { x: column * size.width, y: row * size.height, ...size }
  }
  const c = place[place.length - 1] - 1
  const r =
    rows === 1 && place.length === 1
      ? 0
      : kind === "W_xh"
        ? segment.rows.index.indexOf(place[0] - 1)
        : place[0] - 1
  return r < 0 ? null : entryBox(box, rows, columns, r, c)
}

// An entry of a map, at least large enough to be seen.
function entryBox(box, rows, columns, r, c, least = 6) {
  const [width, height] = [box.width / columns, box.height / rows]
  const size = { width: Math.max(width, least), height: Math.max(height, least) }
  return {
    x: box.x + (c + 0.5) * width - size.width / 2,
    y: box.y + (r + 0.5) * height - size.height / 2,
    ...size,
  }
}

function pixelBox(box, { rows, columns, depth }, entry) {
  const pixel = Math.floor(entry / depth)
  return entryBox(box, rows, columns, Math.floor(pixel / columns), pixel % columns)
}

export function markFactor({ model }, segment, name) {
  const factor = model.edited?.segments[segment.index].factor ?? 1
  return name === "W_hh" && factor !== 1
    ? svg(
        "tspan",
        { class: "factor", dx: 6, dy: 0, "data-testid": "factor" },
        factor ? `× ${Number(factor.toFixed(2))}` : "× 0, cut",
      )
    : null
}
