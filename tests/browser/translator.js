// Translates the document as browsers do: at once, and again whatever comes later.
// `way` is how: "replaced", a <font> with a new text takes the place of each text; "moved", the
// text goes into the <font>; "in place", the text itself is changed.
;(way) => {
  const SKIP = "[translate=no], script, style, textarea, svg"
  const done = new WeakMap()
  const foreign = (text) => text.replace(/\p{L}{3,}/gu, (word) => `${word}ö`)

  const translate = (text) => {
    const parent = text.parentElement
    if (!text.nodeValue.trim() || !parent || parent.closest(SKIP)) return
    if (done.get(text) === text.nodeValue || parent.closest("font")) return
    if (way === "in place") {
      text.nodeValue = foreign(text.nodeValue)
      done.set(text, text.nodeValue)
      return
    }
    const [outer, inner] = [document.createElement("font"), document.createElement("font")]
    outer.append(inner)
    text.replaceWith(outer)
    if (way === "moved") {
      inner.append(text)
      text.nodeValue = foreign(text.nodeValue)
      done.set(text, text.nodeValue)
    } else inner.append(foreign(text.nodeValue))
    window.translations = (window.translations ?? 0) + 1
  }

  const walk = (root) => {
    if (root.nodeType === 3) return translate(root)
    const found = []
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.nodeType === 3) found.push(node)
      else if (node.shadowRoot) watch(node.shadowRoot)
    }
    found.forEach(translate)
  }

  const watched = new WeakSet()
  const watch = (root) => {
    if (watched.has(root)) return
    watched.add(root)
    walk(root)
    new MutationObserver((records) => {
      for (const { type, target, addedNodes } of records)
        if (type === "characterData") translate(target)
        else addedNodes.forEach(walk)
    }).observe(root, { childList: true, characterData: true, subtree: true })
  }
  document.documentElement.lang = "de"
  watch(document.documentElement)
}
