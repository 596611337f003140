// A column of numbers in a table is set flush right, and so is its header: units below units.
// Streamlit sets a column by the type of its data, and a number with a unit is a text to it.

// A dash for none; or a sign, digits (or the ten of a power alone), a power of ten, a unit.
const DIGITS = String.raw`(?:\d[\d.,\s\u202f]*|10(?=[⁻⁰-⁹¹²³]))`
const POWER = String.raw`(?:\s?[·×]\s?10)?[⁻⁰¹²³⁴-⁹]*`
const UNIT = String.raw`(?:\s?(?:%|nats?|s|ms))?`
const NUMBER = new RegExp(`^(?:[–—-]|[−+±-]?${DIGITS}${POWER}${UNIT})$`, "u")
const DIGIT = /\d/

function set(table) {
  const [head, ...rows] = [...table.rows].map((row) => [...row.cells])
  head?.forEach((title, at) => {
    const cells = rows.map((row) => row[at]).filter((cell) => cell?.tagName === "TD")
    const texts = cells.map((cell) => cell.innerText.trim()).filter(Boolean)
    const numbers =
      texts.some((text) => DIGIT.test(text)) && texts.every((text) => NUMBER.test(text))
    for (const cell of [title, ...cells]) cell.classList.toggle("of-numbers", numbers)
  })
}

// A table of the text that is wider than its place scrolls: the keys reach it too.
function letKeysScroll(table) {
  if (table.scrollWidth > table.clientWidth) table.tabIndex = 0
  else table.removeAttribute("tabindex")
}

const TABLES = '[data-testid="stTable"] table'
const TEXT_TABLES = '[data-testid="stMarkdownContainer"] > table'
const ANY = `[data-testid="stTable"], ${TEXT_TABLES}`

let waiting = 0
function setAll() {
  waiting = 0
  document.querySelectorAll(TABLES).forEach(set)
  document.querySelectorAll(TEXT_TABLES).forEach((table) => {
    letKeysScroll(table)
    sizes.observe(table)
  })
}
const sizes = new ResizeObserver((entries) =>
  entries.forEach(({ target }) => letKeysScroll(target)),
)

new MutationObserver((records) => {
  const about = (node) => node.nodeType === 1 && (node.closest(ANY) || node.querySelector(ANY))
  if (
    !waiting &&
    records.some(
      ({ target, addedNodes }) =>
        about(target.nodeType === 1 ? target : (target.parentElement ?? document.body)) &&
        (target.nodeType === 3 || addedNodes.length),
    )
  )
    waiting = requestAnimationFrame(setAll)
}).observe(document.documentElement, { childList: true, characterData: true, subtree: true })
