// The picture as a whole: what is shown now, and everything that changes it.

import { actionsOn, advance } from "./interaction/actions.js"
import { RequestChannel } from "./lib/requests.js"
import { paletteFor } from "./lib/colour.js"
import { ChunkDrag } from "./paint/chunks.js"
import { CodePanel } from "./panels/code_panel.js"
import { ExportMenu } from "./export/export_menu.js"
import { readPayload } from "./model/payload.js"
import { writeEquation } from "./panels/equation.js"
import { Editor } from "./edit/edit.js"
import { fitRoom } from "./paint/fit.js"
import { StepAnimation } from "./interaction/step_animation.js"
import { Address } from "./interaction/fragment.js"
import { ALL, clampState, INITIAL_STATE, pickKnown } from "./model/view_state.js"
import { HELP, listenToKeys } from "./interaction/keys.js"
import { writeLegend } from "./paint/legend.js"
import { OuterProduct } from "./panels/outer_product.js"
import { Player } from "./lib/motion.js"
import { Panel } from "./panels/open_close.js"
import { listenToPointer, resolve } from "./interaction/pointer.js"
import { isFull, joinPage, leavePage, presentAt } from "./interaction/presenter.js"
import { Viewport } from "./interaction/viewport.js"
import { GradientReduction } from "./panels/gradient_reduction.js"
import { Stage } from "./paint/stage.js"
import { ReducedMotion } from "./interaction/reduced_motion.js"
import { reveal } from "./lib/scroll_into_view.js"
import { html, set } from "./lib/svg.js"
import { StepSync } from "./interaction/sync.js"
import { Transport } from "./panels/transport.js"
import { Unrolling } from "./interaction/unrolling.js"
import { LiveRegion } from "./text/live_region.js"
import { Zoom } from "./zoom/zoom.js"

let count = 0

const MOST_ZOOM = 1.5
// In the big picture: what is above and below the chain, before it is zoomed.
const AROUND = 142

export class ChainView {
  constructor(root) {
    this.root = root
    this.id = `chain${(count += 1)}`
    this.state = { ...INITIAL_STATE }
    this.unrolling = new Unrolling(this)
    this.flow = new StepAnimation()
    this.stills = new ReducedMotion(this)
    this.player = new Player(
      () => advance(this),
      () => this.refreshControls(),
    )
    const actions = (this.actions = actionsOn(this))
    this.transport = new Transport(actions)
    this.scroller = html("div", { class: "scroller", role: "grid", tabindex: 0 })
    this.zoom = new Zoom((patch) => {
      this.update(patch)
      this.focus()
    })
    this.outer = new OuterProduct(() => this.focus())
    this.viewport = new Viewport(this)
    this.scene = html(
      "div",
      { class: "scene notranslate", translate: "no" },
      this.viewport.element,
      this.outer.element,
      this.zoom.element,
    )
    this.shares = new GradientReduction(this)
    this.legend = html("div", { class: "legend" })
    this.equation = html("div", {
      class: "equation notranslate",
      translate: "no",
      "data-testid": "equation",
    })
    this.code = new CodePanel(this)
    this.lines = (stop) => this.code.lines(this.model, { ...this.state, ...stop }).length
    this.liveRegion = new LiveRegion(this)
    this.help = html(
      "div",
      {
        class: "help",
        hidden: true,
        role: "region",
        "aria-label": "Keys and help",
        "data-testid": "help",
      },
      ...HELP.map(([keys, words]) => html("span", {}, html("kbd", {}, keys), ` ${words}`)),
    )
    this.editor = new Editor(this)
    this.line = html("p", { class: "unanswered", role: "status", hidden: true })
    this.channel = new RequestChannel({
      send: (message) => this.setTriggerValue("request", message),
      say: (words) => this.say(words),
    })
    root.append(
      this.line,
      this.transport.header,
      this.transport.footer,
      this.editor.panel.element,
      this.scene,
      this.shares.element,
      this.legend,
      this.code.element,
      this.equation,
      this.liveRegion.live,
      this.liveRegion.table,
    )
    this.chunks = new ChunkDrag(this)
    listenToKeys(root, actions)
    listenToPointer(this)
    this.address = new Address(this)
    this.observer = new ResizeObserver(() => this.resize())
    this.observer.observe(this.scene)
    this.onWindow = () => this.resize()
    window.addEventListener("resize", this.onWindow)
    document.addEventListener("fullscreenchange", this.onWindow)
    this.copying = new ExportMenu(this)
    this.transport.header.after(this.help, this.copying.element)
    this.panels = {
      help: new Panel(this, this.help, this.transport.help, { id: "help", focus: true }),
      copying: new Panel(this, this.copying.element, this.transport.copy, {
        id: "copying",
        focus: true,
      }),
    }
    joinPage(this)
    this.sync = new StepSync(this)
    this.transport.help.before(this.sync.button)
  }

  // New data from Python, a new theme, or a request where to look.
  load({ data, setStateValue, setTriggerValue, theme }) {
    const first = !this.model
    const fresh = data.payload.id !== this.model?.id
    const request = JSON.stringify(data.start ?? {})
    const requested = !first && request !== this.request
    this.setStateValue = setStateValue
    this.request = request
    this.begin = pickKnown(data.start)
    this.address.prefix = data.fragment ?? null
    this.selectable = data.selectable
    this.sync.join(data.together ?? null)
    presentAt(this, Boolean(data.present), first)
    this.requests = Boolean(data.requests)
    this.setTriggerValue = setTriggerValue
    this.requestDone(data.requested ?? 0)
    if (fresh || theme !== this.theme) this.show(data, theme, { fresh, first })
    if (first) this.sync.arrive(Object.keys(this.address.read()).length > 0)
    this.editor.load(data.editing, setTriggerValue)
    if (requested && this.update(this.begin)) this.showRequest()
  }

  // A sentence of the page led here: what it led to is to be seen.
  showRequest() {
    reveal(this.root)
    if (this.hasGradients()) reveal(this.viewport.element, { foot: this.foot(), end: true })
  }

  show(data, theme, { fresh, first }) {
    this.theme = theme
    if (fresh) {
      this.model = readPayload(data.payload)
      this.inspector.unpin()
    }
    if (first) this.state = { ...INITIAL_STATE, ...this.begin, ...this.address.read() }
    else this.state = { ...this.state, ...this.address.sought }
    this.state = clampState(this.model, this.state, this.lines)
    this.unrolling.settle()
    this.transport.load(this.model)
    this.build()
    this.liveRegion.write(first)
  }

  hasGradients() {
    return this.state.phase === "backward" || this.state.phase === "update"
  }

  // Whether the focus is on something of the picture that is seen.
  hasFocus() {
    const at = this.root.getRootNode().activeElement
    return Boolean(at && this.root.contains(at) && !at.closest("[hidden]"))
  }

  focus() {
    ;(this.state.zoom > 1 ? this.zoom.body : this.scroller).focus({ preventScroll: true })
  }

  build() {
    const width = this.scene.clientWidth || 900
    this.builtFor = width
    this.tall = roomInWindow(this)
    const room = fitRoom(
      this.model,
      { width, narrow: width < 620, short: window.innerHeight < 720 },
      this.tall,
    )
    const big = this.tall !== null && room.scale > 1
    this.root.classList.toggle("big", big)
    this.root.style.setProperty(
      "--zoom",
      big ? Math.min(MOST_ZOOM, room.scale * 1.08).toFixed(3) : "1",
    )
    this.root.classList.toggle("narrow", room.narrow)
    this.root.classList.toggle("tight", width < 840)
    this.applyPalette(paletteFor(this.root))
    this.flow.stop()
    this.transport.map.load(this.model, this.palette)
    this.stage = new Stage({
      model: this.model,
      palette: this.palette,
      room,
      id: this.id,
      requests: this.requests,
    })
    this.stills.forget()
    this.scroller.replaceChildren(...this.stage.elements)
    set(this.scroller, { "aria-label": this.model.sentence })
    this.explained = ""
    this.viewport.settle()
    this.refresh({ still: true })
    this.editor.showChosen()
  }

  // Styles are computed again for all that is drawn when a colour is set, so only a new one is.
  applyPalette(palette) {
    if (palette.name !== this.palette?.name) {
      for (const [name, colour] of Object.entries(palette))
        this.root.style.setProperty(`--${name.replace("_", "-")}`, colour)
    }
    this.palette = palette
  }

  resize() {
    const grown =
      (this.tall === null) !== !isBig(this) ||
      Math.abs((this.tall ?? 0) - (roomInWindow(this) ?? 0)) >= 2
    if (!this.model || (Math.abs(this.scene.clientWidth - this.builtFor) < 2 && !grown)) return
    this.build()
    this.transport.labelStops()
    this.refresh({ still: true })
  }

  // The one way in which what is shown changes.
  update(patch, { quick = false, playing = false } = {}) {
    if (!playing) this.player.pause()
    const before = this.state
    this.address.sought = null
    if (patch.phase === "backward" || patch.phase === "update") patch = { rolled: false, ...patch }
    const moved = ["t", "phase"].some((name) => name in patch && patch[name] !== before[name])
    if (moved && before.code) patch = { op: ALL, ...patch }
    this.state = clampState(this.model, { ...before, ...patch }, this.lines)
    if (Object.keys(this.state).every((name) => this.state[name] === before[name])) return false
    this.unrolling.follow(before)
    this.refresh({ still: quick })
    if (!quick) this.flow.step(this, before)
    this.sync.broadcast(before, { quick, playing })
    this.showGradientTable(before)
    return true
  }

  refresh({ still = false } = {}) {
    const { state, model, root } = this
    const focused = this.hasFocus()
    this.inspector.hide()
    set(root, {
      "data-phase": state.phase,
      "data-t": state.t,
      "data-zoom": state.zoom,
      "data-view": state.rolled ? "rolled" : "chain",
      "data-unit": state.unit,
    })
    this.scroller.hidden = state.zoom > 1
    if (state.zoom === 1) this.stage.update(state, this.editor.on)
    this.stills.show(state)
    this.outer.show(model, this.palette, state)
    this.shares.show(model, state)
    this.zoom.show(model, this.palette, state, this.roomOfZoom())
    this.equation.replaceChildren(...writeEquation(model, state))
    this.explain()
    this.code.show(model, state)
    set(this.scroller, { "aria-activedescendant": this.stage.cellAt(state) })
    this.refreshControls()
    if (this.editor.on) this.editor.panel.followCursor()
    this.viewport.follow(still)
    this.viewport.show()
    this.liveRegion.follow()
    // What had the focus may be gone: Esc and the arrows must go on working.
    if (focused && !this.hasFocus()) this.focus()
  }

  // Who asks for gradients or an update, or for another weight's, sees where they are added up.
  showGradientTable(before) {
    const { phase, weight, zoom } = this.state
    const asked =
      this.hasGradients() &&
      zoom === 1 &&
      (phase !== before.phase || weight !== before.weight || before.zoom > 1)
    if (asked && !this.sync.following)
      reveal(this.viewport.element, { foot: this.foot(), end: true })
  }

  // What the line at the foot of the window covers.
  foot() {
    return getComputedStyle(this.equation).position === "sticky"
      ? this.equation.offsetHeight + 8
      : 0
  }

  // A deeper level has the room of the chain, in its own pixels where it is zoomed.
  roomOfZoom() {
    const { scale, layout } = this.stage
    const zoom = Number(this.root.style.getPropertyValue("--zoom")) || 1
    return {
      height: (layout.height * scale) / zoom,
      width: this.builtFor / zoom,
      narrow: this.root.classList.contains("narrow"),
    }
  }

  // The legend changes with what is drawn, not with each step.
  explain() {
    const { model, state, stage } = this
    const limits = Object.assign({}, ...stage.segments.map(({ ledger }) => ledger?.limits ?? {}))
    const key = JSON.stringify([state.zoom, state.phase, limits])
    if (key === this.explained) return
    this.explained = key
    this.legend.replaceChildren(...writeLegend(model, state, limits))
  }

  refreshControls() {
    if (this.model) this.transport.update(this.state, this.player.playing, this.player.speed)
  }

  // Lights all uses of a weight, or a part of the gradient; "" puts the light out.
  highlight(use) {
    const { dataset } = this.root
    if (use) dataset.hot = use
    else delete dataset.hot
  }

  // More is known of what is possible.
  revalidate() {
    this.state = clampState(this.model, this.state, this.lines)
    this.refresh({ still: true })
  }

  // What is under the pointer.
  resolve(event) {
    return resolve(this, event)
  }

  // Only this and the editor tell Python anything.
  select(more = {}) {
    if (!this.selectable) return false
    const { t, unit, phase, zoom } = this.state
    const { segment } = this.model.columns[t - 1]
    this.setStateValue("selected", { segment: segment.name, t, unit, phase, zoom, ...more })
    return true
  }

  // What pointing asks of the page beside edits: a chunk length, another word fed, a weight to
  // check.
  sendRequest(what) {
    if (!this.requests) return false
    if (this.channel.pending)
      this.wanted = what // the newest one waits
    else this.channel.request(what)
    return true
  }

  // A line above the picture: that Python does not answer. It goes with the answer.
  say(words) {
    this.line.textContent = words
    this.line.hidden = !words
  }

  requestDone(serial) {
    if (serial < this.channel.serial) return
    this.channel.acknowledge(serial)
    const { wanted } = this
    this.wanted = null
    if (wanted) this.channel.request(wanted)
  }

  destroy() {
    this.channel.destroy()
    this.editor.channel.destroy()
    leavePage(this)
    this.sync.leave()
    this.copying.destroy()
    this.player.pause()
    this.observer.disconnect()
    window.removeEventListener("resize", this.onWindow)
    document.removeEventListener("fullscreenchange", this.onWindow)
    this.address.destroy()
    this.liveRegion.destroy()
  }
}

const isBig = ({ present, root }) => present || isFull({ root })

// The height that the chain itself can have on a projector; null where it keeps its size.
function roomInWindow(picture) {
  if (!isBig(picture)) return null
  const edges = isFull(picture) ? 48 : 68
  return Math.max(200, window.innerHeight - edges - AROUND * MOST_ZOOM)
}
