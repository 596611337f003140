// The equation under the picture, live numbers beside the letters; hovering a term lights its
// source.

import { ownScale, saidNumber } from "../model/predicted_number.js"
import { at } from "../model/payload.js"
import { addUp, equals, factorText, fixed, subscript } from "../lib/format.js"
import { slopeOf } from "../model/derivatives.js"
import { html, typeset } from "../lib/svg.js"
import { sumOf } from "../zoom/zoom_combine.js"

const term = (use, letters, number) =>
  html(
    "span",
    { class: `term ${use}`, "data-term": use },
    html("span", { class: "letters" }, ...typeset(letters)),
    " ",
    html("b", {}, number),
  )

const plain = (text) => html("span", { class: "sign" }, text)

export function writeEquation(model, state) {
  if (state.phase === "loss") return lossEquation(model, state)
  const column = model.columns[state.t - 1]
  if (column.segment.disconnected)
    return [
      plain(
        "A network without the wires has nothing here: " +
          "of what is read, nothing reaches the decoder.",
      ),
    ]
  if (state.phase === "backward") return backwardEquation(model, column, state.unit - 1)
  if (state.phase === "update") return updateEquation(model)
  return model.cell === "rnn"
    ? forwardEquation(model, column, state.unit - 1)
    : gatedEquation(model, column, state.unit - 1)
}

const name = (letter, k, unit) => `${letter}${subscript(k)}[${unit + 1}]`

function forwardEquation(model, { segment, j, k, label }, i) {
  const bias = at(segment.weights.b_h, i, 0)
  const a = at(segment.a, j, i)
  const fromX = at(segment.from_x, j, i)
  const fromH = at(segment.from_h, j, i)
  const sum = addUp(model.cut ? [fromX, bias] : [fromX, fromH, bias], a)
  const read = segment.rows.picked ? `W_xh[${label}]` : `x${subscript(k)}·W_xh`
  const parts = [term("W_xh", read, sum.addends[0])]
  if (!model.cut) parts.push(plain("+"), term("W_hh", `h${subscript(k - 1)}·W_hh`, sum.addends[1]))
  parts.push(plain("+"), term("b_h", "b_h", sum.addends[sum.addends.length - 1]))
  const act = segment.activation ?? "tanh"
  return [
    term("h", name("h", k, i), ""),
    plain(`= ${act}(`),
    ...parts,
    plain(`) ${equals(sum)} ${act}(`),
    term("a", "", sum.total),
    plain(") ="),
    term("h result", "", sum.write(at(segment.h, j + 1, i))),
    model.cut ? plain("— nothing comes from the step before") : "",
  ]
}

// The gates, and how they make the new state: c = f·c + i·g, h = o·tanh(c), or h = (1−z)·n + z·h.
function gatedEquation(model, column, i) {
  const { segment, j, k } = column
  const { products, total, letters } = sumOf(model, column, i)
  const sum = addUp(
    products.map(({ factors: [one, two] }) => one * two),
    total,
    3,
    6,
  )
  const use = model.cell === "lstm" ? "c" : "h"
  const parts = [term(use, `${letters}[${i + 1}]`, ""), plain("=")]
  products.forEach(({ letters: [one, two], factors }, n) => {
    if (n) parts.push(plain("+"))
    parts.push(
      term("gate", one, sum.write(factors[0])),
      plain("·"),
      term("state", two, sum.write(factors[1])),
    )
  })
  parts.push(
    plain("="),
    term("part", "", sum.addends[0]),
    plain("+"),
    term("part", "", sum.addends[1]),
  )
  parts.push(plain(equals(sum)), term(`${use} result`, "", sum.total))
  if (model.cell === "gru") return parts
  const o = at(segment.gates.o, j, i)
  const bent = Math.tanh(at(segment.c, j + 1, i))
  return [
    ...parts,
    plain(";"),
    term("h", name("h", k, i), ""),
    plain("="),
    term("gate", "o", sum.write(o)),
    plain("·"),
    term("state", `tanh(c${subscript(k)})`, sum.write(bent)),
    plain("="),
    term("h result", "", sum.write(at(segment.h, j + 1, i))),
  ]
}

function lossEquation(model, { t }) {
  const column = model.columns[t - 1]
  const { inUnit } = model
  const parts = []
  if (column.loss !== null && model.numbers) {
    parts.push(
      term("loss", `loss${subscript(t)}`, ""),
      plain("= ½ (ŷ − y)² = ½ ("),
      term("y", "", fixed(saidNumber(column), 4)),
      plain("−"),
      term("y", "", fixed(column.wanted, 4)),
      plain(")² ="),
      term("loss", "", fixed(column.loss, 4)),
      plain(model.says_in ? `(${ownScale(model)})` : ""),
    )
  } else if (column.loss !== null) {
    const p = at(column.segment.out.p, j(column), column.target)
    parts.push(
      term("loss", `loss${subscript(t)}`, ""),
      plain("= −log p("),
      term("y", model.classes[column.target], ""),
      plain(") = −log"),
      term("y", "", fixed(p, 4)),
      plain("="),
      term("loss", "", `${fixed(column.loss, 4)}${inUnit}`),
    )
  }
  if (model.scored.length > 1) {
    const total = model.scored.reduce((sum, { loss }) => sum + loss, 0)
    const few = model.scored.length <= 6
    const sum = addUp(
      model.scored.map(({ loss }) => loss),
      total,
    )
    parts.push(plain(parts.length ? "·  mean = (" : "mean = ("))
    parts.push(
      term("loss", "", few ? sum.addends.join(" + ") : sum.total),
      plain(`) / ${model.scored.length} ${few && !meets(sum, model) ? "≈" : "="}`),
      term("loss result", "", `${fixed(model.loss, 4)}${inUnit}`),
    )
  } else if (!parts.length) {
    parts.push(plain("loss ="), term("loss result", "", `${fixed(model.loss, 4)}${inUnit}`))
  }
  return parts
}

// Whether the losses as shown have the mean as shown.
function meets({ digits }, { scored, loss }) {
  const unit = 10 ** digits
  const shown =
    scored.reduce((sum, one) => sum + Math.round(one.loss * unit), 0) / unit / scored.length
  return !Number.isFinite(loss) || Math.abs(shown - Number(loss.toFixed(4))) < 0.5001e-4
}

const j = (column) => column.j

function backwardEquation(model, { segment, j, k }, i) {
  const { gradients: g } = segment
  const dh = at(g.dh, j + 1, i)
  const sum = addUp([at(g.dh_local, j + 1, i), at(g.dh_recurrent, j + 1, i)], dh, 3, 7)
  const parts = [
    term("dh", name("dh", k, i), ""),
    plain("="),
    term("own", "own output", sum.addends[0]),
    plain("+"),
    term("future", "from the future", sum.addends[1]),
  ]
  parts.push(plain(equals(sum)), term("dh result", "", sum.total))
  if (model.cell === "lstm") parts.push(plain(";"), ...cellGradient(segment, j, k, i))
  if (model.cell === "rnn" && segment.activation === "tanh") {
    parts.push(
      plain("·"),
      term("da", `${name("da", k, i)} = dh · (1 − h²)`, ""),
      plain("="),
      term("dh", "", sum.total),
      plain("·"),
      term("h", "", factorText(slopeOf(segment, j, i, "h"), 4)),
      plain("="),
      term("da result", "", sum.write(at(g.da, j, i))),
    )
  }
  return parts
}

// The second way back, along c.
function cellGradient({ gradients: g }, j, k, i) {
  const dc = at(g.dc, j + 1, i)
  const future = at(g.dc_recurrent, j + 1, i)
  const sum = addUp([dc - future, future], dc, 3, 7)
  const parts = [
    term("dc", name("dc", k, i), ""),
    plain("="),
    term("own-c", "through h", sum.addends[0]),
    plain("+"),
    term("future-c", "from the future", sum.addends[1]),
  ]
  return [...parts, plain(equals(sum)), term("dc result", "", sum.total)]
}

function updateEquation(model) {
  const { update, batch } = model
  const both = ({ loss_before: before, loss_after: after }, whose) => [
    plain(`loss ${whose}:`),
    term("loss", "before", fixed(before, 4)),
    plain("→"),
    term("loss result", "after", `${fixed(after, 4)}${model.inUnit}`),
  ]
  return [
    ...both(update, "on this example"),
    ...(batch ? [plain("·"), ...both(batch, `on all ${batch.size}`)] : []),
    plain(update.rate ? `(${update.rate})` : ""),
  ]
}
