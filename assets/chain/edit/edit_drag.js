// Dragging while numbers are edited: a number up and down, the recurrent wire up and down, a loss
// flag off its step or onto another. Beside the pointer stands what is asked for; the picture's own
// numbers change when Python has answered.

import { placeOf } from "../model/edit_targets.js"
import { fixed } from "../lib/format.js"
import { html, pointIn, set } from "../lib/svg.js"

const PER_PIXEL = 0.01
const STILL = 4
const MOST = 2
const STEP = 0.05

export class Dragging {
  constructor(editor) {
    this.editor = editor
    this.picture = editor.picture
    this.held = null
    this.note = html("div", {
      class: "drag-note",
      hidden: true,
      "aria-hidden": "true",
      "data-testid": "drag-note",
    })
    this.ended = -Infinity
    this.listen()
  }

  listen() {
    const { scene } = this.picture
    scene.append(this.note)
    scene.addEventListener("pointerdown", (event) => this.begin(event, this.grasp(event), scene))
    this.listenOn(scene)
  }

  // A finger that holds a number does not scroll; touch-action says so of no part of a drawing.
  guard(on) {
    if (on === this.guarded) return
    this.guarded = on
    this.stay ??= (event) => this.held && event.cancelable && event.preventDefault()
    if (on) this.picture.scene.addEventListener("touchstart", this.stay, { passive: false })
    else this.picture.scene.removeEventListener("touchstart", this.stay)
  }

  listenOn(element) {
    element.addEventListener("pointermove", (event) => this.move(event))
    for (const name of ["pointerup", "pointercancel"]) {
      element.addEventListener(name, (event) => this.end(event, name === "pointerup"))
    }
  }

  // What the pointer takes hold of.
  grasp(event) {
    const { editor } = this
    if (!editor.on || event.button !== 0) return null
    const found = this.picture.resolve(event)
    if (!found) return null
    if (found.kind === "loss" && editor.editing.flags) return { kind: "flag", k: found.column.k }
    if (
      found.kind === "weight" &&
      found.name === "W_hh" &&
      event.target.classList.contains("hit") &&
      !editor.model.cut
    ) {
      editor.choose({
        ...(editor.find("W_hh", found.segment) ?? editor.find("copy", found.segment)),
        place: [],
      })
      return { kind: "wire", from: editor.factor }
    }
    const place = placeOf(found)
    if (!place) return null
    editor.choose(place)
    return { kind: "number", from: editor.value }
  }

  begin(event, held, element) {
    if (!held) return
    event.preventDefault()
    this.held = { ...held, x: event.clientX, y: event.clientY, id: event.pointerId, moved: false }
    element.setPointerCapture(event.pointerId)
    if (held.kind !== "flag") this.editor.panel.show()
  }

  move(event) {
    const { held, editor } = this
    if (!held || event.pointerId !== held.id || held.from === null) return
    const far = Math.hypot(event.clientX - held.x, event.clientY - held.y)
    if (!held.moved && far < STILL) return
    const first = !held.moved
    held.moved = true
    if (held.kind === "flag") return this.carry(event, held)
    const by = (held.y - event.clientY) * PER_PIXEL * (event.shiftKey ? 0.1 : 1)
    const raw = held.from + by
    const value =
      held.kind === "wire" ? Math.min(MOST, Math.max(0, Math.round(raw / STEP) * STEP)) : raw
    this.ask(event, held, Number(value.toFixed(4)), first)
    if (held.kind === "number") editor.panel.writeValue(held.value)
  }

  ask(event, held, value, first) {
    const { editor } = this
    const words =
      held.kind === "wire"
        ? `W_hh × ${value === 0 ? "0, cut" : fixed(value)}`
        : `${editor.about.words}[${editor.place.join(" → ")}] = ${fixed(value, 3)}`
    this.say(event, words)
    if (value === held.value) return
    held.value = value
    if (held.kind === "wire") editor.setFactor(value, !first)
    else editor.setValue(value, !first)
  }

  // A flag goes with the pointer; the step it would stand at is marked.
  carry(event, held) {
    held.over = this.stepUnder(event)
    for (const { group, k } of this.picture.stage.columns)
      group.classList.toggle("drop-here", k === held.over)
    const lifted = held.k ? `flag of t = ${held.k}` : "loss flag"
    this.say(event, held.over ? `⚑ at t = ${held.over}` : `${lifted}: away`)
  }

  // The step of the last segment whose column is under the pointer.
  stepUnder(event) {
    const frame = this.picture.scene.getBoundingClientRect()
    if (event.clientY < frame.top || event.clientY > frame.bottom) return null
    const { segments, pitch } = this.picture.stage.wide
    const half = Math.min(pitch, this.picture.stage.layout.pitch) / 2
    const part = this.picture.stage.segments[segments.length - 1]
    const { x } = pointIn(part.root, event)
    const j = part.xs.findIndex((at) => Math.abs(at - x) <= half)
    return j < 0 ? null : part.segment.first + j
  }

  say({ clientX, clientY }, words) {
    const frame = this.picture.scene.getBoundingClientRect()
    this.note.textContent = words
    this.note.hidden = false
    this.picture.inspector.hide()
    const x = Math.min(clientX - frame.left + 16, frame.width - this.note.offsetWidth - 4)
    const y = clientY - frame.top - 34
    this.note.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`
  }

  end(event, dropped) {
    const { held, editor } = this
    if (!held || event.pointerId !== held.id) return
    this.held = null
    this.note.hidden = true
    for (const { group } of this.picture.stage.columns) group.classList.remove("drop-here")
    this.ended = event.timeStamp
    if (held.kind === "flag") return dropped && this.dropFlag(held)
    editor.panel.show()
    if (held.kind === "number") editor.panel.focusValue(event.pointerType)
  }

  // Onto another step or away; a flag that was only tapped goes away too.
  dropFlag({ k, over, moved }) {
    const { editor } = this
    const to = moved ? over : null
    if (to === k) return
    // On before off: a picture without a loss would leave the phase one is in.
    if (to) editor.setFlag(to, true)
    if (k) editor.setFlag(k, false)
  }

  // Whether a click is the end of a gesture that was dealt with: both come at the same time.
  dropped({ timeStamp }) {
    return timeStamp - this.ended < 60
  }

  // A handle in the panel from which a flag can be taken.
  offerFlag(element) {
    set(element, { "data-testid": "edit-flag-handle" })
    element.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.begin(event, { kind: "flag", k: 0 }, element)
    })
    this.listenOn(element)
  }
}
