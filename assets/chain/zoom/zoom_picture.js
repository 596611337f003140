// A picture that is read, and what one unit looks for in it: its incoming weights as pictures.

import { COLOURS } from "../lib/pixels.js"
import { diverging } from "../lib/colour.js"
import { at } from "../model/payload.js"
import { brief, subscript } from "../lib/format.js"
import { pixels, thumbnail } from "../paint/heat.js"
import { GATE_NAMES, GATES } from "../model/terms_gated.js"
import { html, set, svg, typeset } from "../lib/svg.js"

const SIDES = { 1: 112, 3: 84 }

// Column q of W_xh, as numbers for drawing, and the end of their scale: the unit's largest weight.
export function weightsInto({ pixels: packed, weights: { W_xh } }, q) {
  const value = (row) => at(packed ?? W_xh, row, q)
  if (packed) return { value, limit: packed.limits[q] }
  return {
    value,
    limit: Array.from({ length: W_xh.shape[0] }, (_, row) => Math.abs(value(row))).reduce(
      (a, b) => Math.max(a, b),
      0,
    ),
  }
}

// Beside the bars of a unit that reads a picture; null where none is read.
export function paintWeightPictures({ model, palette, state }) {
  const { segment, k } = model.columns[state.t - 1]
  if (segment.input !== "picture") return null
  const [, , depth = 1] = segment.canvas
  const side = SIDES[depth]
  const lines = (GATES[model.cell] ?? [null]).map((gate, block) => {
    const { value, limit } = weightsInto(segment, block * segment.hidden + state.unit - 1)
    const parts = Array.from({ length: depth }, (_, colour) =>
      weightPicture(segment, value, limit, palette, { gate, colour, depth, state, side }),
    )
    const name = gate ? `W_x${gate}` : "W_xh"
    return html(
      "div",
      { class: "weight-pictures" },
      html(
        "span",
        { class: "W_xh" },
        ...typeset(name),
        html("small", {}, gate ? `${GATE_NAMES[model.cell][gate]}, ` : "", `±${brief(limit)}`),
      ),
      ...parts,
    )
  })
  const said = depth === 3 ? "each pixel and colour" : "each pixel"
  return html(
    "figure",
    { class: "seen", "data-testid": "seen" },
    html(
      "div",
      { class: "weight-pictures" },
      html("span", {}, `x${subscript(k)}`, html("small", {}, "what is read")),
      frame(thumbnail(model.picture, side, side), "what is read", "", { side, segment }),
    ),
    ...lines,
    html(
      "figcaption",
      {},
      `What unit ${state.unit} looks for: its weight from ${said}. ` +
        "Orange adds where the picture is bright, blue takes away. " +
        "Point at a term to see its pixel.",
    ),
  )
}

function weightPicture(segment, value, limit, palette, { gate, colour, depth, state, side }) {
  const [rows, columns] = segment.canvas
  const entry = (r, c) => (r * columns + c) * depth + colour
  const image = pixels(
    rows,
    columns,
    (r, c) => diverging(value(entry(r, c)), limit, palette),
    side,
    side,
  )
  const pixel = depth === 3 ? `${COLOURS[colour]} pixel` : "pixel"
  const words = `weights from each ${pixel} to unit ${state.unit}${gate ? `, gate ${gate}` : ""}`
  return frame(image, words, depth === 3 ? COLOURS[colour] : "", {
    side,
    segment,
    colour: depth === 3 ? colour : null,
  })
}

// A picture in its frame, with the mark of a pixel, which `lightPixel` moves.
function frame(image, words, under, { side, segment, colour = null }) {
  const [rows, columns] = segment.canvas
  const mark = svg("rect", {
    class: "pixel-mark",
    width: side / columns,
    height: side / rows,
    "data-colour": colour,
    visibility: "hidden",
  })
  return html(
    "span",
    { class: "weight-picture" },
    svg(
      "svg",
      { width: side, height: side, role: "img", "aria-label": words },
      image,
      svg("rect", {
        class: "frame quiet",
        x: 0.5,
        y: 0.5,
        width: side - 1,
        height: side - 1,
        rx: 2,
      }),
      mark,
    ),
    under && html("small", {}, under),
  )
}

// Hovering a term lights its pixel in what is read and in the weights of its colour.
export function listenForPixels(view, { canvas }) {
  if (!canvas) return view
  const [, columns, depth = 1] = canvas
  view.addEventListener("pointerover", (event) => {
    const index = event.target.closest("[data-pixel]")?.dataset.pixel
    for (const mark of view.querySelectorAll(".pixel-mark")) {
      const mine =
        index !== undefined &&
        (mark.dataset.colour === undefined || Number(mark.dataset.colour) === index % depth)
      const place = Math.floor(index / depth)
      set(mark, {
        visibility: mine ? "visible" : "hidden",
        ...(mine
          ? {
              x: (place % columns) * mark.getAttribute("width"),
              y: Math.floor(place / columns) * mark.getAttribute("height"),
            }
          : {}),
      })
    }
  })
  return view
}
