// A sign at each edge behind which something is hidden: a shade, and a mark to press.

import { html, icon } from "./svg.js"

const CHEVRON = { left: "M10.5 2.5L5 8l5.5 5.5", right: "M5.5 2.5L11 8l-5.5 5.5" }
const SIDES = ["left", "right"]

export class Edges {
  // turn: called with −1 or 1 where a mark is pressed; by key one steps on instead.
  constructor(turn, name = "edge") {
    for (const side of SIDES) {
      const mark = html("span", { class: "edge-mark" }, icon(CHEVRON[side]))
      mark.addEventListener("click", () => turn(side === "left" ? -1 : 1))
      this[side] = html(
        "div",
        {
          class: `edge ${side}`,
          "data-testid": `${name}-${side}`,
          "aria-hidden": "true",
          hidden: true,
        },
        mark,
      )
    }
  }

  get elements() {
    return SIDES.map((side) => this[side])
  }

  // How far what is hidden reaches, in pixels; returns whether anything is.
  show(hidden) {
    for (const side of SIDES) {
      const none = hidden[side] <= 1
      if (this[side].hidden !== none) this[side].hidden = none
    }
    return hidden.left > 1 || hidden.right > 1
  }
}

// For an element that scrolls sideways and that is not drawn in every step.
export const hiddenIn = ({ scrollLeft, scrollWidth, clientWidth }) => ({
  left: scrollLeft,
  right: scrollWidth - clientWidth - scrollLeft,
})
