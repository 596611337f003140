"""What does a state keep? One unit through a sequence, its silence, and two pasts in one state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from rnn_core.analysis.ablation import Ablation
from rnn_core.tasks import TASKS
from rnn_core.tasks.generated.memory import ADDING
from rnn_views.figures.memory.ablation import ablation_bars
from rnn_views.figures.memory.state_distance import pasts_map
from rnn_views.figures.memory.unit_heatmap import unit_map
from rnn_views.figures.memory.unit_trace import unit_path
from rnn_views.figures.training.metric import show_metric
from rnn_views.memory.cases import Case, Pass, run_case
from rnn_views.memory.units import (
    Pasts,
    answers_changed,
    change_input,
    format_answer,
    held_out_without,
    measure_ablations,
    measure_pasts,
    noun_of,
    units_until_changed,
)
from rnn_views.number_format import format_number
from rnn_views.turns import measuring
from rnn_views.ui.shell import header
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.memory import CHANGED_UNITS, NEARNESS, judge_ablations, judge_nearness
from rnn_views.verdicts.verdict import Verdict, unknown


def show_units(case: Case) -> None:
    """Show one unit and what a changed input does to it, then its silence, then two pasts."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="units-row"):
        cell = controls.segmented("cell", "Cell", controls.CELLS)
        read = read_of(case, cell)
        overflow = read.trace.first_overflow()
        if overflow is not None:
            st.info(f"Not finite: {header.escape(str(overflow))}. Lower the factor under More.")
            return
        unit = choose_unit(read)
        at, after, refused = choose_change(case, read, cell)
    if refused:
        st.warning(header.escape(refused), icon=":material/edit_off:")
    left, right = st.columns(2, gap="medium")
    with left:
        st.header(f"Unit {unit}, step by step", anchor=False)
        show_figure(unit_path(read, unit, after), key="figure-unit")
    with right:
        st.header("All units" if after is None else "How far each unit moves", anchor=False)
        show_figure(unit_map(read, after), key="figure-units")
    st.markdown(describe_change(read, after, unit, at))
    st.header("Knock a unit out", anchor=False)
    show_ablations(case, read, cell, unit)
    header.show_text("memory", "units")
    if not case.is_drawn:
        st.header("Two pasts, one state", anchor=False)
        show_pasts(case, cell)
        header.show_text("memory", "pasts")


def choose_unit(read: Pass) -> int:
    """Offer the units of the network."""
    units = read.params.hidden
    unit = keep_within("unit", units, f"this network has {units} units")
    st.selectbox(
        "Unit",
        range(1, units + 1),
        index=unit - 1,
        width=90,
        filter_mode="prefix",
        **settings.widget_args("unit"),
    )
    return unit


def keep_within(name: str, most: int, why: str) -> int:
    """Return a setting that counts something; one beyond is named, and the last one is used."""
    asked: int = getattr(settings.get(), name)
    return int(settings.fit(name, min(asked, most), why))


def choose_change(case: Case, read: Pass, cell: str) -> tuple[int, Pass | None, str]:
    """Offer to change one input; return its step, the changed pass, and why it was refused."""
    steps, chosen = read.trace.steps, settings.get()
    at = keep_within("at", steps, f"the sequence has {steps} steps")
    st.selectbox(
        f"Change the {noun_of(case)}",
        range(1, min(steps, 99) + 1),
        index=min(at, steps, 99) - 1,
        format_func=lambda t: f"{t} · {read.words[t - 1]}",
        width=180,
        filter_mode="prefix",
        **settings.widget_args("at"),
    )
    st.text_input(
        "to",
        width=140,
        placeholder="another " + noun_of(case),
        **settings.text_args("word", chosen.word, change=take_word),
    )
    if not chosen.word.strip():
        return at, None, ""
    try:
        return at, change_input(case, read, cell, at, chosen.word), ""
    except ValueError as problem:
        return at, None, f"{problem}; nothing is changed."


def take_word(text: str) -> None:
    """Take over what is to be read instead; what is too long is named."""
    settings.put(word=text)


@st.cache_resource(show_spinner=False, max_entries=100)
def read_of(case: Case, cell: str) -> Pass:
    """Return a case's pass, run once."""
    return run_case(case, cell)


@st.cache_resource(show_spinner=False, max_entries=100)
def ablations_of(case: Case, cell: str) -> Ablation:
    """Return what each unit's silence does, worked out once."""
    read = read_of(case, cell)
    with measuring():
        return measure_ablations(read)


@st.cache_data(show_spinner=False, max_entries=500)
@measuring()
def held_out_of(case: Case, cell: str, units: tuple[int, ...]) -> float:
    """Return a metric on held-out data, measured once."""
    return held_out_without(case, cell, units)


@st.cache_resource(show_spinner=False, max_entries=50)
@measuring()
def pasts_of(case: Case, cell: str, hidden: int | None) -> Pasts:
    """Return many pasts and their last states, read once."""
    return measure_pasts(case, cell) if hidden else measure_pasts(case, cell, None)


def describe_change(read: Pass, after: Pass | None, unit: int, at: int) -> str:
    """Say what the network answers, and what a changed input makes of unit and answer."""
    said = f"The network says {header.escape(format_answer(read, read.trace.logits[-1, 0]))}."
    if after is None:
        return f"{said} Type another input at a step above and watch which units notice."
    gap = after.trace.h[:, 0] - read.trace.h[:, 0]
    mine, largest = float(abs(gap[-1, unit - 1])), int(np.abs(gap[-1]).argmax())
    before = "Nothing differs before that step. " if at > 1 else ""
    return (
        f"{said} With “{header.escape(after.words[at - 1])}” at step {at} it says "
        f"{header.escape(format_answer(after, after.trace.logits[-1, 0]))}. {before}At the end "
        f"unit {unit} has moved by {format_number(mine)}; unit {largest + 1} moved furthest, by "
        f"{format_number(float(abs(gap[-1, largest])))}."
    )


def show_ablations(case: Case, read: Pass, cell: str, unit: int) -> None:
    """Ask how many units matter alone; then show each one's silence, and that of the chosen one."""
    found = ablations_of(case, cell)
    units = len(found.effect)
    guess, reveal = controls.ask(
        "knockouts",
        f"**Predict.** Each of the {units} units is set to 0 at every step, one at a time. How "
        "many single units change the answer?",
        CHANGED_UNITS,
        about=f"{case} {cell}",
    )
    if guess is None:
        return
    changed = answers_changed(read, found)
    with reveal:
        controls.show_verdict(guess, judge_ablated_unit(found, int(changed.sum())))
        st.markdown(describe_together(read, found, int(changed.sum())))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_figure(ablation_bars(read, found, unit), key="figure-knockouts")
    with right.container(border=True):
        st.markdown(describe_ablated_unit(case, read, cell, unit))


def judge_ablated_unit(found: Ablation, changed: int) -> Verdict:
    """Say how many units change the answer alone; unknown where an answer is not finite."""
    if not np.isfinite(found.logits).all():
        return unknown("the numbers overflow where a unit is silent")
    return judge_ablations(changed, len(found.effect))


def describe_together(read: Pass, found: Ablation, changed: int) -> str:
    """Say how many change the answer alone, and how many it takes together."""
    units = len(found.effect)
    alone = f"Alone, {changed} of {units} units change the answer" + (
        "." if read.classes else " by more than 0.1."
    )
    together = units_until_changed(read, found)
    if together is None:
        same = "is the same" if read.classes else "moves by at most 0.1"
        return (
            f"{alone} With all units set to 0 the answer {same}: then it comes from the output "
            "bias b_y alone."
        )
    if together == 1:
        return alone
    return f"{alone} Silenced together, the strongest first, it takes {together}."


def describe_ablated_unit(case: Case, read: Pass, cell: str, unit: int) -> str:
    """Say what the chosen unit's silence does here, and on held-out data."""
    found = ablations_of(case, cell)
    rank = int(np.flatnonzero(found.order == unit - 1)[0]) + 1
    lines = [
        f"**Unit {unit} silenced**, {rank} of {len(found.effect)} by effect.",
        f"With it: {header.escape(format_answer(read, read.trace.logits[-1, 0]))}.",
        f"Without: {header.escape(format_answer(read, found.logits[unit - 1, -1]))}.",
    ]
    if case.pretrained:
        task = ADDING if case.source == ADDING.key else TASKS[case.source]
        whole, without = (held_out_of(case, cell, units) for units in ((), (unit - 1,)))
        what = f"{task.metric} on held-out data"
        lines.append(
            f"{what[0].upper()}{what[1:]}: {format_held_out(whole, task.metric)} with it, "
            f"**{format_held_out(without, task.metric)}** without."
        )
    return "  \n".join(lines)


def format_held_out(value: float, metric: str) -> str:
    """Return a value of a metric as it is read."""
    return f"{value:.3f}" if metric == "RMSE" else show_metric(value, metric)


def show_pasts(case: Case, cell: str) -> None:
    """Ask how near two different pasts come; then show where all of them end."""
    two = replace(case, trained=False, factor=1.0)
    found = pasts_of(two, cell, 2)
    thing = "sentences" if case.source == "sentiment" else "names"
    guess, reveal = controls.ask(
        "pasts",
        f"**Predict.** A network with two units reads {len(found.texts)} different {thing}. Two "
        "of the states in which it ends lie nearest. Compared with the usual distance of two "
        "states, how far apart are they?",
        NEARNESS,
        about=f"{case.source} {cell} {case.seed}",
    )
    if guess is None:
        return
    with reveal:
        controls.show_verdict(guess, judge_nearness(found.pair.distance, found.pair.typical))
        st.markdown(describe_pair(found))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_figure(pasts_map(found), key="figure-pasts")
    with right.container(border=True):
        st.markdown(describe_own(case, cell, found))


def describe_pair(found: Pasts) -> str:
    """Say which two pasts lie nearest, how near, and how far the answers from both differ."""
    one, other = (header.escape(found.texts[n]) for n in (found.pair.first, found.pair.second))
    return (
        f"*{one}* and *{other}* end {format_number(found.pair.distance)} apart; the usual distance "
        f"is {format_number(found.pair.typical)}. From these two states the probabilities that the "
        f"network gives differ by at most {format_number(found.apart)}."
    )


def describe_own(case: Case, cell: str, found: Pasts) -> str:
    """Say what ends nearest to the visitor's input, and how the case's own network does."""
    assert found.own is not None
    near, gap = found.own
    lines = [
        f"**Two numbers for a whole past**, untrained, seed {case.seed}.",
        f"Nearest to the input above ends *{header.escape(found.texts[near])}*, "
        f"{format_number(gap)} away.",
    ]
    if case.pretrained:
        whole = pasts_of(replace(case, factor=1.0), cell, None)
        pair = [header.escape(whole.texts[n]) for n in (whole.pair.first, whole.pair.second)]
        lines.append(
            f"The trained network has {whole.states.shape[1]} units. Its nearest two are "
            f"*{pair[0]}* and *{pair[1]}*, {format_number(whole.pair.distance)} apart; its usual "
            f"distance is {format_number(whole.pair.typical)}. The probabilities it gives from "
            "both "
            f"differ by at most {format_number(whole.apart)}."
        )
    return "  \n".join(lines)
