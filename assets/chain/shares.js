// Under the ledger: the steps' shares summed, the last one alone, or their mean; and whether the
// gradient check lets that pass. The check is the engine's; it is shown when it is asked for.

import { brief } from "./format.js"
import { button, html, set } from "./svg.js"

export const RULES = ["sum", "last", "mean"]
const WORDS = { sum: "all steps summed", last: "last step only", mean: "mean of the steps" }

export class Shares {
  constructor(picture) {
    this.picture = picture
    this.asked = ""
    this.label = html("span", { class: "shares-label" })
    this.buttons = RULES.map((rule) => button(WORDS[rule], { "data-testid": `share-${rule}` }, () => picture.take({ share: rule })))
    this.check = button("Does the gradient check pass?", { "data-testid": "share-check" }, () => {
      this.asked = this.question
      this.show(picture.model, picture.state)
    })
    this.verdict = html("p", { class: "shares-verdict", "aria-live": "polite", "data-testid": "share-verdict" })
    const choice = html("span", { class: "phases", role: "group", "aria-label": "What dW keeps of the steps’ shares" }, ...this.buttons)
    this.element = html("section", { class: "shares", "data-testid": "shares", "aria-label": "Why the shares are summed", hidden: true },
      this.label, choice, this.check, this.verdict)
  }

  show(model, { phase, zoom, weight, share, t }) {
    const { segment } = model.columns[t - 1]
    const found = model.checks?.[segment.index]?.[weight]
    const shown = phase === "backward" && zoom === 1 && Boolean(found) && segment.steps > 1
    this.element.hidden = !shown
    if (!shown) return
    this.question = `${model.id} ${segment.index} ${weight} ${share}`
    this.label.textContent = `d${weight} keeps:`
    this.buttons.forEach((one, n) => set(one, { "aria-pressed": String(RULES[n] === share) }))
    const told = this.asked === this.question
    this.check.hidden = told
    this.verdict.textContent = told ? tell(found, share, weight) : ""
  }
}

function tell({ slope, claimed, errors, passes }, share, weight) {
  const why = passes[share] ? "It passes." : "It fails."
  const more = share === "sum" ? "" : passes[share] ? " Here the other steps add nothing." : " The loss itself adds the steps up: the weight is the same one at each of them."
  return `${why} Moving ${weight} along its gradient changes the loss with slope ${brief(slope)}; this rule foretells ${brief(claimed[share])}: ` +
    `relative error ${brief(errors[share])}.${more}`
}
