"""Mounts the chain component and gives back what the visitor selected in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import streamlit as st

from rnn_core.tasks.prediction import ExampleRun
from rnn_views.chain.payload import payload
from rnn_views.component_values import as_record, as_text, as_whole
from rnn_views.ui.shell.assets import asset_url
from rnn_views.ui.state import settings

# The still comes when the picture's own script is slow, and stays when it cannot be loaded.
# Streamlit tells inline scripts from file names by the line breaks inside.
_LOADER = """
const PATIENCE = 400

function showStill(holder, payload) {
  const parsed = new DOMParser().parseFromString(payload.still, "image/svg+xml")
  const note = document.createElement("p")
  const box = document.createElement("div")
  box.style.overflowX = "auto"
  box.tabIndex = 0
  box.append(document.importNode(parsed.documentElement, true))
  note.textContent = payload.sentence
  holder.replaceChildren(box, note)
}

export default function (component) {
  const { parentElement, data } = component
  const holder = parentElement.querySelector(".chain-holder")
  const drawn = () => holder.querySelector(".chain")
  const slow = setTimeout(() => drawn() || showStill(holder, data.payload), PATIENCE)
  const loading = import(new URL(data.script, document.baseURI).href)
  loading.then((chain) => chain.mount(component, holder)).then(() => {
    clearTimeout(slow)
    holder.style.minHeight = ""
  }).catch((error) => {
    clearTimeout(slow)
    showStill(holder, data.payload)
    const why = document.createElement("p")
    why.textContent = "A still picture: the moving one could not be loaded. (" + error.message + ")"
    holder.append(why)
  })
  return () => loading.then((chain) => chain.unmount(holder)).catch(() => {})
}
"""

_CHAIN = st.components.v2.component(
    "chain",
    html='<div class="chain-holder" style="min-height: 30rem"></div>',
    js=_LOADER,
)


@dataclass(frozen=True)
class Selection:
    """What the visitor selected: a unit at a step, or an entry of a weight; all count from 1.

    Attributes
    ----------
    segment : str
        Name of the segment, "network", "encoder" or "decoder".
    t : int
        Time step as displayed, 1…T over all segments.
    unit : int
    phase : str
    zoom : int
    weight : str or None
        "W_xh", "W_hh", "W_hy", "b_h" or "b_y" where an entry of a weight was selected.
    row, column : int or None
        Of that entry.
    """

    segment: str
    t: int
    unit: int
    phase: str
    zoom: int
    weight: str | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Editing:
    """What a picture whose numbers can be edited needs from its page.

    Attributes
    ----------
    take : callable
        Called with what the picture asks for, before the page is drawn again.
    state : mapping
        What its buttons show (docs/payload.md, "What comes back").
    """

    take: Callable[[object], None]
    state: Mapping[str, Any]


def request_name() -> str:
    """Return the name under which the number of the last request done on the page is kept."""
    return f"request serial {settings.current_page()}"


def show_chain(
    example_run: ExampleRun | Mapping[str, Any],
    *,
    key: str,
    badge: str = "",
    cut: bool = False,
    height: int | Literal["stretch", "content"] = "content",
    fragment: str | None = "",
    selectable: bool = False,
    start: Mapping[str, Any] | None = None,
    editing: Editing | None = None,
    together: str | None = None,
    request: Callable[[object], None] | None = None,
) -> Selection | None:
    """Show the chain of one reading and return what the visitor selected in it, if anything.

    Parameters
    ----------
    example_run : ExampleRun or payload
        A payload (`rnn_views.chain.payload.payload`) may be given ready made.
    key : str
        Names this picture on the page.
    badge : str
        Where the weights come from, as in `payload`.
    cut : bool
        Draw the horizontal wires cut: the feed-forward network.
    height : int or "content"
    fragment : str or None
        Prefix of this picture's names in the address (`#t=3&phase=backward`); a second picture on
        a page needs one of its own, None keeps a picture out of the address.
    selectable : bool
        Whether S, or a click with Shift, tells Python what is meant. Stepping never does.
    start : mapping, optional
        Where the picture opens when the address does not say: "t", "phase", "unit", "rolled",
        "weight". When it changes, the picture goes there: so a sentence can set the picture.
    editing : Editing, optional
        With it the picture's numbers can be edited; each edit is handed to `editing.take`.
    together : str, optional
        Pictures of a page with the same word here step together, until the visitor parts them.
    request : callable, optional
        With it chunk boundaries can be dragged, what a decoder is fed switched, and an entry of a
        weight clicked; each request is handed to it (docs/payload.md, "What comes back").

    Returns
    -------
    Selection or None
    """
    data = (
        payload(example_run, badge=badge, cut=cut)
        if isinstance(example_run, ExampleRun)
        else dict(example_run)
    )
    edits: dict[str, Any] = {}
    if editing is not None:
        take = editing.take
        edits["on_edit_change"] = lambda: take(settings.component_value(key, "edit", as_record))
    if request is not None:
        edits["on_request_change"] = lambda: request(
            settings.component_value(key, "request", as_record)
        )
    result = _CHAIN(
        key=key,
        data={
            "payload": data,
            "script": asset_url("chain/chain.js"),
            "fragment": fragment,
            "selectable": selectable,
            "present": settings.get().present,
            "together": together,
            "requests": request is not None,
            "requested": settings.session_get(request_name(), 0),
            "start": dict(start or {}),
            "editing": None if editing is None else dict(editing.state),
        },
        height=height,
        on_selected_change=lambda: None,
        **edits,
    )
    return read_selection(result.selected) if selectable else None


def read_selection(selected: object) -> Selection | None:
    """Return what the browser says is selected; nothing where it says something else.

    >>> read_selection({"segment": "network", "t": 3, "unit": 2, "phase": "forward", "zoom": 0}).t
    3
    >>> read_selection([3]), read_selection({"t": 3}), read_selection(None)
    (None, None, None)
    """
    try:
        given = as_record(selected)
        if not set(given) <= {one.name for one in fields(Selection)}:
            return None
        weight, row, column = (given.get(name) for name in ("weight", "row", "column"))
        return Selection(
            segment=as_text(given.get("segment")),
            t=as_whole(given.get("t"), 1),
            unit=as_whole(given.get("unit")),
            phase=as_text(given.get("phase")),
            zoom=as_whole(given.get("zoom")),
            weight=None if weight is None else as_text(weight),
            row=None if row is None else as_whole(row),
            column=None if column is None else as_whole(column),
        )
    except ValueError:
        return None
