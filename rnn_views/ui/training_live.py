"""Live training: the visitor starts, paces, pauses and stops it; the picture follows."""

from __future__ import annotations

import time
from math import log

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.tasks import Task
from rnn_views.figures.figure import Figure
from rnn_views.figures.metric_curve import show_metric
from rnn_views.figures.runs import RunCurves, run_of
from rnn_views.figures.training_curves import training_curves
from rnn_views.ui import controls, settings
from rnn_views.ui.frame import escape
from rnn_views.ui.task_choice import is_shipped
from rnn_views.ui.training_answers import show_answers
from rnn_views.ui.training_figures import show_figure, show_moving
from rnn_views.ui.training_runs import Plan, Run, pause_others, run_for, start_anew
from rnn_views.ui.training_setup import Setup, measure_shipped

PACES = {"1": "1", "10": "10", "100": "100", "full": "full speed"}
FRAME = 0.1
"""Seconds between two pictures."""


def show_live(task: Task, setup: Setup) -> None:
    """Show the controls, the curves and the answers; go on with the run if it is running."""
    run = run_for(setup)
    pause_others(setup)
    if run is not None:
        run.check()
    show_buttons(setup, run)
    tell_state(setup, run)
    bar = st.empty()
    if run is not None and run.over:
        show_result(task, run)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_curves(task, setup, run)
    with right:
        show_answers(task, setup, run)
    if run is not None:
        show_bar(run, bar)
        if run.running:
            follow(run, bar)


def follow(run: Run, bar: DeltaGenerator) -> None:
    """Make updates at the chosen pace for one frame, then draw the page anew.

    Every `st` call below may end this script where it stands, when the visitor pressed a button;
    the run is whole then, and the script starts anew.
    """
    pace, frame = settings.get().pace, time.monotonic() + FRAME
    while run.running and time.monotonic() < frame:
        run.advance(pace)
        show_bar(run, bar)
    if not run.running:
        settings.put(update=run.update)
    st.rerun()


def show_curves(task: Task, setup: Setup, run: Run | None) -> None:
    """Show the curves so far; empty axes before the first update."""
    if run is None or not run.update:
        show_moving(empty_curves(task, setup), key="live-curves")
    elif run.running:
        show_moving(curves_of(task, run), key="live-curves")
    else:
        show_figure(curves_of(task, run), key="training-curves")


def empty_curves(task: Task, setup: Setup) -> Figure:
    """Return the axes on which the curves will be; the browser has its plotting library by then."""
    return training_curves(
        [RunCurves("RNN")], task.metric, target=task.target, updates=setup.updates
    )


def curves_of(task: Task, run: Run) -> Figure:
    """Return the curves of a run."""
    return training_curves(
        [run_of("RNN", "rnn", run.trainer.history)],
        task.metric,
        target=task.target,
        clip=run.trainer.recipe.clip,
        updates=run.trainer.course.updates,
    )


def show_bar(run: Run, place: DeltaGenerator) -> None:
    """Show how far the run is."""
    now = run.trainer.progress
    text = (
        f"update {now.update:,} of {now.updates:,} · pass {min(now.epoch + 1, run.epochs)} of "
        f"{run.epochs} · {now.seconds:.1f} s of updates"
    )
    place.progress(now.update / now.updates, text)


def show_buttons(setup: Setup, run: Run | None) -> None:
    """Offer pace, go and pause, a single update, stop, and start again."""
    begun = run is not None and run.update > 0
    with st.container(horizontal=True, vertical_alignment="bottom", key="live-controls"):
        controls.segments("pace", "Updates a second", PACES)
        if run is not None and run.running:
            label, icon = "Pause", ":material/pause:"
        elif run is not None and run.over:
            label, icon = "Train anew", ":material/play_arrow:"
        else:
            label, icon = ("Continue" if begun else "Train"), ":material/play_arrow:"
        st.button(
            label, icon=icon, type="primary", key="live-go", on_click=go_or_pause, args=(setup,)
        )
        st.button(
            "One update",
            icon=":material/skip_next:",
            key="live-one",
            disabled=run is not None and (run.running or run.over),
            on_click=make_one,
            args=(setup,),
        )
        st.button(
            "Stop",
            icon=":material/stop:",
            key="live-stop",
            disabled=run is None or run.over or not (begun or run.running),
            on_click=stop,
            args=(setup,),
        )
        st.button(
            "Start again",
            icon=":material/restart_alt:",
            key="live-again",
            disabled=run is None or not (begun or run.running),
            on_click=start_again,
            args=(setup,),
        )


def go_or_pause(setup: Plan) -> None:
    """Begin, go on or wait; a run that is over begins anew."""
    run = run_for(setup)
    if run is None or run.over:
        run = start_anew(setup)
    if run.running:
        run.pause()
        settings.put(update=run.update)
    else:
        run.begin()


def make_one(setup: Plan) -> None:
    """Make exactly one update."""
    run = run_for(setup) or start_anew(setup)
    run.make_one()
    settings.put(update=run.update)


def stop(setup: Plan) -> None:
    """End the run where it is."""
    run = run_for(setup)
    if run is not None:
        run.stop()
        settings.put(update=run.update)


def start_again(setup: Plan) -> None:
    """Go back to update 0 of the same seed."""
    start_anew(setup)
    settings.put(update=0)


def replay(setup: Plan, update: int) -> None:
    """Train from the seed to the update at which a link was made."""
    start_anew(setup, replay=update).begin()


def tell_state(setup: Plan, run: Run | None) -> None:
    """Say in one line where the run stands, and what happens to an interrupted one."""
    asked = settings.get().update
    with st.container(key="live-state"):
        if run is None and asked:
            st.info(
                f"This link was made at update {asked:,} of a run with seed {setup.seed}. The run "
                "is gone with its session; trained again from the seed, it comes to the same "
                "weights.",
                icon=":material/history:",
            )
            st.button(
                f"Train to update {asked:,}",
                key="live-replay",
                on_click=replay,
                args=(setup, asked),
            )
        elif run is None:
            st.caption(f"From scratch, seed {setup.seed}: {setup.tell()}.")
        elif run.failure:
            st.error(tell_failure(setup, run), icon=":material/error:")
        elif run.interrupted:
            st.info(
                f"Training was interrupted at update {run.update:,}, when its page was left or the "
                "connection was lost. Nothing is lost: Continue goes on from there.",
                icon=":material/pause_circle:",
            )
        else:
            st.caption(tell_course(setup, run))


def tell_course(setup: Plan, run: Run) -> str:
    """Return a run's state in words."""
    how = f"Seed {setup.seed}, {setup.tell()}"
    if run.running:
        return f"Training. {how}."
    if run.trainer.done:
        return f"All {run.update:,} updates are made. {how}."
    if run.stopped:
        return f"Stopped at update {run.update:,}. {how}."
    return f"Waiting at update {run.update:,}. {how}." if run.update else f"Not begun. {how}."


def tell_failure(setup: Plan, run: Run) -> str:
    """Say where numbers overflowed and what to change."""
    recipe = setup.recipe
    advice = [f"a lower learning rate (now {recipe.lr:g})"]
    if recipe.clip is None or recipe.clip > 1:
        advice.append("a smaller clipping norm")
    return (
        f"Training ended at update {run.update + 1:,}: {escape(run.failure)}. The weights are "
        f"those of the update before. Choose {' or '.join(advice)} under More, then Train anew."
    )


def show_result(task: Task, run: Run) -> None:
    """Show the held-out result beside the target of the task and the shipped network."""
    value = run.test()[0]
    name = f"test {task.metric}"
    with st.container(border=True, key="result"):
        yours, target, shipped = st.columns(3)
        yours.metric(f"Your network, {name}", show_metric(value, task.metric))
        target.metric("Target of the task", show_metric(task.target, task.metric))
        if is_shipped(task, "rnn"):
            shipped.metric(
                "The shipped network", show_metric(measure_shipped(task.key), task.metric)
            )
        st.markdown(tell_result(task, run, value))
        st.button(
            "Look inside your network",
            icon=":material/zoom_in:",
            key="look-inside",
            **settings.changing(view="one", net="mine"),
        )


def tell_result(task: Task, run: Run, value: float) -> str:
    """Return in words whether the target is reached, and on what it was measured."""
    size = task.data().test.size
    seconds = run.trainer.progress.seconds
    verdict = "reaches" if task.reached(value) else "does not reach"
    told = (
        f"On {size} test examples that it never saw it **{verdict}** the target, after "
        f"{run.update:,} updates in {seconds:.1f} seconds."
    )
    if learned_nothing(task, run):
        mine, recipes = run.trainer.recipe.lr, task.recipe.lr
        classes = len(task.data().classes)
        told += (
            f" Its validation loss is no lower than that of guessing, ln {classes} nats: nothing "
            f"was learned. The learning rate is {mine:g}, the recipe's {recipes:g}."
        )
    elif not task.reached(value) and not run.setup.is_recipe:
        told += " The target was set for the task's own recipe."
    elif not task.reached(value) and run.stopped:
        told += " It was stopped before its last update."
    return told


def learned_nothing(task: Task, run: Run) -> bool:
    """Whether the last validation loss is about that of giving every class the same chance."""
    losses = [report.validation_loss for report in run.trainer.history]
    known = [loss for loss in losses if loss is not None]
    return bool(known) and known[-1] > 0.97 * log(len(task.data().classes))
