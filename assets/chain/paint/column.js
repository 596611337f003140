// One time step: input below, hidden state in the middle, output above, loss flag on top. A column
// is drawn once around x = 0 and moved as a whole.

import { cellPlace } from "../lib/geometry.js"
import { gridOf } from "../lib/pixels.js"
import { at, topClasses } from "../model/payload.js"
import { diverging, ink } from "../lib/colour.js"
import { markInput, markMoved, markStart } from "./edit_marks.js"
import { fixed, shape, signed, subscript } from "../lib/format.js"
import { diamond, pixels, thumbnail } from "./heat.js"
import { pillWidth } from "./layout.js"
import { paintMemory } from "./cell_state.js"
import { isBeyond } from "../model/colour_scales.js"
import { flagmark, paintNumbers } from "./regression_output.js"
import { clip, set, svg } from "../lib/svg.js"

export function paintColumn(context, column) {
  const { layout } = context
  const group = svg("g", {
    class: "column",
    role: "row",
    "data-k": column.k,
    "aria-label": `time ${column.k}`,
  })
  const parts = { group, k: column.k }
  parts.input = paintInput(context, column)
  const time = svg(
    "text",
    { class: "time", y: layout.y.time, "aria-hidden": "true" },
    `t = ${column.k}`,
  )
  group.append(parts.input)
  if (column.segment.disconnected) {
    group.append(time)
    return parts
  }
  parts.state = paintState(context, column.segment, column.j + 1, column.k)
  group.append(parts.state)
  if (column.segment.c) group.append(paintMemory(context, column.segment, column.j + 1, column.k))
  if (column.says) {
    parts.output = paintOutput(context, column)
    group.append(parts.output)
  }
  if (column.loss !== null) {
    parts.flag = paintFlag(context, column)
    group.append(parts.flag)
  }
  const moved = markMoved(context, column.segment, column.j + 1)
  if (moved) time.append(moved)
  group.append(time)
  return parts
}

// The block of h at state index j (0 is where the segment starts); testids count time k.
export function paintState(context, segment, j, k) {
  const { layout, model, palette, refer, nodes } = context
  const { block, y } = layout
  const left = -block.width / 2
  const group = svg("g", { class: "state", transform: `translate(${left} ${y.block})` })
  if (k === 0) nodes.spots.set("0:h0", { group, block, size: block.cell })
  group.append(named("h", k, model.H, y.name - y.block, block.width / 2 - 7))
  const numbers = block.cell.width >= 40 && model.cells <= 1000
  if (context.image) {
    group.append(imageStrip(context, segment, j, k))
    return group
  }
  for (let i = 0; i < model.H; i++) {
    const value = at(segment.h, j, i)
    const place = cellPlace(block, i)
    const fill = diverging(value, model.limit, palette)
    const cell = svg("rect", {
      class: "cell",
      role: "gridcell",
      "data-testid": `cell-${k}-${i + 1}`,
      id: `${context.id}-${k}-${i + 1}`,
      x: place.x + 0.5,
      y: place.y + 0.5,
      rx: 2,
      width: block.cell.width - 1,
      height: block.cell.height - 1,
      fill,
      "data-value": value,
      "aria-label": context.speakCell(segment, j, k, i),
    })
    refer(cell, { kind: "h", segment, j, k, i })
    nodes.cells.set(`${k}-${i}`, cell)
    group.append(cell)
    if (numbers) {
      group.append(
        svg(
          "text",
          {
            class: "value",
            x: place.x + block.cell.width / 2,
            y: place.y + block.cell.height / 2,
            fill: ink(fill),
            "aria-hidden": "true",
            style: `font-size: ${block.cell.height >= 15 ? 11 : 9.5}px`,
          },
          signed(value),
        ),
      )
    }
    if (isBeyond(value, model.limit))
      group.append(diamond(place.x + block.cell.width - 5, place.y + 5))
    if (k === 0)
      group.append(markStart(context, segment, "h0", i, place.x, place.y, block.cell) ?? "")
  }
  return group
}

function imageStrip({ layout, model, palette, refer, id }, segment, j, k) {
  const { block } = layout
  const colour = (r, c) => {
    const i = c * block.rows + r
    return i < model.H ? diverging(at(segment.h, j, i), model.limit, palette) : palette.background
  }
  const image = pixels(block.rows, block.columns, colour, block.width, block.height)
  const strip = svg(
    "g",
    { class: "strip", role: "gridcell", id: `${id}-${k}`, "aria-label": `hidden state ${k}` },
    image,
    svg("path", { class: "grid", d: gridPath(block) }),
  )
  refer(strip, { kind: "block", what: "h", segment, j, k })
  return strip
}

export function gridPath({ rows, columns, cell, width, height }) {
  let d = ""
  for (let r = 0; r <= rows; r++) d += `M0 ${r * cell.height}h${width}`
  for (let c = 0; c <= columns; c++) d += `M${c * cell.width} 0v${height}`
  return d
}

function paintInput(context, column) {
  const { layout, model, refer } = context
  const { input, y } = layout
  const { segment } = column
  const middle = y.input + input.height / 2
  const group = svg("g", {
    class: `input fed-${column.fed}`,
    role: "gridcell",
    "data-testid": `x-${column.k}`,
    "aria-label": context.speakInput(column),
  })
  let shown = {
    box: {
      x: -input.width / 2 - 3,
      y: y.input - 3,
      width: input.width + 6,
      height: input.height + 6,
    },
  }
  const middleText = { class: "token", y: middle, "aria-hidden": "true" }
  if (segment.input === "picture" || segment.input === "row") {
    const whole = segment.input === "picture"
    const size = whole
      ? { width: 60, height: 60 }
      : { width: Math.max(64, layout.block.width), height: 14 }
    const rows = whole ? null : [column.j, column.j + 1]
    const image = thumbnail(model.picture, size.width, size.height, rows)
    const top = middle - size.height / 2
    const pill = svg("rect", {
      class: "pill",
      x: -size.width / 2 - 2,
      y: top - 2,
      rx: 4,
      width: size.width + 4,
      height: size.height + 4,
    })
    shown = { grid: gridOf(segment, model.picture), box: { x: -size.width / 2, y: top, ...size } }
    refer(pill, { kind: "x", segment, j: column.j, k: column.k, grid: shown.grid })
    group.append(svg("g", { transform: `translate(${-size.width / 2} ${top})` }, image), pill)
  } else {
    const width = pillWidth(input, column.label)
    const height = Math.min(input.height, 30)
    const shapeOf = { x: -width / 2, y: middle - height / 2, width, height, rx: height / 2 }
    group.append(svg("rect", { class: "pill", ...shapeOf }))
    // A target shown by the teacher has a second outline, an own output a dashed one.
    if (column.fed === "target") {
      group.append(
        svg("rect", {
          class: "pill inner",
          x: shapeOf.x + 3,
          y: shapeOf.y + 3,
          width: width - 6,
          height: height - 6,
          rx: height / 2 - 3,
        }),
      )
    }
    group.append(svg("text", middleText, clip(column.label, width - 16)))
  }
  if (column.fed !== "data") {
    const words = { own: "own output", target: "from target" }[column.fed] ?? column.fed
    group.append(svg("text", { class: "tag", y: y.tag, "aria-hidden": "true" }, words))
    if (context.requests) group.append(feedSwitch(context, column, words))
  }
  group.append(
    named("x", column.k, segment.inputs, y.input - 7),
    markInput(context, column, input.width / 2 - 4, y.input - 6) ?? "",
  )
  context.nodes.spots.set(`x:${column.k}`, { group, ...shown })
  refer(group, { kind: "x", segment, j: column.j, k: column.k })
  return group
}

// A frame around the words under an input: a click feeds the other of the two.
function feedSwitch({ layout, refer }, { segment, j, k }, words) {
  const width = words.length * 6 + 14
  const frame = svg(
    "rect",
    {
      class: "feed-switch",
      x: -width / 2,
      y: layout.y.tag - 12,
      width,
      height: 16,
      rx: 5,
      "data-testid": `feed-${k}`,
    },
    svg("title", {}, "Feed the other: the right word, or the network’s own output"),
  )
  refer(frame, { kind: "feed", segment, j, k })
  return frame
}

// A name beside the wire, to the left, with the shape in the current column.
const named = (letter, k, size, y, x = -7) =>
  svg(
    "text",
    { class: "name", x, y, "aria-hidden": "true" },
    `${letter}${subscript(k)}`,
    svg("tspan", { class: "chip", dx: 4 }, shape(size)),
  )

function paintOutput(context, column) {
  const { layout, model, refer } = context
  const { out, y } = layout
  const group = svg("g", {
    class: "output",
    role: "gridcell",
    "data-testid": `y-${column.k}`,
    "aria-label": context.speakOutput(column),
    transform: `translate(${-out.width / 2} ${y.out})`,
  })
  if (model.numbers) group.append(...paintNumbers(context, column))
  else
    topClasses(column, out.rows, true).forEach(({ c, p }, row) => {
      const top = row * out.rowHeight
      const classes = ["class", c === column.chosen && "chosen", c === column.target && "target"]
      const line = svg("g", {
        class: classes.filter(Boolean).join(" "),
        transform: `translate(0 ${top})`,
        "data-class": c,
        "data-p": p,
      })
      line.append(
        svg("rect", { class: "track", width: out.width, height: out.rowHeight - 3, rx: 3 }),
        svg("rect", {
          class: "bar",
          width: Math.max(0.5, out.width * p),
          height: out.rowHeight - 3,
          rx: 3,
        }),
        svg(
          "text",
          { class: "label", x: 7, y: 9 },
          clip(model.classes[c] ?? String(c), out.width - (c === column.target ? 58 : 50), 12),
        ),
        svg("text", { class: "number", x: out.width - 6, y: 9 }, fixed(p)),
      )
      if (c === column.target) {
        line.append(flagmark(out.width - 46))
      }
      refer(line, { kind: "y", column, c })
      group.append(line)
    })
  if (!layout.room.short) {
    group.append(
      named("y", column.k, column.segment.outputs, y.wireTop + 23 - y.out, out.width / 2 - 7),
    )
  }
  return group
}

function paintFlag(context, column) {
  const { layout, model, refer } = context
  const group = svg("g", {
    class: "flag",
    role: "gridcell",
    "data-testid": `loss-${column.k}`,
    "data-value": column.loss,
    "aria-label": context.speakLoss(column),
    transform: `translate(${-layout.out.width / 2} ${layout.y.flag})`,
  })
  group.append(
    svg("path", { class: "cloth", d: "M1 24V1h17l-4 6 4 6H1" }),
    svg("text", { class: "flagtext", x: 25, y: 8 }, fixed(column.loss, 3)),
    svg(
      "text",
      { class: "quiet small", x: 25, y: 26 },
      model.numbers ? "½ (ŷ − y)²" : `−log p, ${model.unit}`,
    ),
  )
  refer(group, { kind: "loss", column })
  return group
}

export function move(parts, x) {
  set(parts.group, { transform: `translate(${x} 0)` })
}
