// What the colours and the widths of wires mean.

import { html } from "./svg.js"

const scale = (pair, limit, words, when) =>
  html("span", { class: `scale ${when}` }, html("span", {}, `−${limit}`), html("span", { class: `ramp ${pair}` }),
    html("span", {}, `+${limit}`), words)

export function writeLegend(model) {
  const parts = [scale("activation", model.limit, "hidden states", "")]
  if (model.cell === "lstm") parts.push(scale("activation", model.memoryLimit, "cell states c, the narrow strips", ""))
  if (model.hasGradients) {
    const { decades, top } = model.wires
    const lstm = model.cell === "lstm"
    const words = `dashed wires: ½…8 px over ${decades === 2 ? "two" : "four"} decades of ${lstm ? "‖dh‖ and, below it, ‖dc‖" : "‖dh‖"}, ` +
      `the widest is ${top.toPrecision(2)}${lstm ? "; the number is ‖[dh; dc]‖" : ""}`
    parts.push(scale("gradients", model.gradLimit, "gradients dh", "when-backward"),
      html("span", { class: "when-backward" }, words))
  }
  return parts
}
