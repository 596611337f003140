// Where one looks, in the address: #t=3&phase=backward&zoom=2. Written without a message to the
// server, read when the picture is mounted. A prefix keeps two pictures of one page apart.

import { INITIAL_STATE } from "../model/view_state.js"

const FIELDS = {
  t: (text) => wholeNumber(text),
  phase: (text) => (["forward", "loss", "backward", "update"].includes(text) ? text : null),
  zoom: (text) => wholeNumber(text),
  unit: (text) => wholeNumber(text),
  source: (text) => wholeNumber(text),
  view: (text) => (["rolled", "chain"].includes(text) ? text : null),
  code: (text) => (text === "1" ? true : null),
  op: (text) => wholeNumber(text),
  share: (text) => (["sum", "last", "mean"].includes(text) ? text : null),
  weight: (text) => (["W_xh", "W_hh", "W_hy"].includes(text) ? text : null),
}

const wholeNumber = (text) => (/^\d{1,4}$/.test(text) ? Number(text) : null)

const parse = (hash) => new URLSearchParams(hash.slice(1))

/** What a fragment says of the picture with this prefix, without what makes no sense. */
export function readFragment(prefix, hash) {
  const found = {}
  if (prefix === null) return found
  const given = parse(hash)
  for (const [name, read] of Object.entries(FIELDS)) {
    const text = given.get(prefix + name)
    const value = text === null ? null : read(text)
    if (value !== null) found[name] = value
  }
  return found
}

/**
 * The fragment that says where the picture is, or null where it stays as it is. Step, phase and
 * zoom are always in it, the rest where it differs from the initial state. A picture that nobody
 * has touched leaves the address alone.
 */
export function nextFragment(prefix, hash, state) {
  if (prefix === null) return null
  const given = parse(hash)
  const moved = Object.keys(INITIAL_STATE).filter((name) => state[name] !== INITIAL_STATE[name])
  if (!moved.length && !given.has(`${prefix}t`)) return null
  const fields = { ...state, view: state.rolled ? "rolled" : "chain", code: 1 }
  for (const name of Object.keys(FIELDS)) {
    const shown =
      ["t", "phase", "zoom"].includes(name) || moved.includes(name === "view" ? "rolled" : name)
    if (shown) given.set(prefix + name, fields[name])
    else given.delete(prefix + name)
  }
  const next = `#${given}`
  return next === hash ? null : next
}

// Keeps a picture and the address in step.
export class Address {
  constructor(picture) {
    this.picture = picture
    this.prefix = null
    this.page = window.location.pathname
    // A link in the text may say where to look, and so do Back and Forward. Our own writing does
    // not raise the first event, but may come between the link and the event, so the event's own
    // address counts; browsers leave the event out where the query changes too, so there is the
    // second. (The frame raises one of that name by hand: it has nothing to say.)
    this.onHash = ({ newURL }) => this.seek(new URL(newURL).hash)
    this.onHistory = ({ isTrusted }) => isTrusted && this.seek(window.location.hash)
    // Streamlit writes its query without our part of the address; where browsers tell, we add it.
    this.onChange = () => picture.liveRegion.follow()
    window.addEventListener("hashchange", this.onHash)
    window.addEventListener("popstate", this.onHistory)
    window.navigation?.addEventListener("currententrychange", this.onChange)
  }

  read(hash = window.location.hash) {
    const { view, ...found } = readFragment(this.prefix, hash)
    return view ? { ...found, rolled: view === "rolled" } : found
  }

  // With Back the step may be meant for a longer chain, which Python has still to send: it is
  // sought until it is there, or until the visitor goes elsewhere.
  seek(hash) {
    const { picture } = this
    if (!picture.model || this.prefix === null || window.location.pathname !== this.page) return
    const sought = { ...INITIAL_STATE, ...picture.begin, ...this.read(hash) }
    picture.update(sought)
    this.sought = sought
  }

  write() {
    const state = { ...this.picture.state, ...this.sought }
    const { pathname, search, hash } = window.location
    const next = pathname === this.page ? nextFragment(this.prefix, hash, state) : null
    if (next) window.history.replaceState(window.history.state, "", pathname + search + next)
  }

  destroy() {
    window.removeEventListener("hashchange", this.onHash)
    window.removeEventListener("popstate", this.onHistory)
    window.navigation?.removeEventListener("currententrychange", this.onChange)
  }
}
