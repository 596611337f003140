// Runs before anything is painted: the title of the page, and the background of its theme.
// serving/first_paint.py puts this into our index page and calls it there.

function firstPaint({ titles, themes }) {
  const root = document.documentElement

  // A proxy that strips a prefix shows the start page at /prefix, where ./static is not
  // /prefix/static.
  if (root.hasAttribute("data-start") && !location.pathname.endsWith("/")) {
    location.replace(location.pathname + "/" + location.search + location.hash)
    return
  }

  const titleHere = () =>
    titles[location.pathname.split("/").filter(Boolean).pop() ?? ""] ?? titles[""]
  const showTitle = () => {
    if (document.title !== titleHere()) document.title = titleHere()
  }
  showTitle()
  addEventListener("popstate", showTitle)
  // Streamlit sets a page's title before it writes the page's address. The entry of the browser's
  // history that is being left keeps its own title, and the new one gets the new title.
  const { pushState } = history
  history.pushState = function (...entry) {
    showTitle()
    pushState.apply(this, entry)
    showTitle()
  }

  // Streamlit draws in its own colours until the server has named ours, unless it finds them here.
  window.__streamlit = themes

  // What the visitor chose in Streamlit's menu, which Streamlit keeps by address.
  const choice = () => {
    const [, asked] = /[?&]embed_options=(light|dark)_theme/.exec(location.search) ?? []
    const start = `stActiveTheme-${location.pathname}-v`
    const keys = Object.keys(localStorage)
      .filter((key) => key.startsWith(start))
      .sort()
    return asked ?? JSON.parse(localStorage.getItem(keys.pop()) ?? "null")?.toLowerCase?.()
  }
  try {
    const theme = choice()
    if (theme === "light" || theme === "dark") root.dataset.theme = theme
  } catch {
    // A browser may close its storage to us: the system's choice holds.
  }
}
