// Under the chain: the ledger while gradients are collected, old and new weights after.

import { hasGradientTable } from "../model/gradient_slices.js"
import { paintMean } from "./batch_gradient.js"
import { paintLedger } from "./ledger.js"
import { scaleSheet } from "../lib/svg.js"
import { paintUpdate } from "./update.js"

// `part` is one segment of the stage; what stands under it is drawn once for a phase and a weight.
export function showUnder(stage, part, { phase, t, weight, share }) {
  const { segment } = part
  const possible = (phase === "backward" || phase === "update") && hasGradientTable(segment, weight)
  if (!possible || part.ledger?.weight !== weight || part.ledger?.phase !== phase) {
    for (const one of part.ledger?.drawn ?? []) one.remove()
    part.ledger = null
  }
  if (!possible) return
  part.ledger ??= paintUnder(stage, part, phase, weight)
  part.ledger.paintTotal?.(t, share)
  // The mean wants the whole of this example's dW, and its sum.
  const whole = share === "sum" && t <= segment.first
  for (const one of Object.values(part.ledger.mean ?? {})) one.classList.toggle("ahead", !whole)
}

function paintUnder({ context, model, scale, wide }, { segment, wrapper }, phase, weight) {
  const { xs, width } = wide.segments[segment.index]
  const paint = phase === "update" ? paintUpdate : paintLedger
  const ledger = { weight, phase, ...paint(context, segment, weight, xs, width) }
  ledger.mean = model.batch && phase === "backward" ? paintMean(context, segment, weight) : null
  ledger.drawn = [ledger, ledger.mean].flatMap((one) => (one ? [one.left, one.right] : []))
  for (const sheet of ledger.drawn) scaleSheet(sheet, scale)
  if (ledger.right.matches(".stays")) ledger.right.style.left = `${wide.plate.width * scale}px`
  wrapper.append(...ledger.drawn)
  return ledger
}
