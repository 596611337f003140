// Rolling up and out, and the room that gradients need: how far each has come.

import { tween } from "../lib/motion.js"
import { sideBySide } from "./reduced_motion.js"

const MORPH = 820
const SLIDE = 250

export class Unrolling {
  constructor(picture) {
    this.picture = picture
    // 0 rolled up … 1 a chain; 0 … 1, how far columns have made room for gradients.
    this.open = 1
    this.grads = 0
  }

  // Where it is to be; without motion the loop stands beside the chain instead.
  goal() {
    const { state } = this.picture
    const open = state.rolled && !sideBySide(state) ? 0 : 1
    return { open, grads: this.picture.hasGradients() && open ? 1 : 0 }
  }

  settle() {
    Object.assign(this, this.goal())
  }

  place(moving = false) {
    const { stage, state } = this.picture
    stage.place(this.open, this.grads, state.t, moving)
  }

  // Columns slide when gradients need room, and when the chain rolls up or out.
  follow(before) {
    const { picture } = this
    const { open, grads } = this.goal()
    if (open === this.open && grads === this.grads) {
      if (open === 0 && before.t !== picture.state.t) this.place()
      return
    }
    this.finish?.()
    const from = { open: this.open, grads: this.grads }
    this.finish = tween(open === this.open ? SLIDE : MORPH, (u) => {
      this.open = from.open + (open - from.open) * u
      this.grads = from.grads + (grads - from.grads) * u
      this.place(u < 1)
      picture.viewport.follow(true)
    })
  }
}
