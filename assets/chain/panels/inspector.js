// What the pointer is on, in words and numbers, beside the pointer.

import { entryName } from "../model/entry_name.js"
import { numberLines, saidNumber } from "../model/predicted_number.js"
import { pixelOf } from "../lib/pixels.js"
import { at } from "../model/payload.js"
import { changeAt, placeOf } from "../model/edit_targets.js"
import { brief, fixed, shape, signed, subscript } from "../lib/format.js"
import { tellUses, weightShape } from "../paint/plate.js"
import { button, html } from "../lib/svg.js"

export class Inspector {
  constructor(stage, model) {
    this.stage = stage
    this.model = model
    this.box = html("div", { class: "inspector", "aria-hidden": "true", hidden: true })
    stage.append(this.box)
  }

  show(reference, event) {
    const lines = describe(this.model(), reference)
    if (!lines) return this.hide()
    const [title, ...rest] = lines
    this.box.replaceChildren(
      html("strong", {}, title),
      ...rest.map((line) => html("span", {}, line)),
    )
    this.box.hidden = false
    const frame = this.stage.getBoundingClientRect()
    const { width, height } = this.box.getBoundingClientRect()
    const x = Math.min(event.clientX - frame.left + 14, frame.width - width - 4)
    const above = event.clientY - frame.top - height - 12
    const y = above < 0 ? event.clientY - frame.top + 18 : above
    this.box.style.transform = `translate(${Math.max(2, Math.round(x))}px, ${Math.round(y)}px)`
  }

  hide() {
    this.box.hidden = true
  }

  // What is shown now stays; several may.
  pin() {
    if (this.box.hidden) return false
    const pin = this.box.cloneNode(true)
    pin.classList.add("pinned")
    pin.removeAttribute("aria-hidden")
    pin.append(button("×", { "aria-label": "Take this note away" }, () => pin.remove()))
    this.stage.append(pin)
    return true
  }

  unpin() {
    const pins = this.stage.querySelectorAll(".pinned")
    for (const pin of pins) pin.remove()
    return pins.length > 0
  }
}

export function describe(model, ref) {
  const { segment } = ref
  switch (ref.kind) {
    case "h":
      return hiddenLines(model, ref)
    case "c":
      return [
        `c${subscript(ref.k)}[${ref.i + 1}] = ${signed(at(segment.c, ref.j, ref.i), 4)}`,
        "the cell state, kept by the forget gate",
      ]
    case "dh":
      return gradientLines(ref)
    case "x":
      return ref.entry === undefined
        ? [`x${subscript(ref.k)} ${shape(segment.inputs)}`, inputWords(segment, ref)]
        : pixelLines(model, ref)
    case "y":
      return model.numbers ? numberLines(model, ref.column) : outputLines(model, ref)
    case "loss":
      return [
        `loss${subscript(ref.column.k)} = ${fixed(ref.column.loss, 4)}${model.inUnit}`,
        model.numbers
          ? `½ (${fixed(saidNumber(ref.column), 4)} − ${fixed(ref.column.wanted, 4)})²`
          : `−log p of the label “${model.classes[ref.column.target]}”`,
      ]
    case "weight":
      return [
        `${ref.name} ${shape(...weightShape(segment, ref.name))}`,
        ref.name === "W_hh" && segment.copies
          ? "untied: one at each step"
          : `one array, ${tellUses(segment, ref.name)}`,
      ]
    case "entry":
      return entryLines(model, ref)
    case "slice":
      return [`d${entryName(ref)} at t = ${ref.k}`, brief(ref.value)]
    case "total":
      return [`d${entryName(ref)}${ref.full ? "" : " so far"}`, brief(ref.value)]
    case "update":
      return [
        ref.gradient ? `d${entryName(ref)}, ${ref.what}` : `${ref.what} ${entryName(ref)}`,
        ref.gradient ? brief(ref.value) : signed(ref.value, 5),
      ]
    case "gradient":
      return [
        `${ref.norm_c === undefined ? "‖dh‖" : "‖[dh; dc]‖"} sent ` +
          `from t = ${ref.column.k} to t = ${ref.column.k - 1}: ${normWords(ref)}`,
        ...bothNorms(ref),
      ]
    case "local":
      return [`‖dh‖ from the output at t = ${ref.column.k}: ${normWords(ref)}`]
    default:
      return null
  }
}

const normWords = ({ norm }) => (norm === null ? "overflow" : brief(norm))

const bothNorms = ({ norm_h: h, norm_c: c }) =>
  c === undefined
    ? []
    : [`‖dh‖ ${h === null ? "overflow" : brief(h)}`, `‖dc‖ ${c === null ? "overflow" : brief(c)}`]

function hiddenLines(model, { segment, j, k, i }) {
  const lines = [`h${subscript(k)}[${i + 1}] = ${signed(at(segment.h, j, i), 4)}`]
  if (j > 0 && model.cell === "rnn") {
    lines.push(
      `from x ${signed(at(segment.from_x, j - 1, i), 4)}`,
      `from h ${signed(at(segment.from_h, j - 1, i), 4)}`,
      `bias ${signed(at(segment.weights.b_h, i, 0), 4)}`,
    )
  } else if (j === 0 && k === 0) lines.push("the state before the first step")
  return lines
}

function gradientLines({ segment, j, k, i }) {
  const { gradients: g } = segment
  return [
    `dh${subscript(k)}[${i + 1}] = ${brief(at(g.dh, j, i))}`,
    `own output ${brief(at(g.dh_local, j, i))}`,
    `from the future ${brief(at(g.dh_recurrent, j, i))}`,
  ]
}

function pixelLines(model, { segment, j, k, entry }) {
  const row = segment.rows.index.indexOf(entry)
  const number = row < 0 ? "" : ` = ${fixed(at(segment.x, j, row), 4)}`
  const where =
    segment.input === "row"
      ? `pixel ${entry + 1} of the row`
      : `the pixel in ${pixelOf(model.picture.shape, entry)}`
  return [`x${subscript(k)}[${entry + 1}]${number}`, where]
}

function inputWords(segment, { j }) {
  const label = segment.labels[j]
  const source = {
    data: "from the data",
    own: "the network’s own output",
    target: "given by the teacher",
  }
  const how = segment.rows.picked
    ? "picks one row of W_xh"
    : segment.embedded
      ? "looked up as a vector"
      : ""
  return [`“${label}”`, source[segment.fed[j]], how].filter(Boolean).join(", ")
}

function outputLines(model, { column, c }) {
  const { out } = column.segment
  return [
    `p(${model.classes[c] ?? c}) = ${fixed(at(out.p, column.j, c), 4)}`,
    `logit ${signed(at(out.logits, column.j, c), 3)}`,
    [c === column.chosen && "chosen", c === column.target && "the target"]
      .filter(Boolean)
      .join(", "),
  ].filter(Boolean)
}

function entryLines(model, { segment, name, r, c, value, copy }) {
  const array = segment.weights[name]
  const number = value ?? array.data[name.startsWith("b") ? c : r * array.width + c]
  const lines = [`${entryName({ name, r, c, segment })} = ${signed(number, 4)}`]
  const edited = changeAt(model, placeOf({ kind: "entry", segment, name, r, c, copy }))
  return edited ? [...lines, `edited, was ${signed(edited.old, 4)}`] : lines
}
