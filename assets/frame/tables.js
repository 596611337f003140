// A column of numbers in a table stands on its right edge, and so does its header: units below units.
// Streamlit sets a column by the type of its data, and a number with a unit is a text to it.

const NUMBER = /^(?:[–—-]|[−+±-]?(?:\d[\d.,\s\u202f]*|10(?=[⁻⁰-⁹¹²³]))(?:\s?[·×]\s?10)?[⁻⁰¹²³⁴-⁹]*(?:\s?(?:%|nats?|s|ms))?)$/u
const DIGIT = /\d/

function set(table) {
  const [head, ...rows] = [...table.rows].map((row) => [...row.cells])
  head?.forEach((title, at) => {
    const cells = rows.map((row) => row[at]).filter((cell) => cell?.tagName === "TD")
    const texts = cells.map((cell) => cell.innerText.trim()).filter(Boolean)
    const numbers = texts.some((text) => DIGIT.test(text)) && texts.every((text) => NUMBER.test(text))
    for (const cell of [title, ...cells]) cell.classList.toggle("of-numbers", numbers)
  })
}

let waiting = 0
function setAll() {
  waiting = 0
  document.querySelectorAll('[data-testid="stTable"] table').forEach(set)
}

new MutationObserver((records) => {
  const about = (node) => node.nodeType === 1 && (node.closest('[data-testid="stTable"]') || node.querySelector('[data-testid="stTable"]'))
  if (!waiting && records.some(({ target, addedNodes }) =>
    about(target.nodeType === 1 ? target : (target.parentElement ?? document.body)) && (target.nodeType === 3 || addedNodes.length)))
    waiting = requestAnimationFrame(setAll)
}).observe(document.documentElement, { childList: true, characterData: true, subtree: true })
