// Heat maps: one rectangle per value while values are few, else one image of as many pixels.

import { channels, diverging } from "../lib/colour.js"
import { isBeyond } from "../model/colour_scales.js"
import { pointIn, svg } from "../lib/svg.js"

const MOST_MARKS = 40

// values(row, column) over rows × columns, drawn into { x, y, width, height, cell }.
export function heatMap(values, rows, columns, box, { limit, palette, gradient = false }) {
  const colour = (r, c) => diverging(values(r, c), limit, palette, gradient)
  const group = svg("g", { transform: `translate(${box.x} ${box.y})` })
  if (box.cell >= 4) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        group.append(
          svg("rect", {
            x: c * box.cell + 0.5,
            y: r * box.cell + 0.5,
            rx: 1,
            width: box.cell - 1,
            height: box.cell - 1,
            fill: colour(r, c),
          }),
        )
      }
    }
  } else if (rows && columns) {
    group.append(pixels(rows, columns, colour, box.width, box.height))
  }
  group.append(...beyondMarks(values, rows, columns, box, limit))
  return group
}

// A diamond on each entry that lies beyond the scale; on the first of them where there are many.
function beyondMarks(values, rows, columns, box, limit) {
  const marks = []
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns && marks.length < MOST_MARKS; c++) {
      if (isBeyond(values(r, c), limit))
        marks.push(diamond(((c + 0.5) * box.width) / columns, ((r + 0.5) * box.height) / rows))
    }
  }
  return marks
}

export const diamond = (x, y) =>
  svg("path", { class: "beyond", d: `M${x - 3} ${y}l3 -3 3 3 -3 3z` })

// The row and column of a map that a pointer on its frame is over; the frame stands `edge` outside
// it.
export function entryUnder(frame, event, { rows, columns, edge = 2 }) {
  const box = frame.getBBox()
  const { x, y } = pointIn(frame, event)
  const index = (from, size, count) =>
    Math.min(count - 1, Math.max(0, Math.floor(((from - edge) / (size - 2 * edge)) * count)))
  return [index(y - box.y, box.height, rows), index(x - box.x, box.width, columns)]
}

// A picture of rows × columns pixels, stretched without smoothing.
export function pixels(rows, columns, colour, width, height) {
  const canvas = document.createElement("canvas")
  canvas.width = columns
  canvas.height = rows
  const context = canvas.getContext("2d")
  const image = context.createImageData(columns, rows)
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, at += 4) {
      const parts = colour(r, c)
      const [red, green, blue] = typeof parts === "string" ? channels(parts) : parts
      image.data.set([red, green, blue, 255], at)
    }
  }
  context.putImageData(image, 0, 0)
  return svg("image", {
    href: canvas.toDataURL(),
    width,
    height,
    preserveAspectRatio: "none",
    style: "image-rendering: pixelated",
  })
}

// A picture in 0…255, grey or coloured, as it is; `rows` picks some of its rows.
export function thumbnail(picture, width, height, rows = null) {
  const [all, columns, depth = 1] = picture.shape
  const from = rows ? rows[0] : 0
  const count = rows ? rows[1] - rows[0] : all
  const colour = (r, c) => {
    const at = ((from + r) * columns + c) * depth
    return [0, 1, 2].map((part) => picture.data[at + (depth === 3 ? part : 0)])
  }
  return pixels(count, columns, colour, width, height)
}
