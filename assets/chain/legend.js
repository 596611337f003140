// What the colours and the widths of wires mean.

import { html } from "./svg.js"

const scale = (pair, limit, words, when) =>
  html("span", { class: `scale ${when}` }, html("span", {}, `−${limit}`), html("span", { class: `ramp ${pair}` }),
    html("span", {}, `+${limit}`), words)

export function writeLegend(model) {
  const parts = [scale("activation", model.limit, "hidden states", "")]
  if (model.hasGradients) {
    const { decades, top } = model.wires
    const words = `dashed wires: ½…8 px over ${decades === 2 ? "two" : "four"} decades of ‖dh‖, ` +
      `the widest is ${top.toPrecision(2)}`
    parts.push(scale("gradients", model.gradLimit, "gradients dh", "when-backward"),
      html("span", { class: "when-backward" }, words))
  }
  return parts
}
