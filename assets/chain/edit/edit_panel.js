// The controls of editing: which number and its value, the recurrent wire, untying, loss flags; and
// what was edited, with undo, redo and reset.

import { group, number, take, typing, write } from "./number_field.js"
import { hintOf, meaningOf, tellChange, tellMoved, tellUntied } from "./edit_text.js"
import { fixed } from "../lib/format.js"
import { button, html, set } from "../lib/svg.js"
import { readTyped } from "../lib/typed_numbers.js"

const SHOWN = 6

export class EditPanel {
  constructor(editor) {
    this.editor = editor
    this.element = html("div", { class: "edit-panel", hidden: true, "data-testid": "edit-panel" })
    this.hint = html("p", { class: "edit-hint" })
    this.tools = html(
      "div",
      { class: "edit-tools" },
      this.buildNumber(),
      this.buildWire(),
      this.buildFlag(),
    )
    this.told = html("p", { class: "edit-told", "data-testid": "edit-told" })
    this.element.append(this.hint, this.tools, this.told, this.buildHistory())
    this.listen()
  }

  buildNumber() {
    this.kind = html("select", {
      class: "notranslate",
      translate: "no",
      "data-testid": "edit-kind",
    })
    this.parts = ["a", "b", "c"].map((name) =>
      number({ whole: true, "data-testid": `edit-${name}` }),
    )
    for (const input of this.parts) write(input, "")
    this.names = this.parts.map(() => html("span"))
    this.partLabels = this.parts.map((input, n) => html("label", {}, this.names[n], input))
    this.value = number({ "data-testid": "edit-value" })
    write(this.value, "")
    this.meaning = html("span", {
      class: "meaning notranslate",
      translate: "no",
      "data-testid": "edit-meaning",
    })
    return group(
      "A number",
      html("label", {}, html("span", {}, "Number"), this.kind),
      ...this.partLabels,
      html("label", {}, html("span", {}, "becomes"), this.value),
      this.meaning,
    )
  }

  buildWire() {
    const { editor } = this
    this.factor = html("input", {
      type: "range",
      min: 0,
      max: 2,
      step: 0.05,
      "data-testid": "edit-factor",
    })
    this.factorText = html("output", { class: "notranslate", translate: "no" })
    this.factorName = html("span")
    this.cut = button("Cut", { class: "quiet-button", "data-testid": "edit-cut" }, () =>
      editor.setFactor(editor.factor ? 0 : 1),
    )
    this.untie = html("input", { type: "checkbox", "data-testid": "edit-untie" })
    this.untieName = html("span")
    this.untieLabel = html("label", {}, this.untie, this.untieName)
    this.wire = group(
      "The recurrent wire",
      html("label", {}, this.factorName, this.factor, this.factorText),
      this.cut,
      this.untieLabel,
    )
    return this.wire
  }

  buildFlag() {
    this.flag = html("input", { type: "checkbox", "data-testid": "edit-flag" })
    this.flagName = html("span")
    this.handle = html(
      "span",
      { class: "flag-handle", title: "Drag this flag onto a step", "aria-hidden": "true" },
      "⚑",
    )
    this.flags = group("Loss flags", html("label", {}, this.flag, this.flagName), this.handle)
    return this.flags
  }

  buildHistory() {
    const request = (name, words) =>
      button(words, { class: "quiet-button", "data-testid": `edit-${name}` }, () =>
        this.editor.takeBack(name),
      )
    this.undo = request("undo", "Undo")
    this.redo = request("redo", "Redo")
    this.reset = request("reset", "Reset")
    this.changes = html("ul", { class: "notranslate", translate: "no", "aria-label": "Edited" })
    this.status = html("span", { class: "spoken", role: "status" })
    return html(
      "div",
      { class: "edit-history" },
      this.undo,
      this.redo,
      this.reset,
      this.changes,
      this.status,
    )
  }

  listen() {
    const { editor } = this
    this.kind.addEventListener("change", () => {
      const about = editor.kinds.find(({ id }) => id === this.kind.value)
      this.parts.forEach(take)
      this.chooseAnew({ ...about, place: [] })
    })
    for (const input of this.parts) {
      input.addEventListener("change", () => this.commitPlace(input))
    }
    this.value.addEventListener("change", () => this.commit())
    this.factor.addEventListener("input", () => {
      editor.setFactor(Number(this.factor.value), this.sliding === true)
      this.sliding = true
    })
    this.factor.addEventListener("change", () => {
      this.sliding = false
    })
    this.untie.addEventListener("change", () => editor.untie(this.untie.checked))
    this.flag.addEventListener("change", () =>
      editor.setFlag(editor.picture.state.t, this.flag.checked),
    )
    this.element.addEventListener("keydown", (event) => this.key(event))
  }

  // Keys in the panel are the panel's: neither the picture nor Streamlit acts on them.
  key(event) {
    this.editor.undoKey(event)
    event.stopPropagation()
    if (event.key === "Escape") return this.editor.picture.focus()
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (way && this.parts.includes(event.target)) {
      event.preventDefault()
      return this.stepPlace(event.target, way)
    }
    if (event.target !== this.value) return
    if (way) {
      event.preventDefault()
      this.editor.nudge(way * (event.shiftKey ? 0.01 : 0.1))
    } else if (event.key === "Enter") this.commit()
  }

  commit() {
    if (!typing(this.value)) return
    const { value, problem } = readTyped(take(this.value))
    this.editor.nudged = null
    if (problem) return this.refuse(problem)
    this.editor.setValue(value)
  }

  // A row or a column is a whole number; what is none leaves the place as it is, and says so.
  commitPlace(input) {
    const typed = readTyped(take(input))
    const at = this.parts.indexOf(input)
    const [least, most] = this.editor.about.bounds[at]
    if (!Number.isInteger(typed.value) || typed.value < least || typed.value > most) {
      this.show()
      return this.refuse(
        typed.problem ??
          `The ${this.names[at].textContent} is a whole number from ${least} to ${most}.`,
        input,
      )
    }
    this.say("")
    set(input, { "aria-invalid": null })
    const place = this.parts.map((part, n) =>
      part === input ? typed.value : (this.editor.place[n] ?? 1),
    )
    this.chooseAnew({ ...this.editor.about, place })
  }

  stepPlace(input, way) {
    const n = this.parts.indexOf(input)
    const [least, most] = this.editor.about.bounds[n]
    write(input, String(Math.min(most, Math.max(least, this.editor.place[n] + way))))
    this.commitPlace(input)
  }

  chooseAnew(place) {
    this.editor.choose(place)
    this.show()
  }

  // The field keeps what is being typed or nudged, but never the number of another place.
  followValue(where, value, busy) {
    if (where === this.where && (busy || typing(this.value))) return
    this.where = where
    this.writeValue(value)
  }

  // What was typed and not taken yet gives way.
  forget() {
    take(this.value)
  }

  // What the field says, null where it says nothing.
  get number() {
    return readTyped(this.value.value).value ?? null
  }

  writeValue(value) {
    write(this.value, value === null ? "" : String(Number(value.toPrecision(6))))
  }

  // A finger would only call up the keyboard, which covers the picture.
  focusValue(pointer = matchMedia("(pointer: coarse)").matches ? "touch" : "") {
    if (pointer === "touch") return
    this.value.focus({ preventScroll: true })
    this.value.select()
  }

  say(text) {
    this.status.textContent = text
    this.status.classList.add("spoken")
    this.value.removeAttribute("aria-invalid")
  }

  // What cannot be used is seen as well as heard; the picture stays as it is.
  refuse(text, field = this.value) {
    this.say(text)
    this.status.classList.remove("spoken")
    set(field, { "aria-invalid": "true" })
  }

  show() {
    const { editor } = this
    const { editing, model, on, about } = editor
    const changes = model?.edited?.changes ?? []
    this.element.hidden = !editing || (!on && !changes.length)
    if (this.element.hidden) return
    this.tools.hidden = this.hint.hidden = !on
    this.hint.textContent = hintOf(model, editing, editor.picture.root.classList.contains("narrow"))
    this.showPlace(editor)
    this.showWire(editor)
    this.tell(model, about.segment)
    this.showHistory(editing, changes)
    this.followCursor()
  }

  showPlace({ kinds, about, place, busy, value, change, model }) {
    const offered = kinds.map(({ id, words }) => `${id} ${words}`).join()
    if (this.offered !== offered) {
      this.offered = offered
      this.kind.replaceChildren(...kinds.map((one) => html("option", { value: one.id }, one.words)))
    }
    this.kind.value = about.id
    this.partLabels.forEach((label, n) => {
      label.hidden = n >= place.length
      if (label.hidden) return
      this.names[n].textContent = about.parts[n]
      const [min, max] = about.bounds[n]
      set(this.parts[n], { "aria-valuemin": min, "aria-valuemax": max, "aria-valuenow": place[n] })
      if (!typing(this.parts[n])) write(this.parts[n], String(place[n]))
    })
    set(this.value, { "aria-valuenow": value })
    this.followValue(`${about.id} ${place}`, value, busy)
    const was = change ? `was ${fixed(change.old, 3)} · ` : ""
    this.meaning.textContent = `${was}${meaningOf(model, about, place)}`
  }

  showWire({ model, factor, busy, segment, editing }) {
    const whose = model.segments.length > 1 ? `${segment.name} ` : ""
    this.wire.hidden = model.cut
    this.factorName.textContent = `Recurrent wire, ${whose}W_hh ×`
    if (!busy) this.factor.value = factor
    this.factorText.textContent = factor === 0 ? "0, cut" : String(Number(factor.toFixed(2)))
    this.cut.textContent = factor === 0 ? "Mend" : "Cut"
    this.untieLabel.hidden = segment.steps < 2 && !segment.copies
    this.untie.checked = Boolean(segment.copies)
    this.untie.disabled = Boolean(editing.tied)
    this.untieName.textContent = `Untie ${whose}W_hh: one for each step`
  }

  // What untying costs, and what it cannot do; and why some numbers are not offered.
  tell(model, segment) {
    const words = []
    if (segment.copies) words.push(tellUntied(model, segment))
    if (model.cut && this.editor.on)
      words.push("The loop is cut, so W_hh and h₀ do nothing here and cannot be edited.")
    if (this.editor.editing.tied && this.editor.on) words.push(this.editor.editing.tied)
    this.told.textContent = words.join(" ")
    this.told.hidden = !words.length
  }

  showHistory(editing, changes) {
    for (const [control, able] of [
      [this.undo, editing.undo],
      [this.redo, editing.redo],
      [this.reset, editing.undo],
    ]) {
      set(control, { "aria-disabled": able ? null : "true" })
    }
    const { model } = this.editor
    const lines = changes
      .slice(-SHOWN)
      .map((change) => html("li", { "data-testid": "edit-change" }, tellChange(model, change)))
    if (changes.length > SHOWN) lines.unshift(html("li", {}, `${changes.length - SHOWN} more`))
    const moved = tellMoved(model)
    if (moved) lines.push(html("li", { class: "moved", "data-testid": "edit-moved" }, moved))
    this.changes.replaceChildren(...lines)
  }

  // The loss flag is that of the step one is at.
  followCursor() {
    const { editing, model, picture } = this.editor
    this.flags.hidden = !editing?.flags
    if (this.flags.hidden) return
    const { t } = picture.state
    const column = model.columns[t - 1]
    this.flag.checked = column.loss !== null
    this.flag.disabled = !column.segment.out
    this.flagName.textContent = `Loss flag at t = ${t}`
  }
}
