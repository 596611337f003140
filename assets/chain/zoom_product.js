// Level 4: one product, and in the backward phase what it means for the weight.

import { at } from "./data.js"
import { brief, fixed, subscript } from "./format.js"
import { allTerms } from "./terms.js"
import { html, typeset } from "./svg.js"

export function paintProduct({ model, state }) {
  const terms = allTerms(model, state)
  if (!terms.length) return html("p", {}, "Nothing arrives here, so there is no product to show.")
  const term = terms[Math.min(state.source, terms.length) - 1]
  const factors = html("div", { class: "product", "data-testid": "product", "data-value": term.product },
    block(term.names[0], term.factor), sign("×"), block(term.names[1], term.weight), sign("="),
    block(term.result ?? "contribution", term.product, true))
  const more = state.phase === "backward" ? [] : gradientLine(model, state, term)
  return html("div", { class: "product-view" }, factors, ...more)
}

const sign = (text) => html("span", { class: "big-sign" }, text)

const block = (letters, value, strong) => html("span", { class: strong ? "factor strong" : "factor" },
  html("span", {}, ...typeset(letters)), html("b", {}, Math.abs(value) >= 1e-3 || value === 0 ? fixed(value, 5) : brief(value)))

// The share of this step in the weight's gradient: what came in times the gradient behind it.
function gradientLine(model, { t }, { factor, names, arriving, gradient }) {
  if (!arriving) return []
  const share = factor * arriving.value
  return [html("p", { class: "quiet-text" }, "Going back, the same two places give this step’s share in the weight’s gradient:"),
    html("div", { class: "product", "data-testid": "product-gradient", "data-value": share },
      block(names[0], factor), sign("×"), block(arriving.letters, arriving.value), sign("="),
      block(`${gradient} at t = ${t}`, share, true))]
}
