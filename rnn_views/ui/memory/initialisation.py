"""How W_hh begins: orthogonal or the identity, and which tasks mind."""

from __future__ import annotations

import streamlit as st

from rnn_core.tasks import TASKS
from rnn_views.comparison.seeds import load_measured, starts_of
from rnn_views.figures.memory.init_bars import LOOKS, start_points
from rnn_views.figures.training.metric import show_metric
from rnn_views.ui.shell import header
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.memory import NO_DIFFERENCE, judge_starts
from rnn_views.verdicts.verdict import Verdict

ASKED = "french"


def show_starts() -> None:
    """Ask which start learns number words better; then show every measured task."""
    st.header("How W_hh begins", anchor=False)
    task, found = TASKS[ASKED], starts_of(ASKED)
    guess, reveal = controls.ask(
        "starts",
        "**Predict.** Two vanilla networks learn number words from English to French; all is the "
        "same but how W_hh begins. Which ends with more correct answers?",
        (*(name for name, *_ in LOOKS.values()), NO_DIFFERENCE),
    )
    if guess is not None:
        with reveal:
            controls.show_verdict(guess, judge_task(ASKED))
            told = ", ".join(
                f"{LOOKS[one.model][0]} {show_metric(one.mean, task.metric)} "
                f"({show_metric(min(one.test), task.metric)} to "
                f"{show_metric(max(one.test), task.metric)})"
                for one in found
            )
            st.markdown(f"Mean and spread of {len(found[0].test)} seeds, test data: {told}.")
        shares = ("accuracy", "exact match")
        every = [one for one in load_measured() if one.kind == "start"]
        drawn = [one for one in every if TASKS[one.task].metric in shares]
        show_figure(start_points(drawn), key="figure-starts")
        st.markdown(describe_each())
    header.show_text("memory", "starts")


def judge_task(key: str) -> Verdict:
    """Say which start is better on a task: its worst seed beats the other's best."""
    results = {LOOKS[one.model][0]: one.test for one in starts_of(key)}
    return judge_starts(results, higher=TASKS[key].better == "higher")


def better_start(key: str) -> str:
    """Return the name of the better start; else that there is no difference beyond chance.

    >>> better_start("french") in [name for name, *_ in LOOKS.values()] + [NO_DIFFERENCE]
    True
    """
    return judge_task(key).right[0]


def describe_each() -> str:
    """Return which start wins on each measured task."""
    keys = dict.fromkeys(one.task for one in load_measured() if one.kind == "start")
    better = {TASKS[key].title: better_start(key) for key in keys}
    even = [title for title, start in better.items() if start == NO_DIFFERENCE]
    won = [f"{title}, {start}" for title, start in better.items() if title not in even]
    return (
        (f"Every seed better than the other start’s best: {'; '.join(won)}. " if won else "")
        + (f"No difference beyond chance: {'; '.join(even)}. " if even else "")
        + "Choose the start of the untrained network under More, and see what it does to the "
        "gradient above."
    )
