// Writes the settings a page was entered with to the address, in place of the bare address the
// visitor came by: one visit, one entry for the browser's Back. Python cannot: what it writes is
// noted at once, the page's path only when Streamlit has drawn the page.

const RETRY_MS = 20

export default function ({ data }) {
  let timer = 0
  const write = () => {
    const { pathname, search, hash } = window.location
    if (!pathname.endsWith(`/${data.page}`)) timer = setTimeout(write, RETRY_MS)
    else if (!search) {
      window.history.replaceState(window.history.state, "", `${pathname}?${data.query}${hash}`)
      window.dispatchEvent(new PopStateEvent("popstate")) // so Streamlit reads it as its own
    }
  }
  write()
  return () => clearTimeout(timer)
}
