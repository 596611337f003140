// The chain on the stage: paints it once for a model, a theme and a width; then only moves columns
// and switches classes.

import { cellPlace } from "../lib/geometry.js"
import { move, paintColumn, paintState } from "./column.js"
import { markMoved } from "./edit_marks.js"
import { paintGradient } from "./gradient.js"
import { layOut } from "./layout.js"
import { paintMemory } from "./cell_state.js"
import { paintPlate } from "./plate.js"
import { speakCell, speakInput, speakLoss, speakOutput } from "../text/speech.js"
import { html, scaleSheet, set, sizeSheet, svg } from "../lib/svg.js"
import { showUnder } from "./below_chain.js"
import { fadeWires, paintWires } from "./wires.js"

const MOST_CELLS = 2000
const MOVED = 12

const lerp = (a, b, u) => a + (b - a) * u

export class Stage {
  constructor({ model, palette, room, id, requests = false, references = new WeakMap() }) {
    this.model = model
    this.references = references
    this.nodes = { cells: new Map(), spots: new Map() }
    this.layout = layOut(model, { ...room, gradients: false })
    this.wide = layOut(model, { ...room, gradients: true })
    // Geometry is in units of the drawing; this many pixels of the screen are one of them.
    this.scale = room.scale ?? 1
    this.context = {
      model,
      palette,
      id,
      requests,
      layout: this.wide,
      nodes: this.nodes,
      image: model.cells > MOST_CELLS,
      refer: (node, reference) => this.references.set(node, reference),
      speakCell: (segment, j, k, i) => speakCell(model, segment, j, k, i),
      speakInput,
      speakOutput: (column) => speakOutput(model, column),
      speakLoss: (column) => speakLoss(model, column),
    }
    this.columns = []
    this.segments = model.segments.map((segment) => this.buildSegment(segment))
    this.elements = this.segments.map(({ wrapper }) => wrapper)
    this.selection = svg("rect", { class: "selection", rx: 3, "aria-hidden": "true" })
  }

  buildSegment(segment) {
    const { context, layout } = this
    const root = svg("svg", {
      class: "columns",
      role: "rowgroup",
      height: layout.height,
      "aria-label": segment.name,
    })
    const wires = paintWires(context, segment)
    const cursor = svg("rect", {
      class: "cursor",
      rx: 12,
      "aria-hidden": "true",
      y: 1,
      height: layout.card - 3,
    })
    // Frames and boundaries lie below the wires, whose numbers they must not strike through.
    root.append(cursor)
    if (!segment.disconnected) root.append(wires.group)
    let start = null
    if (segment.index === 0 && !this.model.cut) {
      start = {
        group: svg(
          "g",
          { class: "column start", role: "row", "aria-label": "the state before time 1" },
          paintState(context, segment, 0, 0),
          segment.c && paintMemory(context, segment, 0, 0),
        ),
      }
      const { y } = layout
      start.group.append(
        svg(
          "text",
          { class: "time quiet", y: y.time, "aria-hidden": "true" },
          "start",
          markMoved(context, segment, 0),
        ),
      )
      root.append(start.group)
    }
    const columns = this.model.columns
      .filter((column) => column.segment === segment)
      .map((column) => paintColumn(context, column))
    root.append(...columns.map((parts) => parts.group))
    this.columns.push(...columns)
    const plate = paintPlate(context, segment)
    scaleSheet(plate, this.scale)
    const wrapper = html(
      "div",
      { class: "segment", role: "presentation", "data-segment": segment.name },
      plate,
      root,
    )
    // lead: room between plate and chain, where the loop stands beside it.
    return { segment, wrapper, root, wires, cursor, start, columns, plate, ledger: null, lead: 0 }
  }

  // Room to the left that puts a short chain in the middle.
  margin(width) {
    const used = this.segments.reduce((sum, { lead }) => sum + lead, this.wide.width)
    return Math.max(0, Math.floor((width - used * this.scale) / 2))
  }

  // open: 0 rolled … 1 unrolled; grads: 0 … 1, how far columns have made room for gradients;
  // t: the step that is seen while rolled up; moving: only the columns around it are moved.
  place(open, grads, t, moving = false) {
    this.placed = { ...this.placed, open, grads, t }
    let left = 0
    for (const part of this.segments) {
      const { index, first, last } = part.segment
      const a = this.layout.segments[index]
      const b = this.wide.segments[index]
      const x = lerp(a.rolled, b.rolled, grads)
      const count = a.xs.length
      const xs = a.xs.map((at, j) => {
        // Columns slide out one after another, the last one last.
        const share = Math.min(1, Math.max(0, open * 1.6 - (0.6 * j) / Math.max(1, count - 1)))
        return lerp(x, lerp(at, b.xs[j], grads), count > 1 ? share : open)
      })
      const seen = Math.min(Math.max(t, first), last) - first
      const width = lerp(x + this.layout.loop, lerp(a.width, b.width, grads), open)
      const start = part.start ? lerp(a.start.x, b.start.x, grads) : null
      // A new width costs a layout of everything: once, not in every frame.
      const room = Math.round(moving ? Math.max(width, lerp(a.width, b.width, grads)) : width)
      if (part.room !== room)
        sizeSheet(part.root, (part.room = room), this.layout.height, this.scale)
      const near = (j) => !moving || Math.abs(j - seen) <= MOVED
      part.columns.forEach((parts, j) => {
        if (!near(j)) return
        move(parts, xs[j])
        parts.group.style.opacity =
          open === 0 ? (j === seen ? 1 : 0) : j === seen ? 1 : Math.min(1, open * 2)
        parts.group.style.visibility = open === 0 && j !== seen ? "hidden" : "visible"
      })
      if (part.start) {
        move(part.start, start)
        part.start.group.style.opacity = open
      }
      part.wires.place({
        xs,
        start: start ?? (part.segment.index === 0 ? 0 : null),
        width,
        x,
        open,
        dh: grads * this.wide.dh.width,
        near,
      })
      fadeWires(part, open, seen, near)
      part.xs = xs
      part.left = left
      left += this.layout.plate.width + part.lead + width
    }
    this.width = left
    this.placeCursor(t)
  }

  placeCursor(t) {
    for (const part of this.segments) {
      const { first, last } = part.segment
      const inside = t >= first && t <= last
      part.cursor.style.display =
        inside && this.placed.open > 0.5 && this.placed.cursor !== false ? "" : "none"
      if (inside) part.cursor.setAttribute("data-testid", "cursor")
      else part.cursor.removeAttribute("data-testid")
      if (!inside) continue
      const { block, c, out, input } = this.layout
      const left = Math.max(block.width / 2 + c.width, out.width / 2, input.width / 2) + 6
      const flagged = this.model.hasLoss ? 8 : 0
      const right = Math.max(
        left + flagged,
        block.width / 2 + this.placed.grads * this.wide.dh.width + 6,
      )
      const x = part.xs[t - first]
      set(part.cursor, { x: x - left, width: left + right })
    }
  }

  // What is reached, what is current, what is lit; `whole` shows all steps, whichever is current.
  update({ phase, t, unit, weight, share }, whole = false) {
    const back = phase === "backward"
    const grads = back || phase === "update"
    const later = phase !== "forward" || whole
    if (grads) this.paintGradients()
    for (const parts of this.columns) {
      const { classList } = parts.group
      classList.toggle("ahead", !later && parts.k > t)
      classList.toggle("current", parts.k === t)
      classList.toggle("no-gradient", !grads)
      classList.toggle("gradient-ahead", back && parts.k < t)
      classList.toggle("lit", later)
    }
    for (const { wires, segment, plate } of this.segments) {
      for (const one of wires.sets) {
        one.parts.classList.toggle("ahead", !later && one.k > t)
        one.parts.classList.toggle("current", one.k === t)
        one.back.classList.toggle("shown", grads)
        this.toggleGradient(one.gradient, !back || t <= Math.max(1, one.k - 1))
        this.toggleGradient(one.gradientC, !back || t <= Math.max(1, one.k - 1), one.both)
        this.toggleGradient(one.local, !back || t <= one.k)
      }
      plate.querySelector(".handed")?.classList.toggle("ahead", back && t >= segment.first)
      const { end } = wires
      if (end?.back) {
        end.back.classList.toggle("shown", grads)
        for (const one of [end.gradient, end.gradientC])
          this.toggleGradient(one, !back || t <= segment.last, end.both)
      }
    }
    // An update is of no single step.
    this.placed.cursor = phase !== "update"
    this.placeCursor(t)
    this.markUnit(t, unit)
    for (const part of this.segments) showUnder(this, part, { phase, t, weight, share })
  }

  paintGradients() {
    if (this.withGradients) return
    this.withGradients = true
    this.columns.forEach(({ group }, n) => {
      const column = this.model.columns[n]
      if (column.segment.gradients && !column.segment.disconnected)
        group.append(paintGradient(this.context, column))
    })
  }

  toggleGradient(parts, reached, both = null) {
    if (!parts) return
    for (const node of [parts.line, parts.tip, parts.label, both].filter(Boolean))
      node.classList.toggle("ahead", !reached)
  }

  markUnit(t, unit) {
    const column = this.columns[t - 1]
    if (this.model.columns[t - 1].segment.disconnected) return this.selection.remove()
    const place = cellPlace(this.layout.block, unit - 1)
    const { block, y } = this.layout
    set(this.selection, {
      x: place.x - block.width / 2 - 0.5,
      y: y.block + place.y - 0.5,
      width: block.cell.width + 1,
      height: block.cell.height + 1,
    })
    column.group.append(this.selection)
  }

  // How wide all of it is on the screen.
  get extent() {
    return this.width * this.scale
  }

  // Where the columns are in the scrolled content, in pixels of the screen.
  middles() {
    const {
      scale,
      layout: { plate },
    } = this
    return this.segments.flatMap(({ left, lead, xs }) =>
      xs.map((x) => (left + plate.width + lead + x) * scale),
    )
  }

  segmentOf(t) {
    return this.segments.find(({ segment }) => t >= segment.first && t <= segment.last)
  }

  // Where column t stands in the scrolled content.
  spanOf(t) {
    const part = this.segmentOf(t)
    const x = part.xs[t - part.segment.first]
    const {
      scale,
      layout: { plate, pitch },
    } = this
    return {
      x: (part.left + plate.width + part.lead + x) * scale,
      plate: plate.width * scale,
      half: (pitch * scale) / 2,
    }
  }

  // The id of the current cell; on a canvas, of its strip.
  cellAt({ t, unit }) {
    const { id, image } = this.context
    if (this.model.columns[t - 1].segment.disconnected) return null
    return image ? `${id}-${t}` : `${id}-${t}-${unit}`
  }

  find(node, root) {
    for (let at = node; at && at !== root; at = at.parentNode) {
      const reference = this.references.get(at)
      if (reference) return { reference, node: at }
    }
    return null
  }
}
