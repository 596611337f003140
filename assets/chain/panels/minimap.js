// A long chain in little: all states as a strip of heat above the seek bar, a window where the
// picture stands, to be dragged, and a line at the step that is now.

import { at } from "../model/payload.js"
import { diverging } from "../lib/colour.js"
import { pixels } from "../paint/heat.js"
import { html, svg } from "../lib/svg.js"

const HEIGHT = 14

export class MiniMap {
  // go: called with the step, as a fraction, that is to stand in the middle.
  constructor(go) {
    this.heat = svg("svg", {
      class: "minimap-heat",
      preserveAspectRatio: "none",
      width: "100%",
      height: HEIGHT,
    })
    this.unseen = html("div", { class: "unseen" })
    this.window = html("div", { class: "minimap-window", "data-testid": "minimap-window" })
    this.here = html("div", { class: "here" })
    this.element = html(
      "div",
      { class: "minimap", "data-testid": "minimap", "aria-hidden": "true", hidden: true },
      this.heat,
      this.unseen,
      this.here,
      this.window,
    )
    this.view = { from: 0, to: 1 }
    this.listen(go)
  }

  listen(go) {
    const { element } = this
    const stepAt = (event) => {
      const frame = element.getBoundingClientRect()
      return ((event.clientX - frame.left) / frame.width) * this.model.T
    }
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId)
      const { from, to } = this.view
      const middle = (from + to) / 2
      const step = stepAt(event)
      // Taken hold of inside, the window stays under the pointer; beside it, it comes there.
      this.held = step >= from && step <= to ? step - middle : 0
      go(step - this.held)
    })
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) go(stepAt(event) - this.held)
    })
  }

  load(model, palette) {
    this.model = model
    this.palette = palette
    this.painted = null
  }

  // view: the steps in sight, as fractions of 0…T, or null where all is in sight.
  show(view, { phase, t }) {
    const { model } = this
    this.element.hidden = !view
    if (this.element.hidden) return
    this.view = view
    const back = phase === "backward" || phase === "update"
    this.paint(back)
    const share = (step) => `${(step * 100) / model.T}%`
    this.window.style.left = share(view.from)
    this.window.style.width = share(view.to - view.from)
    this.here.style.left = share(t - 0.5)
    this.unseen.style.left = phase === "forward" ? share(t) : "0"
    this.unseen.style.width =
      phase === "forward" ? share(model.T - t) : phase === "backward" ? share(t - 1) : "0"
  }

  // States in the colours of activations, going back gradients in theirs.
  paint(back) {
    if (this.painted === back) return
    this.painted = back
    const { model, palette } = this
    const shown = model.columns.map(({ segment, j }) => {
      const array = segment.disconnected ? null : back ? segment.gradients?.dh : segment.h
      return (i) => (array ? at(array, j + 1, i) : 0)
    })
    const limit = back ? model.gradLimit : model.limit
    const image = pixels(
      model.H,
      model.T,
      (i, k) => diverging(shown[k](i), limit, palette, back),
      model.T,
      HEIGHT,
    )
    this.heat.setAttribute("viewBox", `0 0 ${model.T} ${HEIGHT}`)
    this.heat.replaceChildren(image)
  }
}

// Which steps stand between two places of the content, as fractions; columns stand at `xs`.
export function stepsBetween(xs, left, right) {
  const stepAt = (x) => {
    const after = xs.findIndex((at_) => at_ >= x)
    if (after === 0) return 0
    if (after < 0) return xs.length
    return after - 0.5 + (x - xs[after - 1]) / (xs[after] - xs[after - 1])
  }
  return { from: stepAt(left), to: stepAt(right) }
}

// Where a fraction of a step stands in the content.
export function placeOfStep(xs, step) {
  const place = Math.min(Math.max(0, step - 0.5), xs.length - 1)
  const before = Math.min(Math.floor(place), Math.max(0, xs.length - 2))
  const next = xs[before + 1] ?? xs[before]
  return xs[before] + (next - xs[before]) * (place - before)
}
