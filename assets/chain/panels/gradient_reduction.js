// Under the ledger: the steps' shares summed, the last one alone, or their mean. Which of the three
// is the slope of the loss? One predicts it first; then follows what was measured, and what each
// rule gives.

import { chunkOf } from "../paint/chunks.js"
import { brief } from "../lib/format.js"
import { reveal } from "../lib/scroll_into_view.js"
import { button, html, set } from "../lib/svg.js"

export const RULES = ["sum", "last", "mean"]
const WORDS = { sum: "all steps summed", last: "last step only", mean: "mean of the steps" }

export class GradientReduction {
  constructor(picture) {
    this.picture = picture
    this.guess = null
    this.asking = false
    this.label = html("span", { class: "shares-label" })
    this.buttons = RULES.map((rule) =>
      button(WORDS[rule], { "data-testid": `share-${rule}` }, () =>
        picture.update({ share: rule }),
      ),
    )
    const choice = html(
      "span",
      { class: "phases", role: "group", "aria-label": "What dW keeps of the steps’ shares" },
      ...this.buttons,
    )
    this.check = button("Which of the three is right?", { "data-testid": "share-check" }, () =>
      this.turn({ asking: true }),
    )
    this.question = html("p", { class: "shares-question" })
    this.answers = RULES.map((rule) =>
      button(WORDS[rule], { "data-testid": `share-guess-${rule}` }, () =>
        this.turn({ guess: rule, asking: false }),
      ),
    )
    this.ask = html(
      "div",
      { class: "shares-ask", hidden: true },
      this.question,
      html(
        "span",
        { class: "shares-answers", role: "group", "aria-label": "Your prediction" },
        ...this.answers,
      ),
    )
    this.again = button(
      "Ask me again",
      { class: "quiet-button", "data-testid": "share-again" },
      () => this.turn({ guess: null, asking: true }),
    )
    this.verdict = html("div", {
      class: "shares-verdict notranslate",
      translate: "no",
      "aria-live": "polite",
      "data-testid": "share-verdict",
    })
    this.element = html(
      "section",
      {
        class: "shares",
        "data-testid": "shares",
        "aria-label": "Why the shares are summed",
        hidden: true,
      },
      this.label,
      choice,
      this.check,
      this.again,
      this.ask,
      this.verdict,
    )
  }

  turn(change) {
    Object.assign(this, change)
    this.show(this.picture.model, this.picture.state)
    const next = this.asking ? this.answers[0] : this.again
    next.focus({ preventScroll: true })
    reveal(this.element)
  }

  show(model, { phase, zoom, weight, share, t }) {
    const { segment } = model.columns[t - 1]
    const found = model.checks?.[segment.index]?.[weight]
    // A guess belongs to the question as it was asked: another weight or another gradient is
    // another question.
    const about = found ? `${segment.index} ${weight} ${found.slope}` : ""
    if (about !== this.about) Object.assign(this, { about, guess: null, asking: false })
    const shown = phase === "backward" && zoom === 1 && Boolean(found) && segment.steps > 1
    this.element.hidden = !shown
    if (!shown) return
    this.label.textContent = `d${weight} keeps:`
    this.buttons.forEach((one, n) => set(one, { "aria-pressed": String(RULES[n] === share) }))
    this.check.hidden = this.asking || this.guess !== null
    this.again.hidden = this.asking || this.guess === null
    this.ask.hidden = !this.asking
    const loss = model.batch ? `the mean loss of the batch of ${model.batch.size}` : "the loss"
    this.question.textContent =
      "Predict. " +
      `${weight} is moved a little, back and forth along dW, and ${loss} is measured each time. ` +
      `From its ${segment.steps} steps, which rule gives the measured slope of the loss?`
    this.verdict.replaceChildren(...(this.guess ? tell(found, this.guess, weight, segment) : []))
  }
}

// What was measured, the three rules beside it, and why.
function tell({ slope, claimed, errors, passes }, guess, weight, segment) {
  const right = RULES.filter((rule) => passes[rule])
  const names = (rules) => rules.map((rule) => `“${WORDS[rule]}”`).join(" and ")
  const others = right.filter((rule) => rule !== guess)
  const answer = right.length
    ? `The answer is ${names(right)}.`
    : "Here none of the three is right."
  const hit = passes[guess]
    ? `Correct: “${WORDS[guess]}”.${others.length ? ` This fits as well: ${names(others)}.` : ""}`
    : `You predicted “${WORDS[guess]}”. ${answer}`
  const rows = RULES.map((rule) =>
    html(
      "tr",
      { class: passes[rule] ? "passes" : "fails", "data-testid": `share-row-${rule}` },
      html("th", { scope: "row" }, WORDS[rule]),
      html("td", {}, brief(claimed[rule])),
      html("td", {}, brief(errors[rule])),
      html("td", {}, passes[rule] ? "✓ passes" : "✗ fails"),
    ),
  )
  return [
    html("p", {}, `${hit} Measured: the loss has slope ${brief(slope)} along dW.`),
    html(
      "table",
      {},
      html(
        "thead",
        {},
        html(
          "tr",
          {},
          ...["rule", "gives", "relative error", "gradient check"].map((head) =>
            html("th", { scope: "col" }, head),
          ),
        ),
      ),
      html("tbody", {}, ...rows),
    ),
    html("p", {}, why(right, weight, segment)),
  ]
}

function why(right, weight, segment) {
  if (!right.includes("sum")) {
    return chunkOf(segment) < segment.steps
      ? "Chunk boundaries leave out what crosses them: " +
          "a truncated gradient is not the slope of the loss, on purpose."
      : "Here even the sum is not the measured slope, within the rounding of the measurement."
  }
  if (right.length > 1)
    return (
      "Here the shares of the other steps add up to nothing, so these rules agree. " +
      "Press W for another weight."
    )
  return (
    `One ${weight} is used at several steps. ` +
    "Moving it moves all its uses at once, and each of them changes the loss by its own share: " +
    "the changes add up. " +
    "The last share alone leaves out the other uses; the mean is too small by the number of steps."
  )
}
