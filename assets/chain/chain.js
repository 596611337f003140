// The entry of the chain component: one picture for each place it is mounted at.

import { Picture } from "./picture.js"
import { html } from "./svg.js"

const pictures = new WeakMap()
const style = loadStyle()

async function loadStyle() {
  const answer = await fetch(new URL("chain.css", import.meta.url))
  const sheet = new CSSStyleSheet()
  await sheet.replace(await answer.text())
  return sheet
}

// component: what Streamlit hands over; holder: the element inside the shadow root to draw in.
export async function mount(component, holder) {
  const began = performance.now()
  const sheet = await style
  const scope = holder.getRootNode()
  if (!scope.adoptedStyleSheets.includes(sheet)) scope.adoptedStyleSheets = [...scope.adoptedStyleSheets, sheet]
  let picture = pictures.get(holder)
  if (!picture) {
    requestAnimationFrame(() => performance.measure("chain: first picture", { start: began }))
    const root = html("div", { class: "chain", "data-testid": "chain" })
    holder.replaceChildren(root)
    picture = new Picture(root)
    pictures.set(holder, picture)
  }
  const theme = getComputedStyle(holder).getPropertyValue("--st-background-color")
  picture.load({ data: component.data, setStateValue: component.setStateValue, theme })
}

export function unmount(holder) {
  pictures.get(holder)?.destroy()
  pictures.delete(holder)
}
