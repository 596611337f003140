// Numbers as people type them, wherever they live: 0.5, 0,5, −.5, 1 000, ٠٫٥, ½, 3 · 10⁻⁴.
// rnn_views/typed_numbers.py reads the same way; tests/views/typed_numbers.json has cases for both.

const LONGEST = 40
const EXPECTED = "type a number like 0.5 or −2"
const PLAIN = { "＋": "+", "．": ".", "，": ",", "٫": "." }
for (const sign of "−‐‑–－﹣") PLAIN[sign] = "-"
for (const sign of " \u00a0\u202f\u2009\u2007'’٬") PLAIN[sign] = "'"
const PARTS = /^([+-]?)(.*?)(?:[eE]([+-]?[0-9]{1,3})|'?[·×]'?10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))?$/u
const POWER = /^10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})$/u
/** @type {[RegExp, string, string][]} A form, what parts its groups of digits, its point. */
const FORMS = [
  [/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/, "'", "."],
  [/^[0-9]*,[0-9]+$/, "'", ","],
  [/^[1-9][0-9]{0,2}('[0-9]{3})+(\.[0-9]*)?$/, "'", "."],
  [/^[1-9][0-9]{0,2}('[0-9]{3})+,[0-9]+$/, "'", ","],
  [/^[1-9][0-9]{0,2}((,[0-9]{3})+\.[0-9]*|(,[0-9]{3}){2,})$/, ",", "."],
  [/^[1-9][0-9]{0,2}((\.[0-9]{3})+,[0-9]+|(\.[0-9]{3}){2,})$/, ".", ","],
]
const TWO_WAYS = /^([1-9][0-9]{0,2}),([0-9]{3})$/
const DIGIT = /^\p{Nd}$/u
const FRACTION = /^\p{No}$/u

const lowered = (power) => [...power].map((c) => "0123456789+-"["⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻".indexOf(c)]).join("")

// Every script has its ten digits in a row, and rows may follow one another without a gap.
function digit(character) {
  if (!DIGIT.test(character)) return character
  const code = character.codePointAt(0)
  let start = code
  while (DIGIT.test(String.fromCodePoint(start - 1))) start -= 1
  return String((code - start) % 10)
}

function fraction(character) {
  if (!FRACTION.test(character)) return null
  const [over, under] = character.normalize("NFKC").split("⁄").map(Number)
  return under ? over / under : null
}

/** The number that was typed, or why it is none: { value } or { problem }. */
export function readTyped(text) {
  const typed = text.trim()
  const plain = [...typed]
    .slice(0, LONGEST + 1)
    .map((c) => digit(PLAIN[c] ?? c))
    .join("")
  if (!plain) return { problem: `Nothing is typed: ${EXPECTED}.` }
  const shown = `“${[...typed].slice(0, LONGEST).join("")}”`
  if ([...plain].length > LONGEST)
    return { problem: `${shown} is too long for a number: ${EXPECTED}.` }
  const finite = (literal) =>
    Number.isFinite(Number(literal))
      ? { value: Number(literal) }
      : { problem: `${shown} is too large for a number here.` }
  const alone = POWER.exec(plain)
  if (alone) return finite(`1e${lowered(alone[1])}`)
  const none = { problem: `${shown} is not a number: ${EXPECTED}.` }
  const parts = PARTS.exec(plain)
  if (!parts) return none
  const [, sign, size, power, raised] = parts
  const tens = power ?? lowered(raised ?? "⁰")
  const part = fraction(size)
  if (part !== null) return { value: Number(`${sign}1`) * part * 10 ** Number(tens) }
  const two = TWO_WAYS.exec(size)
  if (two) {
    const [, whole, rest] = two
    return {
      problem:
        `${shown} can be read in two ways: ` +
        `type ${whole}${rest} for the thousands, or ${whole}.${rest} for the decimals.`,
    }
  }
  for (const [form, groups, point] of FORMS)
    if (form.test(size))
      return finite(`${sign}${size.replaceAll(groups, "").replace(point, ".")}e${tens}`)
  return none
}
