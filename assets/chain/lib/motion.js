// Movement: tweens that any input can interrupt, and the clock that plays.

export const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches

const ease = (u) => (u < 0.5 ? 4 * u * u * u : 1 - (2 - 2 * u) ** 3 / 2)

// Calls draw(0…1) until done; returns a function that ends it at once, at its goal.
export function tween(milliseconds, draw, done = () => {}) {
  if (reduced() || milliseconds <= 0) {
    draw(1)
    done()
    return () => {}
  }
  let frame = 0
  let over = false
  const began = performance.now()
  const step = (now) => {
    const u = Math.min(1, Math.max(0, (now - began) / milliseconds))
    draw(ease(u))
    if (u < 1) frame = requestAnimationFrame(step)
    else finish()
  }
  const finish = () => {
    over = true
    done()
  }
  frame = requestAnimationFrame(step)
  return () => {
    if (over) return
    cancelAnimationFrame(frame)
    draw(1)
    finish()
  }
}

export const SPEEDS = [0.5, 1, 2, 4]
const STEP_MS = 900

// A clock that calls `next` at each stop until it returns false.
export class Player {
  constructor(next, changed) {
    this.next = next
    this.changed = changed
    this.speed = 1
    this.timer = 0
  }

  get playing() {
    return this.timer !== 0
  }

  play() {
    if (this.playing) return
    this.schedule(120)
    this.changed()
  }

  pause() {
    if (!this.playing) return
    clearTimeout(this.timer)
    this.timer = 0
    this.changed()
  }

  schedule(wait) {
    this.timer = setTimeout(() => {
      if (this.next()) this.schedule(STEP_MS / this.speed)
      else {
        this.timer = 0
        this.changed()
      }
    }, wait)
  }
}
