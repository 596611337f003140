// Bringing what was asked for into view: the page scrolls as little as it must, and not at all
// where it is seen already.

import { reduced } from "./motion.js"

// Streamlit's bar lies over the top of the page.
const BAR = 64
const AIR = 12

// The element that scrolls `node`, also from inside a shadow root.
export function scrollerOf(node) {
  for (let at = above(node); at; at = above(at)) {
    if (!(at instanceof Element)) continue
    const { overflowY } = getComputedStyle(at)
    if (/(auto|scroll|overlay)/.test(overflowY) && at.scrollHeight > at.clientHeight + 1) return at
  }
  return document.scrollingElement
}

const above = (node) => node.parentNode ?? node.host ?? null

// The frame that is seen of it, below the bar and above what is stuck to its foot.
function frameOf(scroller, foot) {
  const whole = scroller === document.scrollingElement || scroller === document.body
  const box = whole ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect()
  const full = Boolean(scroller.matches?.(":fullscreen"))
  return {
    top: Math.max(box.top, full ? 0 : BAR) + AIR / 2,
    bottom: Math.min(box.bottom, innerHeight) - AIR - foot,
  }
}

// Of what is higher than the frame, the top is shown, or its `end`. `foot`: how much a line at the
// foot covers.
export function reveal(element, { foot = 0, end = false } = {}) {
  if (!element?.isConnected || !element.getClientRects().length) return
  const scroller = scrollerOf(element)
  const frame = frameOf(scroller, foot)
  const { top, bottom } = element.getBoundingClientRect()
  const room = frame.bottom - frame.top
  const [toTop, toEnd] = [top - frame.top, bottom - frame.bottom]
  const by = bottom - top > room ? (end ? toEnd : toTop) : toTop < 0 ? toTop : Math.max(0, toEnd)
  if (Math.abs(by) >= 1) scroller.scrollBy({ top: by, behavior: reduced() ? "instant" : "smooth" })
}
