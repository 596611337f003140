"""How far back does the gradient reach? Measured for three cells, with a dial on W_hh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
import streamlit as st

from rnn_core.analysis.gradient_flow import clip_factor
from rnn_core.tasks.generated.memory import ADDING
from rnn_views.cell_style import CELL_LOOKS
from rnn_views.figures.memory.gradient_flow import gradient_distance
from rnn_views.figures.memory.jacobian_factors import jacobian_factors
from rnn_views.memory.cases import CELLS, Case
from rnn_views.memory.measurements import CellReach, Factors, measure_factors, measure_reach
from rnn_views.number_format import RAISED, format_number, format_setting
from rnn_views.turns import measuring
from rnn_views.ui.memory.config import CLIPS, FACTORS
from rnn_views.ui.memory.initialisation import show_starts
from rnn_views.ui.shell import header
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.memory import FATES, judge_halving

TURNS = (0.0, 0.25, 1.0, 3.0)
"""Stops of the dial that decide how far the axis goes."""
FAR_DOWN, FAR_UP = 1e-12, 1e6
"""How far it goes at most: on a longer axis a turn of the dial would hardly be seen."""


def show_reach(case: Case) -> None:
    """Show the question, the dial, both figures and what they come to for each cell."""
    with st.container(key="reach-view"):
        ask_half(case)
        with st.container(horizontal=True, vertical_alignment="bottom", key="dial-row"):
            controls.slider("factor", "Dial: W_hh of each cell is multiplied by", FACTORS)
            clip = controls.choose(
                "clip",
                "Clip the gradient's norm at",
                CLIPS,
                names={None: "off", **{value: format_setting(value) for value in CLIPS if value}},
            )
        found = [reach_of(case, cell) for cell in CELLS]
        ends = span_of(replace(case, factor=1.0))
        left, right = st.columns(2, gap="medium")
        with left:
            st.header("Three cells, the same sequence", anchor=False)
            show_figure(gradient_distance(found, clip=clip, span=ends), key="figure-distance")
            st.caption(describe_axis(found, ends))
        with right:
            st.header("The vanilla cell, taken apart", anchor=False)
            show_factors(case, ends)
    cards = st.grid(3, min_column_width=240, gap="small", border=True, key="cells")
    for one in found:
        with cards.cell():
            st.markdown(describe_cell(one, clip))
    header.show_text("memory", "reach")
    st.button(
        "Compare the trained networks",
        icon=":material/compare:",
        type="tertiary",
        key="compare-trained",
        **settings.on_click_set(source=ADDING.key, weights="trained", steps=30, factor=1.0),
    )
    show_starts()


@st.cache_resource(show_spinner=False, max_entries=300)
@measuring()
def reach_of(case: Case, cell: str) -> CellReach:
    """Return what is measured for one cell, worked out once."""
    return measure_reach(case, cell)


@st.cache_resource(show_spinner=False, max_entries=100)
@measuring()
def factors_of(case: Case) -> Factors:
    """Return the factors of the vanilla cell, worked out once."""
    return measure_factors(case)


@st.cache_resource(show_spinner=False, max_entries=100)
def span_of(case: Case) -> tuple[float, float] | None:
    """Return the ends of an axis that holds what the dial makes of a case, worked out once.

    Parameters
    ----------
    case : Case
        At factor 1: the axis is the same at every stop of the dial.

    Returns
    -------
    tuple of float or None
        At most `FAR_DOWN` and `FAR_UP` times the norm at the scored step; None where that is none.
    """
    turned = [reach_of(replace(case, factor=factor), cell) for factor in TURNS for cell in CELLS]
    norms = np.concatenate([one.reach.norms for one in turned])
    norms = norms[np.isfinite(norms) & (norms > 0)]
    scored = float(reach_of(case, "rnn").reach.norms[0])
    if not (norms.size and isfinite(scored) and scored > 0):
        return None
    low = max(float(norms.min()), FAR_DOWN * scored)
    high = min(float(norms.max()), FAR_UP * scored)
    return min(low, scored), max(high, scored)


def describe_axis(found: Sequence[CellReach], ends: tuple[float, float] | None) -> str:
    """Say that the axis stays the same, and which lines leave it."""
    if ends is None:
        return "The axis fits what is drawn."
    told = ["The axis is the same at every stop of the dial."]
    for one in found:
        norms = one.reach.norms[np.isfinite(one.reach.norms) & (one.reach.norms > 0)]
        for gone, where in ((norms < ends[0], "bottom"), (norms > ends[1], "top")):
            if gone.any():
                told.append(
                    f"{CELL_LOOKS[one.cell].name} leaves it at the {where}: all numbers are in "
                    "the table below."
                )
    return " ".join(told)


def ask_half(case: Case) -> None:
    """Ask what becomes of the vanilla cell's gradient at the first step when W_hh is halved."""
    asked = replace(case, factor=1.0)
    whole = reach_of(asked, "rnn").reach
    back = whole.step
    if not back:
        return  # with one step the gradient meets no W_hh
    guess, reveal = controls.ask(
        "half",
        "**Predict.** Every number in W_hh of the vanilla cell is halved. How much of the "
        f"gradient is left {count(back)} back, beside the gradient before?",
        FATES,
        about=repr(asked),
        beside=True,
        view="reach-view",
    )
    if guess is None:
        return
    halved = replace(case, factor=0.5)
    half = reach_of(halved, "rnn").reach
    with reveal:
        before, after = float(whole.norms[back]), float(half.norms[back])
        controls.show_verdict(guess, judge_halving(before, after))
        if isfinite(before) and isfinite(after):
            slopes = factors_of(asked).mean_slope, factors_of(halved).mean_slope
            st.markdown(describe_halving(back, slopes, case.activation))


def describe_halving(back: int, slopes: tuple[float, float], activation: str) -> str:
    """Say by which two kinds of factor halving W_hh changes the gradient.

    Parameters
    ----------
    back : int
        Steps to the state whose gradient is asked for: each meets W_hh once.
    slopes : (float, float)
        Mean slope of the activation before and after W_hh is halved.

    Examples
    --------
    >>> describe_halving(4, (0.42, 0.61), "tanh")
    'On the way back the gradient meets W_hh 4 times: W_hh alone gives 2⁻⁴ = 0.062. It also meets
    the slopes tanh′. Their mean changes from 0.42 to 0.61, because the states change as well.'
    """
    alone = (
        f"On the way back the gradient meets W_hh {count(back, 'time')}: W_hh alone gives "
        f"2{str(-back).translate(RAISED)} = {format_number(2.0**-back)}."
    )
    one, other = (format_number(slope) for slope in slopes)
    if one == other:
        return f"{alone} The mean of the slopes {activation}′ stays {one}."
    return (
        f"{alone} It also meets the slopes {activation}′. Their mean changes from {one} to "
        f"{other}, because the states change as well."
    )


def count(number: int, thing: str = "step") -> str:
    """Return a number of things in words.

    >>> count(1), count(39), count(2, "time")
    ('1 step', '39 steps', '2 times')
    """
    return f"{number} {thing}" + "s" * (number != 1)


def show_factors(case: Case, ends: tuple[float, float] | None) -> None:
    """Show the product of Jacobians and its two factors, or why there is none."""
    try:
        found = factors_of(case)
    except ValueError as problem:
        reason = header.escape(str(problem))
        st.info(f"The forward pass overflows, so there is no product: {reason}")
        return
    # The product begins at 1, so its axis is that of the norms in units of the scored step's.
    scored = float(reach_of(replace(case, factor=1.0), "rnn").reach.norms[0])
    span = None if ends is None else (ends[0] / scored, ends[1] / scored)
    show_figure(jacobian_factors(found, case.activation, span=span), key="figure-factors")
    st.caption(
        f"Each step back multiplies by W_hh and by the slopes {case.activation}′, on average "
        f"{format_number(found.mean_slope)} here. A spectral norm is the largest factor by which a "
        "small change of the state can grow."
    )


def describe_cell(one: CellReach, clip: float | None) -> str:
    """Return in words how one cell does: its size, its reach, clipping, and lost numbers."""
    reach = one.reach
    head = f"**{CELL_LOOKS[one.cell].name}**, H = {one.hidden}, {one.weights:,} weights"
    radius = ", ".join(
        format_number(value, 3) if name == "W_hh" else f"{name} {format_number(value, 3)}"
        for name, value in one.radius.items()
    )
    parts = [head, f"Spectral radius of W_hh: {radius}."]
    if reach.overflow:
        parts.append(f"Not finite. {header.escape(reach.overflow)}.")
    if isfinite(reach.ratio):
        parts.append(
            f"{count(reach.step)} back the gradient is **{format_number(reach.ratio)}** times as "
            f"large as at the scored step: norm {format_number(float(reach.norms[reach.step]))}."
        )
    parts += describe_lost(one)
    if isfinite(reach.weights_norm):
        parts.append(describe_clip(reach.weights_norm, clip))
    return "  \n".join(parts)


def describe_lost(one: CellReach) -> list[str]:
    """Say from which distance on numbers are exactly 0, or too small to keep their digits."""
    told = []
    for where, what in (
        (one.reach.denormal, "Denormal (so small that digits are lost)"),
        (one.reach.exact_zero, "Exactly 0"),
    ):
        if where.any():
            told.append(f"{what} from {count(int(np.argmax(where)))} back.")
    return told


def describe_clip(norm: float, clip: float | None) -> str:
    """Say how large the gradient of all weights is, and what clipping makes of it."""
    told = f"Gradient of all weights: norm {format_number(norm, 3)}"
    if clip is None:
        return f"{told}."
    factor = clip_factor(norm, clip)
    if factor == 1:
        return f"{told}, below {format_setting(clip)}: not clipped."
    return (
        f"{told}, clipped to {format_setting(clip)}: everything is multiplied by "
        f"{format_number(factor)}."
    )
