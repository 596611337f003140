"""Brings into view what a button changes elsewhere on the page."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from rnn_views.ui.state import settings

ASSETS = Path(__file__).parents[3] / "assets" / "frame"
ASKED = "what is to be revealed"

_REVEAL = st.components.v2.component(
    "reveal", js=(ASSETS / "reveal.js").read_text(encoding="utf-8")
)


def revealing(
    change: Mapping[str, Any], target: str, part: str = "", *, glow: bool = True
) -> dict[str, Any]:
    """Return on_click for a button that changes something and brings it into view.

    Parameters
    ----------
    change : mapping
        The on_click, args and kwargs that make the change.
    target : str
        Key of the container or component that shows it.
    part : str
        CSS selector of what is meant within it, where the whole may be taller than the window.
    glow : bool
        Whether it glows: not where the visitor looks anyway.
    """
    return {
        "on_click": _change_and_reveal,
        "args": (change, settings.current_page(), {"target": target, "part": part, "glow": glow}),
    }


def _change_and_reveal(change: Mapping[str, Any], page: str, wanted: Mapping[str, object]) -> None:
    change["on_click"](*change.get("args", ()), **change.get("kwargs", {}))
    stamp = str(time.time_ns())  # new for every press, also after the session was started again
    settings.session_set(ASKED, {"page": page, "stamp": stamp, **wanted})


def show_revealed() -> None:
    """Mount what brings into view; before the page is drawn, since a run in progress has no end."""
    asked = settings.session_get(ASKED, {})
    data = asked if asked.get("page") == settings.current_page() else {}
    _REVEAL(key="reveal", data=dict(data), height="content")
