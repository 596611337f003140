// The second memory of an lstm: a strip of c to the left of h, and the wire that carries it on.

import { cellPlace } from "../lib/geometry.js"
import { at } from "../model/payload.js"
import { diverging } from "../lib/colour.js"
import { markStart } from "./edit_marks.js"
import { fixed, subscript } from "../lib/format.js"
import { pixels } from "./heat.js"
import { set, svg } from "../lib/svg.js"

// The strip of c at state index j, relative to the block of h.
export function paintMemory(context, segment, j, k) {
  const { layout, model, palette, refer } = context
  const { block, c: strip, y } = layout
  const group = svg("g", {
    class: "memory",
    transform: `translate(${-block.width / 2 - strip.width} ${y.block})`,
  })
  const value = (i) => at(segment.c, j, i)
  if (k === 0)
    context.nodes.spots.set("0:c0", {
      group,
      block,
      size: { width: strip.cell, height: block.cell.height },
    })
  if (context.image) {
    group.append(
      pixels(
        block.rows,
        block.columns,
        (r, column) => {
          const i = column * block.rows + r
          return i < model.H ? diverging(value(i), model.memoryLimit, palette) : palette.background
        },
        block.columns * strip.cell,
        block.height,
      ),
    )
  } else {
    for (let i = 0; i < model.H; i++) {
      const place = cellPlace(block, i)
      const cell = svg("rect", {
        class: "cell",
        role: "gridcell",
        "data-testid": `c-${k}-${i + 1}`,
        "data-value": value(i),
        "aria-label": `time ${k}, unit ${i + 1}, cell value ${fixed(value(i))}`,
        x: place.column * strip.cell + 0.5,
        y: place.y + 0.5,
        rx: 2,
        width: strip.cell - 1,
        height: block.cell.height - 1,
        fill: diverging(value(i), model.memoryLimit, palette),
      })
      refer(cell, { kind: "c", segment, j, k, i })
      group.append(
        cell,
        (k === 0 &&
          markStart(context, segment, "c0", i, place.column * strip.cell, place.y, {
            width: strip.cell,
            height: block.cell.height,
          })) ||
          "",
      )
    }
  }
  group.append(
    svg(
      "text",
      {
        class: "quiet small",
        x: (block.columns * strip.cell) / 2,
        y: block.height + 13,
        "text-anchor": "middle",
        "aria-hidden": "true",
      },
      `c${subscript(k)}`,
    ),
  )
  return group
}

// From strip to strip, behind the block of h between them: c passes on, times the forget gate.
export function paintCarry(group, testid) {
  const parts = {
    line: svg("path", { class: "wire carry", "data-testid": testid }),
    tip: svg("path", { class: "tip wire carry" }),
    label: svg("text", { class: "quiet small carry-name" }, "c ⊙ f"),
  }
  group.append(parts.line, parts.tip, parts.label)
  return parts
}

// Its name stands between the wires that cross the gap: the weights' at `edge` + 15, and `end`.
export function placeCarry({ line, tip, label }, from, edge, to, y, end = to - 7) {
  line.setAttribute("d", `M${from} ${y}H${to - 9}`)
  tip.setAttribute("d", `M${to - 3} ${y}l-7 -4v8z`)
  const room = end - edge >= 48
  set(label, {
    x: (edge + 15 + end) / 2,
    y: y - 6,
    "text-anchor": "middle",
    visibility: room ? "visible" : "hidden",
  })
}
