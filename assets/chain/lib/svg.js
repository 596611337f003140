// Elements, made with text nodes only: what a visitor typed never becomes markup.

const SVG = "http://www.w3.org/2000/svg"

export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name)
    else element.setAttribute(name, value === true ? "" : value)
  }
  return element
}

function fill(element, attributes, children) {
  set(element, attributes ?? {})
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children)

export const html = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children)

export function button(label, attributes, action) {
  const element = html("button", { type: "button", ...attributes }, label)
  element.addEventListener("click", action)
  return element
}

// A drawing of width × height units, `scale` pixels of the screen for each.
export const sizeSheet = (sheet, width, height, scale = 1) =>
  set(sheet, {
    width: width * scale,
    height: height * scale,
    viewBox: scale === 1 ? null : `0 0 ${width} ${height}`,
  })

// The same for a drawing that was made at its own size.
export function scaleSheet(sheet, scale) {
  const [width, height] = ["width", "height"].map((name) => Number(sheet.getAttribute(name)))
  if (scale !== 1) sizeSheet(sheet, width, height, scale)
}

// Where a pointer is in a node's own units: its box on the screen holds its outline and names as
// well.
export const pointIn = (node, { clientX, clientY }) =>
  new DOMPoint(clientX, clientY).matrixTransform(node.getScreenCTM().inverse())

// W_xh with its index set low: ["W", "xh"] as two spans.
export function weightName(name, make = svg) {
  const [stem, index] = name.split("_")
  const tag = make === svg ? "tspan" : "sub"
  const low = make(tag, make === svg ? { "font-size": "0.72em", dy: "0.25em" } : {}, index)
  return [stem, low]
}

// A line of letters with the index of each weight, bias and gate's sum set low.
export const typeset = (text) =>
  text
    .split(/(?<=\bd?[Wb]|\bd?a)_([xh][hyifgorzn]|[hyifgorzn])\b/)
    .map((part, at) => (at % 2 ? html("sub", {}, part) : part))

// An icon from a path on a 16 × 16 grid.
export const icon = (path) =>
  svg(
    "svg",
    { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    svg("path", { d: path, fill: "currentColor" }),
  )

// Text cut to what fits in `width` pixels, at `size` pixels per em; exact enough for labels.
export function clip(text, width, size = 13) {
  const most = Math.max(2, Math.floor(width / (size * 0.56)))
  const letters = [...text]
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…"
}
