"""How good a task's network is on held-out examples, and what simpler methods reach on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from rnn_core.baselines import NGram, count_grams, fit_logistic, fit_ngram
from rnn_core.tasks import Dataset, Split, Task

Method = tuple[str, Callable[[Split], float]]
"""A fitted method: its name, and its value of the task's metric on a split."""


def list_splits(task: Task) -> dict[str, str]:
    """Return the held-out splits of a task: a name for the visitor, and the split's own name."""
    probes = (name for name in task.data().probes if "validation" not in name)
    return {"new examples": "test", **{name: name for name in probes}}


def measure_yardsticks(task: Task) -> pd.DataFrame:
    """Return the metric of the shipped network and of simpler methods, as a page prints it.

    Methods by held-out splits, or the other way round where that is narrower; a split is named
    with its number of examples.
    """
    data, splits = task.data(), list_splits(task)
    network = task.shipped()
    rows = {
        "this network": [say_measure(task, task.evaluate(network, one)) for one in splits.values()]
    }
    for name, measure in fit_methods(task.key, data):
        rows[name] = [say_measure(task, measure(data.split(one))) for one in splits.values()]
    headers = [f"{name} ({data.split(one).size})" for name, one in splits.items()]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=headers)
    table = table if len(headers) == 1 else table.T
    return table.rename_axis("method" if len(headers) == 1 else "examples")


def say_measure(task: Task, value: float) -> str:
    """Return a value of the task's metric as a page prints it.

    >>> from rnn_core.tasks import TASKS
    >>> say_measure(TASKS["digits"], 0.974), say_measure(TASKS["names"], 1.984)
    ('97.4 %', '1.98')
    """
    return f"{value:.2f}" if task.metric == "nats per character" else f"{100 * value:.1f} %"


def fit_methods(key: str, data: Dataset) -> Iterator[Method]:
    """Return the simpler methods for a task, fitted on its training split."""
    fit = METHODS.get(key)
    return fit(data) if fit else iter(())


def nearest_pictures(data: Dataset) -> Iterator[Method]:
    """Answer a picture with the whole answer of the training picture closest to it."""
    known, answers = flatten(data.train), data.train.targets

    def measure(split: Split) -> float:
        distances = (known**2).sum(axis=1) - 2 * flatten(split) @ known.T
        found, targets = answers[:, distances.argmin(axis=1)], split.targets
        steps = max(len(found), len(targets))
        found, targets = (
            np.pad(y, ((0, steps - len(y)), (0, 0)), constant_values=-1) for y in (found, targets)
        )
        return float((found == targets).all(axis=0).mean())

    yield "nearest neighbour in pixels", measure


def flatten(split: Split) -> np.ndarray:
    """Return the pictures of a split, one per row."""
    x = split.inputs[0]
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)


def bags_of_words(data: Dataset) -> Iterator[Method]:
    """Answer a sentence by logistic regression on its words, whatever their order."""
    train = data.train
    bags, known = count_grams(train.inputs[0], train.lengths[0])
    model = fit_logistic(bags, train.targets[-1], len(known), len(data.classes))

    def measure(split: Split) -> float:
        held, _ = count_grams(split.inputs[0], split.lengths[0], known=known)
        return model.accuracy(held, split.targets[-1])

    yield "bag of words", measure


def tables_of_letters(data: Dataset) -> Iterator[Method]:
    """Predict a letter from the last 0, 1, 2 and 3 by counting."""
    train = data.train
    for order in (1, 2, 3, 4):
        model = fit_ngram(train.inputs[0], train.targets, order, len(data.classes))

        def measure(split: Split, model: NGram = model) -> float:
            return float(np.nanmean(model.losses(split.inputs[0], split.targets)))

        yield f"{order}-gram", measure


METHODS: Mapping[str, Callable[[Dataset], Iterator[Method]]] = {
    "digits": nearest_pictures,
    "digit-rows": nearest_pictures,
    "captions": nearest_pictures,
    "sentiment": bags_of_words,
    "names": tables_of_letters,
}
