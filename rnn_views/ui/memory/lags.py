"""Where does dW come from? Split by scored step and lag."""

from __future__ import annotations

import streamlit as st

from rnn_core.analysis.gradient_flow import LagSplit
from rnn_views.figures.memory.lag_bars import lag_bars
from rnn_views.figures.memory.lag_heatmap import lag_map
from rnn_views.memory.cases import Case
from rnn_views.memory.measurements import CellLags, measure_lags
from rnn_views.number_format import format_number, format_percent
from rnn_views.turns import measuring
from rnn_views.ui.memory.config import shorten_for_split
from rnn_views.ui.shell import header
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.memory import WHOLE, judge_whole

MATRICES = {"W_hh": "W_hh", "W_xh": "W_xh", "b_h": "b_h"}
FEW = 3
"""Lags that count as near: 0, 1 and 2."""
FAR = 20
"""Lags from here on count as far."""


def show_lags(case: Case) -> None:
    """Show the question, the heat map by scored step and lag, the bars by lag, and their sums."""
    case = shorten_for_split(case)
    guess, reveal = controls.ask(
        "vanished",
        "**Predict.** A vanilla network, 40 steps: what comes from far back has vanished. Is the "
        "whole gradient dW_hh then (nearly) zero, so that nothing is learned?",
        WHOLE,
    )
    if guess is None:
        st.caption("Answer first: the figures below would give the answer.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="lags-row"):
        cell = controls.segmented("cell", "Cell", controls.CELLS)
        name = controls.segmented("matrix", "Gradient of", MATRICES)
    try:
        found = lags_of(case, cell, name)
    except ValueError as problem:
        st.info(f"There is nothing to split: {header.escape(str(problem))}. Lower the factor.")
        return
    with reveal:
        describe_vanished(guess)
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("Each loss, each lag", anchor=False)
        show_figure(lag_map(found.split), key="figure-lag-map")
    with right:
        st.header("All losses together", anchor=False)
        show_figure(lag_bars(found.split), key="figure-lag-bars")
    st.markdown(describe_sums(found))
    header.show_text("memory", "lags")


@st.cache_resource(show_spinner=False, max_entries=100)
@measuring()
def lags_of(case: Case, cell: str, name: str) -> CellLags:
    """Return the split, worked out once."""
    return measure_lags(case, cell, name)


def describe_vanished(guess: str) -> None:
    """Answer with the network of the question, whatever is chosen below."""
    split = lags_of(Case(), "rnn", "W_hh").split
    controls.show_verdict(guess, judge_whole(split.total, split.norms.tolist()))
    st.markdown(describe_parts(split))


def describe_parts(split: LagSplit) -> str:
    """Say how much of a gradient comes from near, and how much from far back."""
    near, far = float(split.along[:FEW].sum()), float(split.along[FAR:].sum())
    return (
        f"{format_number(near, 3)} of it comes from the last {FEW} steps before each loss, "
        f"{format_number(far)} from {FAR} and more steps back."
    )


def describe_sums(found: CellLags) -> str:
    """Say how the parts add up, and where they do not."""
    split = found.split
    if split.total == 0:
        return f"d{split.name} is exactly 0 here: nothing arrives from any lag."
    lengths = float(split.norms.sum())
    near = float(split.along[:FEW].sum()) / split.total
    lags = f"lag 0 makes {format_percent(near, 0)} of it"
    if len(split.norms) > 1:
        lags = f"lags 0 to {min(FEW, len(split.norms)) - 1} make {format_percent(near, 0)} of it"
    told = [
        f"The bars add up to **{format_number(split.total, 3)}**, the norm of d{split.name}; "
        f"{lags}."
    ]
    if format_number(lengths, 3) == format_number(split.total, 3):
        told.append(f"The lengths add up to {format_number(lengths, 3)} as well.")
    else:
        told.append(
            f"The lengths add up to {format_number(lengths, 3)}, more than that, because parts in "
            "different directions cancel in part."
        )
    if (split.along < 0).any():
        told.append("A bar below zero points against the total.")
    return " ".join(told)
