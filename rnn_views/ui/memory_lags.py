"""Where does dW come from? Split by scored step and lag."""

from __future__ import annotations

import streamlit as st

from rnn_views.figures.lag_bars import lag_bars
from rnn_views.figures.lag_map import lag_map
from rnn_views.memory_cases import Case
from rnn_views.memory_measures import CellLags, measure_lags
from rnn_views.powers import say_number
from rnn_views.ui import controls, frame
from rnn_views.ui.memory_setup import shorten_for_split
from rnn_views.ui.training_figures import show_figure

MATRICES = {"W_hh": "W_hh", "W_xh": "W_xh", "b_h": "b_h"}
FEW = 3
"""Lags that count as near: 0, 1 and 2."""


def show_lags(case: Case) -> None:
    """Show the question, the heat map by scored step and lag, the bars by lag, and their sums."""
    case = shorten_for_split(case)
    guess, reveal = controls.ask(
        "vanished",
        "**Predict.** A vanilla network, 40 steps: what comes from far back has vanished. Is the "
        "whole gradient dW_hh then (nearly) zero, so that nothing is learned?",
        ("yes, nearly zero", "no, it is not"),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="lags-row"):
        cell = controls.segments("cell", "Cell", controls.CELLS)
        name = controls.segments("matrix", "Gradient of", MATRICES)
    try:
        found = lags_of(case, cell, name)
    except ValueError as problem:
        st.info(f"There is nothing to split: {frame.escape(str(problem))}. Lower the factor.")
        return
    if guess is not None:
        with reveal:
            tell_vanished(guess)
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("Each loss, each lag", anchor=False)
        show_figure(lag_map(found.split), key="figure-lag-map")
    with right:
        st.header("All losses together", anchor=False)
        show_figure(lag_bars(found.split), key="figure-lag-bars")
    st.markdown(tell_sums(found))
    frame.tell("memory", "lags")


@st.cache_resource(show_spinner=False, max_entries=100)
def lags_of(case: Case, cell: str, name: str) -> CellLags:
    """Return the split, worked out once."""
    return measure_lags(case, cell, name)


def tell_vanished(guess: str) -> None:
    """Answer with the network of the question, whatever is chosen below."""
    split = lags_of(Case(), "rnn", "W_hh").split
    near, far = float(split.along[:FEW].sum()), float(split.along[20:].sum())
    right = "no, it is not" if split.total > near / 2 else "yes, nearly zero"
    controls.say_prediction(guess, right)
    st.markdown(
        f"Its norm is {say_number(split.total, 3)}. Of that, {say_number(near, 3)} come from the "
        f"last {FEW} steps before each loss and {say_number(far)} from 20 and more steps back. "
        "So it learns, but only what is near."
    )


def tell_sums(found: CellLags) -> str:
    """Say how the parts add up, and where they do not."""
    split = found.split
    if split.total == 0:
        return f"d{split.name} is exactly 0 here: nothing arrives from any lag."
    lengths = float(split.norms.sum())
    near = float(split.along[:FEW].sum()) / split.total
    return (
        f"The bars add up to **{say_number(split.total, 3)}**, the norm of d{split.name}; lags 0 "
        f"to {min(FEW, len(split.norms)) - 1} make {near:.0%} of it. The marks add up to "
        f"{say_number(lengths, 3)}, which is more: parts that point different ways cancel, and "
        "lengths do not know it. A bar below zero pulls against the rest."
    )
