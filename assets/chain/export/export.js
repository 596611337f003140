// The picture as a file of its own: what is shown, redrawn as one SVG with its colours and its
// font inside, and as a PNG made from that.

import { svg } from "../lib/svg.js"

const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "paint-order",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "image-rendering",
  "font-variant-numeric",
]
const PLAIN = {
  "fill-opacity": "1",
  opacity: "1",
  "stroke-dasharray": "none",
  "paint-order": "normal",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "text-anchor": "start",
  "dominant-baseline": "auto",
  "image-rendering": "auto",
  "font-variant-numeric": "normal",
  stroke: "none",
}
const EDGE = 16
const NAMESPACE = "http://www.w3.org/2000/svg"

// One SVG element of everything in `parts`, drawn from where it stands on the screen.
export function drawParts(parts, { background, text, scroller, title }) {
  const scrolled = scroller.scrollLeft
  scroller.scrollLeft = 0
  const frames = parts
    .filter((part) => part.offsetParent !== null)
    .map((part) => ({ part, box: part.getBoundingClientRect() }))
  const sheet = svg("svg", { xmlns: NAMESPACE, role: "img" }, svg("title", {}, title))
  const paper = svg("rect", { fill: background })
  sheet.append(paper)
  const origin = {
    x: Math.min(...frames.map(({ box }) => box.left)) - EDGE,
    y: frames[0].box.top - EDGE,
    shift: 0,
  }
  const end = { x: 0, y: 0 }
  let last = origin.y
  for (const { part, box } of frames) {
    // Controls between the parts leave no hole.
    origin.y += Math.max(0, box.top - last - EDGE)
    paintNode(part, sheet, origin, end, text)
    last = box.bottom
  }
  scroller.scrollLeft = scrolled
  const size = { width: Math.ceil(end.x + EDGE), height: Math.ceil(end.y + EDGE) }
  for (const [name, value] of Object.entries(size))
    for (const one of [sheet, paper]) one.setAttribute(name, value)
  sheet.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`)
  return { sheet, ...size }
}

function paintNode(node, into, origin, end, colour) {
  if (node.nodeType === Node.TEXT_NODE) return paintText(node, into, origin, colour)
  if (node.nodeType !== Node.ELEMENT_NODE) return
  const style = getComputedStyle(node)
  if (
    style.display === "none" ||
    style.visibility === "hidden" ||
    node.matches(".spoken, .edge, button:not(.crumb), .inspector:not(.pinned)")
  )
    return
  const box = node.getBoundingClientRect()
  const place = {
    x: box.left - origin.x,
    y: box.top - origin.y,
    width: box.width,
    height: box.height,
  }
  if (node.namespaceURI === NAMESPACE) {
    const copy = inlined(node)
    for (const [name, value] of Object.entries(place)) copy.setAttribute(name, value)
    copy.setAttribute("overflow", "visible")
    into.append(copy)
    reach(end, place)
    return
  }
  paintBox(style, place, into, end)
  for (const child of node.childNodes) paintNode(child, into, origin, end, style.color)
}

const reach = (end, { x, y, width, height }) => {
  end.x = Math.max(end.x, x + width)
  end.y = Math.max(end.y, y + height)
}

const CLEAR = /^(transparent|rgba\(.*, 0\))$/

// Background and outline of an element, where it has any.
function paintBox(style, { x, y, width, height }, into, end) {
  if (style.backgroundImage.startsWith("linear-gradient"))
    paintRamp(style, { x, y, width, height }, into)
  const filled = !CLEAR.test(style.backgroundColor)
  const ring = style.boxShadow.match(/^(rgba?\([^)]*\)|color\([^)]*\)|#\w+)/)?.[1]
  const line =
    parseFloat(style.borderTopWidth) > 0 && !CLEAR.test(style.borderTopColor)
      ? style.borderTopColor
      : null
  if (!width || !(filled || ring || line)) return
  reach(end, { x, y, width, height })
  const whole = ring ?? (parseFloat(style.borderLeftWidth) > 0 ? line : null)
  const top = style.backgroundClip === "padding-box" ? parseFloat(style.borderTopWidth) : 0
  const inset = whole && width > 1 ? 0.5 : 0
  into.append(
    svg("rect", {
      x: x + inset,
      y: y + top + inset,
      width: width - 2 * inset,
      height: height - top - 2 * inset,
      rx: parseFloat(style.borderRadius) || 0,
      fill: filled ? style.backgroundColor : "none",
      stroke: whole ?? "none",
    }),
  )
  if (line && !whole) into.append(svg("path", { d: `M${x} ${y}h${width}`, stroke: line }))
}

// A colour scale from left to right; any other gradient is the axis of a row of bars.
function paintRamp({ backgroundImage }, { x, y, width, height }, into) {
  const colours = backgroundImage.match(/rgba?\([^)]*\)|color\([^)]*\)/g) ?? []
  if (!backgroundImage.includes("90deg")) {
    into.append(svg("path", { d: `M${x + width / 2} ${y}v${height}`, stroke: colours[0] }))
    return
  }
  const id = `ramp${Math.round(x)}-${Math.round(y)}`
  into.append(
    svg(
      "linearGradient",
      { id },
      ...colours.map((colour, n) =>
        svg("stop", { offset: n / (colours.length - 1), "stop-color": colour }),
      ),
    ),
    svg("rect", { x, y, width, height, rx: 3, fill: `url(#${id})` }),
  )
}

function paintText(node, into, origin, colour) {
  if (!node.data.trim()) return
  const range = document.createRange()
  range.selectNodeContents(node)
  const [box] = range.getClientRects()
  if (!box) return
  const style = getComputedStyle(node.parentElement)
  into.append(
    svg(
      "text",
      {
        x: box.left - origin.x,
        y: (box.top + box.bottom) / 2 - origin.y,
        fill: colour,
        "dominant-baseline": "central",
        "font-family": style.fontFamily,
        "font-size": style.fontSize,
        "font-weight": style.fontWeight,
        "xml:space": "preserve",
      },
      node.data,
    ),
  )
}

// A copy of an SVG element that needs no style sheet.
function inlined(node) {
  const style = getComputedStyle(node)
  if (
    style.display === "none" ||
    (style.visibility === "hidden" && !node.children.length) ||
    node.matches(".hit, title")
  )
    return null
  const copy = node.cloneNode(false)
  for (const { name } of [...copy.attributes]) {
    if (/^(class|id|role|style|tabindex|data-|aria-)/.test(name)) copy.removeAttribute(name)
  }
  for (const name of STYLES) {
    const value = style.getPropertyValue(name)
    if (value && value !== PLAIN[name]) copy.setAttribute(name, value)
  }
  if (style.visibility === "hidden") copy.setAttribute("visibility", "hidden")
  else if (node.parentElement && getComputedStyle(node.parentElement).visibility === "hidden")
    copy.setAttribute("visibility", "visible")
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.data)
    else if (child.nodeType === Node.ELEMENT_NODE) copy.append(inlined(child) ?? "")
  }
  return copy
}

// The page's own font as a rule with the file inside; empty where there is none to be had.
export async function embedFont(family) {
  const name = family.split(",")[0].replace(/["']/g, "").trim()
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules]
    } catch {
      return []
    }
  })
  const face = rules.find(
    (rule) =>
      rule instanceof CSSFontFaceRule &&
      rule.style.fontStyle !== "italic" &&
      rule.style.getPropertyValue("font-family").replace(/["']/g, "").trim() === name,
  )
  const source = face?.style.getPropertyValue("src").match(/url\(["']?([^"')]+)/)?.[1]
  if (!source) return ""
  const base = face.parentStyleSheet.href ?? document.baseURI
  const answer = await fetch(new URL(source, base)).catch(() => null)
  if (!answer?.ok) return ""
  const weight = face.style.getPropertyValue("font-weight") || "normal"
  const url = await asDataUrl(await answer.blob())
  return `@font-face{font-family:"${name}";font-weight:${weight};src:url(${url})}`
}

const asDataUrl = (blob) =>
  new Promise((done) => {
    const reader = new FileReader()
    reader.onload = () => done(reader.result)
    reader.readAsDataURL(blob)
  })

export async function writeSvg({ sheet }, family) {
  const font = await embedFont(family)
  if (font) sheet.prepend(svg("style", {}, font))
  return new Blob([new XMLSerializer().serializeToString(sheet)], { type: "image/svg+xml" })
}

// Twice the size on the screen, so that it stays sharp on a slide.
export async function writePng(file, { width, height }) {
  const image = new Image()
  image.src = await asDataUrl(file)
  await image.decode()
  const scale = Math.min(2, 8000 / Math.max(width, height))
  const canvas = document.createElement("canvas")
  canvas.width = width * scale
  canvas.height = height * scale
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((done) => canvas.toBlob(done, "image/png"))
}
