// Which part of a chain is in sight: scrolling after the cursor, and the map that shows it.

import { placeOfStep, stepsBetween } from "./minimap.js"
import { reduced } from "./motion.js"

export class Sight {
  constructor(picture) {
    this.picture = picture
    this.scrolled = 0
    this.margin = 0
    const { scroller } = picture
    scroller.addEventListener("scroll", () => {
      this.scrolled = scroller.scrollLeft
      this.show()
    }, { passive: true })
  }

  // Sizes are known from the layout; asking the browser for them would cost it a layout per step.
  get width() {
    return this.picture.builtFor
  }

  // A short chain stands in the middle.
  settle() {
    const { stage, scroller, unrolling } = this.picture
    this.margin = stage.margin(this.width)
    scroller.style.paddingInlineStart = `${this.margin}px`
    unrolling.place()
  }

  follow(still) {
    const { stage, state, scroller } = this.picture
    const { x, plate, half } = stage.spanOf(state.t)
    const { width, scrolled } = this
    if (this.margin > 0 || this.atLoop === state.t) return
    this.atLoop = null
    if (x - half >= scrolled + plate && x + half <= scrolled + width) return
    const goal = x - plate - (width - plate) / 2
    scroller.scrollTo({ left: goal, behavior: still || reduced() ? "instant" : "smooth" })
  }

  // Where both do not fit, the loop comes first; one scrolls or steps on to the chain.
  showLoop() {
    const { stage, state, scroller } = this.picture
    scroller.scrollLeft = stage.segmentOf(state.t).left
    this.scrolled = scroller.scrollLeft
    this.atLoop = state.t
  }

  show() {
    const { stage, state, unrolling, transport: { map } } = this.picture
    if (!stage || !unrolling.open) return map.show(null, state)
    const from = this.scrolled - this.margin
    map.show(stepsBetween(stage.middles(), from + stage.layout.plate.width, from + this.width), state)
  }

  // Scrolls so that a step stands in the middle of what the plate leaves free.
  lookAt(step) {
    const { stage, scroller } = this.picture
    const plate = stage.layout.plate.width
    scroller.scrollLeft = this.margin + placeOfStep(stage.middles(), step) - (this.width + plate) / 2
  }
}
