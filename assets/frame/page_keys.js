// Keys that scroll reach the page before anything on it has been clicked: the part that scrolls is
// not the document, so the browser sends them nowhere. The keys of presenter mode are with the
// pictures (chain/interaction/presenter.js), which hear them first.

const LINE = 40 // pixels
/** How much of the window a page up or down scrolls, as in browsers. */
export const PAGE_SHARE = 0.875

const main = () => document.querySelector('[data-testid="stMain"]')

/** Whether a key was pressed outside what scrolls: on a fresh page, or in the bar at the top. */
function isOutside(target) {
  if (target === document.body || target === document.documentElement) return true
  return Boolean(target.closest?.('[data-testid="stHeader"], [data-testid="stSidebar"]'))
}

/** How far a key scrolls, in pixels; undefined for keys that do not scroll. */
function distance(event, page) {
  const screen = PAGE_SHARE * page.clientHeight
  const space = event.target.closest?.("button") ? undefined : event.shiftKey ? -screen : screen
  return {
    PageDown: screen,
    PageUp: -screen,
    " ": space,
    ArrowDown: LINE,
    ArrowUp: -LINE,
    Home: -page.scrollHeight,
    End: page.scrollHeight,
  }[event.key]
}

function scroll(event, page) {
  const by = distance(event, page)
  if (by === undefined) return
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  // From now on the browser's own keys work here.
  page.tabIndex = -1
  page.focus({ preventScroll: true })
  page.scrollBy({ top: by, behavior: calm ? "instant" : "smooth" })
  event.preventDefault()
}

function onKey(event) {
  const page = main()
  if (!page || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  if (isOutside(event.target)) scroll(event, page)
}

export const leadKeys = () => window.addEventListener("keydown", onKey)
