// The sums of a gated cell: one for each gate, of the same incoming values; and the way back
// through the gates. Pure; products are made here for display, totals are the engine's.

import { MOST, inputTerms, stateTerms, stepAfter, unsent } from "./step_terms.js"
import { at } from "./payload.js"
import { subscript } from "../lib/format.js"
import { oneMinusGate, slopeOf } from "./derivatives.js"

export const GATES = { gru: ["r", "z", "n"], lstm: ["i", "f", "g", "o"] }
export const GATE_NAMES = {
  gru: { r: "reset gate", z: "update gate", n: "candidate" },
  lstm: { i: "input gate", f: "forget gate", g: "candidate", o: "output gate" },
}
export const squash = (gate) => (gate === "n" || gate === "g" ? "tanh" : "σ")

/**
 * One record for each gate: its x part and its h part term by term, its bias, sum and value. The h
 * part of gru's candidate ends at h·W_hn, in front of b_hn and the reset gate.
 *
 * @param {Model} model
 * @param {Column} column
 * @param {number} i
 */
export function gateSums(model, column, i) {
  const { segment, j, k } = column
  const H = segment.hidden
  const places = GATES[model.cell].map((block, b) => ({ q: b * H + i, unit: i + 1, block }))
  const share = (place) =>
    model.cell === "gru" && place.block === "n"
      ? at(segment.n_recurrent, j, i) - at(segment.weights.b_hn, i, 0)
      : at(segment.from_h, j, place.q)
  const x = shortenTogether(
    places.map((place) => inputTerms(column, place)),
    places.map(({ q }) => at(segment.from_x, j, q)),
    unsent(segment),
  )
  const h = shortenTogether(
    places.map((place) => stateTerms(column, place)),
    places.map(share),
    0,
  )
  return places.map(({ q, block }, n) => ({
    gate: block,
    x: {
      use: "W_xh",
      gate: block,
      letters: segment.rows.picked ? `W_x${block}` : `x${subscript(k)}·W_x${block}`,
      ...x[n],
    },
    h: { use: "W_hh", gate: block, letters: `h${subscript(k - 1)}·W_h${block}`, ...h[n] },
    from_h: at(segment.from_h, j, q),
    bias: at(segment.weights.b_h, q, 0),
    a: at(segment.a, j, q),
    value: at(segment.gates[block], j, i),
  }))
}

/**
 * All gates show the same terms, so that they stand side by side: the largest over the gates.
 *
 * @param {Term[][]} lists
 * @param {number[]} totals
 * @param {number} others
 */
function shortenTogether(lists, totals, others) {
  const count = lists[0].length
  const size = (at_) => Math.max(...lists.map((terms) => Math.abs(terms[at_].product)))
  const all = Array.from({ length: count }, (_, at_) => at_)
  const kept =
    count <= MOST + 1
      ? all
      : [...all]
          .sort((a, b) => size(b) - size(a))
          .slice(0, MOST)
          .sort((a, b) => a - b)
  const hidden = others + count - kept.length
  return lists.map((list, n) => {
    const terms = kept.map((at_) => list[at_])
    const missing = totals[n] - terms.reduce((sum, term) => sum + term.product, 0)
    return { terms, total: totals[n], rest: hidden ? { count: hidden, product: missing } : null }
  })
}

const term = (kind, names, factor, weight, product) => ({
  index: 0,
  kind,
  letters: names[0],
  names,
  factor,
  weight,
  product: product ?? factor * weight,
})

/**
 * Behind dh: for lstm the gradient of c as a sum, then what each gate's own sum receives.
 *
 * @param {Model} model
 * @param {Column} column
 * @param {number} i
 */
export function backwardGates(model, column, i) {
  return model.cell === "lstm"
    ? [cellGradient(model, column, i), lstmGates(column, i)]
    : [gruGates(column, i)]
}

/**
 * @param {Model} model
 * @param {Column} column
 * @param {number} i
 */
function cellGradient(model, column, i) {
  const { segment, j, k } = column
  const { gradients: g, gates } = segment
  const slope = at(gates.o, j, i) * slopeOf(segment, j, i, "tanh c")
  const now = `${subscript(k)}[${i + 1}]`
  const next = stepAfter(model, column)
  const terms = [
    term("c", [`dh${now}`, `o · (1 − tanh² c${subscript(k)})`], at(g.dh, j + 1, i), slope),
  ]
  if (next) {
    const then = `${subscript(k + 1)}[${i + 1}]`
    terms.push(
      term(
        "c",
        [`dc${then}`, `f${then}`],
        at(next.segment.gradients.dc, next.j + 1, i),
        at(next.segment.gates.f, next.j, i),
      ),
    )
  }
  return { use: "cell", letters: `dc${now}`, total: at(g.dc, j + 1, i), terms, rest: null }
}

/**
 * @param {Column} column
 * @param {number} i
 */
function lstmGates({ segment, j, k }, i) {
  const { gradients: g, hidden: H } = segment
  const input = at(segment.gates.i, j, i)
  const candidate = at(segment.gates.g, j, i)
  const slope = (gate) => slopeOf(segment, j, i, gate)
  const dc = at(g.dc, j + 1, i)
  const now = `${subscript(k)}[${i + 1}]`
  const slopes = [
    [`dc${now}`, "g · i · (1 − i)", dc, candidate * slope("i")],
    [`dc${now}`, `c${subscript(k - 1)} · f · (1 − f)`, dc, at(segment.c, j, i) * slope("f")],
    [`dc${now}`, "i · (1 − g²)", dc, input * slope("g")],
    [
      `dh${now}`,
      `tanh c${subscript(k)} · o · (1 − o)`,
      at(g.dh, j + 1, i),
      Math.tanh(at(segment.c, j + 1, i)) * slope("o"),
    ],
  ]
  return intoGates(GATES.lstm, slopes, now, (b) => at(g.da, j, b * H + i))
}

/**
 * @param {Column} column
 * @param {number} i
 */
function gruGates({ segment, j, k }, i) {
  const { gradients: g, hidden: H } = segment
  const slope = (gate) => slopeOf(segment, j, i, gate)
  const dh = at(g.dh, j + 1, i)
  const now = `${subscript(k)}[${i + 1}]`
  const slopes = [
    [
      `da_n${now}`,
      "(h·W_hn + b_hn) · r · (1 − r)",
      at(g.da, j, 2 * H + i),
      at(segment.n_recurrent, j, i) * slope("r"),
    ],
    [
      `dh${now}`,
      `(h${subscript(k - 1)} − n) · z · (1 − z)`,
      dh,
      (at(segment.h, j, i) - at(segment.gates.n, j, i)) * slope("z"),
    ],
    [`dh${now}`, "(1 − z) · (1 − n²)", dh, oneMinusGate(segment, j, i, "z") * slope("n")],
  ]
  return intoGates(GATES.gru, slopes, now, (b) => at(g.da, j, b * H + i))
}

// Not a sum: each line ends at one gate.
const intoGates = (gates, slopes, now, da) => ({
  use: "gates",
  letters: null,
  total: null,
  rest: null,
  terms: slopes.map(([from, by, factor, weight], b) => ({
    ...term("gate", [from, by], factor, weight, da(b)),
    result: `da_${gates[b]}${now}`,
  })),
})
