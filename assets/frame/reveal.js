// Brings what a button has changed into view, and lets it glow: the change may be far from the
// button. Where the visitor asked for little motion, it jumps there and is framed for a moment.

const TIMEOUT_MS = 1500 // milliseconds for the page to be drawn
const GLOW = 1600
const AIR = 8 // pixels
let latest = ""

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches

/** The element, in the page or in the shadow root of a component there. */
function find(root, selector) {
  const found = root.querySelector(selector)
  if (found) return found
  for (const host of root.querySelectorAll("*")) {
    const inside = host.shadowRoot && find(host.shadowRoot, selector)
    if (inside) return inside
  }
  return null
}

/** What the glow frames: the nearest box of HTML, since an SVG group has no outline. */
const boxOf = (node) =>
  node instanceof HTMLElement ? node : (node.closest("svg")?.parentElement ?? node)

/** How far to scroll so that a box, and above all the part that is meant, is in view. */
function distance(whole, part, room) {
  const fits = whole.height <= room.bottom - room.top
  if (fits) {
    if (whole.top < room.top) return whole.top - room.top
    return whole.bottom > room.bottom
      ? Math.min(whole.bottom - room.bottom + AIR, whole.top - room.top)
      : 0
  }
  if (!part) return whole.top - room.top
  const low = Math.max(whole.top - room.top, part.bottom - room.bottom + AIR)
  return Math.min(low, part.top - room.top)
}

function bringIntoView(target, part) {
  const page = document.querySelector('[data-testid="stMain"]')
  const bar =
    document.querySelector('[data-testid="stHeader"]')?.getBoundingClientRect().bottom ?? 0
  const room = { top: Math.max(0, bar) + AIR, bottom: innerHeight - AIR }
  const by = distance(target.getBoundingClientRect(), part?.getBoundingClientRect(), room)
  if (Math.abs(by) > 1) page?.scrollBy({ top: by, behavior: calm() ? "instant" : "smooth" })
}

function glow(node, colour) {
  const frame = { outline: `3px solid ${colour}`, outlineOffset: "4px", borderRadius: "8px" }
  const gone = { ...frame, outline: "3px solid transparent" }
  const frames = calm() ? [frame, frame] : [frame, { ...frame, offset: 0.4 }, gone]
  node.animate(frames, { duration: GLOW, easing: "ease-out" })
}

function isDrawn() {
  return document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning"
}

export default function ({ parentElement, data }) {
  const root = document.documentElement
  if (!data.target || root.dataset.revealed === data.stamp) return
  root.dataset.revealed = latest = data.stamp
  const begun = performance.now()
  const late = () => performance.now() - begun > TIMEOUT_MS
  const look = () => {
    if (latest !== data.stamp) return
    const target = document.querySelector(`.st-key-${CSS.escape(data.target)}`)
    const part = target && data.part ? find(target, data.part) : null
    if (!late() && !(target && isDrawn() && (part || !data.part))) return setTimeout(look, 30)
    if (!target) return
    bringIntoView(target, part)
    if (!data.glow) return
    const host = parentElement.host ?? parentElement
    glow(
      boxOf(part ?? target),
      getComputedStyle(host).getPropertyValue("--st-primary-color") || "Highlight",
    )
  }
  look()
}
