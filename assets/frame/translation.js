// Keeps the page right while a browser or an extension translates it.
//
// A translator puts an element of its own where a text was: <font> in Chromium. React keeps the
// text it made. When that changes, React would write to a text that nobody sees, or fail as it
// takes away what is no longer there. So this remembers which element replaced which text, and
// puts the text back where React changes it: the translator then translates the new text.
//
// Regions of numbers are marked: a translator leaves them alone.

const NUMBERS = [
  ...["stMetricValue", "stMetricDelta", "stTable", "stDataFrame", "stPlotlyChart", "stText"],
  ...["stSliderThumbValue", "stSliderTickBar", "stTextInputRootElement"],
].map((name) => `[data-testid="${name}"]`)
const APART = [...NUMBERS, ".katex", "code", "pre", "svg", "[role=spinbutton]"].join()

const shownFor = new WeakMap() // a text that React made: the element that is shown in its place
const taken = new WeakSet() // the elements that replaced a text
let translated = false

const isForeign = (node) =>
  node.nodeType === 1 && !Object.keys(node).some((key) => key.startsWith("__react"))

function mark(element) {
  if (element.matches(APART)) element.setAttribute("translate", "no")
  for (const part of element.querySelectorAll(APART)) part.setAttribute("translate", "no")
}

function notice(records) {
  for (const { addedNodes, removedNodes, previousSibling, nextSibling } of records) {
    for (const node of addedNodes) {
      if (node.nodeType !== 1) continue
      mark(node)
      translated ||= node.nodeName === "FONT"
    }
    for (const text of removedNodes) {
      if (text.nodeType !== 3 || text.parentNode) continue
      const beside = [...addedNodes, previousSibling, nextSibling]
      const stands = beside.find(
        (node) => node && isForeign(node) && node.parentNode && !taken.has(node),
      )
      if (!stands || (stands.nodeName !== "FONT" && !addedNodes.length)) continue
      shownFor.set(text, stands)
      taken.add(stands)
    }
  }
}

const watch = new MutationObserver(notice)

/** The element that is shown for a text that was taken out of the page, if there is one. */
function standIn(text) {
  notice(watch.takeRecords())
  const shown = shownFor.get(text)
  return shown?.parentNode && !text.parentNode ? shown : null
}

/** The child of `parent` in which a node is shown now. */
function placeIn(parent, node) {
  let place = standIn(node) ?? node
  while (place && place.parentNode !== parent) place = place.parentNode
  return place
}

/** What goes when a node goes: the node, with the wrappers that hold nothing else. */
function wrapped(node, parent) {
  let whole = standIn(node) ?? node
  for (
    let up = whole.parentNode;
    up && up !== parent && isForeign(up) && up.childNodes.length === 1;
    up = up.parentNode
  )
    whole = up
  return whole
}

const isTranslated = () => {
  const { lang, classList } = document.documentElement
  notice(watch.takeRecords())
  return (
    translated ||
    lang !== "en" ||
    classList.contains("translated-ltr") ||
    classList.contains("translated-rtl")
  )
}

function guard() {
  const { removeChild, insertBefore, appendChild } = Node.prototype
  const { get, set } = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue")
  // The place of a text that comes back is its own, not that of what stood for it.
  const clear = (node) => node?.nodeType === 3 && standIn(node)?.remove()

  Node.prototype.removeChild = function (child) {
    if (!(child instanceof Node) || child.parentNode === this || !isTranslated())
      return removeChild.call(this, child)
    wrapped(child, this).remove?.()
    return child
  }
  Node.prototype.insertBefore = function (node, before) {
    clear(node)
    if (!(before instanceof Node) || before.parentNode === this || !isTranslated())
      return insertBefore.call(this, node, before)
    return insertBefore.call(this, node, placeIn(this, before))
  }
  Node.prototype.appendChild = function (node) {
    clear(node)
    return appendChild.call(this, node)
  }
  Object.defineProperty(Node.prototype, "nodeValue", {
    configurable: true,
    enumerable: true,
    get,
    set(value) {
      if (this.nodeType === 3) standIn(this)?.replaceWith(this)
      set.call(this, value)
    },
  })
}

guard()
watch.observe(document, { childList: true, subtree: true })
mark(document.documentElement)
