"""What each task's network is measured against: methods without a network, fitted on the same data.

Fitting takes a second where there are many sentences, so `make models` does it and stores the
results; no page fits anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rnn_core.tasks.base import Task
from rnn_core.tasks.dataset import Dataset
from scripts.baselines.classical import count_grams, fit_logistic, fit_ngram
from scripts.baselines.nearest import nearest_neighbour_score


@dataclass(frozen=True)
class SimpleMethod:
    """A fitted method.

    Parameters
    ----------
    name, sees : str
        What it is, and what it is given of the input.
    measure : callable
        From the name of a split to the task's metric on it.
    parameters : int or None
        None where it counts or copies instead of fitting numbers.
    """

    name: str
    sees: str
    measure: Callable[[str], float]
    parameters: int | None = None


def fit_baselines(task: Task) -> Iterator[SimpleMethod]:
    """Yield the simple methods for a task, fitted on its training split; there may be none.

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> [method.name for method in fit_baselines(TASKS["names"])]
    ['1-gram', '2-gram', '3-gram', '4-gram']
    """
    if task.input_kind in ("picture", "digit"):
        yield nearest_picture(task.data())
    elif task.key == "sentiment":
        yield bag_of_words(task.data(), (1,), "bag of words", "all words, in no order")
        sees = "all runs of 1, 2 and 3 words, in no order"
        yield bag_of_words(task.data(), (1, 2, 3), "bag of words, pairs and triples", sees)
    elif task.key == "names":
        for order in (1, 2, 3, 4):
            yield table_of_letters(task.data(), order)


def nearest_picture(data: Dataset) -> SimpleMethod:
    """Answer a picture with the whole answer of the training picture closest to it."""
    return SimpleMethod(
        "nearest neighbour in pixels",
        "the whole picture, and all training pictures",
        lambda split: nearest_neighbour_score(data, split),
    )


def bag_of_words(data: Dataset, orders: tuple[int, ...], name: str, sees: str) -> SimpleMethod:
    """Answer a sentence by logistic regression on its runs of words, whatever their order."""
    train = data.train
    bags, known = count_grams(train.inputs[0], train.lengths[0], orders)
    model = fit_logistic(bags, train.targets[-1], len(known), len(data.classes))

    def measure(split: str) -> float:
        chosen = data.split(split)
        held, _ = count_grams(chosen.inputs[0], chosen.lengths[0], orders, known)
        return model.accuracy(held, chosen.targets[-1])

    return SimpleMethod(name, sees, measure, model.size)


def table_of_letters(data: Dataset, order: int) -> SimpleMethod:
    """Predict a letter from the last ``order`` - 1 by counting."""
    model = fit_ngram(data.train.inputs[0], data.train.targets, order, len(data.classes))

    def measure(split: str) -> float:
        chosen = data.split(split)
        return float(np.nanmean(model.losses(chosen.inputs[0], chosen.targets)))

    sees = {1: "nothing", 2: "the last letter"}.get(order, f"the last {order - 1} letters")
    return SimpleMethod(f"{order}-gram", sees, measure)
