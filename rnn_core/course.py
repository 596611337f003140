"""The course of a training run: which examples come when, and at which learning rate."""

from __future__ import annotations

from math import ceil, cos, pi
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnn_core.network import Batch
from rnn_core.refusals import check_whole

if TYPE_CHECKING:
    from rnn_core.tasks.records import Dataset, Recipe

Array = NDArray[Any]
SCHEDULES = ("cosine", "constant")
VALIDATIONS = 20  # at most so many in a run, at the ends of epochs


class Course:
    """The order of examples and the learning rates of one training run; the same for every learner.

    Parameters
    ----------
    data : Dataset
    recipe : Recipe
    seed : int
        Of the order; the same seed gives the same batches.

    Raises
    ------
    ValueError
        When the recipe's sizes are not at least 1 or its schedule is unknown.
    """

    def __init__(self, data: Dataset, recipe: Recipe, seed: int) -> None:
        for name in ("batch", "epochs", "pool"):
            check_whole(name, getattr(recipe, name), least=1)
        check_whole("seed", seed, least=0)
        if recipe.schedule not in SCHEDULES:
            raise ValueError(f"schedule is {recipe.schedule!r} but it is one of {SCHEDULES}")
        self._recipe, self._seed = recipe, seed
        self._train = data.train.astype(np.float32)
        self.validation = data.validation.astype(np.float32).batch()
        self._effort = self._train.effort
        self._epoch, self._batches = -1, list[Array]()
        self.per_epoch = ceil(data.train.size / recipe.batch)
        self.updates = self.per_epoch * recipe.epochs

    def batch(self, update: int) -> Batch:
        """The examples of an update, counted from 0."""
        return self._train.batch(self.members(update))

    def members(self, update: int) -> Array:
        """The numbers, in the training split, of the examples of an update, shape (B,)."""
        epoch, place = divmod(update, self.per_epoch)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._draw(epoch)
        return self._batches[place]

    def _draw(self, epoch: int) -> list[Array]:
        """Cut the examples, in random order, into batches; sort each pool of batches by length.

        Padding costs as much as reading, so batches of similar length save about a third of the
        time on sentences.
        """
        rng = np.random.default_rng((self._seed, epoch))
        order, size = rng.permutation(self._train.size), self._recipe.batch
        batches: list[Array] = []
        for start in range(0, len(order), self._recipe.pool * size):
            pool = order[start : start + self._recipe.pool * size]
            pool = pool[np.argsort(self._effort[pool], kind="stable")]
            batches += [pool[first : first + size] for first in range(0, len(pool), size)]
        return [batches[number] for number in rng.permutation(len(batches))]

    def rate(self, update: int) -> float:
        """The learning rate of an update: constant, or half a cosine from lr down to 0."""
        if self._recipe.schedule == "constant":
            return self._recipe.lr
        return self._recipe.lr * 0.5 * (1 + cos(pi * update / self.updates))

    def validates(self, update: int) -> bool:
        """Whether the validation split is looked at after so many updates."""
        epoch, place = divmod(update, self.per_epoch)
        every = ceil(self._recipe.epochs / VALIDATIONS)
        return place == 0 and (epoch % every == 0 or update == self.updates)
