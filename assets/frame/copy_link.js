// A button that copies the link to this screen: the query that Python wrote, and the fragment in
// which the picture keeps the step, phase and zoom one looks at.

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text)
    return
  }
  // Over plain http the clipboard is closed to scripts; a selected field still copies.
  const field = document.createElement("textarea")
  field.value = text
  field.setAttribute("readonly", "")
  field.style.position = "fixed"
  field.style.opacity = "0"
  document.body.append(field)
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  if (!done) throw new Error("copying is not allowed here")
}

export default function ({ parentElement, data }) {
  let button = parentElement.querySelector("button")
  let field = parentElement.querySelector("input")
  if (!button) {
    button = document.createElement("button")
    button.type = "button"
    button.textContent = "Copy link"
    button.dataset.testid = "copy-link"
    field = document.createElement("input")
    field.readOnly = true
    field.hidden = true
    field.setAttribute("aria-label", "Link to this screen")
    const status = document.createElement("span")
    status.setAttribute("role", "status")
    status.className = "spoken"
    parentElement.append(button, field, status)
  }
  const status = parentElement.querySelector("[role=status]")
  button.onclick = async () => {
    const { origin, pathname, hash } = window.location
    const link = `${origin}${pathname}?${data.query}${hash}`
    try {
      await copy(link)
      button.textContent = "Link copied"
      status.textContent = "The link to this screen is copied."
      setTimeout(() => {
        button.textContent = "Copy link"
        status.textContent = ""
      }, 2000)
    } catch {
      field.hidden = false
      field.value = link
      field.focus()
      field.select()
      status.textContent = "Copy the selected link by hand."
    }
  }
}
