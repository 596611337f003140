"""Live training: the visitor starts, paces, pauses and stops it; the picture follows."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.tasks import Task
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_views.figures.figure import Figure
from rnn_views.figures.training.run_curves import RunCurves, run_of
from rnn_views.figures.training.stacked import training_curves
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.runs.live_run import Run
from rnn_views.ui.runs.subject import Subject, held_out_name, loss_unit
from rnn_views.ui.training.controls import (
    describe_state,
    go_or_pause,
    interruption,
    make_epoch,
    make_one,
    settled_run,
    stop,
)
from rnn_views.ui.training.failure_modes import beside, show_beside
from rnn_views.ui.training.loop import follow
from rnn_views.ui.training.predictions import answers_due, show_answers
from rnn_views.ui.training.result import show_result
from rnn_views.ui.training.time_machine import go_to, marks_of, show_machine, show_moments
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import LiveChart, show_live_chart, show_numbers

PACES = {"1": "1", "10": "10", "100": "100", "full": "full speed"}


def show_live(subject: Subject, setup: RunConfig) -> None:
    """Show the controls, the curves and the answers; go on with the run if it is running.

    What is there only while it rests has a place of its own, which is cleared before it goes on:
    what a script does not send again stays on the page until the script ends.
    """
    run = settled_run(setup)
    show_buttons(setup, run)
    crowd = describe_state(setup, run)
    show_beside(setup)
    bar = st.empty()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        moving, machine = show_curves(subject, setup, run), st.empty()
    # Below the curves: what comes when a run ends does not push away what was watched.
    answers, result, moments = right.empty(), st.empty(), st.empty()
    with answers.container():
        show_answers(subject, setup, run)
    if run is None:
        bar.progress(0.0, f"update 0 of {setup.updates:,}")
        return
    show_bar(run, bar)
    if run.running:

        def draw() -> None:
            show_bar(run, bar)
            moving.draw(curves_of(subject, setup, run), run.update)
            if answers_due(run):
                with answers.container():
                    show_answers(subject, setup, run)

        def finish() -> None:
            if run.over and not run.failure:
                with result.container():
                    show_result(subject, run)

        follow(run, draw, finish, crowd)
    if run.over and not run.failure:
        with result.container():
            show_result(subject, run)
    if run.update:
        with machine.container():
            show_machine(setup, run)
        with moments.container():
            show_moments(subject, setup, run)


def show_curves(subject: Subject, setup: RunConfig, run: Run | None) -> LiveChart:
    """Show the curves so far; empty axes before the first update.

    At rest they can be pointed at: the time machine goes there.
    """
    figure = curves_of(subject, setup, run)
    resting = run is not None and not run.running and run.update > 0
    marks = marks_of(run) if run is not None and resting else ()
    moving = show_live_chart(
        figure,
        key="live-curves",
        marks=marks,
        pick=go_to if resting else None,
        ended=interruption(run),
    )
    numbers = st.empty()
    if resting:
        with numbers.container():
            show_numbers(figure, key="training-curves")
    return moving


def curves_of(subject: Subject, setup: RunConfig, run: Run | None) -> Figure:
    """Return the curves of a run; empty axes before there is one."""
    mine = RunCurves("RNN") if run is None else run_of("RNN", "rnn", run.trainer)
    return training_curves(
        [mine, *beside(setup)],
        subject.metric,
        unit=loss_unit(subject),
        target=subject.target,
        clip=setup.recipe.clip,
        updates=setup.updates,
        held_out=held_out_name(subject),
    )


def show_bar(run: Run, place: DeltaGenerator) -> None:
    """Show how far the run is."""
    schedule, made = run.trainer.schedule, run.update
    epoch = min(made // schedule.per_epoch + 1, run.epochs)
    part = "part" if isinstance(run.trainer, GeneratedTrainer) else "pass"
    text = (
        f"update {made:,} of {schedule.updates:,} · {part} {epoch} of {run.epochs} · "
        f"{run.trainer.progress.seconds:.1f} s of updates"
    )
    place.progress(made / schedule.updates, text)


def show_buttons(setup: RunConfig, run: Run | None) -> None:
    """Offer pace, go and pause, a single update, an epoch, and stop."""
    begun = run is not None and run.update > 0
    if run is not None and run.running:
        label, icon = "Pause", ":material/pause:"
    elif run is not None and run.over:
        label, icon = "Train again", ":material/play_arrow:"
    else:
        label, icon = ("Continue" if begun else "Train"), ":material/play_arrow:"
    busy = run is not None and (run.running or run.over)
    epoch = "One epoch" if isinstance(setup.subject, Task) else "A 25th of it"
    buttons = (
        ("live-go", label, icon, go_or_pause(run), False),
        ("live-one", "One update", ":material/skip_next:", make_one, busy),
        ("live-epoch", epoch, ":material/fast_forward:", make_epoch, busy),
        (
            "live-stop",
            "Stop",
            ":material/stop:",
            stop,
            run is None or run.over or not (begun or run.running),
        ),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="live-controls"):
        for key, name, shown, act, disabled in buttons:
            st.button(
                name,
                icon=shown,
                type="primary" if key == "live-go" else "secondary",
                key=key,
                disabled=disabled,
                on_click=act,
                args=(setup,),
            )
        controls.segmented("pace", "Updates a second", PACES)
