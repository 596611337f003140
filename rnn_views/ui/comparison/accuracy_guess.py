"""The visitor's guess of how good the feed-forward network will be, before it is shown."""

from __future__ import annotations

import streamlit as st

from rnn_core.baselines.feedforward import feedforward
from rnn_core.tasks import TASKS, Task
from rnn_views.comparison.results import ModelResult, load_model_results
from rnn_views.figures.training.metric import is_share, show_metric
from rnn_views.number_format import format_fixed, format_percent
from rnn_views.ui.widgets import controls
from rnn_views.verdicts.scale import judge_on_scale

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
    """Ask for the feed-forward network's result; return the guess once it is made.

    What is compared with the guess is the mean of the seeds that were trained beforehand.
    """

    def name(value: float) -> str:
        if is_share(task.metric):
            return f"about {format_percent(value, 0)}"  # nobody guesses a tenth of a percent
        return f"about {format_fixed(value, 1)} nats"

    marks = OPTIONS[task.key]
    options = [name(value) for value in marks]
    beside, ours = count_weights(task.key)
    what = f"{task.metric}" if is_share(task.metric) else "loss (lower is better)"
    guess, reveal = controls.ask(
        f"rival-{task.key}",
        "**Predict.** A feed-forward network with about the same number of weights "
        f"({beside:,}; the RNN has {ours:,}) learns from the same examples in the same "
        f"order. At each step it sees only the input of that step. Which test {what} does it "
        "reach?",
        options,
    )
    if guess is None:
        return None
    model_result = result_of(task, "per-step")
    with reveal:
        verdict = judge_on_scale(
            model_result.test, marks, lambda value: show_metric(value, task.metric), name
        )
        controls.show_verdict(guess, verdict)
        st.caption(
            f"This is the mean of {model_result.seeds} runs that were made beforehand. A run of "
            "your own, below, has other first weights and may end a little higher or lower."
        )
    return marks[options.index(guess)]


@st.cache_data(show_spinner=False)
def count_weights(key: str) -> tuple[int, int]:
    """Return the number of weights of the feed-forward network and of the recurrent network."""
    return feedforward(TASKS[key]).size, TASKS[key].network().size


def result_of(task: Task, kind: str) -> ModelResult:
    """Return the measured results of one kind of model."""
    return next(
        model_result for model_result in load_model_results()[task.key] if model_result.kind == kind
    )
