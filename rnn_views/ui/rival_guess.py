"""The visitor's guess of how good the feed-forward network will be, before it is shown."""

from __future__ import annotations

import streamlit as st

from rnn_core.feedforward import rival
from rnn_core.tasks import TASKS, Task
from rnn_views.figures.metric_curve import is_share, show_metric
from rnn_views.rivals import Entrant, load_entrants
from rnn_views.ui import controls

OPTIONS = {
    "digits": (0.1, 0.5, 0.8, 0.97),
    "digit-rows": (0.1, 0.3, 0.5, 0.75, 0.97),
    "captions": (0.0, 0.3, 0.6, 0.97),
    "sentiment": (0.55, 0.7, 0.85, 1.0),
    "french": (0.0, 0.3, 0.6, 0.97),
    "german": (0.0, 0.3, 0.6, 0.97),
    "names": (1.9, 2.0, 2.3, 2.8, 3.3),
}


def ask_guess(task: Task) -> float | None:
    """Ask for the rival's result; return the guess once it is made.

    What is compared with the guess is the mean of the seeds that were trained beforehand.
    """
    options = [show_metric(value, task.metric) for value in OPTIONS[task.key]]
    beside, ours = count_weights(task.key)
    what = f"{task.metric}" if is_share(task.metric) else "loss (lower is better)"
    guess, reveal = controls.ask(
        f"rival-{task.key}",
        "**Predict.** A feed-forward network with as many weights "
        f"({beside:,} beside {ours:,}) learns from the same examples in the same "
        f"order. At each step it sees the input of that step alone. Which test {what} does it "
        "reach?",
        options,
    )
    if guess is None:
        return None
    value = OPTIONS[task.key][options.index(guess)]
    with reveal:
        truth = entrant_of(task, "per-step").test
        nearest = min(OPTIONS[task.key], key=lambda option: abs(option - truth))
        controls.say_prediction(guess, show_metric(nearest, task.metric))
        st.caption(
            f"Measured: {show_metric(truth, task.metric)}, the mean of "
            f"{entrant_of(task, 'per-step').seeds} seeds. Train both below and see for yourself."
        )
    return value


@st.cache_data(show_spinner=False)
def count_weights(key: str) -> tuple[int, int]:
    """Return the number of weights of the rival and of the recurrent network."""
    return rival(TASKS[key]).size, TASKS[key].network().size


def entrant_of(task: Task, kind: str) -> Entrant:
    """Return the measured results of one kind of model."""
    return next(entrant for entrant in load_entrants()[task.key] if entrant.kind == kind)
