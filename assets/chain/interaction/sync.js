// Two pictures of one example step together: what one is led to, the other is led to as well, as
// far as it goes. A button in each takes it out and in again.

import { button, set } from "../lib/svg.js"

const SYNCED = ["phase", "t", "rolled"]
const groups = new Map()
// Pictures the visitor has parted stay so when Streamlit draws them again.
const parted = new Set()

export class StepSync {
  constructor(picture) {
    this.picture = picture
    this.name = null
    this.on = true
    this.button = button(
      "Step together",
      { class: "quiet-button", "data-testid": "together", hidden: true },
      () => this.toggle(),
    )
  }

  // name: of the pictures that belong together, null where a picture stands alone.
  join(name) {
    if (name === this.name) return
    this.leave()
    this.name = name
    if (name === null) return
    if (!groups.has(name)) groups.set(name, new Set())
    groups.get(name).add(this)
    this.on = !parted.has(this.key)
    this.button.hidden = false
    this.show()
  }

  // One that comes without a place of its own in the address goes to where the others are.
  arrive(sought) {
    this.sought = sought
    const others = this.others
    if (!this.on || !others.length) return
    if (!sought) this.follow(others[0].picture.state, { quick: true })
    else for (const one of others) if (!one.sought) one.follow(this.picture.state, { quick: true })
  }

  leave() {
    groups.get(this.name)?.delete(this)
    this.name = null
    this.button.hidden = true
  }

  get key() {
    return `${location.pathname} ${this.name} ${this.picture.address.prefix}`
  }

  get others() {
    return [...(groups.get(this.name) ?? [])].filter(
      (one) => one !== this && one.on && one.picture.model,
    )
  }

  toggle() {
    this.on = !this.on
    if (this.on) parted.delete(this.key)
    else parted.add(this.key)
    this.show()
    if (!this.on) return
    // Back in, it comes to where the others are.
    const [one] = this.others
    if (one) this.follow(one.picture.state, {})
  }

  show() {
    set(this.button, { "aria-pressed": String(this.on) })
  }

  // What the picture was led to, passed on.
  broadcast(before, how) {
    const { state } = this.picture
    if (!this.on || this.following || SYNCED.every((name) => state[name] === before[name])) return
    for (const one of this.others) one.follow(state, how)
  }

  follow(state, how) {
    this.following = true
    this.picture.update(Object.fromEntries(SYNCED.map((name) => [name, state[name]])), how)
    this.following = false
  }

  // One clock for all: whoever starts to play stops the others'.
  pauseOthers() {
    if (this.on) for (const one of this.others) one.picture.player.pause()
  }
}
