// The code view: the NumPy lines of the stop one is at, one line a stop of its own.

import { givenBy, linesAt } from "../model/code_lines.js"
import { brief, fixed, shape } from "../lib/format.js"
import { reveal } from "../lib/scroll_into_view.js"
import { html, set } from "../lib/svg.js"

// What the chain draws of a step, by phase: it waits for the line that gives it.
const DRAWN = { forward: ["h", "p"], backward: ["dh"] }
const START =
  "Time counts from 1 as in the picture, so h[0] is the state before the first step. " +
  "H and C are the sizes of h and y; every dW and every m and v begin at 0. " +
  "In a batch dW_of[b] is example b’s own gradient and n[b] its number of scored steps. " +
  "Untied, W_hh[t] is the one of step t."
const SHOWN = { wide: 6, narrow: 3 }

export class CodePanel {
  constructor(picture) {
    this.picture = picture
    this.list = html("ol", { class: "code-lines" })
    this.about = html("p", { class: "code-about" })
    this.before = html(
      "details",
      { class: "code-before" },
      html("summary", {}, "What stands before these lines"),
    )
    this.element = html(
      "section",
      {
        class: "code notranslate",
        translate: "no",
        hidden: true,
        "aria-label": "The same step in NumPy",
        "data-testid": "code",
      },
      this.about,
      this.list,
      this.before,
    )
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-op]")
      if (row) picture.update({ op: Number(row.dataset.op) })
    })
    this.list.addEventListener("pointerover", (event) => {
      picture.highlight(event.target.closest("[data-op]")?.dataset.lights ?? "")
    })
    this.list.addEventListener("pointerleave", () => picture.highlight(""))
  }

  // The lines are fetched when somebody first wants to see them; until then the picture stays as it
  // is.
  async open() {
    if (this.asked) return
    this.asked = true
    const { TEMPLATES, BEFORE } = await import("../model/code_templates.js")
    this.templates = TEMPLATES
    this.before.append(
      html("pre", { "data-testid": "code-before" }, BEFORE.join("\n")),
      html("p", {}, START),
    )
    this.picture.revalidate()
  }

  lines(model, state) {
    return this.templates ? linesAt(this.templates, model, state) : []
  }

  show(model, state) {
    if (state.code) this.open()
    const lines = state.code ? this.lines(model, state) : []
    const shown = lines.length > 0
    const opens = shown && this.element.hidden
    this.element.hidden = !shown
    this.picture.equation.hidden = shown // it would tell what is still to come
    const { root } = this.picture
    delete root.dataset.pending
    if (!shown) return
    const op = Math.min(state.op, lines.length)
    const most = root.classList.contains("narrow") ? SHOWN.narrow : SHOWN.wide
    this.about.textContent = about(state, op, lines.length)
    this.list.replaceChildren(...lines.map((line, n) => row(line, n + 1, op, most)))
    const given = givenBy(lines, op)
    const pending = (DRAWN[state.phase] ?? []).filter((name) => !given.has(name))
    if (pending.length) root.dataset.pending = pending.join(" ")
    this.picture.highlight(lines[op - 1]?.lights ?? "")
    // Who asked for it sees it; who came by a link stays where the page begins.
    if (opens && this.wanted) reveal(this.element)
    this.wanted = false
  }
}

function about({ phase, t }, op, count) {
  const where =
    phase === "update" ? "Update" : `${phase[0].toUpperCase()}${phase.slice(1)}, t = ${t}`
  return (
    `${where}: line ${op} of ${count}. ` +
    "The buttons beside Play, and the Page keys, go line by line."
  )
}

function row({ code, lights, result }, n, op, most) {
  const done = n <= op
  const line = html(
    "li",
    { "data-op": n, "data-lights": lights, class: done ? "" : "later" },
    html("button", { type: "button", "data-testid": `code-${n}` }, html("code", {}, code)),
    html(
      "span",
      { class: "code-result", "data-testid": `code-result-${n}` },
      done && result ? tell(result, most) : "",
    ),
  )
  set(line, { "aria-current": n === op ? "step" : null })
  return line
}

function tell({ values, norm, scale, row: part, sizes = [values?.length] }, most) {
  if (scale !== undefined) return `times ${fixed(scale, 4)}`
  if (norm !== undefined) return `adds a matrix of norm ${brief(norm)}`
  if (values.length === 1) return number(values[0], values)
  const limited = Math.min(most, part?.width ?? most)
  const few = [...values.slice(0, limited)].map((value) => number(value, values))
  const more = values.length > most ? ", …" : ""
  return `${part ? `row ${part.number}: ` : ""}[${few.join(", ")}${more}] ${shape(...sizes)}`
}

// Small arrays, gradients mostly, need powers of ten; the rest reads best with fixed digits.
function number(value, values) {
  const largest = values.reduce((most, one) => Math.max(most, Math.abs(one)), 0)
  return largest > 0 && largest < 0.01 ? brief(value) : fixed(value, 3)
}
