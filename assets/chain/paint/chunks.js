// Chunk boundaries of truncated backpropagation: the state crosses them, no gradient comes back
// over them. One is dragged to set how long chunks are; Python sends the gradients again.

import { html, pointIn, set, svg } from "../lib/svg.js"

const GRIP = { width: 26, height: 20 }

// The length of chunks in a segment: all of it where there is no boundary.
export const chunkOf = ({ gradients, steps }) => Math.min(gradients?.truncate ?? steps, steps)

// Whether nothing comes back from the step behind step j.
export const endsChunk = (segment, j) => j + 1 < segment.steps && (j + 1) % chunkOf(segment) === 0

// A boundary behind every step that ends a chunk; without one a grip waits behind the last step.
export function paintChunks({ layout, model, requests }, segment, group) {
  if (!segment.gradients || model.cut || segment.steps < 2) return []
  const behind = Array.from({ length: segment.steps - 1 }, (_, j) => j).filter((j) =>
    endsChunk(segment, j),
  )
  const idle = behind.length === 0 && requests
  const found = (idle ? [segment.steps - 1] : behind).map((j) =>
    paintBoundary(layout, segment, j, { idle, requests }),
  )
  group.prepend(...found.map((one) => one.group))
  return found
}

function paintBoundary({ y }, segment, j, { idle, requests }) {
  const k = segment.first + j
  const group = svg("g", {
    class: `chunk${idle ? " idle" : ""}`,
    "data-testid": `chunk-${k}`,
    "data-k": k,
  })
  group.append(svg("path", { class: "chunk-line", d: `M0 ${y.wireTop}V${y.time - 14}` }))
  if (requests) {
    const grip = svg(
      "g",
      { class: "chunk-grip", transform: `translate(0 ${y.time - 5})` },
      svg("rect", { x: -GRIP.width / 2, y: -GRIP.height / 2, ...GRIP, rx: 5 }),
      svg("path", { d: "M-3 -5v10M3 -5v10M-7 -3l-3 3 3 3M7 -3l3 3 -3 3" }),
      svg(
        "title",
        {},
        idle ? "Drag to the left: the gradient will stop there" : "Chunk boundary: drag it",
      ),
    )
    set(grip, { "data-testid": `chunk-grip-${k}` })
    group.append(grip)
  }
  return { group, j }
}

// In the middle of the gap behind the step.
export function placeChunks(chunks, { xs, width, open }, far, near) {
  for (const { group, j } of chunks) {
    const end = j + 1 < xs.length ? xs[j + 1] - near : Math.min(width - 4, xs[j] + far + 38)
    set(group, { transform: `translate(${(xs[j] + far + end) / 2} 0)` })
    group.style.display = open < 1 ? "none" : ""
  }
}

// Dragging a grip, and keys: both ask for a length of chunks.
export class ChunkDrag {
  constructor(picture) {
    this.picture = picture
    this.note = html("div", {
      class: "drag-note",
      hidden: true,
      "aria-hidden": "true",
      "data-testid": "chunk-note",
    })
    const { scene } = picture
    scene.append(this.note)
    scene.addEventListener("pointerdown", (event) => this.begin(event))
    scene.addEventListener("pointermove", (event) => this.move(event))
    scene.addEventListener("pointerup", (event) => this.end(event, true))
    scene.addEventListener("pointercancel", (event) => this.end(event, false))
  }

  begin(event) {
    const group = event.target.closest?.(".chunk-grip")?.parentNode
    if (!group || event.button !== 0) return
    event.preventDefault()
    const part = this.picture.stage.segments.find(({ wires }) =>
      wires.chunks.some((one) => one.group === group),
    )
    const { j } = part.wires.chunks.find((one) => one.group === group)
    // The nth boundary stands n chunks from the start: moving it stretches all chunks before it.
    const nth = group.classList.contains("idle") ? 1 : (j + 1) / chunkOf(part.segment)
    this.held = { part, nth, id: event.pointerId, steps: chunkOf(part.segment) }
    this.picture.player.pause()
    this.picture.scene.setPointerCapture(event.pointerId)
    this.move(event)
  }

  move(event) {
    if (this.held?.id !== event.pointerId) return
    const { part, nth } = this.held
    const { x } = pointIn(part.root, event)
    // Behind the last step whose middle lies to the left of the pointer.
    const passed = part.xs.filter((at) => at <= x).length
    this.held.steps = Math.min(
      part.segment.steps,
      Math.max(1, Math.round(Math.max(1, passed) / nth)),
    )
    this.say(event, words(this.held.steps, part.segment.steps))
  }

  end(event, dropped) {
    if (this.held?.id !== event.pointerId) return
    const { part, steps } = this.held
    this.held = null
    this.note.hidden = true
    this.ended = performance.now()
    if (dropped && steps !== chunkOf(part.segment)) this.ask(steps, part.segment)
  }

  // Whether a click is only the end of a drag.
  dropped() {
    return performance.now() - (this.ended ?? -Infinity) < 60
  }

  ask(steps, segment) {
    const { segments } = this.picture.model
    const longest = Math.max(...segments.map((one) => one.steps))
    // As long as its own segment: no boundary there, but in a longer one there may be.
    this.picture.sendRequest({
      do: "chunk",
      steps: steps >= segment.steps && (segments.length === 1 || steps >= longest) ? 0 : steps,
    })
  }

  // By key: chunks longer or shorter by a step.
  change(by) {
    const { model, state } = this.picture
    if (!model.hasGradients || model.cut) return false
    const longest = Math.max(...model.segments.map((one) => one.steps))
    const now = Math.min(model.segments[0].gradients.truncate ?? longest, longest)
    const steps = Math.min(longest, Math.max(1, now + by))
    if (steps === now || longest < 2) return false
    if (state.phase !== "backward" && state.phase !== "update")
      this.picture.update({ phase: "backward", t: model.T })
    return this.picture.sendRequest({ do: "chunk", steps: steps === longest ? 0 : steps })
  }

  say({ clientX, clientY }, text) {
    const frame = this.picture.scene.getBoundingClientRect()
    this.note.textContent = text
    this.note.hidden = false
    this.picture.inspector.hide()
    const x = Math.min(clientX - frame.left + 16, frame.width - this.note.offsetWidth - 4)
    const y = clientY - frame.top - 34
    this.note.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`
  }
}

const words = (steps, all) =>
  steps >= all
    ? "no boundary: the full gradient"
    : steps === 1
      ? "a boundary after every step"
      : `a boundary every ${steps} steps`
