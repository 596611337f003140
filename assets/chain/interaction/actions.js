// Everything a visitor can do to a picture, by key or button; each says whether something changed.

import { hasGradientTable } from "../model/gradient_slices.js"
import { ALL, journey, neighbour } from "../model/view_state.js"
import { WEIGHTS } from "../paint/plate.js"
import { switchFeed } from "./pointer.js"
import { reveal } from "../lib/scroll_into_view.js"
import { sourceCount } from "../model/terms.js"
import { nextSpeed } from "../panels/transport.js"

export function actionsOn(picture) {
  const { player } = picture
  const update = (patch, how) => picture.update(patch, how)
  return {
    back: () => step(picture, -1),
    on: () => step(picture, 1),
    first: () => update({ t: 1 }),
    last: () => update({ t: picture.model.T }),
    previous: () => travel(picture, -1),
    next: () => travel(picture, 1),
    pageBack: () => turnPage(picture, -1),
    pageOn: () => turnPage(picture, 1),
    earlier: () => turnPhase(picture, -1),
    later: () => turnPhase(picture, 1),
    phase: (phase) => enterPhase(picture, phase),
    reverse: () => update({ phase: picture.state.phase === "backward" ? "forward" : "backward" }),
    look: (step) =>
      picture.state.zoom > 1
        ? update({ t: Math.ceil(step) }, { quick: true })
        : picture.viewport.lookAt(step),
    seek: (t) => update({ t }, { quick: true }),
    up: () => moveUnit(picture, -1),
    down: () => moveUnit(picture, 1),
    enter: () => zoom(picture, 1),
    leave: () => zoom(picture, -1) || closeOuter(picture) || picture.inspector.unpin(),
    pin: () => picture.inspector.pin(),
    outer: () => showOuter(picture),
    roll: () => roll(picture),
    weight: () => nextWeight(picture),
    select: () => picture.select(),
    play: () => (player.playing ? player.pause() : play(picture)),
    speed: () => {
      player.speed = nextSpeed(player.speed)
      picture.refreshControls()
    },
    code: () => {
      picture.code.wanted = !picture.state.code
      return update({ code: !picture.state.code, op: ALL })
    },
    edit: () => picture.editor.toggle(),
    shorter: () => picture.chunks.change(-1),
    longer: () => picture.chunks.change(1),
    feed: () => feed(picture),
    full: () => toggleFullScreen(picture.root),
    copy: () => picture.copying.toggle(),
    help: () => picture.panels.help.toggle(),
  }
}

// The next stop of the journey, while playing.
export const advance = (picture) => travel(picture, 1, { playing: true })

// Left and right are places in the picture; only past the last step waits the loss.
function step(picture, by) {
  const { state, model } = picture
  if (state.phase === "forward" && by > 0 && state.t === model.T && model.hasLoss)
    return enterPhase(picture, "loss")
  if (state.phase === "loss") return by < 0 && picture.update({ phase: "forward", t: model.T })
  return picture.update({ t: state.t + by })
}

const stopsOf = ({ model, state, lines }) => journey(model, state.code ? lines : undefined)

function travel(picture, by, how) {
  const stop = neighbour(stopsOf(picture), picture.state, by)
  return stop ? picture.update(stop, how) : false
}

// A clicker has two keys, and unrolling is the picture's first step: the loop, the chain, its
// stops.
function turnPage(picture, by) {
  const { state, begin } = picture
  if (state.rolled)
    return by > 0 && picture.update({ zoom: 1, rolled: false, phase: "forward", t: 1 })
  if (travel(picture, by)) return true
  return (
    by < 0 &&
    Boolean(begin?.rolled) &&
    picture.update({ zoom: 1, rolled: true, phase: "forward", t: 1 })
  )
}

function play(picture) {
  const { state, player } = picture
  const stops = stopsOf(picture)
  const last = stops[stops.length - 1]
  if (state.phase === last.phase && state.t === last.t && state.op === (last.op ?? state.op))
    picture.update(stops[0])
  picture.sync.pauseOthers()
  player.play()
}

function enterPhase(picture, phase) {
  const { model, state } = picture
  if (!model.phases.includes(phase) || phase === state.phase) return false
  return picture.update({
    phase,
    t: { forward: 1, backward: model.T, loss: model.T }[phase] ?? state.t,
  })
}

function turnPhase(picture, by) {
  const { phases } = picture.model
  return enterPhase(picture, phases[phases.indexOf(picture.state.phase) + by])
}

// Up and down go through units; at the deepest level through the terms of one.
function moveUnit(picture, by) {
  const { zoom: level, unit, source } = picture.state
  if (level < 4) return picture.update({ unit: unit + by })
  const most = sourceCount(picture.model, picture.state)
  return picture.update({ source: Math.min(most, Math.max(1, source + by)) })
}

function zoom(picture, by) {
  const level = picture.state.zoom + by
  if (level < 1) return false
  const changed = picture.update({ zoom: level })
  if (changed) picture.focus()
  return changed
}

// Rolled up, there is no room for gradients: a loop shows the forward pass.
function roll(picture) {
  const { rolled, phase } = picture.state
  return picture.update({
    zoom: 1,
    rolled: !rolled,
    phase: picture.hasGradients() ? "forward" : phase,
  })
}

// Where a decoder is taught, another word at the step one is at.
function feed(picture) {
  const column = picture.model.columns[picture.state.t - 1]
  return column.fed !== "data" && switchFeed(picture, column)
}

function showOuter(picture) {
  if (picture.state.phase !== "backward" || picture.state.zoom > 1) return false
  picture.outer.toggle()
  picture.refresh()
  reveal(picture.outer.element)
  return true
}

function closeOuter(picture) {
  if (!picture.outer.open) return false
  picture.outer.toggle(false)
  picture.refresh()
  return true
}

function nextWeight(picture) {
  const possible = WEIGHTS.filter((name) =>
    picture.model.segments.some((segment) => hasGradientTable(segment, name)),
  )
  if (!picture.hasGradients() || !possible.length) return false
  return picture.update({
    weight: possible[(possible.indexOf(picture.state.weight) + 1) % possible.length],
  })
}

function toggleFullScreen(root) {
  if (root.getRootNode().fullscreenElement) document.exitFullscreen()
  else root.requestFullscreen?.().catch(() => {})
}
