// The controls: phase, play, speed, and a seek bar with a labelled stop for every step.

import { MiniMap } from "./minimap.js"
import { SPEEDS } from "../lib/motion.js"
import { capital } from "../paint/plate.js"
import { button, clip, html, icon, set } from "../lib/svg.js"

const ICONS = {
  full: "M2 2h5v1.6H3.6V7H2zM9 2h5v5h-1.6V3.6H9zM2 9h1.6v3.4H7V14H2zM12.4 9H14v5H9v-1.6h3.4z",
  pencil: "M11.3 1.8l2.9 2.9-8.6 8.6L1.8 14.2l.9-3.8zM10 4.6L4 10.6l-.4 1.8 1.8-.4 6-6z",
  previous: "M3 3h2v10H3zM13 3v10L6 8z",
  next: "M11 3h2v10h-2zM3 3l7 5-7 5z",
  play: "M4 2.5l9 5.5-9 5.5z",
  pause: "M3.5 3h3v10h-3zM9.5 3h3v10h-3z",
}

export class Transport {
  constructor(actions) {
    this.actions = actions
    this.phases = html("div", { class: "phases", role: "group", "aria-label": "Phase" })
    this.badge = html("span", { class: "badge", "data-testid": "badge" })
    this.roll = button("Roll up", { class: "quiet-button", "data-testid": "roll" }, actions.roll)
    this.help = button(
      "?",
      { class: "quiet-button round", "aria-label": "Keys and help" },
      actions.help,
    )
    this.full = button(
      "",
      { class: "quiet-button round full", "aria-label": "Full screen" },
      actions.full,
    )
    this.full.append(icon(ICONS.full))
    this.edit = button(
      "",
      {
        class: "quiet-button edit-button",
        "data-testid": "edit",
        "aria-pressed": "false",
        hidden: true,
      },
      actions.edit,
    )
    this.edit.append(icon(ICONS.pencil), html("span", {}, "Edit", html("span", {}, " numbers")))
    this.code = button(
      "Code",
      { class: "quiet-button", "data-testid": "code-button", "aria-pressed": "false" },
      actions.code,
    )
    this.header = html(
      "div",
      { class: "header" },
      this.phases,
      this.badge,
      html("span", { class: "spacer" }),
      this.edit,
      this.code,
      this.roll,
      this.full,
      this.help,
    )
    this.play = button("", { class: "play", "data-testid": "play" }, actions.play)
    const previous = button(
      "",
      { class: "round", "aria-label": "Previous stop", "data-testid": "previous" },
      actions.previous,
    )
    previous.append(icon(ICONS.previous))
    const next = button(
      "",
      { class: "round", "aria-label": "Next stop", "data-testid": "next" },
      actions.next,
    )
    next.append(icon(ICONS.next))
    this.speed = button("1×", { class: "quiet-button speed", "aria-label": "Speed" }, actions.speed)
    this.stops = html("div", { class: "stops notranslate", translate: "no", "aria-hidden": "true" })
    this.thumb = html("div", { class: "thumb" })
    this.filled = html("div", { class: "filled" })
    this.map = new MiniMap(actions.look)
    this.rail = html("div", { class: "rail" }, this.filled, this.thumb)
    this.seek = html(
      "div",
      {
        class: "seek",
        role: "slider",
        tabindex: 0,
        "aria-label": "Time step",
        "aria-valuemin": 1,
        "data-testid": "seek",
      },
      this.rail,
      this.stops,
    )
    this.footer = html(
      "div",
      { class: "transport" },
      previous,
      this.play,
      next,
      html("div", { class: "track" }, this.map.element, this.seek),
      this.speed,
    )
    this.copy = button(
      "Copy",
      { class: "quiet-button", "aria-label": "Copy picture", "data-testid": "copy" },
      actions.copy,
    )
    this.help.before(this.copy)
    this.listen()
  }

  listen() {
    const seekTo = (event) => {
      const frame = this.rail.getBoundingClientRect()
      const share = (event.clientX - frame.left) / frame.width
      this.actions.seek(Math.round(share * this.count + 0.5))
    }
    this.seek.addEventListener("pointerdown", (event) => {
      this.seek.setPointerCapture(event.pointerId)
      this.seek.classList.add("dragging")
      seekTo(event)
    })
    this.seek.addEventListener("pointermove", (event) => {
      if (this.seek.hasPointerCapture(event.pointerId)) seekTo(event)
    })
    this.seek.addEventListener("pointerup", () => this.seek.classList.remove("dragging"))
    this.seek.addEventListener("pointercancel", () => this.seek.classList.remove("dragging"))
  }

  load(model) {
    this.model = model
    this.count = model.T
    if (this.badge.textContent !== model.badge) this.badge.textContent = model.badge
    this.showPhases(model.phases)
    this.labelStops()
    set(this.seek, { "aria-valuemax": model.T })
    this.footer.classList.toggle("single", model.T === 1)
  }

  // A button that has the focus stays.
  showPhases(phases) {
    if (this.offered === phases.join()) return
    this.offered = phases.join()
    this.phases.replaceChildren(
      ...phases.map((phase) =>
        button(capital(phase), { "data-testid": `phase-${phase}`, "data-phase": phase }, () =>
          this.actions.phase(phase),
        ),
      ),
    )
    this.phases.hidden = phases.length < 2
  }

  // Labels as wide as there is room for; on long chains only some stops are labelled.
  labelStops() {
    const width = this.seek.clientWidth || 600
    const labels = `${width} ${this.model.columns.map(({ label }) => label).join("\n")}`
    if (labels === this.labelled) return
    this.labelled = labels
    const each = width / this.count
    const every = Math.ceil(34 / each)
    this.stops.replaceChildren(
      ...this.model.columns.map((column) => {
        const text =
          every > 1
            ? (column.k - 1) % every
              ? ""
              : String(column.k)
            : clip(column.label, each - 4, 12)
        return html("span", { class: "stop", "data-k": column.k }, text)
      }),
    )
  }

  update({ phase, t, rolled, code }, playing, speed) {
    const model = this.model
    for (const one of this.phases.children) {
      set(one, { "aria-pressed": String(one.dataset.phase === phase) })
    }
    const share = (k) => `${(k * 100) / this.count}%`
    this.thumb.style.left = share(t - 0.5)
    const back = phase === "backward"
    this.filled.style.left = back ? share(t - 0.5) : "0"
    this.filled.style.width = back
      ? share(this.count - t + 0.5)
      : phase === "forward"
        ? share(t - 0.5)
        : "100%"
    set(this.seek, {
      "aria-valuenow": t,
      "aria-valuetext": `step ${t} of ${model.T}: ${model.columns[t - 1].label}`,
    })
    for (const stop of this.stops.children)
      stop.classList.toggle("current", Number(stop.dataset.k) === t)
    this.play.replaceChildren(icon(playing ? ICONS.pause : ICONS.play))
    set(this.play, { "aria-label": playing ? "Pause" : "Play" })
    this.speed.textContent = `${speed === 0.5 ? "½" : speed}×`
    set(this.code, { "aria-pressed": String(code) })
    this.roll.textContent = rolled ? "Unroll" : "Roll up"
  }

  showEditing(possible, on) {
    this.edit.hidden = !possible
    set(this.edit, { "aria-pressed": String(on) })
  }
}

export const nextSpeed = (speed) => SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]
