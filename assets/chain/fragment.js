// Where one looks, in the address: #t=3&phase=backward&zoom=2. Written without a message to the
// server, read when the picture is mounted. A prefix keeps two pictures of one page apart.

const FIELDS = {
  t: (text) => wholeNumber(text),
  phase: (text) => (["forward", "loss", "backward", "update"].includes(text) ? text : null),
  zoom: (text) => wholeNumber(text),
  unit: (text) => wholeNumber(text),
  view: (text) => (["rolled", "chain"].includes(text) ? text : null),
  weight: (text) => (["W_xh", "W_hh", "W_hy"].includes(text) ? text : null),
}

const wholeNumber = (text) => (/^\d{1,4}$/.test(text) ? Number(text) : null)

const parse = () => new URLSearchParams(window.location.hash.slice(1))

export function readFragment(prefix) {
  const found = {}
  if (prefix === null) return found
  const given = parse()
  for (const [name, read] of Object.entries(FIELDS)) {
    const text = given.get(prefix + name)
    const value = text === null ? null : read(text)
    if (value !== null) found[name] = value
  }
  return found
}

export function writeFragment(prefix, fields) {
  if (prefix === null) return
  const given = parse()
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) given.delete(prefix + name)
    else given.set(prefix + name, value)
  }
  const { pathname, search, hash } = window.location
  const next = `#${given}`
  if (next !== hash) window.history.replaceState(window.history.state, "", pathname + search + next)
}
