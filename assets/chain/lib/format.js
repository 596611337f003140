// Numbers as they are read: a true minus sign, fixed digits, addends that add up as shown.

export const MINUS = "−"

export function fixed(value, digits = 2) {
  if (Number.isNaN(value)) return "not a number"
  if (!Number.isFinite(value)) return value < 0 ? `${MINUS}overflow` : "overflow"
  if (Math.abs(value) >= 1e6) return brief(value)
  const text = Math.abs(value).toFixed(digits)
  return (value < 0 && Number(text) !== 0 ? MINUS : "") + text
}

export function signed(value, digits = 2) {
  const text = fixed(value, digits)
  return text.startsWith(MINUS) || !Number.isFinite(value) ? text : `+${text}`
}

// A factor of a product: one that would read as 0 though it is not has a power of ten.
export const factorText = (value, digits) =>
  value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits ? brief(value) : fixed(value, digits)

// Two or three significant digits, plain while that is short, else a power of ten.
export function brief(value) {
  const size = Math.abs(value)
  if (!Number.isFinite(value) || size === 0) return fixed(value, 0)
  if (size >= 100 && size < 1e5) return fixed(value, 0)
  if (size >= 1e-3 && size < 1e5)
    return fixed(value, size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 4)
  const power = Math.floor(Math.log10(size))
  return `${fixed(value / 10 ** power, 1)}·10${superscript(power)}`
}

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

export const subscript = (number) => [...String(number)].map((c) => SUBSCRIPTS[c] ?? c).join("")

export const superscript = (number) =>
  [...String(number)].map((c) => (c === "-" ? "⁻" : SUPERSCRIPTS[c])).join("")

// Addends and total with as many digits as make them add up as shown; where no number of digits up
// to `most` does, the difference is given as `rest`, and the total is only about their sum.
export function addUp(addends, total, least = 2, most = 6) {
  if (![...addends, total].every(Number.isFinite)) {
    return {
      addends: addends.map((v) => fixed(v)),
      total: fixed(total),
      rest: null,
      digits: 2,
      write: fixed,
    }
  }
  const scaled = (digits) => {
    const unit = 10 ** digits
    const parts = addends.map((value) => Math.round(value * unit))
    return { parts, gap: Math.round(total * unit) - parts.reduce((a, b) => a + b, 0) }
  }
  const size = Math.max(...addends.map(Math.abs), Math.abs(total))
  if ((size > 0 && size < 1e-4) || size >= 1e5)
    return addUpScaled(addends, total, Math.floor(Math.log10(size)))
  // Small terms need more digits before they say anything but zero.
  const small = size > 0 ? Math.max(0, Math.ceil(-Math.log10(size))) : 0
  for (let digits = least + small; digits <= most + small; digits++) {
    if (scaled(digits).gap === 0) return shown(addends, total, null, digits)
  }
  const digits = Math.min(most + small, least + 1 + small)
  return shown(addends, total, scaled(digits).gap / 10 ** digits, digits)
}

// The sign before a total: where the addends as shown miss it by a rounding, it says so.
export const equals = ({ rest }) => (rest ? "≈" : "=")

// Whether addends as shown with so many digits add up to the total as shown. What is not a number
// needs no sum.
export function addsUp(addends, total, digits) {
  if (![...addends, total].every(Number.isFinite)) return true
  const unit = 10 ** digits
  return (
    Math.round(total * unit) === addends.reduce((sum, value) => sum + Math.round(value * unit), 0)
  )
}

// Tiny and huge numbers share one power of ten.
function addUpScaled(addends, total, power) {
  const unit = 10 ** power
  const sum = addUp(
    addends.map((value) => value / unit),
    total / unit,
  )
  const scaled = (text) => (Number(text) === 0 ? "0" : `${text}·10${superscript(power)}`)
  return {
    ...sum,
    addends: sum.addends.map(scaled),
    total: scaled(sum.total),
    rest: sum.rest && scaled(sum.rest),
    write: (value) => scaled(fixed(value / unit, sum.digits)),
  }
}

function shown(addends, total, rest, digits) {
  return {
    addends: addends.map((value) => fixed(value, digits)),
    total: fixed(total, digits),
    rest: rest === null ? null : fixed(rest, digits),
    digits,
    write: (value) => fixed(value, digits),
  }
}

export const shape = (...sizes) => (sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`)

// The end of a symmetric scale: `size` rounded up to 1, 2 or 5 times a power of ten.
export function niceLimit(size) {
  if (!(size > 0) || !Number.isFinite(size)) return 1
  const power = 10 ** Math.floor(Math.log10(size))
  const step = [1, 2, 5, 10].find((factor) => size <= factor * power * 1.0001)
  return step * power
}
