// The gradient ledger: every step's outer product under its column, their sum under the plate.

import { kept, slice, sliceNorm, sumFrom } from "../model/gradient_slices.js"
import { mapSize } from "../lib/geometry.js"
import { norm } from "../model/payload.js"
import { brief, niceLimit } from "../lib/format.js"
import { heatMap } from "./heat.js"
import { svg } from "../lib/svg.js"

const SIDE = 84

// Two drawings for a segment: the total (under its plate) and the slices (under its columns).
export function paintLedger(context, segment, name, xs, width) {
  const { layout, palette, refer } = context
  const { shape } = segment.weights[name]
  const side = Math.min(SIDE, layout.plate.width - 44, layout.pitch - 18)
  const map = mapSize(shape[0], shape[1], side, side)
  const height = 24 + map.height + 26
  const { total } = segment.gradients
  const most = total[name].data.reduce((a, v) => Math.max(a, Math.abs(v)), 0)
  const style = { limit: niceLimit(most), palette, gradient: true }
  const limits = { share: style.limit }
  const left = svg("svg", {
    class: "ledger-total",
    width: layout.plate.width,
    height,
    "aria-hidden": "true",
    "data-testid": "ledger-total",
    "data-weight": name,
    "data-norm": segment.gradients.norms[name],
  })
  const right = svg("svg", { class: "ledger-slices", width, height, "aria-hidden": "true" })
  const slices = []
  for (let j = 0; j < segment.steps; j++) {
    const k = segment.first + j
    const group = svg("g", {
      class: "slice",
      "data-testid": `slice-${k}`,
      transform: `translate(${xs[j] - map.width / 2} 20)`,
    })
    const falling = svg(
      "g",
      {},
      heatMap(slice(segment, name, j), shape[0], shape[1], { x: 0, y: 0, ...map }, style),
    )
    group.append(falling)
    const frame = frameOf(map, "quiet")
    refer(frame, {
      kind: "slice",
      segment,
      name,
      j,
      k,
      values: slice(segment, name, j),
      rows: shape[0],
      columns: shape[1],
    })
    const size = sliceNorm(segment, name, j)
    group.append(
      frame,
      svg(
        "text",
        { class: "quiet small", x: map.width / 2, y: map.height + 17, "text-anchor": "middle" },
        `t = ${k}  ‖·‖ ${brief(size)}`,
      ),
    )
    group.setAttribute("data-norm", size)
    const sign = svg(
      "text",
      {
        class: "operator",
        x: j ? (xs[j - 1] + xs[j]) / 2 : xs[0] - map.width / 2 - 22,
        y: 24 + map.height / 2,
      },
      j ? "+" : "=",
    )
    right.append(group, sign)
    slices.push({ k, group, falling })
  }
  const holder = svg("g", { transform: `translate(${layout.plate.margin + 2} 20)` })
  const caption = svg("text", {
    class: `small strong ${name}`,
    x: layout.plate.margin,
    y: 20 + map.height + 18,
  })
  left.append(holder, caption)
  const paintTotal = (t, share = "sum") => {
    // Until every slice is in, the sum of those that are; then the engine's own total.
    const from = Math.max(0, t - segment.first)
    const full = from === 0 || share !== "sum"
    const sum =
      share !== "sum"
        ? kept(segment, name, share)
        : full
          ? total[name].data
          : sumFrom(segment, name, from)
    const values = (r, c) => sum[r * shape[1] + c]
    const frame = frameOf(map, name)
    refer(frame, { kind: "total", segment, name, values, rows: shape[0], columns: shape[1], full })
    holder.replaceChildren(
      heatMap(values, shape[0], shape[1], { x: 0, y: 0, ...map }, style),
      frame,
    )
    const whole = name === "W_hh" && segment.copies ? "sum of the " : ""
    const rule = { last: ", last only", mean: ", mean" }[share] ?? (full ? "" : " so far")
    caption.textContent = `${whole}d${name}${rule}  ‖·‖ ${brief(norm(sum))}`
    for (const { k, group } of slices)
      group.classList.toggle(
        "ahead",
        share === "last" ? k < segment.last : share === "sum" && k < t,
      )
  }
  return { left, right, slices, holder, paintTotal, limits }
}

const frameOf = (map, name) =>
  svg("rect", {
    class: `frame ${name}`,
    x: -2,
    y: -2,
    rx: 3,
    width: map.width + 4,
    height: map.height + 4,
  })
