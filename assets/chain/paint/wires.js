// The wires of one segment: weights from the plate to their uses, the state from step to step,
// fed-back outputs, and gradients on their way back. `place` follows columns that move.

import { paintChunks, placeChunks } from "./chunks.js"
import { paintCopy, paintMissing, placeCopy } from "./untied_weights.js"
import { localNorm } from "../model/payload.js"
import {
  ENTRANCE,
  paintArrival,
  paintLeave,
  placeArrival,
  placeLeave,
  placeReturn,
} from "./state_handoff.js"
import { paintCarry, placeCarry } from "./cell_state.js"
import { pillWidth } from "./layout.js"
import { useClass } from "./plate.js"
import { set, svg } from "../lib/svg.js"
import { draw, drawCut, gradientWire, gradientWires, head, placeNorms, wire } from "./wire.js"

export function paintWires(context, segment) {
  const group = svg("g", { class: "wires", "aria-hidden": "true" })
  const buses = {}
  for (const name of ["W_xh", "W_hh", "W_hy"]) {
    buses[name] = svg("path", { class: `bus ${name} ${useClass(name)}` })
    const unused =
      (name === "W_hy" && !segment.out) ||
      (name === "W_hh" && (context.model.cut || segment.copies))
    if (!unused) group.append(buses[name])
    context.refer(buses[name], { kind: "weight", segment, name })
  }
  const columns = context.model.columns.filter((column) => column.segment === segment)
  const sets = columns.map((column) => paintColumnWires(context, column, group))
  const start = paintStart(context, segment, group)
  const loop = paintLoop(context, segment, group)
  const end = paintLeave(context, segment, group)
  const chunks = paintChunks(context, segment, group)
  const missing = endsHere(context.model, segment) ? paintMissing(segment, context.layout) : null
  if (missing) group.append(missing)
  const all = { buses, sets, start, loop, end, missing, chunks }
  return { group, ...all, place: (spot) => place(context, segment, spot, all) }
}

// Untied, and with no copy left after the last step.
const endsHere = (model, segment) =>
  segment.copies &&
  !model.segments[segment.index + 1] &&
  model.edited.segments[segment.index].copies === segment.steps

function paintColumnWires(context, column, group) {
  const { model, refer } = context
  const parts = svg("g", { class: "column-wires", "data-k": column.k })
  const back = svg("g", { class: "backward", "data-k": column.k })
  const set_ = { k: column.k, column, parts, back }
  set_.input = wire(parts, `W_xh ${useClass("W_xh")}`)
  set_.inputDot = svg("circle", { class: `dot W_xh ${useClass("W_xh")}`, r: 2.6 })
  set_.state = wire(parts, model.cut ? "cut" : `W_hh ${useClass("W_hh")}`)
  set_.drop = svg("path", { class: `bus W_hh ${useClass("W_hh")}` })
  set_.stateDot = svg("circle", { class: `dot W_hh ${useClass("W_hh")}`, r: 2.6 })
  parts.append(set_.inputDot)
  if (!model.cut) parts.append(set_.drop, set_.stateDot)
  if (column.segment.copies) parts.append((set_.copy = paintCopy(context, column)))
  if (model.cell === "lstm" && (column.j > 0 || column.k === 1))
    set_.carry = paintCarry(parts, `carry-${column.k}`)
  if (column.says) {
    set_.out = wire(parts, `W_hy ${useClass("W_hy")}`)
    set_.outDot = svg("circle", { class: `dot W_hy ${useClass("W_hy")}`, r: 2.6 })
    parts.append(set_.outDot)
    refer(set_.out.hit, { kind: "weight", segment: column.segment, name: "W_hy" })
  }
  if (column.fed === "own") {
    set_.feedback = wire(parts, "feedback")
    set_.feedback.line.setAttribute("data-testid", `feedback-${column.k}`)
  }
  refer(set_.input.hit, { kind: "weight", segment: column.segment, name: "W_xh" })
  refer(set_.state.hit, { kind: "weight", segment: column.segment, name: "W_hh" })
  set_.state.line.setAttribute("data-testid", model.cut ? `cut-${column.k}` : `wire-${column.k}`)
  if (column.segment.gradients) paintBackward(context, column, back, set_)
  group.append(parts, back)
  return set_
}

// The gradient that leaves step k for step k − 1, and the one that enters at k's own output.
function paintBackward({ model, refer }, column, back, set_) {
  const { gradients } = column.segment
  const { j, k } = column
  const reference = {
    kind: "gradient",
    column,
    norm: gradients.wire[j],
    norm_h: gradients.wire_h[j],
    norm_c: gradients.wire_c?.[j],
  }
  if (!model.cut) {
    Object.assign(set_, gradientWires(back, gradients, j, model, k - 1))
    for (const one of [set_.gradient, set_.gradientC]) if (one) refer(one.hit, reference)
  }
  const local = localNorm(column)
  if (column.says) {
    set_.local = gradientWire(back, local, model, `local-${column.k}`)
    refer(set_.local.hit, { kind: "local", column, norm: local })
  }
}

// A later segment receives its first state by the hand-over.
function paintStart(context, segment, group) {
  if (segment.index > 0 && !context.model.cut) {
    const arrival = paintArrival(context.model)
    group.append(arrival.group)
    return { arrival }
  }
  return {}
}

function paintLoop(context, segment, group) {
  const loop = svg("g", { class: "loop", "data-testid": "loop" })
  const parts = wire(loop, context.model.cut ? "cut" : `W_hh ${useClass("W_hh")}`)
  const label = svg(
    "text",
    { class: "loop-label" },
    context.model.cut ? "cut" : segment.copies ? "another W_hh at each t" : "t−1 → t",
  )
  loop.append(label)
  group.append(loop)
  return { group: loop, ...parts, label }
}

// spot: { xs, start (x of h₀ or null), width, dh (room taken by gradient strips), open (0 rolled …
// 1 unrolled), x (where rolled) }
function place(context, segment, spot, { buses, sets, loop, start, end, missing, chunks }) {
  const { layout, model } = context
  const { block, y, out, input } = layout
  const half = block.width / 2
  const far = half + spot.dh
  const near = half + layout.c.width
  const handed = Boolean(start.arrival)
  const entrance =
    spot.start !== null
      ? { state: spot.start + half, bus: spot.start + half }
      : handed
        ? ENTRANCE
        : { state: 0, bus: 0 }
  const lastOut = sets.reduce((far_, { out: said }, j) => (said ? spot.xs[j] : far_), 0)
  sets.forEach((set_, j) => {
    const x = spot.xs[j]
    if (!spot.near(j)) return
    const before = j > 0 ? spot.xs[j - 1] + half : entrance.state
    const gapStart = j > 0 ? spot.xs[j - 1] + far : entrance.bus
    draw(set_.input, `M${x} ${y.input - 3}V${y.blockEnd + 9}`, head(x, y.blockEnd + 3, "up"))
    move(set_.inputDot, x, y.busInput)
    if (model.cut) drawCut(set_.state, before + 2, x - near - 3, y.recurrent)
    else
      draw(
        set_.state,
        `M${before + 2} ${y.recurrent}H${x - near - 9}`,
        head(x - near - 3, y.recurrent, "right"),
      )
    const join = gapStart + 15
    const channel = set_.feedback ? channelOf(j > 0 ? spot.xs[j - 1] : 0, gapStart, out) : undefined
    if (set_.carry)
      placeCarry(
        set_.carry,
        (j > 0 ? spot.xs[j - 1] : spot.start) - half - 6,
        gapStart,
        x - near,
        y.carry,
        channel,
      )
    set_.drop.setAttribute("d", `M${join} ${y.busState}V${y.recurrent}`)
    move(set_.stateDot, join, y.recurrent)
    if (set_.copy) placeCopy(set_, (gapStart + x - near) / 2, context)
    if (set_.out) {
      draw(set_.out, `M${x} ${y.block - 3}V${y.outEnd + 9}`, head(x, y.outEnd + 3, "up"))
      move(set_.outDot, x, y.busOut)
    }
    if (set_.feedback)
      drawFeedback(set_.feedback, j > 0 ? spot.xs[j - 1] : 0, x, {
        channel,
        out,
        input,
        y,
        pill: pillWidth(input, set_.column.label),
      })
    if (set_.gradient && handed && j === 0) placeReturn(set_, x - near - 6, y)
    else if (set_.gradient) {
      const to = (j > 0 ? spot.xs[j - 1] + far : before) + 5
      drawGradient(set_.gradient, x - near - 6, to, y.gradient)
      if (set_.gradientC) drawGradient(set_.gradientC, x - near - 6, to, y.gradientC)
      placeNorms(set_, (x - near - 6 + to) / 2 + 2, y)
    }
    if (set_.local) {
      draw(
        set_.local,
        `M${x + 13} ${y.outEnd + 5}V${y.block - 6}`,
        head(x + 13, y.block - 4, "down"),
      )
      set(set_.local.label, { x: x + 22, y: y.wireTop + 24, style: "text-anchor: start" })
    }
  })
  const last = spot.xs[spot.xs.length - 1]
  const join = sets.length > 1 ? spot.xs[sets.length - 2] + far + 15 : entrance.bus + 15
  buses.W_xh.setAttribute("d", `M0 ${y.busInput}H${last}`)
  buses.W_hh.setAttribute("d", `M0 ${y.busState}H${spot.open > 0 ? join : spot.x - near - 30}`)
  buses.W_hy.setAttribute("d", `M0 ${y.busOut}H${lastOut}`)
  placeChunks(chunks, spot, far, near)
  placeLoop(loop, spot, half, near, y)
  if (handed) placeArrival(start.arrival, spot.xs[0] - near, y)
  if (missing)
    set(missing, {
      transform: `translate(${last + far + 12} ${y.recurrent})`,
      opacity: spot.open < 1 ? 0 : null,
    })
  if (end) placeLeave(end, last, far, half, spot.width, y)
}

const move = (dot, x, y) => set(dot, { cx: x, cy: y })

function drawGradient(parts, from, to, y) {
  draw(parts, `M${from} ${y}H${to + 3}`, head(to, y, "left"))
}

// Where a fed-back output comes down between two steps.
const channelOf = (before, gapStart, out) => Math.max(gapStart + 5, before + out.width / 2 + 14)

// From the chosen output, down through the gap, to the next input.
function drawFeedback(parts, before, x, { channel, out, input, y, pill }) {
  const from = before + out.width / 2 + 10
  const top = y.out + out.rowHeight * 0.45
  const bottom = y.input + input.height / 2
  const to = x - pill / 2 - 6
  draw(
    parts,
    `M${from} ${top}H${channel - 6}Q${channel} ${top} ${channel} ${top + 6}V${bottom - 6}` +
      `Q${channel} ${bottom} ${channel + 6} ${bottom}H${to}`,
    head(to + 4, bottom, "right"),
  )
}

function placeLoop(loop, { x }, half, near, y) {
  const right = x + half
  const left = x - near
  const top = y.busState
  const d =
    `M${right + 2} ${y.recurrent}H${right + 20}` +
    `Q${right + 30} ${y.recurrent} ${right + 30} ${y.recurrent - 10}` +
    `V${top + 10}Q${right + 30} ${top} ${right + 20} ${top}H${left - 20}` +
    `Q${left - 30} ${top} ${left - 30} ${top + 10}` +
    `V${y.recurrent - 10}Q${left - 30} ${y.recurrent} ${left - 20} ${y.recurrent}H${left - 9}`
  draw(loop, d, head(left - 3, y.recurrent, "right"))
  set(loop.label, { x: right + 38, y: (top + y.recurrent) / 2 + 4 })
}

// What is seen of the wires between rolled up (0) and open (1); `seen` is the step of the loop.
export function fadeWires({ wires, plate }, open, seen, near) {
  const speaks = open > 0 || Boolean(wires.sets[seen].out)
  for (const bus of [wires.buses.W_hy, plate.querySelector(".bus.W_hy")])
    if (bus) bus.style.opacity = speaks ? "" : 0
  wires.loop.group.style.opacity = 1 - Math.min(1, open * 2.5)
  wires.loop.group.style.display = open >= 0.4 ? "none" : ""
  if (wires.start.arrival) wires.start.arrival.group.style.opacity = open === 0 ? 0.35 : 1
  wires.sets.forEach((one, j) => {
    if (!near(j)) return
    const chain = Math.max(0, open * 2 - 1)
    if (one.carry) one.carry.label.style.opacity = chain
    for (const { line, tip } of [one.state, one.feedback, one.carry].filter(Boolean)) {
      line.style.opacity = chain === 1 ? "" : chain
      tip.style.opacity = chain === 1 ? "" : chain
    }
    for (const node of [one.drop, one.stateDot]) node.style.opacity = chain === 1 ? "" : chain
    one.back.style.display = open < 1 ? "none" : ""
    one.parts.style.visibility = open === 0 && j !== seen ? "hidden" : "visible"
  })
}
