// One choice out of a few, each drawn: a schematic of a topology, or a picture from the data.
// A radio group to the keyboard and to a screen reader: arrows move and choose.

const SVG = "http://www.w3.org/2000/svg"
const STEP = 26
const ROWS = { y: 10, h: 32, x: 54 }

function shape(tag, attributes, parent) {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  parent.append(element)
  return element
}

function box(x, row, kind, svg) {
  shape("rect", { x: x - 7, y: ROWS[row] - 6, width: 14, height: 12, rx: 3, class: kind }, svg)
}

// Columns are { reads, says, fed, starts }: absent parts are absent, not greyed.
function schematic(columns) {
  const svg = document.createElementNS(SVG, "svg")
  const width = columns.length * STEP
  svg.setAttribute("viewBox", `0 0 ${width} 64`)
  svg.setAttribute("width", String(width * 1.25))
  svg.setAttribute("height", "80")
  svg.setAttribute("aria-hidden", "true")
  columns.forEach((column, i) => {
    const x = STEP * (i + 0.5)
    if (i > 0) {
      const kind = column.starts ? "wire handed" : "wire"
      shape("path", { d: `M${x - STEP + 8} ${ROWS.h} H${x - 8}`, class: kind }, svg)
    }
    if (column.reads) {
      shape("path", { d: `M${x} ${ROWS.x - 6} V${ROWS.h + 7}`, class: "wire" }, svg)
      box(x, "x", "input", svg)
    }
    if (column.says) {
      shape("path", { d: `M${x} ${ROWS.h - 6} V${ROWS.y + 7}`, class: "wire" }, svg)
      box(x, "y", "output", svg)
    }
    if (column.fed) {
      const between = x - STEP / 2
      const d =
        `M${x - STEP + 8} ${ROWS.y} Q${between} ${ROWS.y} ${between} ${ROWS.y + 9} ` +
        `V${ROWS.x - 8} Q${between} ${ROWS.x} ${x - 5} ${ROWS.x} Q${x} ${ROWS.x} ${x} ${ROWS.h + 8}`
      shape("path", { d, class: "wire fed" }, svg)
    }
    box(x, "h", column.second ? "hidden second" : "hidden", svg)
  })
  return svg
}

function card(option) {
  const button = document.createElement("button")
  button.type = "button"
  button.setAttribute("role", "radio")
  button.dataset.id = option.id
  button.dataset.testid = `pick-${option.id}`
  if (option.columns) button.append(schematic(option.columns))
  if (option.picture) {
    const image = document.createElement("img")
    image.src = option.picture
    image.alt = ""
    button.append(image)
  }
  const name = document.createElement("span")
  name.className = option.picture ? "name spoken" : "name"
  name.textContent = option.name
  button.append(name)
  if (option.note) {
    const note = document.createElement("span")
    note.className = "note"
    note.textContent = option.note
    button.append(note)
  }
  return button
}

export default function ({ parentElement, data, setTriggerValue }) {
  let group = parentElement.querySelector("[role=radiogroup]")
  if (!group) {
    group = document.createElement("div")
    group.setAttribute("role", "radiogroup")
    parentElement.append(group)
  }
  group.setAttribute("aria-label", data.label)
  group.className = data.options.some((option) => option.picture) ? "pictures" : "cards"
  const drawn = JSON.stringify(data.options)
  if (group.dataset.drawn !== drawn) {
    group.replaceChildren(...data.options.map(card))
    group.dataset.drawn = drawn
  }
  const buttons = [...group.children]
  const mark = (id) => {
    const any = buttons.some((button) => button.dataset.id === id)
    buttons.forEach((button, i) => {
      const chosen = button.dataset.id === id
      button.setAttribute("aria-checked", String(chosen))
      button.tabIndex = chosen || (!any && i === 0) ? 0 : -1
    })
  }
  const choose = (button) => {
    mark(button.dataset.id)
    button.focus()
    setTriggerValue("picked", button.dataset.id)
  }
  mark(data.chosen)
  group.onclick = (event) => {
    const button = event.target.closest("button")
    if (button) choose(button)
  }
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const from = buttons.indexOf(event.target.closest("button"))
    if (!step || from < 0) return
    event.preventDefault()
    event.stopPropagation()
    choose(buttons[(from + step + buttons.length) % buttons.length])
  }
}
