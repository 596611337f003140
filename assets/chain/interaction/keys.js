// The keys of the picture. A key that acts goes no further: Streamlit has shortcuts of its own.

export const HELP = [
  ["← →", "one step back, one step on"],
  ["PageUp PageDown", "previous, next stop, for clickers; a loop is unrolled first"],
  ["Home End", "first step, last step"],
  ["Shift ← →", "previous, next phase"],
  ["B", "forward or backward"],
  ["↑ ↓", "unit above, unit below"],
  ["Space", "play, pause"],
  ["R", "roll up, unroll"],
  ["Enter Esc", "look into the cell, come back out"],
  ["W", "the next weight’s ledger, in the backward phase"],
  ["O", "the outer product behind a step’s share; or click the share"],
  ["E", "edit numbers; Ctrl Z, Ctrl Y undo and redo"],
  ["C", "the same step as lines of NumPy; Page keys go line by line"],
  ["T", "feed a decoder the right word, or its own output, at this step; on page Training"],
  ["[ ]", "shorter, longer chunks of truncated backpropagation; on page Training"],
  ["F", "full screen"],
  ["P", "pin the note beside the pointer; Esc takes pins away"],
  ["Click", "a cell to look into it, a weight for its ledger"],
  ["?", "this help"],
]

const ACTIONS = {
  ArrowLeft: "back",
  ArrowRight: "on",
  Home: "first",
  End: "last",
  ArrowUp: "up",
  ArrowDown: "down",
  PageUp: "pageBack",
  PageDown: "pageOn",
  " ": "play",
  Enter: "enter",
  Escape: "leave",
  r: "roll",
  b: "reverse",
  s: "select",
  p: "pin",
  w: "weight",
  o: "outer",
  f: "full",
  e: "edit",
  c: "code",
  t: "feed",
  "[": "shorter",
  "]": "longer",
  "?": "help",
}

export function listenToKeys(element, actions) {
  const act = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const inControl = event.composedPath()[0].closest?.("button, select, input")
    if (inControl && (event.key === " " || event.key === "Enter")) return
    let name = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (event.shiftKey && name === "back") name = "earlier"
    if (event.shiftKey && name === "on") name = "later"
    if (!name || actions[name]() === false) return
    event.preventDefault()
    event.stopPropagation()
  }
  element.addEventListener("keydown", act)
}
