// The panels of a picture that open and close: help, copying, the code. What opens comes into view,
// its button shows that it is open, and Esc inside closes it and leads back to where one was.

import { reveal } from "../lib/scroll_into_view.js"
import { set } from "../lib/svg.js"

export class Panel {
  // focus: whether the focus goes along, as it must where one cannot go on without it.
  constructor(picture, element, button, { id, focus = false }) {
    Object.assign(this, { picture, element, button, focus })
    set(element, { id: `${picture.id}-${id}`, tabindex: -1 })
    set(button, { "aria-controls": element.id })
    this.show()
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return
      event.preventDefault()
      event.stopPropagation()
      this.toggle(false)
    })
  }

  get open() {
    return !this.element.hidden
  }

  toggle(open = !this.open) {
    if (open === this.open) return false
    const inside = this.element.contains(this.element.getRootNode().activeElement)
    this.element.hidden = !open
    this.show()
    if (open) {
      reveal(this.element)
      if (this.focus) this.element.focus({ preventScroll: true })
    } else if (inside) this.lead()
    return true
  }

  // Back to its button, where that can be seen, else to the picture.
  lead() {
    if (this.button.getClientRects().length) this.button.focus()
    else this.picture.focus()
  }

  show() {
    set(this.button, { "aria-expanded": String(this.open) })
  }
}
