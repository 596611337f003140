"""Prepared extremes: a run that goes wrong in one way, foretold, shown at once, and to be repaired.

The runs are recorded (`make models`), so nobody waits; "Change from here" hands the very settings
to the live trainer, where the recorded curves stand beside the visitor's own.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from rnn_core.failure_modes.recordings import load_last
from rnn_core.failure_modes.runs import FAILURE_MODES, RUNS, FailureMode
from rnn_views.failure_modes.cases import (
    ASKS_REACH,
    SHORT,
    SHOWS_REACH,
    THIS,
    TITLES,
    FailureModeCase,
    case_of,
    curves_of,
    describe_course,
    describe_facts,
    difference_of,
    question_of,
    seeds_table,
    settings_for,
    shown_updates,
)
from rnn_views.failure_modes.gradient_flow_figure import extreme_reach
from rnn_views.figures.figure import Figure
from rnn_views.figures.training.run_curves import RunCurves
from rnn_views.figures.training.stacked import training_curves
from rnn_views.links.codec import Settings
from rnn_views.ui.runs.config import RunConfig, opening_settings, setup_of
from rnn_views.ui.runs.live_run import Answers, restart_run
from rnn_views.ui.runs.subject import held_out_name, loss_unit, name_of, subject_of
from rnn_views.ui.shell import header, reveal
from rnn_views.ui.state import settings
from rnn_views.ui.training.predictions import answers_of, put_beside, show_table
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure

LIVE = "moving-live-curves"
"""Key of what the live trainer draws."""
PARTS = {"look": "What to look at", "why": "Why", "repair": "What repairs it"}


def choose_extreme() -> FailureModeCase:
    """Offer the prepared runs side by side; return the chosen one."""
    return case_of(
        controls.segmented("extreme", "Prepared run", SHORT, also=lambda _: {"foretold": ""})
    )


def show_extreme(case: FailureModeCase) -> None:
    """Ask what the run will do; once that is foretold, show what it did, why, and the way out."""
    st.markdown(f"**{TITLES[case.key]}.** {describe_settings(case)}")
    if settings.get().foretold not in case.options:
        settings.fit("foretold", "", f"here it is one of {', '.join(case.options)}")
    guess, reveal = controls.ask(case.key, question_of(case), case.options, setting="foretold")
    if guess is None:
        if case.twin is not None and case.key not in ASKS_REACH:
            st.caption(f"The same run {difference_of(case)}:")
            show_figure(figure_of(case, told=False), key="extreme-before")
        return
    with reveal:
        controls.show_verdict(case.options[guess], case.verdict)
        st.markdown(f"{describe_course(case)} {describe_facts(case)}")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_figure(figure_of(case, told=True), key="extreme-curves")
        if case.key in SHOWS_REACH:
            show_figure(extreme_reach(case), key="extreme-reach")
    with right:
        for part, title in PARTS.items():
            st.markdown(f"**{title}**")
            header.show_text("extremes", f"{case.key} {part}")
        show_page_cards(case)
    show_answers(case)
    st.markdown("**The losses from three seeds**")
    table = seeds_table(case)
    st.table(table, hide_index=True, border="horizontal", alt="How the run ended from three seeds")


def describe_settings(case: FailureModeCase) -> str:
    """Say how the run is made, and that it is recorded."""
    setup = setup_for(case.extreme)
    return (
        f"{name_of(setup.subject)}, vanilla cell with {network_size(case)} hidden units, "
        f"{setup.describe()}; {case.record.planned:,} updates from seed 0, recorded."
    )


def network_size(case: FailureModeCase) -> int:
    """Return the hidden units of the run's network."""
    return load_last(case.key).segments[0].params.hidden


def setup_for(extreme: FailureMode) -> RunConfig:
    """Return the live trainer's setup that makes this very run.

    >>> setup_for(FAILURE_MODES["high"]).recipe.lr
    0.3
    """
    return setup_of(Settings(**settings_for(extreme)))


def figure_of(case: FailureModeCase, *, told: bool) -> Figure:
    """Return the curves of the run and of its twin; of the twin alone before the run is told."""
    runs = [curves_of(THIS, "rnn", case.record)] if told else []
    if case.twin is not None:
        runs.append(curves_of(difference_of(case), "baseline", case.twin))
    setup = setup_for(case.extreme)
    return training_curves(
        runs,
        case.metric,
        unit=loss_unit(setup.subject),
        clip=setup.recipe.clip,
        updates=shown_updates(case),
        held_out=held_out_name(setup.subject),
        height=520 if told else 420,
    )


def show_page_cards(case: FailureModeCase) -> None:
    """Offer to go on in the live trainer: with these settings, or with the repair."""
    with st.container(horizontal=True, key="extreme-doors"):
        st.button(
            "Change from here",
            type="primary",
            icon=":material/tune:",
            key="extreme-change",
            help="Opens “Train it live” with these settings. Change one under More. The recorded "
            "run is drawn beside yours. On another processor the curves can differ: some runs "
            "make the last digit of a number grow.",
            **reveal.revealing(settings.on_click_set(**live_settings(case, case.extreme)), LIVE),
        )
        if case.extreme.twin:
            st.button(
                f"Train it {difference_of(case)}",
                icon=":material/build:",
                key="extreme-repair",
                help="Opens “Train it live” with exactly this change, and trains from update 0.",
                **reveal.revealing({"on_click": train_twin, "args": (case,)}, LIVE, glow=False),
            )


def train_twin(case: FailureModeCase) -> None:
    """Open the live trainer with the repair made, and let it train from update 0."""
    settings.put(**live_settings(case, RUNS[case.extreme.twin]))
    restart_run(setup_of(settings.get())).begin()


def is_twin(case: FailureModeCase, setup: RunConfig) -> bool:
    """Whether a live run is made as the recorded run's twin is: what was wrong is repaired."""
    twin = case.extreme.twin
    if not twin or RUNS[twin].task != setup.task:
        return False
    return setup.recipe == setup_for(RUNS[twin]).recipe


def live_settings(case: FailureModeCase, extreme: FailureMode) -> dict[str, Any]:
    """Return all settings of the live trainer for a run, with the recorded one beside it."""
    return {
        **opening_settings(extreme.task),
        **settings_for(extreme),
        "view": "live",
        "extreme": case.key,
        "beside": case.key,
    }


def beside(setup: RunConfig) -> list[RunCurves]:
    """Return the recorded curves to be drawn beside a live run: none but for the same task."""
    key = settings.get().beside
    if not key or FAILURE_MODES[key].task != setup.task:
        return []
    return [curves_of(f"recorded: {TITLES[key].lower()}", "baseline", case_of(key).record)]


def show_beside(setup: RunConfig) -> None:
    """Say what stands beside the live run, and offer to leave it out."""
    key = settings.get().beside
    if not beside(setup):
        settings.fit("beside", "", "that run was recorded for another task")
        return
    case = case_of(key)
    todo = (
        f"This one is the same run {difference_of(case)}."
        if is_twin(case, setup)
        else describe_beside(setup, key)
    )
    with st.container(horizontal=True, vertical_alignment="center", key="live-beside"):
        st.caption(f"In grey: the recorded run “{TITLES[key]}”. {todo}", width="stretch")
        st.button(
            "Leave it out", type="tertiary", key="beside-out", **settings.on_click_set(beside="")
        )
        st.button(
            "Back to the extremes",
            type="tertiary",
            key="beside-back",
            **reveal.revealing(
                settings.on_click_set(view="extremes", extreme=key), f"ask-{key}", glow=False
            ),
        )


def describe_beside(setup: RunConfig, key: str) -> str:
    """Say whether the live run's settings are those of the recorded run beside it."""
    if setup == setup_for(FAILURE_MODES[key]):
        return "These are its settings. Change one under More, then Train."
    return "Your settings differ from those of that run. Train, and compare."


def show_answers(case: FailureModeCase) -> None:
    """Show what the network answered with which the run ended, beside its twin's answers."""
    answers = answers_at_end(case.key, f"in {THIS}")
    if case.twin is not None:
        other = answers_at_end(case.extreme.twin, difference_of(case))
        answers = put_beside(answers, other, f"{THIS} says", difference_of(case))
    st.markdown("**What it answers in the end**")
    show_table(answers)


@cache
def answers_at_end(key: str, when: str) -> Answers:
    """Return the answers of a recorded run's last network."""
    return answers_of(subject_of(RUNS[key].task), load_last(key), when)
