// Presenter mode. The whole page listens for the two keys of a clicker, as it does in full screen:
// they lead through the picture, then to the next page; where there is no picture they scroll. Esc
// ends it. Of several pictures on a page the one that was used last answers, at first the topmost.

import { PAGE_SHARE } from "../../frame/page_keys.js"

const WAYS = { PageUp: -1, PageDown: 1 }
const OPEN = "[role=dialog], [role=listbox], [data-testid=stPopoverBody]"
const NOTICE_MS = 2600

const pictures = new Set()
let latest = null
// Which one that was, also when Streamlit draws it again: its place in the address.
let place = ""
const placeOf = (picture) => `${location.pathname} ${picture.address.prefix}`
// Whether the page itself presents, whatever is on it.
let presenting = 0

const isTyping = (node) =>
  Boolean(node?.closest?.("input, textarea, select, [contenteditable=''], [contenteditable=true]"))

export const isFull = ({ root }) => root.getRootNode().fullscreenElement === root

function answering() {
  const possible = [...pictures].filter(
    (picture) => picture.model && (picture.present || isFull(picture)) && picture.root.isConnected,
  )
  const last =
    possible.find((picture) => picture === latest) ??
    possible.find((picture) => placeOf(picture) === place)
  if (last) return last
  const top = (picture) => picture.root.getBoundingClientRect().top
  return possible.sort((a, b) => top(a) - top(b))[0] ?? null
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
    return
  if (isTyping(event.composedPath()[0])) return
  const acts = event.key === "Escape" ? end() : event.key in WAYS && turn(WAYS[event.key])
  if (!acts) return
  event.preventDefault()
  event.stopPropagation()
}

// Esc, where nothing nearer wants it.
function end() {
  const button = document.querySelector(".st-key-end-presenting button")
  if (!button || document.fullscreenElement || document.querySelector(OPEN)) return false
  button.click()
  return true
}

function turn(way) {
  const picture = answering()
  if (!picture && !presenting) return false
  if (picture) {
    if (picture.actions[way > 0 ? "pageOn" : "pageBack"]() !== false) return true
    if (isFull(picture)) say(picture.root, way > 0 ? "End of this page" : "Start of this page")
    else leaveFor(way)
  } else if (!scroll(way)) leaveFor(way)
  return true
}

// By most of a window; false at the end.
function scroll(way) {
  const main = document.querySelector("[data-testid=stMain]")
  if (!main) return false
  const room = way > 0 ? main.scrollHeight - main.clientHeight - main.scrollTop : main.scrollTop
  if (room < 2) return false
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  main.scrollBy({
    top: way * main.clientHeight * PAGE_SHARE,
    behavior: still ? "instant" : "smooth",
  })
  return true
}

const nextLink = () =>
  document.querySelector("[data-next-page]") ??
  document.querySelector(":is(.st-key-next-page, .st-key-next) :is(a, button)")

function leaveFor(way) {
  const link = way > 0 ? nextLink() : null
  if (link) link.click()
  else say(document.body, way > 0 ? "End of this page" : "Start of this page")
}

// A sign at the foot of the window, for a moment.
function say(host, words) {
  host.querySelector(":scope > .page-end")?.remove()
  const sign = document.createElement("div")
  sign.className = "page-end"
  sign.setAttribute("role", "status")
  sign.dataset.testid = "page-end"
  sign.style.cssText =
    "position: fixed; bottom: 24px; left: 50%; transform: translateX(-50%); z-index: 1000000; " +
    "padding: 8px 18px; border: 2px solid #ffffff; border-radius: 8px; background: #1b2330; " +
    "color: #ffffff; font: 18px/1.4 sans-serif"
  sign.textContent = words
  host.append(sign)
  setTimeout(() => sign.remove(), NOTICE_MS)
}

const listens = () => pictures.size + presenting > 0

function follow(before) {
  if (!before && listens()) document.addEventListener("keydown", onKey)
  if (before && !listens()) document.removeEventListener("keydown", onKey)
}

// The page begins to present, with or without pictures; returns what ends it.
export function presentPage() {
  const before = listens()
  presenting += 1
  follow(before)
  let over = false
  return () => {
    if (over) return
    over = true
    presenting -= 1
    follow(true)
  }
}

export function joinPage(picture) {
  const before = listens()
  pictures.add(picture)
  follow(before)
  const use = () => {
    latest = picture
    place = placeOf(picture)
  }
  for (const name of ["pointerdown", "focusin"]) picture.root.addEventListener(name, use)
}

export function leavePage(picture) {
  const before = listens()
  pictures.delete(picture)
  if (latest === picture) latest = null
  follow(before)
}

// On a projector the picture comes first: it takes the top of the window and its keys the page's.
export function presentAt(picture, present, first) {
  if (present === Boolean(picture.present)) return
  picture.present = present
  picture.root.classList.toggle("presenting", present)
  if (!first) picture.resize()
  if (present)
    setTimeout(() => answering() === picture && picture.root.scrollIntoView({ block: "start" }), 0)
}
