// What the colours and the widths of wires mean, as they are in use now.

import { chunkOf } from "./chunks.js"
import { brief, fixed } from "../lib/format.js"
import { isBeyond, mostOf, scaleOf } from "../model/colour_scales.js"
import { html, typeset } from "../lib/svg.js"

const limitText = (limit) => String(Number(limit.toPrecision(3)))

// How far it goes where something lies beyond the ends.
const beyond = (most, limit) =>
  isBeyond(most, limit)
    ? [
        html(
          "span",
          { class: "beyond-words notranslate", translate: "no" },
          `◇ beyond, up to ${numberOf(most)}`,
        ),
      ]
    : []

const numberOf = (most) => (Number.isFinite(most) ? fixed(most, most < 10 ? 2 : 0) : "overflow")

// A browser that translates the page leaves numbers as they are.
const number = (text) => html("span", { class: "notranslate", translate: "no" }, text)

const scale = (pair, limit, words, most = 0) =>
  html(
    "span",
    { class: "scale", "data-limit": limit, "data-scale": pair },
    number(`−${limitText(limit)}`),
    html("span", { class: `ramp ${pair}` }),
    number(`+${limitText(limit)}`),
    words,
    ...beyond(most, limit),
  )

// limits: of the maps under the chain, where there are any: { share } or { step }.
export function writeLegend(model, state, limits = {}) {
  const { zoom, phase } = state
  const back = phase === "backward" || phase === "update"
  const parts = zoom === 1 || (zoom === 2 && !back) ? [...activations(model, zoom)] : []
  if (zoom === 1) parts.push(...weights(model, limits))
  if (model.hasLoss && zoom === 1) {
    parts.push(
      html(
        "span",
        {},
        "flag on top: here a loss is taken",
        model.numbers ? "" : "; flag in a row: the target",
      ),
    )
  }
  if (model.edited && zoom === 1)
    parts.push(html("span", {}, "Δ: how far the edits have moved h, ‖h − h before‖"))
  if (model.hasGradients && back) parts.push(...gradients(model, state, limits))
  return parts
}

function activations(model, zoom) {
  const parts = [
    scale(
      "activation",
      model.limit,
      zoom === 2 ? "hidden states, gates and sums" : "hidden states",
      mostOf(model, ({ h }) => h),
    ),
  ]
  if (model.cell === "lstm") {
    parts.push(
      scale(
        "activation",
        model.memoryLimit,
        zoom === 2 ? "c and its parts" : "cell states c, the narrow strips",
        mostOf(model, ({ c }) => c),
      ),
    )
  }
  return parts
}

// The same colours for weights; each matrix has a scale of its own.
function weights(model, { fresh }) {
  const names = ["W_xh", "W_hh", "W_hy"]
  const parts = model.segments
    .filter(({ disconnected }) => !disconnected)
    .map((segment) => {
      const shown = names.filter(
        (name) => (name !== "W_hy" || segment.out) && (name !== "W_hh" || !model.cut),
      )
      const whose = model.segments.length > 1 ? `${segment.name} ` : ""
      return html(
        "span",
        { "data-testid": `legend-weights${whose && `-${segment.name}`}` },
        `${whose}weights: `,
        ...shown.flatMap((name, n) => {
          const { limit, most: now } = scaleOf(model, segment, name)
          const most =
            fresh?.segment === segment.index && fresh.name === name
              ? Math.max(now, fresh.most)
              : now
          return [
            n ? ", " : "",
            html(
              "span",
              { class: "notranslate", translate: "no", "data-weight": name, "data-limit": limit },
              ...typeset(`${name} ±${limitText(limit)}`),
              ...(isBeyond(most, limit) ? [" ", ...beyond(most, limit)] : []),
            ),
          ]
        }),
      )
    })
  return parts
}

function gradients(model, { zoom, phase }, { share, step }) {
  const parts = []
  if (phase === "backward" || zoom === 1)
    parts.push(scale("gradients", model.gradLimit, zoom === 1 ? "gradients dh" : "gradients"))
  if (zoom > 1) return zoom === 2 ? parts : []
  if (share) parts.push(scale("gradients", share, "shares and their sum"))
  if (step) parts.push(scale("gradients", step, "the step"))
  const { decades, top } = model.wires
  const spread =
    "their width on a log scale, " +
    `from ½ px at ${brief(top / 10 ** decades)} and below to 8 px at ${brief(top)}`
  parts.push(
    html(
      "span",
      {},
      model.cell === "lstm"
        ? `dashed wires: ‖dh‖ above, ‖dc‖ below, ${spread}; ` +
            "“both” is ‖[dh; dc]‖, the norm of the gradient"
        : `dashed wires: ‖dh‖, ${spread}`,
    ),
  )
  parts.push(html("span", {}, "dh: left half from the own output, right half from the future"))
  if (model.segments.some((segment) => chunkOf(segment) < segment.steps)) {
    parts.push(
      html(
        "span",
        { "data-testid": "legend-chunk" },
        "upright dashes: chunk boundaries. The state crosses them, " +
          "the gradient stops: exactly 0 comes back, drawn as dots",
      ),
    )
  }
  return parts
}
