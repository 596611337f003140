// The fields of the editing panel, which know whether somebody is typing in them.

import { html } from "../lib/svg.js"

// A text field: a number field drops a decimal comma, so that 0,5 becomes 5. A finger gets digits
// where only digits count; keyboards of digits have no minus sign on some phones.
export const number = ({ whole, ...attributes }) =>
  html("input", {
    type: "text",
    role: "spinbutton",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 40,
    size: whole ? 4 : 9,
    inputmode: whole ? "numeric" : null,
    ...attributes,
  })
// What was typed into a field and not taken yet is never written over.
export const write = (input, text) => {
  input.written = text
  input.value = text
}
export const take = (input) => (input.written = input.value)
export const typing = (input) => input.value !== input.written
export const group = (label, ...children) =>
  html("div", { class: "edit-group", role: "group", "aria-label": label }, ...children)
