// Deeper than the chain: a cell, a unit, a product. One level in with a click or Enter, one out
// with Esc; the steps go on working at every level.

import { Edges, hiddenIn } from "../lib/edge_marks.js"
import { allTerms } from "../model/terms.js"
import { button, html, typeset } from "../lib/svg.js"
import { paintCell } from "./zoom_cell.js"
import { paintGates } from "./zoom_gates.js"
import { paintProduct } from "./zoom_product.js"
import { paintUnit } from "./zoom_unit.js"

const painterFor = (model, { zoom, phase }) => {
  const gated = model.cell !== "rnn" && phase === "forward"
  return { 2: paintCell, 3: gated ? paintGates : paintUnit, 4: paintProduct }[zoom]
}

export class Zoom {
  constructor(choose) {
    this.choose = choose
    this.path = html("nav", { class: "path", "aria-label": "Where in the picture" })
    this.body = html("div", {
      class: "zoom-body",
      role: "group",
      tabindex: 0,
      "aria-label": "Numbers",
    })
    this.edges = new Edges(
      (way) => this.body.scrollBy({ left: way * this.body.clientWidth * 0.6 }),
      "zoom-edge",
    )
    this.body.addEventListener("scroll", () => this.edges.show(hiddenIn(this.body)), {
      passive: true,
    })
    this.element = html(
      "div",
      { class: "zoom", "data-testid": "zoom", hidden: true },
      this.path,
      html("div", { class: "window zoom-window" }, this.body, ...this.edges.elements),
    )
  }

  show(model, palette, state, { height, width, narrow }) {
    this.element.hidden = state.zoom === 1
    if (state.zoom === 1) return this.body.replaceChildren()
    this.element.style.minHeight = `${height}px`
    const scrolled = this.body.scrollLeft
    this.path.replaceChildren(...this.crumbs(model, state))
    this.body.replaceChildren(
      painterFor(model, state)({ model, palette, state, width, narrow, choose: this.choose }),
    )
    this.body.scrollLeft = scrolled
    this.follow()
    this.edges.show(hiddenIn(this.body))
  }

  // Sideways only: the page stays where it is.
  follow() {
    const chosen = this.body.querySelector("td.chosen")
    if (!chosen || this.body.scrollWidth <= this.body.clientWidth) return
    const [frame, cell] = [this.body, chosen].map((node) => node.getBoundingClientRect())
    this.body.scrollLeft +=
      Math.min(0, cell.left - frame.left - 120) + Math.max(0, cell.right - frame.right)
  }

  crumbs(model, state) {
    const { t, unit } = state
    const terms = state.zoom === 4 ? allTerms(model, state) : []
    const term = terms[Math.min(state.source, terms.length) - 1]
    const { label } = model.columns[t - 1]
    const where = label ? `, “${label}”` : ""
    const names = [
      "Chain",
      `Cell at t = ${t} of ${model.T}${state.zoom === 2 ? where : ""}`,
      `Unit ${unit}`,
      term ? term.letters : "Product",
    ]
    return names.slice(0, state.zoom).flatMap((name, at) => {
      const here = at + 1 === state.zoom
      const crumb = here
        ? html("span", { "aria-current": "true" }, ...typeset(name))
        : button(name, { class: "crumb", "data-testid": `crumb-${at + 1}` }, () =>
            this.choose({ zoom: at + 1 }),
          )
      return at ? [html("span", { class: "sign", "aria-hidden": "true" }, "›"), crumb] : [crumb]
    })
  }
}
