"""Teacher forcing or free running, step by step: what a decoder is fed while it is taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from rnn_core.tasks import ExampleRun
from rnn_views.figures.update.teacher_forcing import feeding_losses
from rnn_views.links.fields import steps_of
from rnn_views.number_format import format_number
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.question_key import asked_of_reading
from rnn_views.verdicts.training import FED, judge_feeding

LAST = 99
"""Steps that can be switched, as the settings count them."""

Read = Callable[[Sequence[int]], ExampleRun]
"""Reads the example with the decoder fed its own output at these steps, counted from 1."""


def steps_that_can(example_run: ExampleRun) -> range:
    """Return the steps, from 1 over all segments, whose input can be the right word or the own."""
    first = sum(trace.steps for trace in example_run.traces[:-1])
    return range(first + 2, first + example_run.traces[-1].steps + 1)


def show_feeding(
    example_run: ExampleRun, read: Read, mean: Callable[[Sequence[int]], float] | None = None
) -> None:
    """Offer what is fed at each step; show the losses fed the right words and fed its own.

    Parameters
    ----------
    example_run : ExampleRun
        As it is fed now.
    read : function
    mean : function, optional
        The same of the whole batch, its loss alone.
    """
    can = steps_that_can(example_run)
    if not can:
        st.info("There is one step only, and it is fed the start. Choose a longer example.")
        return
    now = [t for t in steps_of(settings.get().own, can[-1]) if t in can]
    choose_feeds(example_run, can, now)
    forced, free = read(()), read(can)
    guess, reveal = controls.ask(
        "feeding",
        "**Predict.** In training the decoder is fed the right words. Fed its own output instead, "
        "at every step, its loss on this example will be …",
        FED,
        about=asked_of_reading(forced),
    )
    if guess is None:
        return
    with reveal:
        assert forced.loss is not None
        assert free.loss is not None
        controls.show_verdict(guess, judge_feeding(forced.loss, free.loss))
    example_runs = {"right words": forced, "own output": free}
    if now and now != list(can):
        example_runs["as chosen"] = example_run
    show_figure(feeding_losses(example_runs), key="figure-feeding")
    st.markdown(describe_snowball(forced, free))
    if mean is not None:
        st.markdown(
            f"Over the whole batch: fed the right words **{format_number(mean(()), 4)}**, fed its "
            f"own **{format_number(mean(range(1, LAST + 1)), 4)}** nats. A step that is switched "
            "is "
            "switched in every example, counted from the decoder’s first."
        )
    st.caption(
        "The word fed is a choice, and a choice has no derivative: no gradient goes back through "
        "it. In the picture a right word has a double outline, an own output a dashed one."
    )


def choose_feeds(example_run: ExampleRun, can: range, now: Sequence[int]) -> None:
    """Offer all at once, and a switch for each step."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="feed-all"):
        st.button(
            "Right words everywhere",
            key="feed-forced",
            disabled=not now,
            **settings.on_click_set(own=""),
        )
        st.button(
            "Its own output everywhere",
            key="feed-free",
            disabled=list(now) == list(can),
            **settings.on_click_set(own="all"),
        )
    st.caption("Or step by step: switch a step here, click its input in the picture, or press T.")
    first = can[0] - 2
    with st.container(horizontal=True, key="feed-steps"):
        for t in can:
            own = t in now
            word = example_run.inputs[-1][t - first - 1]
            other = sorted(set(now) ^ {t})
            st.button(
                f"t = {t}: {'own' if own else 'right'} “{escape(word)}”",
                key=f"feed-{t}",
                **settings.on_click_set(own=".".join(map(str, other))),
            )


def describe_snowball(forced: ExampleRun, free: ExampleRun) -> str:
    """Return in words where the first wrong word was fed, and what the losses are from there on."""
    right, own = (example_run.inputs[-1] for example_run in (forced, free))
    wrong = [t for t, (one, other) in enumerate(zip(right, own, strict=True)) if one != other]
    told = (
        f"The mean loss is **{format_number(forced.loss, 4)}** nats fed the right words, "
        f"**{format_number(free.loss, 4)}** "
        "fed its own."
    )
    if not wrong:
        return f"{told} Both feed the same words here."
    first = wrong[0]
    number = sum(trace.steps for trace in free.traces[:-1]) + first + 1
    told += (
        f" The first wrong word is fed at t = {number}: “{escape(free.said[first - 1])}” instead "
        f"of “{escape(right[first])}”."
    )
    after = [example_run.losses[first:] for example_run in (forced, free)]
    if any(np.isnan(losses).all() for losses in after):
        return f"{told} No later step has a loss."
    taught, alone = (float(np.nanmean(losses)) for losses in after)
    return (
        f"{told} From there on the mean is **{format_number(taught, 4)}** with the right words and "
        f"**{format_number(alone, 4)}** with its own."
    )
