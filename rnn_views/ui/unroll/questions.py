"""Questions about the memory, asked before the answer is shown; the engine computes the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

import streamlit as st

from rnn_core.tasks import ExampleRun
from rnn_views.edits.difference import COLUMNS, describe_changes, state_changes
from rnn_views.ui.widgets import controls
from rnn_views.verdicts.question_key import asked_of_reading
from rnn_views.verdicts.states import (
    NO,
    WHICH,
    YES,
    describe_course,
    judge_last_state,
    judge_states,
)

Reader = Callable[[Sequence[str]], ExampleRun]
"""Reads other words just as the words in the picture were read."""


def ask_last_word(example_run: ExampleRun, read_words: Reader) -> None:
    """Ask which states change with the last word."""
    words = example_run.inputs[0]
    other = "bad" if words[-1] != "bad" else "good"
    guess, reveal = controls.ask(
        "last-word",
        f"**Predict.** The last word becomes *{other}*. "
        f"Which states {state(1)} … {state(len(words))} change?",
        WHICH,
        about=asked_of_reading(example_run),
    )
    if guess:
        with reveal:
            after = read_words((*words[:-1], other))
            controls.show_verdict(guess, judge_states(state_changes(example_run, after)))
            show_changes(example_run, after)
            st.markdown("No state depends on a word that comes later.")


def ask_swap(example_run: ExampleRun, read_words: Reader) -> None:
    """Ask whether the order of the first two words reaches the last state."""
    words = example_run.inputs[0]
    guess, reveal = controls.ask(
        "swap",
        "**Predict.** Swap the first two words. Does the *last* state change?",
        (YES, NO),
        about=asked_of_reading(example_run),
    )
    if guess and len(words) < 2:
        reveal.markdown("A swap needs two words: type a longer sentence.")
    elif guess:
        with reveal:
            after = read_words((words[1], words[0], *words[2:]))
            changes = state_changes(example_run, after)
            verdict = judge_last_state(changes)
            controls.show_verdict(guess, verdict)
            show_changes(example_run, after)
            if verdict.known:
                st.markdown(describe_swap(changes, same=words[0] == words[1]))


def describe_swap(changes: Sequence[float], *, same: bool) -> str:
    """Say what became of the order of the first two words.

    Parameters
    ----------
    changes : sequence of float
        How far the state of each step moved.
    same : bool
        Whether the two words are the same one.

    Examples
    --------
    >>> describe_swap([0.0, 0.0, 0.0], same=True)
    'Both words are the same, so nothing changes.'
    """
    if same:
        return "Both words are the same, so nothing changes."
    if not changes[-1]:
        return "In this network nothing of their order is left in the last state."
    return f"The last state depends on the order. {describe_course(changes, 2)}".strip()


def state(t: int) -> str:
    """Return the name of a state: h₃."""
    return "h" + str(t).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def show_changes(before: ExampleRun, after: ExampleRun) -> None:
    """Show step by step how far the state moved."""
    largest = max(filter(isfinite, state_changes(before, after)), default=0.0)
    st.dataframe(
        describe_changes(before, after),
        hide_index=True,
        height="content",
        column_config={
            COLUMNS[3]: st.column_config.ProgressColumn(
                "‖change of h_t‖", format="%.4f", min_value=0.0, max_value=largest or 1.0
            )
        },
    )
