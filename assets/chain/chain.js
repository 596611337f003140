// The entry of the chain component: one picture for each place it is mounted at.

import { ChainView } from "./chain_view.js"
import { html } from "./lib/svg.js"

const pictures = new WeakMap()
const styles = Promise.all(["chain", "controls", "edit", "zoom", "code"].map(loadStyle))

async function loadStyle(name) {
  const answer = await fetch(new URL(`styles/${name}.css`, import.meta.url))
  const sheet = new CSSStyleSheet()
  await sheet.replace(await answer.text())
  return sheet
}

// component: what Streamlit hands over; holder: the element inside the shadow root to draw in.
export async function mount(component, holder) {
  const began = performance.now()
  const sheets = await styles
  const scope = holder.getRootNode()
  const missing = sheets.filter((sheet) => !scope.adoptedStyleSheets.includes(sheet))
  if (missing.length) scope.adoptedStyleSheets = [...scope.adoptedStyleSheets, ...missing]
  let picture = pictures.get(holder)
  if (!picture) {
    requestAnimationFrame(() => performance.measure("chain: first picture", { start: began }))
    const root = html("div", { class: "chain", "data-testid": "chain" })
    holder.replaceChildren(root)
    picture = new ChainView(root)
    pictures.set(holder, picture)
  }
  const theme = getComputedStyle(holder).getPropertyValue("--st-background-color")
  picture.load({
    data: component.data,
    setStateValue: component.setStateValue,
    setTriggerValue: component.setTriggerValue,
    theme,
  })
}

export function unmount(holder) {
  pictures.get(holder)?.destroy()
  pictures.delete(holder)
}
