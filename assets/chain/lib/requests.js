// One request to Python at a time, until it is answered: each has a serial, and what comes with the
// next picture names the last one that was done. A request may be lost, with its session or while
// the connection is down, so it is sent again; Python does nothing twice.

const PATIENCE = 4000
const TRIES = 5
// After so many sendings in vain the page is asked for as a whole: where a session is new, the
// picture's own part of the page is not known to it until then.
const IN_VAIN = 2

export class Asking {
  // send: what brings a message to Python; say: shows words beside the picture.
  constructor({ send, say, giveUp = () => {} }) {
    this.send = send
    this.say = say
    this.abandon = giveUp
    this.serial = 0
    this.timer = 0
  }

  get waits() {
    return this.timer !== 0
  }

  ask(message) {
    this.serial += 1
    this.post({ ...message, serial: this.serial }, 1)
  }

  post(message, sendings) {
    this.send(message)
    this.timer = setTimeout(() => {
      if (sendings === TRIES) return this.giveUp()
      if (sendings === IN_VAIN) this.askForPage()
      this.post(message, sendings + 1)
    }, PATIENCE)
  }

  askForPage() {
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
  answered(serial) {
    const asked = this.waits
    clearTimeout(this.timer)
    this.timer = 0
    this.say("")
    this.serial = Math.max(this.serial, serial)
    return asked
  }

  destroy() {
    clearTimeout(this.timer)
  }
}
