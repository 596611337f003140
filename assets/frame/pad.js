// A pad to draw on with mouse, pen or finger. It reports 64×64 bits when a stroke ends; what becomes
// of them is Python's business.

const GRID = 64
const RADIUS = 3.4
const states = new WeakMap()

function ink(bits, from, to) {
  const length = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * 2))
  for (let k = 0; k <= length; k++) {
    const x = from.x + ((to.x - from.x) * k) / length
    const y = from.y + ((to.y - from.y) * k) / length
    for (let row = Math.max(0, Math.floor(y - RADIUS)); row <= Math.min(GRID - 1, y + RADIUS); row++)
      for (let column = Math.max(0, Math.floor(x - RADIUS)); column <= Math.min(GRID - 1, x + RADIUS); column++)
        if ((row + 0.5 - y) ** 2 + (column + 0.5 - x) ** 2 <= RADIUS ** 2) bits[row * GRID + column] = 1
  }
}

function paint({ canvas, bits }) {
  const pen = canvas.getContext("2d")
  const image = pen.createImageData(GRID, GRID)
  bits.forEach((bit, i) => image.data.set([255 * bit, 255 * bit, 255 * bit, 255], 4 * i))
  pen.putImageData(image, 0, 0)
}

function hexadecimal(bits) {
  let text = ""
  for (let i = 0; i < bits.length; i += 4)
    text += (8 * bits[i] + 4 * bits[i + 1] + 2 * bits[i + 2] + bits[i + 3]).toString(16)
  return text
}

function build(parent) {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = GRID
  canvas.dataset.testid = "pad"
  canvas.setAttribute("role", "img")
  const clear = document.createElement("button")
  clear.type = "button"
  clear.textContent = "Clear"
  parent.append(canvas, clear)
  return { canvas, clear, bits: new Uint8Array(GRID * GRID), last: null }
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (!states.has(parentElement)) states.set(parentElement, build(parentElement))
  const pad = states.get(parentElement)
  pad.canvas.setAttribute("aria-label", data.label)
  const at = event => {
    const box = pad.canvas.getBoundingClientRect()
    const scale = GRID / box.width
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale }
  }
  pad.canvas.onpointerdown = event => {
    pad.canvas.setPointerCapture(event.pointerId)
    pad.last = at(event)
    ink(pad.bits, pad.last, pad.last)
    paint(pad)
  }
  pad.canvas.onpointermove = event => {
    if (!pad.last) return
    const next = at(event)
    ink(pad.bits, pad.last, next)
    pad.last = next
    paint(pad)
  }
  pad.canvas.onpointerup = pad.canvas.onpointercancel = () => {
    if (!pad.last) return
    pad.last = null
    setTriggerValue("drawn", hexadecimal(pad.bits))
  }
  pad.clear.onclick = () => {
    pad.bits.fill(0)
    paint(pad)
  }
  paint(pad)
}
