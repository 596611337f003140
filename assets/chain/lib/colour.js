// The colours of the picture, the same ones as rnn_views/theme.py (a test compares them).

export const PALETTES = {
  light: {
    background: "#ffffff",
    text: "#1b2330",
    muted: "#566072",
    line: "#d5dae2",
    outline: "#8791a3",
    negative: "#1f66b8",
    neutral: "#f1f3f6",
    positive: "#c2570a",
    grad_negative: "#7a3fb0",
    grad_neutral: "#f3f2f5",
    grad_positive: "#117a48",
    w_xh: "#0b7d7d",
    w_hh: "#c2255c",
    w_hy: "#856800",
    cursor: "#1d5fbf",
  },
  dark: {
    background: "#10151d",
    text: "#e8ecf2",
    muted: "#9da8ba",
    line: "#303a49",
    outline: "#67738a",
    negative: "#6aa6ff",
    neutral: "#222a36",
    positive: "#ff9a45",
    grad_negative: "#b98aff",
    grad_neutral: "#25272f",
    grad_positive: "#3ecf80",
    w_xh: "#35d0c5",
    w_hh: "#ff6b9a",
    w_hy: "#e8c547",
    cursor: "#8fbaff",
  },
}

export function channels(colour) {
  const number = parseInt(colour.slice(1, 7), 16)
  return [number >> 16, (number >> 8) & 255, number & 255]
}

const hex = (parts) => "#" + parts.map((part) => part.toString(16).padStart(2, "0")).join("")

export function mix(start, end, share) {
  const from = channels(start)
  const to = channels(end)
  return hex(from.map((part, at) => Math.floor(part + (to[at] - part) * share + 0.5)))
}

// The colour of a value on the scale −limit … 0 … +limit, as in theme.diverging.
export function diverging(value, limit, palette, gradient = false) {
  const pair = gradient ? "grad_" : ""
  const end = palette[pair + (value < 0 ? "negative" : "positive")]
  const share = limit ? Math.min(1, Math.abs(value) / limit) : 0
  return mix(palette[pair + "neutral"], end, Number.isFinite(share) ? share : 1)
}

export function luminance(colour) {
  const [r, g, b] = channels(colour).map((channel) => {
    const part = channel / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

// Black or white, whichever reads better; the better one never falls below 4.5:1.
export const ink = (colour) => (luminance(colour) > 0.179 ? "#000000" : "#ffffff")

// Which palette goes with the page: dark where its background is dark.
export function paletteFor(element) {
  const styles = getComputedStyle(element)
  const given = styles.getPropertyValue("--st-background-color").trim()
  const found = /^#[0-9a-f]{6}/i.test(given) ? given : rgbToHex(given)
  const name = found && luminance(found) < 0.2 ? "dark" : "light"
  return { name, ...PALETTES[name] }
}

function rgbToHex(text) {
  const parts = text.match(/\d+(\.\d+)?/g)
  return parts && parts.length >= 3 ? hex(parts.slice(0, 3).map((part) => Math.round(part))) : ""
}
