// What is said beside the picture: a sentence for each stop, spoken, and its accessible table.
// Both, and the address, can wait until the picture has changed.

import { speakStop } from "./speech.js"
import { html } from "../lib/svg.js"
import { writeMore, writeTable } from "./accessible_table.js"

const AFTER_STEP = 120
const AFTER_EDIT = 30

export class LiveRegion {
  constructor(picture) {
    this.picture = picture
    this.live = html("div", { class: "spoken", "aria-live": "polite" })
    this.table = html("div", { class: "spoken twin notranslate", translate: "no" })
  }

  // The table of a new model, a moment after the picture, so that an edit is seen at once.
  write(first) {
    clearTimeout(this.writing)
    const write = () => writeTable(this.table, this.picture.model)
    if (first) write()
    else this.writing = setTimeout(write, AFTER_EDIT)
  }

  follow() {
    clearTimeout(this.waiting)
    if (!this.picture.model) return
    this.waiting = setTimeout(() => {
      const { model, state, address } = this.picture
      address.write()
      writeMore(this.table, model, state)
      const sentence = speakStop(model, state)
      if (this.live.textContent !== sentence) this.live.textContent = sentence
    }, AFTER_STEP)
  }

  destroy() {
    clearTimeout(this.waiting)
    clearTimeout(this.writing)
  }
}
