"""A pad on which a visitor draws a digit for the network."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from rnn_views.drawing import count_ink, read_bits, write_ink
from rnn_views.ui import settings

ASSETS = Path(__file__).parents[2] / "assets" / "frame"
KEY = "pad"

_PAD = st.components.v2.component(
    "pad",
    css=(ASSETS / "pad.css").read_text(encoding="utf-8"),
    js=(ASSETS / "pad.js").read_text(encoding="utf-8"),
)


def show_pad() -> None:
    """Show the pad; a finished stroke becomes the page's input."""
    st.caption(
        "Draw one digit, large. It is scaled and counted down to 8×8 cells, as its collectors did."
    )
    _PAD(
        key=KEY,
        data={"label": "Pad to draw a digit on; the pictures beside it can be picked by keyboard"},
        on_drawn_change=take_drawing,
        height="content",
    )


def take_drawing() -> None:
    """Make the drawing the input; what is no drawing changes nothing."""
    bits = settings.component_value(KEY, "drawn")
    try:
        drawing = read_bits(bits if isinstance(bits, str) else "")
    except ValueError:
        return
    settings.put(input=write_ink(count_ink(drawing)))
