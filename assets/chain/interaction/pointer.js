// Pointing: hovering lights uses and shows values, a click moves the cursor or goes in.

import { unitAt } from "../lib/geometry.js"
import { entryOfPixel } from "../lib/pixels.js"
import { entryUnder } from "../paint/heat.js"
import { Inspector } from "../panels/inspector.js"
import { reveal } from "../lib/scroll_into_view.js"
import { pointIn } from "../lib/svg.js"

export function listenToPointer(picture) {
  const { scene } = picture
  const inspector = new Inspector(scene, () => picture.model)
  picture.inspector = inspector
  const highlight = (use) => picture.highlight(use)
  // Columns that move under a resting pointer raise the event too; only the pointer's own moves
  // count.
  let last = ""
  scene.addEventListener("pointermove", (event) => {
    const place = `${event.clientX} ${event.clientY}`
    if (place === last) return
    last = place
    const found = resolve(picture, event)
    if (!found) {
      inspector.hide()
      return highlight("")
    }
    picture.player.pause()
    highlight(useOf(found))
    inspector.show(found, event)
  })
  scene.addEventListener("pointerleave", () => {
    last = "" // who comes back to the very same pixel is told again
    inspector.hide()
    highlight("")
  })
  // A click is told in whole pixels only, too coarse for a narrow cell; the press before is exact.
  let pressed = { clientX: NaN }
  scene.addEventListener(
    "pointerdown",
    ({ clientX, clientY }) => {
      pressed = { clientX, clientY }
    },
    { capture: true },
  )
  scene.addEventListener("click", (event) => {
    const { target, clientX, clientY } = event
    const near = Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) < 2
    const found = resolve(picture, near ? { target, ...pressed } : event)
    if (!found) return
    if (picture.chunks.dropped() || picture.editor.click(found, event)) return
    act(picture, found, event)
    picture.focus()
  })
  // Wherever in the picture one clicks, its keys answer from then on.
  picture.root.addEventListener("click", () => {
    if (!picture.hasFocus()) picture.focus()
  })
  picture.equation.addEventListener("pointerover", (event) => {
    const term = event.target.closest("[data-term]")
    highlight(term ? term.dataset.term : "")
  })
  picture.equation.addEventListener("pointerleave", () => highlight(""))
}

const useOf = (found) =>
  found.kind === "weight" || found.kind === "entry"
    ? found.name
    : ({ gradient: "future", local: "own" }[found.kind] ?? "")

// The thing under the pointer, with the entry of a matrix or the unit of a strip worked out.
export function resolve(picture, event) {
  const found = picture.stage?.find(event.target, picture.scene)
  if (!found) return null
  const { reference, node } = found
  if (reference.kind === "block") {
    const { block, dh } = picture.stage.wide
    const grid =
      reference.what === "h"
        ? block
        : { ...block, cell: { width: dh.cell, height: block.cell.height } }
    const { x, y } = pointIn(node, event)
    const i = unitAt(grid, x, y, picture.model.H)
    return i === null ? null : { ...reference, kind: reference.what, i }
  }
  if (reference.grid) {
    const [r, c] = entryUnder(node, event, reference.grid)
    return { ...reference, entry: entryOfPixel(reference.grid, reference.segment.rows, r, c) }
  }
  if (!["entry", "slice", "total", "update"].includes(reference.kind)) return reference
  const [r, c] = entryUnder(node, event, reference)
  return { ...reference, r, c, value: valueOf(reference, r, c) }
}

const valueOf = (reference, r, c) => reference.values?.(r, c)

function act(picture, found, event) {
  const k = found.k ?? found.column?.k
  if (found.kind === "weight" || found.kind === "entry") {
    picture.update({ weight: found.name.startsWith("W") ? found.name : picture.state.weight })
    if (found.kind === "entry") check(picture, found)
    if (event.shiftKey && found.kind === "entry")
      picture.select({ weight: found.name, row: found.r, column: found.c })
    return
  }
  if (found.kind === "total" || found.kind === "update") return check(picture, found)
  if (!k) return
  if (found.kind === "slice") check(picture, found)
  if (found.kind === "feed") return switchFeed(picture, found)
  if (found.kind === "slice") {
    picture.outer.toggle(true, found)
    if (!picture.update({ t: k })) picture.refresh()
    reveal(picture.outer.element)
  } else if (found.i === undefined) picture.update({ t: k })
  else picture.update({ t: k, unit: found.i + 1, zoom: event.shiftKey ? 1 : 2 })
  if (event.shiftKey) picture.select()
}

// An entry of a weight goes under the page's gradient check. A wide W_xh shows some of its rows.
function check(picture, { segment, name, r, c, copy }) {
  if (copy !== undefined) return
  const bias = name.startsWith("b")
  const row = bias ? c + 1 : name === "W_xh" ? segment.rows.index[r] + 1 : r + 1
  picture.sendRequest({
    do: "weight",
    segment: segment.index,
    weight: name,
    row,
    column: bias ? 1 : c + 1,
  })
}

// The other of the two things a taught decoder can be fed at a step.
export function switchFeed(picture, { segment, k }) {
  return picture.sendRequest({ do: "feed", t: k, first: segment.first + 1, last: segment.last })
}
