// The outer product behind one step's share in dW: the vector that came in, the gradient behind it,
// and all their products; beside it one entry as a product of two numbers.

import { entryName } from "../model/entry_name.js"
import { factors, hasGradientTable } from "../model/gradient_slices.js"
import { mapSize } from "../lib/geometry.js"
import { norm } from "../model/payload.js"
import { brief, niceLimit, shape } from "../lib/format.js"
import { heatMap } from "../paint/heat.js"
import { button, html, set, svg, typeset } from "../lib/svg.js"

const STRIP = 14
const GAP = 8

export class OuterProduct {
  constructor(focus) {
    this.open = false
    this.place = null
    this.focus = focus
    this.element = html("section", {
      class: "outer",
      "data-testid": "outer",
      "aria-label": "One step’s share",
      hidden: true,
    })
  }

  toggle(open = !this.open, place = null) {
    this.open = open
    this.place = place
  }

  show(model, palette, state) {
    const { segment, j } = model.columns[state.t - 1]
    const shown =
      this.open &&
      state.phase === "backward" &&
      state.zoom === 1 &&
      hasGradientTable(segment, state.weight)
    this.element.hidden = !shown
    if (!shown) return this.element.replaceChildren()
    const product = {
      segment,
      name: state.weight,
      j,
      k: state.t,
      ...factors(segment, state.weight, j),
    }
    const line = html("p", {
      class: "outer-entry",
      "data-testid": "outer-entry",
      "aria-live": "polite",
    })
    const choose = (r, c) => line.replaceChildren(...entryLine(product, r, c))
    const kept =
      this.place &&
      this.place.r < product.from.values.length &&
      this.place.c < product.behind.values.length
    const { r, c } = kept ? this.place : largest(product)
    choose(r, c)
    const close = button("×", { class: "round", "aria-label": "Close" }, () => {
      this.toggle(false)
      this.show(model, palette, state)
      this.focus()
    })
    this.element.replaceChildren(
      html("div", { class: "outer-words" }, html("p", {}, ...heading(product)), line),
      drawing(model, product, palette, choose),
      close,
    )
  }
}

const largest = ({ from, behind }) => {
  const top = (values) =>
    values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0)
  return { r: top(from.values), c: top(behind.values) }
}

function heading({ from, behind, name, k }) {
  const sizes = [norm(from.values), norm(behind.values)]
  return [
    html("strong", {}, `t = ${k}: `),
    ...typeset(`${from.letters} ⊗ ${behind.letters} is this step’s share in d${name}`),
    html("br"),
    html(
      "span",
      { class: "sign" },
      `norms: ${brief(sizes[0])} × ${brief(sizes[1])} = ${brief(sizes[0] * sizes[1])}`,
    ),
  ]
}

function entryLine({ segment, name, from, behind, k }, r, c) {
  const share = from.values[r] * behind.values[c]
  return [
    ...typeset(`d${entryName({ segment, name, r, c })} at t = ${k}:  `),
    html("b", { "data-value": from.values[r] }, brief(from.values[r])),
    html("span", { class: "sign" }, " × "),
    html("b", { "data-value": behind.values[c] }, brief(behind.values[c])),
    html("span", { class: "sign" }, " = "),
    html("b", { class: "strong", "data-value": share }, brief(share)),
  ]
}

// Each part in the colours it has in the chain: states and gradients there, shares in the ledger.
function scalesOf(model, { segment, name, from }) {
  const size = (values) =>
    niceLimit(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0))
  return {
    from: name === "W_xh" ? size(from.values) : model.limit,
    behind: model.gradLimit,
    share: size(segment.gradients.total[name].data),
  }
}

// The column of what came in, the row of the gradient, and their products.
function drawing(model, { from, behind, name, k, segment }, palette, choose) {
  const limits = scalesOf(model, { segment, name, from })
  const [rows, columns] = [from.values.length, behind.values.length]
  const map = mapSize(rows, columns, 220, 150)
  const cell = map.cell || 4
  const at = STRIP + GAP
  const root = svg("svg", {
    width: at + map.width + 90,
    height: at + map.height + 20,
    role: "img",
    "aria-label":
      `${from.letters} ${shape(rows)} times ${behind.letters} ${shape(columns)}: ` + "all products",
  })
  const product = (r, c) => from.values[r] * behind.values[c]
  const put = (box, values, r, c, style) =>
    root.append(
      heatMap(values, r, c, { ...box, cell: map.cell >= 8 ? cell : 0 }, { palette, ...style }),
      svg("rect", {
        class: "frame quiet",
        x: box.x - 2,
        y: box.y - 2,
        rx: 3,
        width: box.width + 4,
        height: box.height + 4,
      }),
    )
  put(
    { x: 2, y: at, width: map.cell || STRIP, height: map.height },
    (r) => from.values[r],
    rows,
    1,
    { limit: limits.from },
  )
  put(
    { x: at, y: 2, width: map.width, height: map.cell || STRIP },
    (_, c) => behind.values[c],
    1,
    columns,
    { limit: limits.behind, gradient: true },
  )
  put({ x: at, y: at, width: map.width, height: map.height }, product, rows, columns, {
    limit: limits.share,
    gradient: true,
  })
  const frame = root.lastChild
  set(frame, { class: `frame ${name}`, "data-testid": "outer-product", "data-k": k })
  root.append(
    svg("text", { class: "small", x: at + map.width + 8, y: 13 }, behind.letters),
    svg("text", { class: "small", x: 0, y: at + map.height + 16 }, from.letters),
  )
  frame.addEventListener("pointermove", (event) => {
    const box = frame.getBoundingClientRect()
    const index = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)))
    choose(
      index((event.clientY - box.top - 2) / map.height, rows),
      index((event.clientX - box.left - 2) / map.width, columns),
    )
  })
  return root
}
