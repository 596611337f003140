// On a narrow window Streamlit's menu is a drawer over the page. It opens when asked for, and
// closes when a page is chosen. It never starts open, whatever was left open at the last visit.

const REMEMBERED = "stSidebarCollapsed"
const NAMES = { stExpandSidebarButton: "Menu", stSidebarCollapseButton: "Close menu" }

const shut = () =>
  document
    .querySelector(
      '[data-testid="stSidebar"][data-collapsed="false"] ' +
        '[data-testid="stSidebarCollapseButton"] button',
    )
    ?.click()

function forget() {
  try {
    for (const name of Object.keys(localStorage))
      if (name.startsWith(REMEMBERED)) localStorage.removeItem(name)
  } catch {
    // Where storage is closed to pages, nothing was remembered.
  }
}

function nameButtons() {
  for (const [testid, name] of Object.entries(NAMES)) {
    const found = document.querySelector(`[data-testid="${testid}"]`)
    const button = found?.closest("button") ?? found?.querySelector("button")
    if (button && button.getAttribute("aria-label") !== name)
      button.setAttribute("aria-label", name)
  }
}

export function keepMenuShut() {
  forget()
  let asked = false
  let waiting = 0
  const look = () => {
    waiting = 0
    nameButtons()
    if (!asked) shut()
  }
  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest?.('[data-testid="stExpandSidebarButton"]')) asked = true
      if (!event.target.closest?.('[data-testid="stSidebarNavLink"]')) return
      asked = false
      setTimeout(shut) // Streamlit opens the page first
    },
    true,
  )
  new MutationObserver(() => (waiting ||= requestAnimationFrame(look))).observe(
    document.documentElement,
    { childList: true, subtree: true },
  )
}
