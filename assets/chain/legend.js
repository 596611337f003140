// What the colours and the widths of wires mean.

import { chunkOf } from "./chunks.js"
import { html } from "./svg.js"

const scale = (pair, limit, words, when) =>
  html("span", { class: `scale ${when}` }, html("span", {}, `−${limit}`), html("span", { class: `ramp ${pair}` }),
    html("span", {}, `+${limit}`), words)

export function writeLegend(model) {
  const parts = [scale("activation", model.limit, "hidden states", "")]
  if (model.cell === "lstm") parts.push(scale("activation", model.memoryLimit, "cell states c, the narrow strips", ""))
  if (model.edited) parts.push(html("span", {}, "Δ: how far the edits have moved h, ‖h − h before‖"))
  if (model.hasGradients) {
    const { decades, top } = model.wires
    const spread = `½…8 px over ${decades === 2 ? "two" : "four"} decades, the widest is ${top.toPrecision(2)}`
    const words = model.cell === "lstm"
      ? `dashed wires: ‖dh‖ above, ‖dc‖ below, ${spread}; “both” is ‖[dh; dc]‖, the norm of the gradient`
      : `dashed wires: ‖dh‖, ${spread}`
    parts.push(scale("gradients", model.gradLimit, "gradients dh", "when-backward"),
      html("span", { class: "when-backward" }, words))
    if (model.segments.some((segment) => chunkOf(segment) < segment.steps)) {
      parts.push(html("span", { class: "when-backward", "data-testid": "legend-chunk" }, "upright dashes: chunk boundaries. The state crosses them, "
        + "the gradient stops: exactly 0 comes back, drawn as dots"))
    }
  }
  return parts
}
