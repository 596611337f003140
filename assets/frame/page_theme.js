// Keeps the ground of the document in the theme of the app, which may change while it is open:
// it shows where the page is pulled beyond its edge, and colours the browser's own scroll bars.

function follow(app) {
  const show = () => {
    const theme = getComputedStyle(app).colorScheme
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
  }
  show()
  new MutationObserver(show).observe(app, { attributes: true, attributeFilter: ["class"] })
}

function wait() {
  const found = () => document.querySelector('[data-testid="stApp"]')
  if (found()) return follow(found())
  const watch = new MutationObserver(() => {
    if (!found()) return
    watch.disconnect()
    follow(found())
  })
  watch.observe(document.body, { childList: true, subtree: true })
}

wait()
