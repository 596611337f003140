"""What a run came to: its held-out result beside the target of the task, in numbers and words."""

from __future__ import annotations

import streamlit as st

from rnn_core.tasks import Task
from rnn_views.figures.training.metric import show_metric
from rnn_views.number_format import format_number, format_setting
from rnn_views.ui.inputs.task_choice import is_pretrained
from rnn_views.ui.runs.config import measure_pretrained
from rnn_views.ui.runs.live_run import Run
from rnn_views.ui.runs.subject import Subject, describe_held_out, guessing_loss, held_out_name
from rnn_views.ui.shell import reveal
from rnn_views.ui.state import settings

TRAINED_PICTURES = {"one": "train-chain", "batch": "train-batch-chain"}
"""Keys of the pictures that show the visitor's network, by what one update learns from."""


def show_result(subject: Subject, run: Run) -> None:
    """Show the held-out result beside the target of the task and the shipped network."""
    value = run.test()[0]
    name = f"{'test' if isinstance(subject, Task) else 'held-out'} {subject.metric}"
    with st.container(border=True, key="result"):
        yours, target, pretrained = st.columns(3)
        yours.metric(f"Your network, {name}", show_metric(value, subject.metric))
        target.metric("Target of the task", show_metric(subject.target, subject.metric))
        if isinstance(subject, Task) and is_pretrained(subject, "rnn"):
            known = show_metric(measure_pretrained(subject.key), subject.metric)
            pretrained.metric("The shipped network", known)
        st.markdown(describe_result(subject, run, value))
        st.button(
            "Look inside your network",
            icon=":material/zoom_in:",
            key="look-inside",
            **reveal.revealing(
                settings.on_click_set(view="one", net="mine"),
                TRAINED_PICTURES[settings.get().learn],
            ),
        )


def describe_result(subject: Subject, run: Run, value: float) -> str:
    """Return in words whether the target is reached, and on what it was measured."""
    seconds, plan = run.trainer.progress.seconds, run.setup
    verdict = "reaches" if subject.reached(value) else "does not reach"
    told = (
        f"{describe_held_out(subject)} it **{verdict}** the target, after "
        f"{run.update:,} updates in {seconds:.1f} seconds."
    )
    mine, usual = run.trainer.recipe.lr, subject.recipe.lr
    if mine == 0:
        told += " At learning rate 0 no weight moves: it is the untrained network still."
    elif learned_nothing(subject, run):
        told += (
            f" Its {held_out_name(subject)} loss is no lower than that of guessing, "
            f"{format_number(guessing_loss(subject), 3)} nats: nothing was learned. The learning "
            f"rate is {format_setting(mine)}, the recipe's {format_setting(usual)}."
        )
    elif not subject.reached(value) and not plan.is_recipe:
        told += " The target was set for the task's own recipe."
    elif not subject.reached(value) and run.stopped:
        told += " It was stopped before its last update."
    return told


def learned_nothing(subject: Subject, run: Run) -> bool:
    """Whether the last validation loss is about that of giving every class the same chance."""
    losses = [report.validation_loss for report in run.trainer.history]
    known, guess = [loss for loss in losses if loss is not None], guessing_loss(subject)
    return guess is not None and bool(known) and not known[-1] <= 0.97 * guess
