// The controls of editing: which number, its value, the recurrent wire, loss flags, undo and redo.

import { tellChange } from "./edit_places.js"
import { fixed } from "./format.js"
import { button, html, set } from "./svg.js"

const SHOWN = 6

const number = (attributes) => html("input", { type: "number", ...attributes })
const labelled = (words, control) => html("label", {}, html("span", {}, words), control)

export class EditPanel {
  constructor(editor) {
    this.editor = editor
    this.kind = html("select", { "data-testid": "edit-kind" })
    this.parts = ["a", "b"].map((name) => number({ min: 1, step: 1, "data-testid": `edit-${name}` }))
    this.names = this.parts.map((input) => html("span"))
    this.partLabels = this.parts.map((input, n) => html("label", {}, this.names[n], input))
    this.value = number({ step: "any", "data-testid": "edit-value" })
    this.was = html("span", { class: "was" })
    this.factor = html("input", { type: "range", min: 0, max: 2, step: 0.05, "data-testid": "edit-factor" })
    this.factorText = html("output", {})
    this.wire = html("label", { class: "wire-factor" }, html("span", {}, "Recurrent wire ×"), this.factor, this.factorText)
    this.flag = html("input", { type: "checkbox", "data-testid": "edit-flag" })
    this.flagName = html("span")
    this.flagLabel = html("label", {}, this.flag, this.flagName)
    this.tools = html("div", { class: "edit-tools", role: "group", "aria-label": "Edit numbers" },
      labelled("Number", this.kind), ...this.partLabels, labelled("becomes", this.value), this.was, this.wire, this.flagLabel)
    const wish = (name, words) => button(words, { class: "quiet-button", "data-testid": `edit-${name}` },
      () => editor.ask({ do: name }))
    this.undo = wish("undo", "Undo")
    this.redo = wish("redo", "Redo")
    this.reset = wish("reset", "Reset")
    this.changes = html("ul", { "aria-label": "Edited" })
    this.status = html("span", { class: "spoken", role: "status" })
    this.history = html("div", { class: "edit-history" }, this.undo, this.redo, this.reset, this.changes, this.status)
    this.element = html("div", { class: "edit-panel", hidden: true, "data-testid": "edit-panel" }, this.tools, this.history)
    this.listen()
  }

  listen() {
    const { editor } = this
    this.kind.addEventListener("change", () => this.chooseAnew({ kind: this.kind.value, place: [1, 1] }))
    for (const input of this.parts) {
      input.addEventListener("change", () =>
        this.chooseAnew({ kind: editor.kind, place: this.parts.map((part) => Math.round(Number(part.value))) }))
    }
    this.value.addEventListener("change", () => this.commit())
    this.factor.addEventListener("input", () => {
      editor.setFactor(Number(this.factor.value), this.sliding === true)
      this.sliding = true
    })
    this.factor.addEventListener("change", () => {
      this.sliding = false
    })
    this.flag.addEventListener("change", () => editor.setFlag(editor.picture.state.t, this.flag.checked))
    this.element.addEventListener("keydown", (event) => this.key(event))
  }

  // Keys in the panel are the panel's: neither the picture nor Streamlit acts on them.
  key(event) {
    this.editor.undoKey(event)
    event.stopPropagation()
    if (event.key === "Escape") return this.editor.picture.focus()
    if (event.target !== this.value) return
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (way) {
      event.preventDefault()
      this.editor.nudge(way * (event.shiftKey ? 0.01 : 0.1))
    } else if (event.key === "Enter") this.commit()
  }

  commit() {
    const text = this.value.value.trim()
    if (text === this.written) return
    this.written = text
    this.editor.setValue(text === "" ? NaN : Number(text))
  }

  chooseAnew(place) {
    this.editor.choose(place)
    this.show()
  }

  writeValue(value) {
    this.written = value === null ? "" : String(Number(value.toPrecision(6)))
    this.value.value = this.written
  }

  focusValue() {
    this.value.focus({ preventScroll: true })
    this.value.select()
  }

  say(text) {
    this.status.textContent = text
    this.status.classList.add("spoken")
    this.value.removeAttribute("aria-invalid")
  }

  // What cannot be used is seen as well as heard; the picture stays as it is.
  refuse(text) {
    this.say(text)
    this.status.classList.remove("spoken")
    set(this.value, { "aria-invalid": "true" })
  }

  show() {
    const { editor } = this
    const { editing, model, on, kind, place, about } = editor
    const changes = model?.edited?.changes ?? []
    this.element.hidden = !editing || (!on && !changes.length)
    if (this.element.hidden) return
    this.tools.hidden = !on
    const kinds = editor.kinds.map((one) => one.kind).join()
    if (this.offered !== kinds) {
      this.offered = kinds
      this.kind.replaceChildren(...editor.kinds.map((one) => html("option", { value: one.kind }, one.words)))
    }
    this.kind.value = kind
    this.partLabels.forEach((label, n) => {
      label.hidden = n >= place.length
      if (label.hidden) return
      this.names[n].textContent = about.parts[n]
      set(this.parts[n], { max: about.sizes[n] })
      this.parts[n].value = place[n]
    })
    if (!editor.busy) this.writeValue(editor.value)
    const { change } = editor
    this.was.textContent = change ? `was ${fixed(change.old, 3)}` : ""
    this.wire.hidden = model.cut
    const factor = model.edited?.factor ?? 1
    if (!editor.busy) this.factor.value = factor
    this.factorText.textContent = factor === 0 ? "0, cut" : String(Number(factor.toFixed(2)))
    this.showHistory(editing, changes)
    this.followCursor()
  }

  showHistory(editing, changes) {
    for (const [control, able] of [[this.undo, editing.undo], [this.redo, editing.redo], [this.reset, editing.undo]]) {
      set(control, { "aria-disabled": able ? null : "true" })
    }
    const lines = changes.slice(-SHOWN).map((change) => html("li", { "data-testid": "edit-change" }, tellChange(change)))
    if (changes.length > SHOWN) lines.unshift(html("li", {}, `${changes.length - SHOWN} more`))
    this.changes.replaceChildren(...lines)
  }

  // The loss flag is that of the step one is at.
  followCursor() {
    const { editing, model, picture } = this.editor
    this.flagLabel.hidden = !editing?.flags
    if (this.flagLabel.hidden) return
    const { t } = picture.state
    this.flag.checked = model.columns[t - 1].loss !== null
    this.flagName.textContent = `Loss flag at t = ${t}`
  }
}
