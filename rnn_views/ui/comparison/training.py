"""Both networks trained in one go: the same examples in the same order, as many updates."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.baselines.feedforward_training import FeedForwardTrainer
from rnn_core.tasks import Task
from rnn_views.figures.figure import Figure
from rnn_views.figures.training.metric import show_metric
from rnn_views.figures.training.run_curves import RunCurves, run_of
from rnn_views.figures.training.stacked import training_curves
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.runs.live_run import Run
from rnn_views.ui.training.controls import (
    describe_state,
    interruption,
    settled_run,
    show_buttons,
)
from rnn_views.ui.training.loop import follow
from rnn_views.ui.widgets.figures import LiveChart, show_figure, show_live_chart

NAMES = (("RNN", "rnn"), ("feed-forward", "feed-forward"))
HEIGHT = 380


def show_contest(task: Task, setup: RunConfig) -> None:
    """Show the buttons, how far both are, their curves, and in the end both test results."""
    run = settled_run(setup)
    show_buttons(setup, run, "contest", "Train both", "Train both again")
    crowd = describe_state(setup, run)
    bars = [column.empty() for column in st.columns(2, gap="medium")]
    # Below the curves: what comes when both are done does not push away what was watched.
    curves, results = st.empty(), st.empty()
    if run is not None and run.over:
        with results.container():
            show_results(task, run)
    figure, moving = curves_of(task, setup, run), None
    with curves.container():
        if run is None or run.running or not run.update:
            moving = show_live_chart(figure, key="contest-moving", ended=interruption(run))
        else:
            show_figure(figure, key="contest-curves")
    if run is None:
        for (name, _), bar in zip(NAMES, bars, strict=True):
            bar.progress(0.0, f"{name}: update 0 of {setup.updates:,}")
    else:
        show_bars(run, bars)
        if run.running and moving is not None:
            follow(run, lambda: draw(task, setup, run, bars, moving), crowd=crowd)


def draw(
    task: Task, setup: RunConfig, run: Run, bars: list[DeltaGenerator], moving: LiveChart
) -> None:
    """Draw what moves while both train."""
    show_bars(run, bars)
    moving.draw(curves_of(task, setup, run), run.update)


def curves_of(task: Task, setup: RunConfig, run: Run | None) -> Figure:
    """Return the curves of both networks; empty axes before they begin."""
    if run is None:
        runs = [RunCurves(name, hue) for name, hue in NAMES]
    else:
        runs = [
            run_of(name, hue, trainer)
            for (name, hue), trainer in zip(NAMES, run.trainers, strict=True)
        ]
    return training_curves(
        runs, task.metric, target=task.target, updates=setup.updates, norms=False, height=HEIGHT
    )


def show_bars(run: Run, bars: list[DeltaGenerator]) -> None:
    """Show how far each network is."""
    for (name, _), trainer, bar in zip(NAMES, run.trainers, bars, strict=True):
        now = trainer.progress
        text = f"{name}: update {now.update:,} of {now.updates:,}, {now.seconds:.1f} s of updates"
        bar.progress(now.update / now.updates, text)


def show_results(task: Task, run: Run) -> None:
    """Show both test results side by side."""
    recurrent, beside = run.test()
    size = task.data().test.size
    left, right, target = st.columns(3, border=True)
    left.metric(f"RNN, test {task.metric}", show_metric(recurrent, task.metric))
    right.metric(f"feed-forward, test {task.metric}", show_metric(beside, task.metric))
    target.metric("Target of the task", show_metric(task.target, task.metric))
    st.caption(
        f"On {size} test examples that neither has seen, after {run.update:,} updates of each; "
        f"{run.trainers[0].network.size:,} and {count_weights(run):,} weights."
    )


def count_weights(run: Run) -> int:
    """Return how many weights the feed-forward network has; its W_hh is cut and does not count."""
    trainer = run.trainers[1]
    assert isinstance(trainer, FeedForwardTrainer)
    return trainer.feedforward.size
