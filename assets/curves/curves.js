// Draws the curves of a run while it goes on: the same panels, from the same plain dict, as the
// Plotly figure that takes their place when the run rests. A Plotly chart is taken down and put up
// again at each change, which blinks and costs 40 ms; this one is redrawn in place in about 1 ms.

const SVG = "http://www.w3.org/2000/svg"
const ROOM = { left: 52, right: 20, top: 20, bottom: 40 }
const DASHES = { dot: "2 3", dash: "8 4" }
const BORDERS = { dot: "dotted", dash: "dashed" }
const URL_THROTTLE_MS = 500 // milliseconds between two notes in the address, which browsers ration
const POLL_MS = 400 // milliseconds between two looks at whether the script of a run is alive
const watched = new WeakMap()

function add(parent, name, attributes = {}, text) {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  if (text !== undefined) node.textContent = text
  parent.append(node)
  return node
}

function finite(values) {
  return values.filter((value) => Number.isFinite(value))
}

/** Round steps of 1, 2 or 5 times a power of ten: about `wanted` of them within a span. */
function niceStep(span, wanted) {
  const rough = span / Math.max(1, wanted)
  const power = 10 ** Math.floor(Math.log10(rough))
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough * 0.999)
}

function ticksBetween(low, high, wanted) {
  const step = niceStep(high - low, wanted)
  const found = []
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1)
    found.push(n * step + 0)
  return found
}

/** 3e34 as 3·10³⁴, 2e-7 as 2·10⁻⁷: what a loss comes to before numbers overflow, or a small one. */
function sayPower(value) {
  const [digits, power] = value.toExponential(1).replace(".0", "").split("e")
  const raised = power
    .replace("+", "")
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit])
  return digits === "1" ? `10${raised}` : `${digits}·10${raised}`
}

function sayNumber(value, axis) {
  if (axis.tickformat === ".0%") return `${Math.round(100 * value)}%`
  if (value < 0) return `−${sayNumber(-value, axis)}`
  if (value >= 1e5 || (value > 0 && value < 1e-4)) return sayPower(value)
  if (value >= 1000) return Math.round(value).toLocaleString("en")
  return String(Number(value.toPrecision(3)))
}

/** Position of a value on an axis, 0 at its low end and 1 at its high end, and its tick marks.
 * A logarithmic axis brings its range, its ticks and their labels along. */
function scaleY(axis, values, rules) {
  if (axis.type === "log") {
    const [low, high] = axis.range
    return {
      at: (value) => (Math.log10(value) - low) / (high - low),
      ticks: axis.tickvals,
      names: axis.ticktext,
    }
  }
  const known = finite([...values, ...rules])
  const [low, high] = axis.range ?? spread(known, axis.rangemode === "tozero")
  return { at: (value) => (value - low) / (high - low), ticks: ticksBetween(low, high, 3) }
}

function spread(known, fromZero) {
  const low = fromZero ? Math.min(0, ...known) : Math.min(...known, Infinity)
  const high = Math.max(...known, -Infinity)
  if (!Number.isFinite(high) || !Number.isFinite(low)) return [0, 1]
  const more = 0.06 * (high - low || Math.abs(high) || 1)
  return [fromZero ? low : low - more, high + more]
}

function drawLine(panel, trace, x, y) {
  const points = trace.x.map((update, n) => [update, trace.y[n]])
  let path = ""
  let pen = "M"
  for (const [update, value] of points) {
    const up = value === null ? NaN : y(value)
    if (Number.isFinite(up)) {
      path += `${pen}${x(update).toFixed(1)} ${up.toFixed(1)}`
      pen = "L"
    } else pen = "M"
  }
  const { color, width, dash } = trace.line
  const stroke = { d: path, fill: "none", stroke: color, "stroke-width": width }
  if (trace.mode.includes("lines"))
    add(panel, "path", DASHES[dash] ? { ...stroke, "stroke-dasharray": DASHES[dash] } : stroke)
  if (!trace.mode.includes("markers")) return
  for (const [update, value] of points) {
    if (value === null || !Number.isFinite(y(value))) continue
    add(panel, "circle", { cx: x(update), cy: y(value), r: trace.marker.size / 2, fill: color })
  }
}

function drawPanel(svg, name, figure, box, x) {
  const axis = figure.layout[name.replace("y", "yaxis")]
  const traces = figure.data.filter((trace) => trace.yaxis === name)
  const rules = (figure.layout.shapes ?? []).filter((shape) => shape.yref === name)
  const [from, to] = axis.domain
  const bottom = box.top + box.height * (1 - from)
  const height = box.height * (to - from)
  const scale = scaleY(
    axis,
    traces.flatMap((trace) => trace.y),
    rules.map((rule) => rule.y0),
  )
  const y = (value) => bottom - height * scale.at(value)
  for (const [n, tick] of scale.ticks.entries()) {
    add(svg, "line", {
      class: "grid",
      x1: box.left,
      x2: box.left + box.width,
      y1: y(tick),
      y2: y(tick),
    })
    const label = { class: "tick", x: box.left - 8, y: y(tick) + 4, "text-anchor": "end" }
    add(svg, "text", label, scale.names?.[n] ?? sayNumber(tick, axis))
  }
  for (const rule of rules) {
    const ends = { x1: box.left, x2: box.left + box.width, y1: y(rule.y0), y2: y(rule.y0) }
    add(svg, "line", { ...ends, stroke: rule.line.color, "stroke-dasharray": "8 6" })
  }
  for (const trace of traces) drawLine(svg, trace, x, y)
  for (const note of (figure.layout.annotations ?? []).filter((one) => one.yref === name)) {
    const value = axis.type === "log" ? 10 ** note.y : note.y
    const place = { class: "note", x: box.left + box.width, y: y(value) + 14, "text-anchor": "end" }
    add(svg, "text", place, note.text)
  }
  return bottom
}

/** Upright lines at updates that stand out, each with its word at the top. */
function drawMarks(svg, marks, box, x) {
  for (const { update, text } of marks ?? []) {
    const [left, end] = [x(update), x(update) > box.left + box.width - 60 ? "end" : "start"]
    add(svg, "line", { class: "mark", x1: left, x2: left, y1: box.top, y2: box.bottom })
    const place = {
      class: "mark-text",
      x: left + (end === "end" ? -4 : 4),
      y: box.top + 12,
      "text-anchor": end,
    }
    add(svg, "text", place, text)
  }
}

/** Let the visitor point at an update: a line follows, and a click tells the update under it. */
function letPick(svg, box, x, span, tell) {
  const line = add(svg, "line", {
    class: "mark hover",
    y1: box.top,
    y2: box.bottom,
    visibility: "hidden",
  })
  const label = add(svg, "text", { class: "mark-text", y: box.bottom - 6, visibility: "hidden" })
  const find = (event) => {
    const left = event.clientX - svg.getBoundingClientRect().left
    const share = Math.min(1, Math.max(0, (left - box.left) / box.width))
    return Math.round(span[0] + share * (span[1] - span[0]))
  }
  svg.classList.add("pickable")
  svg.addEventListener("pointermove", (event) => {
    const update = find(event)
    for (const node of [line, label]) node.setAttribute("visibility", "visible")
    for (const name of ["x1", "x2"]) line.setAttribute(name, x(update))
    const right = x(update) > box.left + box.width - 110
    label.setAttribute("x", x(update) + (right ? -4 : 4))
    label.setAttribute("text-anchor", right ? "end" : "start")
    label.textContent = `update ${update.toLocaleString("en")}`
  })
  svg.addEventListener("pointerleave", () => {
    for (const node of [line, label]) node.setAttribute("visibility", "hidden")
  })
  svg.addEventListener("click", (event) => tell(find(event)))
}

function drawUpdates(svg, axis, box, x, span) {
  for (const tick of ticksBetween(...span, box.width / 110)) {
    const place = { class: "tick", x: x(tick), y: box.bottom + 18, "text-anchor": "middle" }
    add(svg, "text", place, tick.toLocaleString("en"))
  }
  const middle = {
    class: "note",
    x: box.left + box.width / 2,
    y: box.bottom + 36,
    "text-anchor": "middle",
  }
  add(svg, "text", middle, axis.title.text)
}

function drawLegend(holder, figure) {
  const legend = document.createElement("div")
  legend.className = "legend"
  for (const trace of figure.data.filter((one) => one.showlegend !== false)) {
    const entry = document.createElement("span")
    const sample = document.createElement("i")
    sample.style.borderTop = `2px ${BORDERS[trace.line.dash] ?? "solid"} ${trace.line.color}`
    entry.append(sample, trace.name)
    legend.append(entry)
  }
  holder.append(legend)
}

/** A figure with its inks in the colours of the theme, dark where letters are light. */
function inTheme(figure, inks, holder) {
  // A holder that is no longer on the page has no colour: nobody sees what is drawn.
  const [red, green, blue] = (getComputedStyle(holder).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(
    Number,
  )
  const paint = (color) => inks[color]?.[red + green + blue > 384 ? 1 : 0] ?? color
  const line = (part) => ({ ...part, line: { ...part.line, color: paint(part.line.color) } })
  const { data, layout } = figure
  return { data: data.map(line), layout: { ...layout, shapes: (layout.shapes ?? []).map(line) } }
}

function draw(holder, { figure: drawn, alt, marks, pick, inks }, tell) {
  const figure = inTheme(drawn, inks, holder)
  const width = holder.clientWidth
  if (!width) return
  const height = figure.layout.height - 24
  const box = {
    left: ROOM.left,
    top: ROOM.top,
    width: width - ROOM.left - ROOM.right,
    height: height - ROOM.top - ROOM.bottom,
    bottom: height - ROOM.bottom,
  }
  const updates = figure.data.flatMap((trace) => trace.x)
  const span = figure.layout.xaxis.range ?? [0, Math.max(1, ...updates)]
  const x = (update) => box.left + (box.width * (update - span[0])) / (span[1] - span[0])
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("width", width)
  svg.setAttribute("height", height)
  svg.setAttribute("aria-hidden", "true")
  for (const name of Object.keys(figure.layout).filter((key) => key.startsWith("yaxis")))
    drawPanel(svg, name.replace("yaxis", "y"), figure, box, x)
  for (const head of (figure.layout.annotations ?? []).filter((one) => one.yref === "paper"))
    add(
      svg,
      "text",
      { class: "head", x: box.left, y: box.top + box.height * (1 - head.y) - 6 },
      head.text,
    )
  drawUpdates(svg, figure.layout.xaxis, box, x, span)
  drawMarks(svg, marks, box, x)
  if (pick) letPick(svg, box, x, span, tell)
  holder.replaceChildren()
  drawLegend(holder, figure)
  holder.append(svg)
  holder.setAttribute("aria-label", alt)
}

/** Write into the address how far the run is: loaded again, the page offers to train to there. */
function writeUpdateToUrl(known, update) {
  if (!update || performance.now() - (known.urlWritten ?? -Infinity) < URL_THROTTLE_MS) return
  known.urlWritten = performance.now()
  const address = new URL(window.location)
  address.searchParams.set("update", update)
  window.history.replaceState(window.history.state, "", address)
}

/** Ask for the page to be drawn again when a run should go on, but its script has ended.
 *
 * Streamlit's own Stop, an error or a lost message ends a script without a word: the page would
 * say "Training" for ever. */
function watchScript(known) {
  let ended = 0
  return setInterval(() => {
    const app = document.querySelector('[data-testid="stApp"]')?.dataset
    const over =
      known.running &&
      app?.testScriptState === "notRunning" &&
      app.testConnectionState !== "CONNECTING"
    ended = over ? ended + 1 : 0
    // Between two runs of a script there is a moment without one.
    if (ended === 2) known.redraw()
  }, POLL_MS)
}

/** Draw the newest frame of a run that goes on: they come through an unseen element beside it. */
function follow(host, show) {
  const block = host.closest('[class*="st-key-moving-"]')
  if (!block) return new MutationObserver(() => {})
  let waiting = 0
  const look = () => {
    waiting = 0
    const frame = block.querySelector("[data-frame]")?.dataset.frame
    if (frame) show(JSON.parse(frame))
  }
  const observer = new MutationObserver(() => (waiting ||= requestAnimationFrame(look)))
  observer.observe(block, { childList: true, subtree: true, attributeFilter: ["data-frame"] })
  return observer
}

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const holder = parentElement.querySelector(".curves")
  const known = watched.get(holder) ?? { data }
  known.data = data
  known.running = data.running
  known.tell = (update) => setStateValue("moment", update)
  known.redraw = () => setTriggerValue("ended", true)
  if (!watched.has(holder)) {
    watched.set(holder, known)
    const redraw = () => draw(holder, known.data, known.tell)
    known.resizes = new ResizeObserver(redraw)
    known.resizes.observe(holder)
    known.watch = watchScript(known)
    known.frames = follow(holder.getRootNode().host, (frame) => {
      known.data = { ...frame, inks: known.data.inks }
      redraw()
      writeUpdateToUrl(known, frame.update)
    })
  }
  draw(holder, data, known.tell)
  return () => {
    known.resizes.disconnect()
    known.frames.disconnect()
    clearInterval(known.watch)
    watched.delete(holder)
  }
}
