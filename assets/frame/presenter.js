// While a page presents, it listens for a clicker: also where it has no picture of a chain. What to
// do is with the pictures' own module, since a page that has one leads through it first.

export default function ({ data }) {
  let end = null
  let gone = false
  import(new URL(data.script, document.baseURI).href)
    .then(({ presentPage }) => {
      if (!gone) end = presentPage()
    })
    .catch(() => {}) // without it the page's own keys go on working
  return () => {
    gone = true
    end?.()
  }
}
