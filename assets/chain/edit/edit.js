// Editing by hand: a place is chosen by click or in the panel, its number typed, nudged or dragged.
// Nothing is computed here: Python is told what to change and sends the new picture.

import { Dragging } from "./edit_drag.js"
import { markChosen } from "../paint/edit_marks.js"
import { EditPanel } from "./edit_panel.js"
import { changeAt, kindsOf, ownerOf, placeOf, valueAt } from "../model/edit_targets.js"
import { tellChange, tellMoved } from "./edit_text.js"
import { RequestChannel } from "../lib/requests.js"
import { reveal } from "../lib/scroll_into_view.js"

const NUDGE_WINDOW_MS = 900
// After so long without a request the rest of the page follows; while it does, an edit would wait.
const IDLE_MS = 600

const placeIn = (edit) => edit?.split("_").slice(0, -1).join()

export class Editor {
  constructor(picture) {
    this.picture = picture
    this.on = false
    this.queue = []
    this.panel = new EditPanel(this)
    this.channel = new RequestChannel({
      send: (message) => this.tell("edit", message),
      say: (words) => picture.say(words),
      giveUp: () => (this.queue = []),
    })
    this.dragging = new Dragging(this)
    this.dragging.offerFlag(this.panel.handle)
    picture.root.addEventListener("keydown", (event) => this.undoKey(event))
  }

  get model() {
    return this.picture.model
  }

  // What came with the picture: how much can be undone, and which request it answers.
  load(editing, tell) {
    this.editing = editing
    this.tell = tell
    this.kinds = editing ? kindsOf(this.model) : []
    if (!editing) this.on = false
    if (editing && editing.serial >= this.channel.serial) this.answered(editing.serial)
    const { segment = { index: 0 }, kind } = this.about ?? {}
    // What was tied is untied now, or the other way round.
    const other = { W_hh: "copy", copy: "W_hh" }[kind]
    const stays = this.find(kind, segment) ?? this.find(other, segment)
    if (this.kinds.length && !this.about) this.choose(this.lastEdited())
    else if (this.kinds.length)
      this.choose({
        ...(stays ?? this.kinds[0]),
        place: stays && stays.kind === kind ? this.place : [],
      })
    this.picture.root.classList.toggle("wire-cut", this.factor === 0)
    this.show()
  }

  // Where a picture opens: at the last number that was edited, else at the first that can be.
  lastEdited() {
    const { segment = 0, kind, place = [] } = this.model.edited?.changes.at(-1) ?? {}
    const about = this.find(kind, { index: segment })
    const near = this.kinds.find((one) => one.segment.index === segment) ?? this.kinds[0]
    return about ? { ...about, place } : { ...near, place: [] }
  }

  // The ring around the number that is edited.
  showChosen() {
    this.mark?.remove()
    this.mark =
      this.on && this.about ? markChosen(this.picture.stage.nodes, this.about, this.place) : null
  }

  find(kind, segment) {
    return this.kinds.find((one) => one.kind === kind && one.segment.index === segment.index)
  }

  show() {
    this.picture.root.classList.toggle("editing", this.on)
    this.dragging.guard(this.on)
    this.picture.transport.showEditing(Boolean(this.editing), this.on)
    this.panel.show()
    this.showChosen()
  }

  toggle() {
    if (!this.editing) return false
    this.on = !this.on
    this.show()
    this.picture.refresh({ still: true })
    if (this.on) {
      reveal(this.panel.element)
      this.panel.focusValue()
    }
    return true
  }

  // The nearest place there is.
  choose({ kind, segment, place }) {
    const about = this.find(kind, segment)
    if (!about) return
    this.about = about
    const { t } = this.picture.state
    this.place = about.bounds.map(([low, high], n) => {
      const part = place[n] ?? (about.parts[n] === "t" ? t : 1)
      return Math.min(high, Math.max(low, part || low))
    })
    this.showChosen()
  }

  get segment() {
    return this.about.segment
  }

  get value() {
    return this.about ? valueAt(this.model, this.about, this.place) : null
  }

  get change() {
    return this.about ? changeAt(this.model, { ...this.about, place: this.place }) : null
  }

  get done() {
    return this.model?.edited?.segments[this.about?.segment.index ?? 0]
  }

  get factor() {
    return this.done?.factor ?? 1
  }

  // Whether numbers of a gesture are still on their way, so that the panel keeps its own.
  get busy() {
    return Boolean(this.channel.pending || this.queue.length || this.dragging.held)
  }

  get owner() {
    return ownerOf(this.segment)
  }

  setValue(number, continues = false) {
    const { limit, kind } = this.about
    if (!Number.isFinite(number)) return this.panel.refuse("That is not a number.")
    if (Math.abs(number) > limit)
      return this.panel.refuse(`${number} is too large: it goes from −${limit} to ${limit}.`)
    this.set([kind, ...this.place].join("."), Number(number.toPrecision(6)), continues)
  }

  set(what, value, continues = false, owner = this.owner) {
    this.ask({ do: "set", edit: `${owner}${what}_${value}`, continues })
  }

  // Steps in one go are one edit, which one undo takes back; the wait for an answer does not part
  // them.
  nudge(by) {
    if (this.panel.number === null)
      return this.panel.refuse("Its value is not drawn here. Type the new one.")
    const now = performance.now()
    const key = `${this.about.id} ${this.place}`
    const continues =
      this.nudged?.key === key && (this.busy || now - this.nudged.when < NUDGE_WINDOW_MS)
    const value = Number((this.panel.number + by).toFixed(6))
    this.nudged = { key, when: now }
    this.panel.writeValue(value)
    this.setValue(value, continues)
  }

  setFactor(factor, continues) {
    this.set("loop", factor, continues)
  }

  setFlag(k, on) {
    this.set(`flag.${k}`, on ? 1 : 0, false, "")
  }

  untie(on) {
    this.set("untie", on ? this.segment.steps : 0)
  }

  // One request is on its way at a time; of a gesture only the newest waits.
  ask(request) {
    const last = this.queue[this.queue.length - 1]
    const replaces = last && request.continues && placeIn(last.edit) === placeIn(request.edit)
    if (replaces) this.queue[this.queue.length - 1] = { ...request, continues: last.continues }
    else this.queue.push(request)
    clearTimeout(this.resting)
    this.send()
  }

  send() {
    if (this.channel.pending || !this.queue.length) return
    const request = this.queue.shift()
    this.began = request.do === "settle" ? 0 : performance.now()
    this.channel.request(request)
  }

  answered(serial) {
    const asked = this.channel.acknowledge(serial)
    if (asked && this.began) {
      const start = this.began
      if (this.nudged) this.nudged.when = performance.now()
      requestAnimationFrame(() => performance.measure("chain: edit", { start }))
      const changes = this.model.edited?.changes ?? []
      this.panel.say(
        changes.length
          ? `${tellChange(this.model, changes[changes.length - 1])}; ${tellMoved(this.model)}`
          : "Nothing is edited.",
      )
      if (this.editing.swift) this.rest()
    }
    this.send()
  }

  // The picture alone was drawn again; when the hand rests the page is asked to follow.
  rest() {
    clearTimeout(this.resting)
    this.resting = setTimeout(() => (this.busy ? this.rest() : this.ask({ do: "settle" })), IDLE_MS)
  }

  undoKey(event) {
    if (!this.editing || !(event.ctrlKey || event.metaKey)) return
    const key = event.key.toLowerCase()
    const request =
      key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null
    if (!request) return
    event.preventDefault()
    event.stopPropagation()
    if (this.editing[request]) this.takeBack(request)
  }

  takeBack(request) {
    this.panel.forget()
    this.nudged = null
    this.ask({ do: request })
  }

  // Whether a click belongs to editing, and not to looking closer; on a loss flag it takes it away.
  click(found, event) {
    if (!this.on) return false
    if (this.dragging.dropped(event)) return true
    if (found.kind === "loss" && this.editing.flags) this.setFlag(found.column.k, false)
    return found.kind === "loss" || placeOf(found) !== null
  }
}
