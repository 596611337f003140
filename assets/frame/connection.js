// Says what is wrong when the app has no connection: otherwise one sees grey bars for ever.
//
// The page comes over HTTP, all that it shows over a websocket. A proxy may block the one and not
// the other, and a server may be gone or full. This script waits, finds out which it is, says it,
// and says what whoever runs the server can do. The message goes when the connection is there.

const GRACE_MS = 8_000 // milliseconds without a connection until the message comes
const POLL_MS = 500 // between two looks
const REPEAT_MS = 15_000 // until it asks again
const ANSWER_MS = 5_000 // for the server to answer
const ID = "no-connection"
const HELP = "docs/serving.md has a configuration of nginx that works."

const CAUSES = {
  gone: () => [
    "The server does not answer. It may have been stopped, or this device is offline.",
    "Start the server again, and check that this address leads to it.",
  ],
  proxy: ({ status }) => [
    `Something between this page and the server answers in its place, with status ${status}.`,
    `The proxy does not reach the server at this path. ${HELP}`,
  ],
  refused: ({ sentence }) => [sentence, HELP],
  full: ({ sentence }) => [sentence, "Raise the server’s limit of open files: ulimit -n 4096."],
  host: ({ host }) => [
    `A proxy changes the name of the server: this page asked ${window.location.host}, the server ` +
      `reads ${host || "no name"}. So the server refuses the connection.`,
    `The proxy has to pass the name on. In nginx: proxy_set_header Host $http_host; ${HELP}`,
  ],
  blocked: () => [
    "The server answers, but the websocket that carries the pages is blocked: by a proxy, by a " +
      "firewall, or by an extension of this browser.",
    "The proxy has to let websockets through. In nginx: proxy_http_version 1.1; proxy_set_header " +
      `Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; ${HELP}`,
  ],
  slow: () => [
    "The server answers, and websockets come through, but the page’s own is not there yet.",
    "The server may be busy. If this stays, check that the proxy passes the path _stcore/stream.",
  ],
  scripts: () => [
    "The scripts of this page did not load or did not start.",
    `The paths /static and /assets have to reach the server as well. ${HELP}`,
  ],
}

let missing = 0
let asked = -Infinity

function lookAt() {
  const app = document.querySelector('[data-testid="stApp"]')
  if (!app) return "absent"
  const state = app.dataset.testConnectionState
  // Where a release of Streamlit does not say, nothing is claimed.
  return state === undefined || state === "CONNECTED" ? "there" : "missing"
}

function at(path) {
  return new URL(path, window.__streamlit?.BACKEND_BASE_URL ?? document.baseURI)
}

async function findCause() {
  let answer
  try {
    answer = await fetch(at("_unrolled/connection"), {
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS),
    })
  } catch {
    return ["gone", {}]
  }
  const text = (await answer.text().catch(() => "")).slice(0, 400)
  if (!answer.ok) {
    const ours = answer.headers.has("x-unrolled")
    if (!ours) return ["proxy", { status: answer.status }]
    return [answer.status === 503 ? "full" : "refused", { sentence: text }]
  }
  let said
  try {
    said = JSON.parse(text)
  } catch {
    return ["proxy", { status: answer.status }]
  }
  if (said.host !== window.location.host) return ["host", said]
  if (said.full) return ["full", { sentence: said.full }]
  if (lookAt() === "absent") return ["scripts", {}]
  return [(await websocketOpens()) ? "slow" : "blocked", {}]
}

function websocketOpens() {
  const address = at("_unrolled/echo")
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:"
  return new Promise((resolve) => {
    let socket
    const end = (opened) => {
      clearTimeout(timer)
      socket?.close()
      resolve(opened)
    }
    const timer = setTimeout(() => end(false), ANSWER_MS)
    try {
      socket = new WebSocket(address)
    } catch {
      end(false)
      return
    }
    socket.onopen = () => end(true)
    socket.onerror = () => end(false)
  })
}

function show([cause, facts]) {
  const [what, remedy] = CAUSES[cause](facts)
  const notice = document.getElementById(ID) ?? document.createElement("section")
  const said = JSON.stringify([what, remedy])
  if (notice.dataset.said === said) return
  notice.id = ID
  notice.dataset.said = said
  notice.dataset.cause = cause
  notice.setAttribute("role", "alert")
  // Colours of its own: the theme comes over the connection that is not there.
  notice.style.cssText =
    "position:fixed;z-index:1000000;inset:0 0 auto;margin:1rem auto;max-width:44rem;" +
    "box-sizing:border-box;padding:1rem 1.25rem;border:2px solid #8a5a00;border-radius:.5rem;" +
    "background:#fff8e6;color:#1b2330;font:1rem/1.5 system-ui,sans-serif;color-scheme:light;" +
    "max-height:calc(100vh - 2rem);overflow:auto;overflow-wrap:anywhere"
  const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text })
  const lines = [
    line("strong", "This page has no connection to its server."),
    line("p", what),
    line("p", `For whoever runs the server: ${remedy}`),
    line("p", "This message goes as soon as the connection is there."),
  ]
  for (const paragraph of lines.slice(1)) paragraph.style.margin = ".5rem 0 0"
  notice.replaceChildren(...lines)
  if (!notice.isConnected) document.body.append(notice)
}

async function look() {
  if (lookAt() === "there") {
    missing = 0
    asked = -Infinity
    document.getElementById(ID)?.remove()
  } else if (!document.hidden) {
    missing += POLL_MS
    if (missing >= GRACE_MS && performance.now() - asked >= REPEAT_MS) {
      asked = performance.now()
      const cause = await findCause()
      if (lookAt() !== "there") show(cause)
    }
  }
  setTimeout(look, POLL_MS)
}

look()
