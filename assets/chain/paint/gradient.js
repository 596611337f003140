// The gradient of a state, beside it. Most pictures never go back, and an edit draws all again:
// so it is painted when it is first wanted.

import { cellPlace } from "../lib/geometry.js"
import { diverging } from "../lib/colour.js"
import { gridPath } from "./column.js"
import { at } from "../model/payload.js"
import { subscript } from "../lib/format.js"
import { pixels } from "./heat.js"
import { svg } from "../lib/svg.js"

// dh beside h: left half through the own output, right half from the future.
export function paintGradient(context, column) {
  const { layout, model, palette, refer } = context
  const { block, dh, y } = layout
  const { gradients } = column.segment
  const cellWidth = dh.cell
  const group = svg("g", {
    class: "gradient",
    "data-testid": `dh-${column.k}`,
    transform: `translate(${block.width / 2 + 6} ${y.block})`,
  })
  const halves = [gradients.dh_local, gradients.dh_recurrent]
  const colour = (half, i) =>
    diverging(at(halves[half], column.j + 1, i), model.gradLimit, palette, true)
  if (context.image) {
    const image = pixels(
      block.rows,
      block.columns * 2,
      (r, c) => {
        const i = Math.floor(c / 2) * block.rows + r
        return i < model.H ? colour(c % 2, i) : palette.background
      },
      block.columns * cellWidth,
      block.height,
    )
    const grid = {
      ...block,
      cell: { width: cellWidth, height: block.cell.height },
      width: block.columns * cellWidth,
    }
    group.append(image, svg("path", { class: "grid", d: gridPath(grid) }))
    refer(group, {
      kind: "block",
      what: "dh",
      segment: column.segment,
      j: column.j + 1,
      k: column.k,
    })
  } else {
    for (let i = 0; i < model.H; i++) {
      const place = cellPlace(block, i)
      const x = place.column * cellWidth
      const box = { y: place.y + 0.5, height: block.cell.height - 1 }
      group.append(
        svg("rect", {
          class: "dcell own",
          x: x + 0.5,
          width: cellWidth / 2 - 0.5,
          ...box,
          fill: colour(0, i),
        }),
        svg("rect", {
          class: "dcell future",
          x: x + cellWidth / 2,
          width: cellWidth / 2 - 0.5,
          ...box,
          fill: colour(1, i),
        }),
      )
      const outline = svg("rect", {
        class: "dcell-frame",
        x: x + 0.5,
        width: cellWidth - 1,
        rx: 2,
        ...box,
      })
      refer(outline, { kind: "dh", segment: column.segment, j: column.j + 1, k: column.k, i })
      group.append(outline)
    }
  }
  group.append(
    svg(
      "text",
      { class: "dname", x: (block.columns * cellWidth) / 2, y: y.name - y.block },
      `dh${subscript(column.k)}`,
    ),
  )
  return group
}
