// Which part of a chain is in sight: scrolling after the cursor, a sign at each edge behind which
// something is hidden, and the map that shows where one is.

import { Edges } from "../lib/edge_marks.js"
import { placeOfStep, stepsBetween } from "../panels/minimap.js"
import { reduced } from "../lib/motion.js"
import { html } from "../lib/svg.js"

export class Viewport {
  constructor(picture) {
    this.picture = picture
    this.scrolled = 0
    this.margin = 0
    const { scroller } = picture
    this.edges = new Edges((way) => this.turn(way))
    this.element = html("div", { class: "window" }, scroller, ...this.edges.elements)
    scroller.addEventListener(
      "scroll",
      () => {
        this.scrolled = scroller.scrollLeft
        picture.inspector.hide()
        this.show()
      },
      { passive: true },
    )
  }

  // Most of a window on, to the left or the right.
  turn(way) {
    const { scroller, stage } = this.picture
    const free = this.width - stage.layout.plate.width * stage.scale
    scroller.scrollBy({ left: way * free * 0.8, behavior: reduced() ? "instant" : "smooth" })
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
    this.edges.left.style.left = `${stage.layout.plate.width * stage.scale}px`
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
    scroller.scrollLeft = stage.segmentOf(state.t).left * stage.scale
    this.scrolled = scroller.scrollLeft
    this.atLoop = state.t
  }

  // How far what is hidden reaches, to each side.
  get hidden() {
    const { stage, state } = this.picture
    if (!stage || state.zoom > 1) return { left: 0, right: 0 }
    return {
      left: this.scrolled,
      right: Math.max(0, this.margin + stage.extent - this.scrolled - this.width),
    }
  }

  show() {
    const {
      model,
      state,
      stage,
      root,
      transport: { map },
    } = this.picture
    const cut = this.edges.show(this.hidden)
    root.classList.toggle("scrolls", cut)
    // Deeper than the chain, the map shows where in it one is.
    if (state.zoom > 1)
      return map.show(model.T > 1 ? { from: state.t - 1, to: state.t } : null, state)
    if (!cut) return map.show(null, state)
    const from = this.scrolled - this.margin
    map.show(
      stepsBetween(
        stage.middles(),
        from + stage.layout.plate.width * stage.scale,
        from + this.width,
      ),
      state,
    )
  }

  // Scrolls so that a step stands in the middle of what the plate leaves free.
  lookAt(step) {
    const { stage, scroller } = this.picture
    const plate = stage.layout.plate.width * stage.scale
    scroller.scrollLeft =
      this.margin + placeOfStep(stage.middles(), step) - (this.width + plate) / 2
  }
}
