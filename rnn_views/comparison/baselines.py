"""How good a task's network is on held-out examples, and what simpler methods reach on them."""

from __future__ import annotations

import pandas as pd

from rnn_core.tasks import Task
from rnn_views.comparison.results import ModelResult, load_model_results
from rnn_views.number_format import format_percent


def list_splits(task: Task) -> dict[str, str]:
    """Return the held-out splits of a task: a name for the visitor, and the split's own name."""
    probes = (name for name in task.data().probes if "validation" not in name)
    return {"new examples": "test", **{name: name for name in probes}}


def simpler_methods(task: Task) -> tuple[ModelResult, ...]:
    """Return the stored results of methods without a network; else of the best feed-forward one.

    Raises
    ------
    ValueError
        When nothing was measured for the task.
    """
    results = load_model_results()[task.key]
    plain = tuple(model_result for model_result in results if model_result.kind == "baseline")
    if plain:
        return plain
    networks = [model_result for model_result in results if model_result.kind != "rnn"]
    if not networks:
        raise ValueError(f"no simpler method is measured for {task.key!r}: run make models")
    choose = max if task.better == "higher" else min
    return (choose(networks, key=lambda model_result: model_result.test),)


def measure_baselines(task: Task) -> pd.DataFrame:
    """Return the metric of the pretrained network and of simpler methods, as a page prints it.

    Methods by held-out splits, or the other way round where that is narrower; a split is named
    with its number of examples. The simpler methods were measured by `make models`.
    """
    data, splits = task.data(), list_splits(task)
    network = task.pretrained()
    rows = {
        "this network": [
            format_measure(task, task.evaluate(network, one)) for one in splits.values()
        ]
    }
    for method in simpler_methods(task):
        results = {"test": method.test, **method.probes}
        rows[method.name] = [format_measure(task, results[one]) for one in splits.values()]
    headers = [f"{name} ({data.split(one).size})" for name, one in splits.items()]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=headers)
    table = table if len(headers) == 1 else table.T
    return table.rename_axis("method" if len(headers) == 1 else "examples")


def explain_methods(task: Task) -> str:
    """Return a sentence on what each simpler method is given, and how often it was trained."""
    return " ".join(
        f"{method.name[0].upper()}{method.name[1:]}: given {method.sees}"
        + (f"; mean of {method.seeds} trained networks." if method.seeds > 1 else ".")
        for method in simpler_methods(task)
    )


def format_measure(task: Task, value: float) -> str:
    """Return a value of the task's metric as a page prints it.

    >>> from rnn_core.tasks import TASKS
    >>> format_measure(TASKS["digits"], 0.974), format_measure(TASKS["names"], 1.984)
    ('97.4\\xa0%', '1.98')
    """
    return f"{value:.2f}" if task.metric == "nats per character" else format_percent(value)
