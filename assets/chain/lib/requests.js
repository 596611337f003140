// One request to Python at a time, until it is answered: each has a serial, and what comes with the
// next picture names the last one that was done. A request may be lost, with its session or while
// the connection is down, so it is sent again; Python does nothing twice.

const RETRY_MS = 4000
const MAX_ATTEMPTS = 5
// After so many attempts the page is asked for as a whole: where a session is new, the picture's
// own part of the page is not known to it until then.
const PAGE_REQUEST_AFTER = 2

export class RequestChannel {
  // send: what brings a message to Python; say: shows words beside the picture.
  constructor({ send, say, giveUp = () => {} }) {
    this.send = send
    this.say = say
    this.abandon = giveUp
    this.serial = 0
    this.timer = 0
  }

  get pending() {
    return this.timer !== 0
  }

  request(message) {
    this.serial += 1
    this.post({ ...message, serial: this.serial }, 1)
  }

  post(message, attempt) {
    this.send(message)
    this.timer = setTimeout(() => {
      if (attempt === MAX_ATTEMPTS) return this.giveUp()
      if (attempt === PAGE_REQUEST_AFTER) this.requestPage()
      this.post(message, attempt + 1)
    }, RETRY_MS)
  }

  requestPage() {
    this.say(
      "The server has not answered yet. " +
        "The whole page is asked for again, and your last change with it.",
    )
    window.dispatchEvent(new CustomEvent("unrolled-unanswered"))
  }

  giveUp() {
    this.timer = 0
    this.abandon()
    this.say("The server does not answer. Your last change may not have been made.")
  }

  // Returns whether that was waited for.
  acknowledge(serial) {
    const wasPending = this.pending
    clearTimeout(this.timer)
    this.timer = 0
    this.say("")
    this.serial = Math.max(this.serial, serial)
    return wasPending
  }

  destroy() {
    clearTimeout(this.timer)
  }
}
