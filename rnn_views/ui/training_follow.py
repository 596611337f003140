"""Following a run: one script trains and draws what moves, the rest of the page stands still."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from rnn_views.ui import settings
from rnn_views.ui.training_runs import Run

FRAME = 0.09
"""Seconds between two pictures."""
FIRST = 0.03
"""Seconds to the first: a short run is over after a few."""
SEND = 0.01
"""Seconds in which what was just shown is sent; a script that starts anew drops what was not."""


def follow(run: Run, draw: Callable[[], None], finish: Callable[[], None] | None = None) -> None:
    """Make updates at the chosen pace until the run rests, then draw the whole page anew.

    The page is drawn once when a run begins and once when it rests. In between `draw` sends what
    moves: a browser takes longer to draw a whole page than a frame lasts, and would lag behind.

    Between two chunks of updates this script may end where it stands, when the visitor pressed a
    button; the run is whole then, and the script starts anew.

    Parameters
    ----------
    run : Run
    draw : function
        Draws what moves.
    finish : function, optional
        Shows what the run came to, before the page is drawn anew.
    """
    wait = FIRST
    while run.running:
        frame, wait = time.monotonic() + wait, FRAME
        while run.running and time.monotonic() < frame:
            run.advance(settings.get().pace)
            settings.give_way()
        if run.running:
            draw()
    settings.note(run.update)
    if finish is not None:
        finish()
        time.sleep(SEND)
    st.rerun()
