"""All models of a task on one axis and in one table, the baselines' wins included."""

from __future__ import annotations

import streamlit as st

from rnn_core.tasks import Task
from rnn_views.comparison.results import ModelResult, load_model_results
from rnn_views.figures.comparison.model_ranking import ModelScore, model_ranking
from rnn_views.figures.training.metric import show_metric
from rnn_views.ui.widgets.figures import show_figure

HUES = {"rnn": "rnn", "baseline": "baseline"}


def show_all_models(task: Task, guess: float | None) -> None:
    """Show what every model reaches on the test split, best first, and on the probes."""
    model_results = load_model_results()[task.key]
    models = [
        ModelScore(
            name=model_result.name,
            sees=model_result.sees,
            value=model_result.test,
            parameters=model_result.parameters,
            hue=HUES.get(model_result.kind, "feed-forward"),
        )
        for model_result in model_results
    ]
    figure = model_ranking(
        models,
        task.metric,
        target=task.target,
        guess=guess,
        better=task.better,
    )
    show_figure(figure, key="figure-models")
    st.markdown(describe_winner(task, model_results))
    st.caption(
        f"Means of up to {max(model_result.seeds for model_result in model_results)} seeds on "
        f"{task.data().test.size} test examples, measured beforehand. Each network's learning rate "
        "was chosen on validation data. The dashed line is the target of the task."
    )


def describe_winner(task: Task, model_results: tuple[ModelResult, ...]) -> str:
    """Say which models are at least as good as the recurrent network."""
    recurrent = model_results[0]
    higher = task.better == "higher"
    others = [
        f"{model_result.name} ({show_metric(model_result.test, task.metric)})"
        for model_result in model_results[1:]
        if (model_result.test >= recurrent.test if higher else model_result.test <= recurrent.test)
    ]
    value = show_metric(recurrent.test, task.metric)
    if not others:
        return f"The recurrent network ({value}) is the best of these models here."
    return f"At least as good as the recurrent network ({value}): {', '.join(others)}."
