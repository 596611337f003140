"""Questions about the memory, asked before the answer is shown; the engine computes the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from rnn_core.tasks import Reading
from rnn_views.changes import COLUMNS, state_changes, steps_changed, tell_changes
from rnn_views.ui import controls

ALL, LAST, FIRST, NONE = "all of them", "only the last", "only the first", "none"


Reader = Callable[[Sequence[str]], Reading]
"""Reads other words just as the words in the picture were read."""


def ask_last_word(reading: Reading, read_words: Reader) -> None:
    """Ask which states change with the last word."""
    words = reading.inputs[0]
    other = "bad" if words[-1] != "bad" else "good"
    guess, reveal = controls.ask(
        "last-word",
        f"**Predict.** The last word becomes *{other}*. "
        f"Which states {state(1)} … {state(len(words))} change?",
        (ALL, LAST, NONE),
    )
    if guess:
        with reveal:
            after = read_words((*words[:-1], other))
            controls.say_prediction(guess, which_steps(steps_changed(reading, after), len(words)))
            show_changes(reading, after)
            st.markdown(
                "A state knows the words up to its own step and nothing of what comes later."
            )


def ask_swap(reading: Reading, read_words: Reader) -> None:
    """Ask whether the order of the first two words reaches the last state."""
    words = reading.inputs[0]
    guess, reveal = controls.ask(
        "swap",
        "**Predict.** The first two words change places. Is the *last* state another one?",
        ("yes", "no"),
    )
    if guess and len(words) < 2:
        reveal.markdown("Two words are needed to change places: type a longer sentence.")
    elif guess:
        with reveal:
            after = read_words((words[1], words[0], *words[2:]))
            changed = len(words) in steps_changed(reading, after)
            controls.say_prediction(guess, "yes" if changed else "no")
            show_changes(reading, after)
            st.markdown(
                "The order is in the state, and what the first words left there fades with every "
                "step that follows."
                if changed
                else "With these two words in this network, nothing of their order reaches the end."
            )


def state(t: int) -> str:
    """Return the name of a state: h₃."""
    return "h" + str(t).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def which_steps(changed: Sequence[int], steps: int) -> str:
    """Return in words which of the states changed."""
    named = {(): NONE, tuple(range(1, steps + 1)): ALL, (steps,): LAST, (1,): FIRST}
    return (
        named.get(tuple(changed), f"{len(changed)} of {steps}")
        if steps > 1
        else (LAST if changed else NONE)
    )


def show_changes(before: Reading, after: Reading) -> None:
    """Show step by step how far the state moved."""
    largest = max(state_changes(before, after))
    st.dataframe(
        tell_changes(before, after),
        hide_index=True,
        height="content",
        column_config={
            COLUMNS[3]: st.column_config.ProgressColumn(
                "‖change of h_t‖", format="%.4f", min_value=0.0, max_value=largest or 1.0
            )
        },
    )
