// In presenter mode, and in full screen, the whole page listens for the two keys of a clicker. Of
// several pictures on a page the one that was used last answers, at first the topmost.

const pictures = new Set()
let latest = null

const isTyping = (node) => Boolean(node?.closest?.("input, textarea, select, [contenteditable=''], [contenteditable=true]"))

function answering() {
  const possible = [...pictures].filter((picture) => picture.model && (picture.present || isFull(picture)) && picture.root.isConnected)
  if (possible.includes(latest)) return latest
  const top = (picture) => picture.root.getBoundingClientRect().top
  return possible.sort((a, b) => top(a) - top(b))[0] ?? null
}

const isFull = ({ root }) => root.getRootNode().fullscreenElement === root

function onKey(event) {
  const name = { PageUp: "previous", PageDown: "next" }[event.key]
  if (!name || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
  if (isTyping(event.composedPath()[0])) return
  const picture = answering()
  if (!picture) return
  picture.actions[name]()
  event.preventDefault()
  event.stopPropagation()
}

export function joinPage(picture) {
  if (!pictures.size) document.addEventListener("keydown", onKey)
  pictures.add(picture)
  const use = () => {
    latest = picture
  }
  for (const name of ["pointerdown", "focusin"]) picture.root.addEventListener(name, use)
}

export function leavePage(picture) {
  pictures.delete(picture)
  if (latest === picture) latest = null
  if (!pictures.size) document.removeEventListener("keydown", onKey)
}

// On a projector the picture comes first: it takes the top of the window and its keys the page's.
export function presentAt(picture, present, first) {
  if (present === Boolean(picture.present)) return
  picture.present = present
  picture.root.classList.toggle("presenting", present)
  if (!first) picture.resize()
  if (present) setTimeout(() => picture.root.scrollIntoView({ block: "start" }), 0)
}
