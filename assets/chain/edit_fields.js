// The fields of the editing panel, which know whether somebody is typing in them.

import { html } from "./svg.js"

export const number = (attributes) => html("input", { type: "number", ...attributes })
// What was typed into a field and not taken yet is never written over.
export const write = (input, text) => {
  input.written = text
  input.value = text
}
export const take = (input) => (input.written = input.value)
export const typing = (input) => input.value !== input.written
export const group = (label, ...children) =>
  html("div", { class: "edit-group", role: "group", "aria-label": label }, ...children)
