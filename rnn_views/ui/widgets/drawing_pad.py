"""A pad on which a visitor draws a digit for the network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from rnn_core.tasks import ExampleRun
from rnn_core.tasks.inputs.handwriting import LEVELS, count_blocks, scan_strokes
from rnn_views.component_values import as_text
from rnn_views.strokes import read_ink, read_strokes, write_ink
from rnn_views.ui.state import settings

ASSETS = Path(__file__).parents[3] / "assets" / "frame"
KEY = "pad"

_PAD = st.components.v2.component(
    "pad",
    css=(ASSETS / "pad.css").read_text(encoding="utf-8"),
    js=(ASSETS / "pad.js").read_text(encoding="utf-8"),
)


def show_pad(answer: ExampleRun) -> None:
    """Show the pad, what the network reads of it, and what it says; a stroke becomes the input.

    Parameters
    ----------
    answer : ExampleRun
        Of the present input, whose last step says a digit.
    """
    logits = answer.traces[-1].logits[-1, 0]
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    st.caption(
        "Draw one digit. As its collectors did, it is scaled to one size and counted down to 8×8 "
        "cells; that is what the network reads."
    )
    picture = read_ink(settings.get().input)
    _PAD(
        key=KEY,
        data={
            "label": "Pad to draw a digit on; the pictures beside it can be picked by keyboard",
            "read": "What the network reads: 8×8 cells",
            "cells": [] if picture is None else (picture * LEVELS).astype(int).ravel().tolist(),
            "levels": LEVELS,
            "told": f"The network says {answer.text}",
            "shares": [
                {"name": name, "share": float(share), "said": f"{share:.2f}"}
                for name, share in zip(answer.classes, shares, strict=True)
            ],
        },
        on_drawn_change=take_drawing,
        height="content",
    )


def take_drawing() -> None:
    """Make the drawing the input; what is no drawing is named, and changes nothing."""
    strokes = settings.component_value(KEY, "drawn", lambda drawn: read_strokes(as_text(drawn)))
    if strokes is not None:
        settings.put(input=write_ink(count_blocks(scan_strokes(strokes))))
