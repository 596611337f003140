// Pure geometry: where everything stands, from the sizes of the model and the room there is.

import { cellSize, foldBlock } from "../lib/geometry.js"
import { BEYOND, copySize } from "./untied_weights.js"
import { exitOf, lanesOf } from "./state_handoff.js"

// h₀ and its shape stand to the left of its wire.
const NAME_ROOM = 76
// Room to the right of a rolled cell for its loop and what is beside it.
const LOOP = 110
const UNTIED_LOOP = 180
// As wide as “W_hh of t = 10” is written.
const COPY_NAME = 84

const widest = (texts, most) =>
  Math.min(most, Math.max(0, ...texts.map((text) => [...text].length)))

// room: { width, short (a low window), narrow (a phone), tight (columns as near as they can be),
// gradients (dh has its place) }
export function layOut(model, room) {
  const fold = foldBlock(model.H)
  const cell = cellSize(fold, room.short)
  const block = { ...fold, cell, width: fold.columns * cell.width, height: fold.rows * cell.height }
  const dhCell = fold.columns === 1 ? 28 : 14
  const dh = { cell: dhCell, width: room.gradients ? fold.columns * dhCell + 6 : 0 }
  const strip = fold.columns === 1 ? 16 : 8
  const c = { cell: strip, width: model.cell === "lstm" ? fold.columns * strip + 6 : 0 }
  const out = sizeOutputs(model)
  const input = sizeInputs(model)
  const gap = room.narrow || room.tight ? 62 : 74
  const least = Math.max(block.width + c.width + dh.width + gap, out.width + 16, input.width + 16)
  const copies = copySize(model, block.width + c.width + gap)
  // A copy is drawn in the gap between two steps, clear of the frame around the step one is at.
  const side = Math.max(block.width / 2 + c.width, out.width / 2, input.width / 2)
  const clear = copies
    ? 2 * side +
      Math.max(0, block.width / 2 + dh.width - side) +
      Math.max(copies.map.width, COPY_NAME) +
      26
    : 0
  const y = stackBands(model, { block, out, input, room, copies })
  const plate = { width: room.narrow ? 104 : 168, margin: 10 }
  const start = Math.max(block.width / 2 + 14, NAME_ROOM) + c.width
  const beyond = model.untied ? BEYOND - 22 : 0
  const fixed = model.segments.length * (plate.width + 40) + start + 40 + beyond
  const share = (room.width - fixed) / Math.max(1, model.T)
  const most = model.T <= 3 ? 240 : 190
  // Rolled up, a single cell stands in the middle.
  const middle = model.segments.length === 1 ? (room.width - plate.width) / 2 - 20 : 0
  const loop = block.width / 2 + (model.untied ? UNTIED_LOOP : LOOP)
  const place = (pitch) =>
    model.segments.map((segment) =>
      placeSegment(segment, {
        room,
        block,
        c,
        dh,
        pitch,
        first: segment.index === 0,
        out,
        input,
        middle,
        plate,
        loop,
        clear,
        last: segment.index === model.segments.length - 1,
        exit: exitOf(model),
      }),
    )
  const near = Math.max(least, clear)
  const wanted = Math.round(Math.min(Math.max(near, share), Math.max(near, most)))
  const pitch = widestPitch(
    Math.ceil(near),
    wanted,
    (at) => widthOf(plate, place(at)) <= room.width,
  )
  const segments = place(pitch)
  return {
    room,
    block,
    c,
    dh,
    out,
    input,
    copies,
    y,
    pitch,
    plate,
    segments,
    loop,
    card: y.card,
    height: y.end,
    width: widthOf(plate, segments),
  }
}

const widthOf = (plate, segments) =>
  segments.reduce((sum, { width }) => sum + plate.width + width, 0)

// The widest pitch up to the one wanted at which all fits; where none does, the least.
function widestPitch(least, wanted, fits) {
  if (fits(wanted)) return wanted
  let [low, high] = [least, wanted]
  if (!fits(low)) return low
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

function sizeOutputs(model) {
  const last = model.segments[model.segments.length - 1]
  if (!last.out) return { rows: 0, width: 0, height: 0 }
  const rows = model.numbers ? 2 : Math.min(last.outputs, model.T === 1 ? 5 : 3)
  const letters = widest(model.classes, 13)
  const width = Math.max(model.T === 1 ? 150 : 92, letters * 7.2 + 62)
  return { rows, rowHeight: 20, width, height: rows * 20 }
}

function sizeInputs(model) {
  const kinds = model.segments.map((segment) => segment.input)
  const longest = widest(
    model.columns.map((column) => column.label),
    14,
  )
  const tagged = model.columns.some((column) => column.fed !== "data")
  return {
    width: Math.max(longest * 7.6 + 22, kinds.includes("picture") ? 72 : 44, tagged ? 76 : 0),
    height: kinds.includes("picture") ? 64 : kinds.includes("row") ? 34 : 30,
    tagged,
  }
}

// The frame around a word that is read.
export const pillWidth = (input, label) =>
  Math.min(input.width, Math.max(34, [...label].length * 7.6 + 22))

// Heights from top to bottom: flag, outputs, wire, states, wire, inputs, tags, time.
function stackBands(model, { block, out, input, room, copies }) {
  const y = {}
  let next = 6
  const take = (height) => {
    const from = next
    next += height
    return from
  }
  y.flag = take(model.hasLoss ? 34 : 0)
  y.out = take(out.rows ? out.height + 8 : 0)
  y.outEnd = next - 6
  const wire = room.short ? 46 : 54
  y.wireTop = take(out.rows ? wire : 40)
  y.busOut = y.wireTop + 11
  y.copies = next - 26
  take(copies?.height ?? 0)
  y.block = next
  y.busState = y.block - 27
  y.name = y.block - 9
  y.blockEnd = take(block.height) + block.height
  y.recurrent = y.block + Math.round(Math.min(block.height * 0.36, 70))
  y.gradient = Math.min(y.recurrent + 34, Math.max(y.blockEnd - 12, y.recurrent + 20))
  y.carry = y.block + Math.round(Math.min(block.height * 0.14, 30))
  y.gradientC = y.gradient + 11
  y.inputWire = take(room.short ? 38 : 46)
  y.busInput = y.inputWire + (room.short ? 20 : 24)
  y.input = next
  y.inputEnd = take(input.height) + input.height
  y.tag = take(input.tagged ? 17 : 0) + 13
  y.time = take(22) + 17
  y.card = next + 4
  // Below the cards, the lanes in which a state is handed to the next segment.
  const { height, ...lanes } = lanesOf(model)
  y.lanes = Object.fromEntries(Object.entries(lanes).map(([name, down]) => [name, y.card + down]))
  y.end = y.card + (model.segments.length === 1 ? 0 : model.cut ? 22 : height)
  return y
}

function placeSegment(
  segment,
  { room, block, c, dh, pitch, first, last, out, input, middle, plate, loop, clear, exit },
) {
  const half = Math.max(block.width, out.width, input.width) / 2
  // h₀ stands before the first segment; a later one receives its state from the wire.
  const start = first ? { x: Math.max(14 + block.width / 2, NAME_ROOM) + c.width } : null
  const lead = first
    ? start.x +
      Math.max(block.width + c.width + 62, half + block.width / 2 + 20, pitch * 0.8, clear)
    : Math.max(half + 16, block.width / 2 + c.width + 96)
  const xs = []
  for (let j = 0; j < segment.steps; j++) xs.push(Math.round(lead + j * pitch))
  const tail = !last ? exit : segment.copies ? BEYOND : 22
  const end = xs[xs.length - 1] + Math.max(half + 14, block.width / 2 + dh.width + tail)
  // Beside its chain the loop stands close to the plate.
  const close = Math.max(block.width / 2 + c.width + 58, half + 14)
  // Where there is little room, so it does when it is alone: nothing of it may be cut off.
  const rolled = Math.max(
    close,
    Math.min(Math.max(lead + 20, middle), room.width - plate.width - loop),
  )
  return { start, xs, width: Math.round(end), rolled: Math.round(room.still ? close : rolled) }
}
