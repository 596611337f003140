// What the browser does for a visit, on every page. It keeps a small record for the visitor
// (predictions, what was undone, the score), hands it to a session that does not know it, and asks
// a new session to draw the page when the one before is gone. The record never goes elsewhere.

const NAME = "unrolled"
const VERSION = 1
const MOST = 300 // entries; the oldest go
const LONGEST = 60_000 // characters of the whole record
const CONNECTED = "CONNECTED"

let visit = null // what the component was given last
let reported = "" // the session that was sent the record
let applied = { session: "", serial: 0 } // its newest change in the record
let elsewhere = false // another tab has changed the record

// Storage may be closed to us, full, or hold what somebody else put there.
function load() {
  try {
    const found = JSON.parse(window.localStorage.getItem(NAME))
    if (found?.v > VERSION) return null // of a newer app: left alone
    const kept = found?.v === VERSION && Array.isArray(found.kept) ? found.kept : []
    return kept.filter((entry) => Array.isArray(entry) && typeof entry[0] === "string").slice(-MOST)
  } catch {
    return []
  }
}

function save(kept) {
  let from = Math.max(0, kept.length - MOST)
  let text
  do {
    text = JSON.stringify({ v: VERSION, kept: kept.slice(from) })
    from += 1
  } while (text.length > LONGEST && from < kept.length)
  try {
    if (kept.length) window.localStorage.setItem(NAME, text)
    else window.localStorage.removeItem(NAME)
  } catch {
    // Private windows and full disks: the visit goes on without a record.
  }
}

// Each change is made once; null takes an entry away. Other tabs may have written in between.
function apply({ session, news }) {
  const known = applied.session === session ? applied.serial : 0
  const fresh = news.filter(([serial]) => serial > known)
  if (!fresh.length) return
  applied = { session, serial: fresh.at(-1)[0] }
  const kept = load()
  if (kept === null) return
  const entries = new Map(kept)
  for (const [, name, value] of fresh) {
    entries.delete(name)
    if (value !== null) entries.set(name, value)
  }
  save([...entries])
}

function report() {
  reported = visit.data.session
  elsewhere = false
  const { pathname, search } = window.location
  const serial = applied.session === visit.data.session ? applied.serial : 0
  visit.setTriggerValue("here", { path: pathname, search, serial, record: load() ?? [] })
}

async function isKnown() {
  const address = new URL(
    "_unrolled/session",
    window.__streamlit?.BACKEND_BASE_URL ?? document.baseURI,
  )
  address.searchParams.set("id", visit.data.session)
  try {
    const answer = await fetch(address, { cache: "no-store" })
    return (await answer.json()).known === true
  } catch {
    return false
  }
}

// What a component reports while the connection is down is lost; Streamlit's own widgets are
// disabled by then. The chain stays open to the eye, and sends what it asks for again.
function close(down) {
  for (const host of document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')) {
    host.inert = down && !host.shadowRoot?.querySelector(".chain-holder, [data-testid=copy-link]")
  }
}

function watch() {
  const app = document.querySelector('[data-testid="stApp"]')
  const state = () => app.dataset.testConnectionState
  let cut = state() !== CONNECTED
  new MutationObserver(async () => {
    const down = state() !== CONNECTED
    close(down)
    const back = cut && !down
    cut = down
    if (back && !(await isKnown()) && state() === CONNECTED) report()
  }).observe(app, { attributeFilter: ["data-test-connection-state"] })
  // What is asked for in vain: the chain says so when nobody answers.
  window.addEventListener("unrolled-unanswered", () => report())
  window.addEventListener("storage", ({ key }) => {
    elsewhere ||= key === NAME || key === null
    listen()
  })
  document.addEventListener("visibilitychange", listen)
}

// Of two tabs, the one that is looked at learns what was done in the other.
function listen() {
  if (elsewhere && document.visibilityState === "visible") report()
}

export default function (component) {
  const first = visit === null
  visit = component
  if (first) watch()
  const { session, known } = component.data
  const told = load()?.length
  apply(component.data)
  if (known || reported === session) return
  reported = session
  if (told) report()
}
