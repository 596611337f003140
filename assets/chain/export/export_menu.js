// "Copy picture": to the clipboard, or as a file; and the picture made to fit on paper.

import { drawParts, writePng, writeSvg } from "./export.js"
import { button, html, set } from "../lib/svg.js"

const PAPER = 680

export class ExportMenu {
  constructor(picture) {
    this.picture = picture
    this.said = html("span", { role: "status" })
    const make = (words, testid, act) =>
      button(words, { "data-testid": testid }, () => this.run(act))
    this.element = html(
      "div",
      { class: "help copying", hidden: true, "data-testid": "copying" },
      make("Copy as PNG", "copy-png", () => this.copy()),
      make("Save PNG", "save-png", async () => this.save(await this.png(), "png")),
      make("Save SVG", "save-svg", async () => this.save(await this.svg(), "svg")),
      this.said,
    )
    set(this.element, { role: "group", "aria-label": "Copy or save the picture" })
    this.onPrint = () => this.fitPaper(PAPER / Math.max(PAPER, picture.scroller.scrollWidth))
    this.onPrinted = () => this.fitPaper("")
    window.addEventListener("beforeprint", this.onPrint)
    window.addEventListener("afterprint", this.onPrinted)
  }

  toggle() {
    this.said.textContent = ""
    return this.picture.panels.copying.toggle()
  }

  async run(act) {
    this.said.textContent = "Drawing…"
    try {
      this.said.textContent = await act()
    } catch (error) {
      this.said.textContent = `That did not work: ${error.message}`
    }
  }

  draw() {
    const { scene, legend, equation, palette, scroller, model } = this.picture
    return drawParts([scene, legend, equation], { ...palette, scroller, title: model.sentence })
  }

  async svg() {
    return writeSvg(this.draw(), getComputedStyle(this.picture.root).fontFamily)
  }

  async png() {
    const drawing = this.draw()
    return writePng(
      await writeSvg(drawing, getComputedStyle(this.picture.root).fontFamily),
      drawing,
    )
  }

  async copy() {
    if (!window.ClipboardItem || !navigator.clipboard?.write) {
      await this.save(await this.png(), "png")
      return "This address may not use the clipboard, so the picture was saved."
    }
    await navigator.clipboard.write([new ClipboardItem({ "image/png": this.png() })])
    return "Copied."
  }

  save(file, kind) {
    const { phase, t } = this.picture.state
    const link = html("a", {
      href: URL.createObjectURL(file),
      download: `${this.picture.model.task}-${phase}-t${t}.${kind}`,
    })
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
    return "Saved."
  }

  fitPaper(zoom) {
    this.picture.scroller.style.zoom = zoom
  }

  destroy() {
    window.removeEventListener("beforeprint", this.onPrint)
    window.removeEventListener("afterprint", this.onPrinted)
  }
}
