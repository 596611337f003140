// A picture that is read, and what one unit looks for in it: its incoming weights as pictures.

import { COLOURS } from "./canvas.js"
import { diverging } from "./colour.js"
import { at } from "./data.js"
import { brief } from "./format.js"
import { pixels, thumbnail } from "./heat.js"
import { weightLimit } from "./plate.js"
import { GATE_NAMES, GATES } from "./terms_gated.js"
import { html, svg, typeset } from "./svg.js"

const SIDE = 76

// Column q of W_xh, as numbers for drawing, and the end of their scale.
export function weightsInto({ pixels: packed, weights: { W_xh } }, q) {
  return { value: (row) => at(packed ?? W_xh, row, q), limit: packed ? packed.limit : weightLimit(W_xh) }
}

// Beside the bars of a unit that reads a picture; null where none is read.
export function paintWeightPictures({ model, palette, state }) {
  const { segment, k } = model.columns[state.t - 1]
  if (segment.input !== "picture") return null
  const [, , depth = 1] = segment.canvas
  const gates = GATES[model.cell] ?? [null]
  const lines = gates.map((gate, block) => {
    const { value, limit } = weightsInto(segment, block * segment.hidden + state.unit - 1)
    const parts = Array.from({ length: depth }, (_, colour) => weightPicture(segment, value, limit, palette, { gate, colour, depth, state }))
    const name = gate ? `W_x${gate}, ${GATE_NAMES[model.cell][gate]}` : "W_xh"
    return html("div", { class: "weight-pictures" }, html("span", { class: "W_xh" }, ...typeset(name)), ...parts)
  })
  const { limit } = weightsInto(segment, 0)
  return html("figure", { class: "seen", "data-testid": "seen" },
    html("div", { class: "weight-pictures" }, html("span", {}, `x at t = ${k}`), small(thumbnail(model.picture, SIDE, SIDE), "what is read")),
    ...lines,
    html("figcaption", {}, `What unit ${state.unit} looks for: a weight for each pixel${depth === 3 ? " and colour" : ""}, −${brief(limit)} blue … +${brief(limit)} orange.`))
}

function weightPicture(segment, value, limit, palette, { gate, colour, depth, state }) {
  const [rows, columns] = segment.canvas
  const entry = (r, c) => (r * columns + c) * depth + colour
  const image = pixels(rows, columns, (r, c) => diverging(value(entry(r, c)), limit, palette), SIDE, SIDE)
  const words = `weights from each ${depth === 3 ? `${COLOURS[colour]} ` : ""}pixel to unit ${state.unit}${gate ? `, gate ${gate}` : ""}`
  return small(image, words, depth === 3 ? COLOURS[colour] : "")
}

const small = (image, words, under = "") => html("span", { class: "weight-picture" },
  svg("svg", { width: SIDE, height: SIDE, role: "img", "aria-label": words }, image,
    svg("rect", { class: "frame quiet", x: 0.5, y: 0.5, width: SIDE - 1, height: SIDE - 1, rx: 2 })),
  under && html("small", {}, under))
