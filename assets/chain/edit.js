// Editing by hand: a place is chosen by click or in the panel, its number typed, nudged or dragged.
// Nothing is computed here: Python is told what to change and sends the new picture.

import { EditPanel } from "./edit_panel.js"
import { changeAt, kindsOf, placeOf, tellChange, valueAt } from "./edit_places.js"

const PATIENCE = 3000
const BURST = 900
const PER_PIXEL = 0.01

export class Editor {
  constructor(picture) {
    this.picture = picture
    this.on = false
    this.queue = []
    this.serial = 0
    this.panel = new EditPanel(this)
    this.listen()
  }

  get model() {
    return this.picture.model
  }

  // What came with the picture: how much can be undone, and which wish it answers.
  load(editing, tell) {
    this.editing = editing
    this.tell = tell
    this.kinds = editing ? kindsOf(this.model) : []
    if (!editing) this.on = false
    if (editing && editing.serial >= this.serial) this.answered(editing.serial)
    if (!this.kinds.some(({ kind }) => kind === this.kind)) this.kind = this.kinds[0]?.kind
    this.choose({ kind: this.kind, place: this.place ?? [1, 1] })
    this.picture.root.classList.toggle("wire-cut", this.model.edited?.factor === 0)
    this.show()
  }

  show() {
    this.picture.root.classList.toggle("editing", this.on)
    this.picture.transport.showEditing(Boolean(this.editing), this.on)
    this.panel.show()
  }

  toggle() {
    if (!this.editing) return false
    this.on = !this.on
    this.show()
    if (this.on) this.panel.focusValue()
    return true
  }

  // The nearest place there is.
  choose({ kind, place }) {
    const about = this.kinds.find((one) => one.kind === kind)
    if (!about) return
    this.kind = kind
    this.place = about.sizes.map((size, n) => Math.min(size, Math.max(1, place[n] || 1)))
    this.about = about
  }

  get value() {
    return this.kind ? valueAt(this.model, this.kind, this.place) : null
  }

  get change() {
    return this.kind ? changeAt(this.model, this.kind, this.place) : null
  }

  // Whether numbers of a gesture are still on their way, so that the panel keeps its own.
  get busy() {
    return Boolean(this.waiting || this.queue.length || this.drag)
  }

  setValue(number, continues = false) {
    const { limit } = this.about
    if (!Number.isFinite(number)) return this.panel.refuse("That is not a number.")
    if (Math.abs(number) > limit) return this.panel.refuse(`${number} is too large: it goes from −${limit} to ${limit}.`)
    this.ask({ do: "set", edit: [this.kind, ...this.place].join(".") + `_${Number(number.toPrecision(6))}`, continues })
  }

  // Steps in one go are one edit, which one undo takes back.
  nudge(by) {
    const now = performance.now()
    const continues = this.nudged?.key === `${this.kind} ${this.place}` && now - this.nudged.when < BURST
    const from = continues ? this.nudged.value : this.value
    const value = Number((from + by).toFixed(6))
    this.nudged = { key: `${this.kind} ${this.place}`, when: now, value }
    this.panel.writeValue(value)
    this.setValue(value, continues)
  }

  setFactor(factor, continues) {
    this.ask({ do: "set", edit: `loop_${factor}`, continues })
  }

  setFlag(t, on) {
    this.ask({ do: "set", edit: `flag.${t}_${on ? 1 : 0}`, continues: false })
  }

  // One wish is on its way at a time; of a gesture only the newest waits.
  ask(wish) {
    const last = this.queue[this.queue.length - 1]
    const replaces = last && wish.continues && last.edit?.split("_").slice(0, -1).join() === wish.edit.split("_").slice(0, -1).join()
    if (replaces) this.queue[this.queue.length - 1] = { ...wish, continues: last.continues }
    else this.queue.push(wish)
    this.send()
  }

  send() {
    if (this.waiting || !this.queue.length) return
    this.serial += 1
    this.began = performance.now()
    this.waiting = setTimeout(() => this.answered(this.serial), PATIENCE)
    this.tell("edit", { ...this.queue.shift(), serial: this.serial })
  }

  answered(serial) {
    clearTimeout(this.waiting)
    const asked = this.waiting
    this.waiting = 0
    this.serial = Math.max(this.serial, serial)
    if (asked && this.began) {
      const start = this.began
      requestAnimationFrame(() => performance.measure("chain: edit", { start }))
      const changes = this.model.edited?.changes ?? []
      this.panel.say(changes.length ? tellChange(changes[changes.length - 1]) : "Nothing is edited.")
    }
    this.send()
  }

  // A place under the pointer is chosen; with a drag, up and down change its number.
  listen() {
    const { scene, root } = this.picture
    scene.addEventListener("pointerdown", (event) => {
      const found = this.on && event.button === 0 ? placeOf(this.picture.resolve(event)) : null
      if (!found) return
      event.preventDefault()
      this.choose(found)
      this.drag = { y: event.clientY, from: this.value, moved: false, id: event.pointerId }
      scene.setPointerCapture(event.pointerId)
    })
    scene.addEventListener("pointermove", (event) => {
      const { drag } = this
      if (!drag || event.pointerId !== drag.id || drag.from === null) return
      const dy = drag.y - event.clientY
      if (!drag.moved && Math.abs(dy) < 4) return
      const value = Number((drag.from + dy * PER_PIXEL * (event.shiftKey ? 0.1 : 1)).toFixed(4))
      this.panel.writeValue(value)
      if (value !== drag.value) this.setValue(value, drag.moved)
      drag.moved = true
      drag.value = value
    })
    const end = () => {
      if (!this.drag) return
      this.drag = null
      this.panel.show()
      this.panel.focusValue()
    }
    scene.addEventListener("pointerup", end)
    scene.addEventListener("pointercancel", end)
    root.addEventListener("keydown", (event) => this.undoKey(event))
  }

  undoKey(event) {
    if (!this.editing || !(event.ctrlKey || event.metaKey)) return
    const key = event.key.toLowerCase()
    const wish = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null
    if (!wish) return
    event.preventDefault()
    event.stopPropagation()
    if (this.editing[wish]) this.ask({ do: wish })
  }

  // Whether a click belongs to editing, and not to looking closer; on a loss flag it takes it away.
  click(found) {
    if (!this.on) return false
    if (found.kind === "loss" && this.editing.flags) this.setFlag(found.column.k, false)
    return found.kind === "loss" || placeOf(found) !== null
  }
}
