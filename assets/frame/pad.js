// A pad to draw on with mouse, pen or finger. It reports the points of all strokes when one ends;
// what becomes of them is Python's business, which answers with the cells the network reads and
// with what it says: beside the pad, since the pad covers the page's own answer.

const GRID = 256
const PEN = 22
const NEAR = 3
const states = new WeakMap()

function paint({ canvas, strokes }) {
  const pen = canvas.getContext("2d")
  pen.fillStyle = "#000"
  pen.fillRect(0, 0, GRID, GRID)
  pen.strokeStyle = "#fff"
  pen.lineWidth = PEN
  pen.lineCap = pen.lineJoin = "round"
  for (const stroke of strokes) {
    pen.beginPath()
    pen.moveTo(...stroke[0])
    for (const point of stroke) pen.lineTo(...point)
    pen.stroke()
  }
}

function paintCells(canvas, cells, levels) {
  const side = Math.sqrt(cells.length)
  canvas.width = canvas.height = side
  const pen = canvas.getContext("2d")
  const image = pen.createImageData(side, side)
  cells.forEach((count, i) => {
    const grey = (255 * count) / levels
    image.data.set([grey, grey, grey, 255], 4 * i)
  })
  pen.putImageData(image, 0, 0)
}

const byte = (number) => number.toString(16).padStart(2, "0")

function write(strokes) {
  return strokes.map((stroke) => stroke.map(([x, y]) => byte(x) + byte(y)).join("")).join(" ")
}

function build(parent) {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = GRID
  canvas.dataset.testid = "pad"
  canvas.setAttribute("role", "img")
  const figure = document.createElement("figure")
  const cells = document.createElement("canvas")
  cells.dataset.testid = "pad-read"
  cells.setAttribute("role", "img")
  const caption = document.createElement("figcaption")
  figure.append(cells, caption)
  const clear = document.createElement("button")
  clear.type = "button"
  clear.textContent = "Clear"
  const board = document.createElement("div")
  board.className = "board"
  const side = document.createElement("div")
  const says = document.createElement("p")
  says.setAttribute("role", "status")
  const bars = document.createElement("ol")
  bars.dataset.testid = "pad-answer"
  side.append(clear, says, bars)
  board.append(canvas, side)
  parent.append(board, figure)
  return { canvas, figure, cells, caption, clear, says, bars, strokes: [], drawing: false }
}

function paintAnswer({ says, bars }, { told, shares }) {
  says.textContent = told
  bars.replaceChildren(
    ...shares.map(({ name, share, said }) => {
      const row = document.createElement("li")
      const bar = document.createElement("i")
      bar.append(document.createElement("b"))
      bar.firstChild.style.width = `${100 * share}%`
      const number = document.createElement("span")
      number.textContent = said
      row.append(name, bar, number)
      return row
    }),
  )
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (!states.has(parentElement)) states.set(parentElement, build(parentElement))
  const pad = states.get(parentElement)
  pad.canvas.setAttribute("aria-label", data.label)
  pad.figure.hidden = data.cells.length === 0
  pad.caption.textContent = data.read
  pad.cells.setAttribute("aria-label", data.read)
  paintAnswer(pad, data)
  if (data.cells.length) paintCells(pad.cells, data.cells, data.levels)
  const at = (event) => {
    const box = pad.canvas.getBoundingClientRect()
    const place = (from, low, size) =>
      Math.min(GRID - 1, Math.max(0, Math.round(((from - low) * GRID) / size)))
    return [place(event.clientX, box.left, box.width), place(event.clientY, box.top, box.height)]
  }
  pad.canvas.onpointerdown = (event) => {
    pad.canvas.setPointerCapture(event.pointerId)
    pad.strokes.push([at(event)])
    pad.drawing = true
    paint(pad)
  }
  pad.canvas.onpointermove = (event) => {
    if (!pad.drawing) return
    const stroke = pad.strokes.at(-1)
    const next = at(event)
    const [x, y] = stroke.at(-1)
    if (Math.hypot(next[0] - x, next[1] - y) < NEAR) return
    stroke.push(next)
    paint(pad)
  }
  pad.canvas.onpointerup = pad.canvas.onpointercancel = () => {
    if (!pad.drawing) return
    pad.drawing = false
    setTriggerValue("drawn", write(pad.strokes))
  }
  pad.clear.onclick = () => {
    pad.strokes = []
    pad.figure.hidden = true
    paint(pad)
  }
  paint(pad)
}
