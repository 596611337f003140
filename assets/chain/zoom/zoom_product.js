// Level 4: one product, and in the backward phase what it means for the weight.

import { brief, fixed } from "../lib/format.js"
import { allTerms } from "../model/terms.js"
import { html, svg, typeset } from "../lib/svg.js"

export function paintProduct({ model, state, choose }) {
  const terms = allTerms(model, state)
  if (!terms.length) return html("p", {}, "Nothing arrives here, so there is no product to show.")
  const term = terms[Math.min(state.source, terms.length) - 1]
  const factors = html(
    "div",
    { class: "product", "data-testid": "product", "data-value": term.product },
    block(term.names[0], term.factor),
    sign("×"),
    block(term.names[1], term.weight),
    sign("="),
    block(term.result ?? "contribution", term.product, true),
  )
  const more = state.phase === "backward" ? [] : gradientLine(model, state, term)
  return html("div", { class: "product-view" }, factors, ...more, among(terms, term, state, choose))
}

const BAR = 14
const TALL = 56

// This product among all that the unit adds up: a bar for each, one click leads to another.
function among(terms, term, { unit, t, phase }, choose) {
  const most = Math.max(1e-12, ...terms.map(({ product }) => Math.abs(product)))
  const width = terms.length * BAR + 2
  const bars = terms.map((one, n) => {
    const high = Math.max(1, (Math.abs(one.product) / most) * TALL)
    const bar = svg(
      "g",
      {
        class: one === term ? "one-of chosen" : "one-of",
        transform: `translate(${n * BAR + 1} 0)`,
      },
      svg("title", {}, `${one.names[0]} × ${one.names[1]} = ${numberText(one.product)}`),
      svg("rect", { class: "one-of-room", width: BAR, height: 2 * TALL + 8 }),
      svg("rect", {
        class: one.product < 0 ? "minus-bar" : "plus-bar",
        x: 2.5,
        width: BAR - 5,
        height: high,
        y: TALL + 4 - (one.product < 0 ? 0 : high),
      }),
    )
    bar.addEventListener("click", () => choose({ source: n + 1 }))
    return bar
  })
  const back = phase === "backward"
  return html(
    "figure",
    { class: back ? "among of-gradient" : "among", "data-testid": "among" },
    html(
      "div",
      { class: "among-bars" },
      svg(
        "svg",
        {
          width,
          height: 2 * TALL + 8,
          role: "img",
          "aria-label": `product ${terms.indexOf(term) + 1} of ${terms.length}`,
        },
        ...bars,
        svg("path", { class: "axis", d: `M0 ${TALL + 4}H${width}` }),
      ),
    ),
    html(
      "figcaption",
      {},
      `Product ${terms.indexOf(term) + 1} of ${terms.length} shown for unit ${unit} at t = ${t}. ` +
        `Up adds, down takes away; the longest bar is ${numberText(most)}.`,
    ),
  )
}

const numberText = (value) =>
  Math.abs(value) >= 1e-3 || value === 0 ? fixed(value, 5) : brief(value)

const sign = (text) => html("span", { class: "big-sign" }, text)

const block = (letters, value, strong) =>
  html(
    "span",
    { class: strong ? "factor strong" : "factor" },
    html("span", {}, ...typeset(letters)),
    html("b", {}, numberText(value)),
  )

// The share of this step in the weight's gradient: what came in times the gradient behind it.
function gradientLine(model, { t }, { factor, names, arriving, gradient }) {
  if (!arriving) return []
  const share = factor * arriving.value
  return [
    html(
      "p",
      { class: "quiet-text" },
      "Going back, the same two places give this step’s share in the weight’s gradient:",
    ),
    html(
      "div",
      { class: "product", "data-testid": "product-gradient", "data-value": share },
      block(names[0], factor),
      sign("×"),
      block(arriving.letters, arriving.value),
      sign("="),
      block(`${gradient} at t = ${t}`, share, true),
    ),
  ]
}
