"""Following a run: one script trains and draws what moves, the rest of the page stands still."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import RerunException, StopException

from rnn_views.turns import DRAWING, TRAINING, computing, describe_others, training
from rnn_views.ui.runs.live_run import CHUNK, Run
from rnn_views.ui.state import settings

FRAME = 0.09
"""Seconds between two pictures."""
FIRST = 0.03
"""Seconds to the first: a short run is over after a few."""
RUNS_AT_FULL_RATE = 2
"""Runs that are drawn every `FRAME`; where more go on, each is drawn less often."""
SEND = 0.01
"""Seconds in which what was just shown is sent; a script that starts again drops what was not."""


def follow(
    run: Run,
    draw: Callable[[], None],
    finish: Callable[[], None] | None = None,
    crowd: DeltaGenerator | None = None,
) -> None:
    """Make updates at the chosen pace until the run rests, then draw the whole page again.

    The page is drawn once when a run begins and once when it rests. In between `draw` sends what
    moves: a browser takes longer to draw a whole page than a frame lasts, and would lag behind.

    Between two chunks of updates this script may end where it stands, when the visitor pressed a
    button; the run is whole then, and the script starts again. An error leaves a run that counts as
    interrupted. A stop from outside looks the same here as a button: the browser notices it.
    Visitors who train take turns, a chunk each, so that those who only look around are answered as
    well.

    Parameters
    ----------
    run : Run
    draw : function
        Draws what moves.
    finish : function, optional
        Shows what the run came to, before the page is drawn again.
    crowd : DeltaGenerator, optional
        Where to say that others train as well.
    """
    wait, said = FIRST, ""

    def look_up() -> None:
        run.heartbeat = time.monotonic()
        settings.yield_to_pending_rerun()

    try:
        with training():
            while run.running:
                frame = time.monotonic() + wait
                wait = FRAME * max(1, TRAINING.count / RUNS_AT_FULL_RATE)
                while run.running and time.monotonic() < frame:
                    pace = settings.get().pace
                    if run.is_due(pace):
                        with computing(look_up):
                            run.advance(pace)
                    else:
                        time.sleep(CHUNK)
                    settings.yield_to_pending_rerun()
                if run.running:
                    with DRAWING.turn(look_up):
                        draw()
                        if crowd is not None and said != (said := describe_others(TRAINING.others)):
                            crowd.caption(said) if said else crowd.empty()
    except (RerunException, StopException):
        raise
    except BaseException:
        run.interrupt()
        raise
    settings.note(run.update)
    if finish is not None:
        finish()
        time.sleep(SEND)
    st.rerun()
