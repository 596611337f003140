"""The course of a training run: which examples come when, and at which learning rate."""

from __future__ import annotations

from math import ceil, cos, pi
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.validation.values import check_whole

if TYPE_CHECKING:
    from rnn_core.tasks.dataset import Dataset, Recipe

SHARE = 2  # a word in the seed of the share, so that its draw is none of the order's
SCHEDULES = ("cosine", "constant")
VALIDATIONS = 20  # at most so many in a run, at the ends of epochs


class BatchSchedule:
    """The order of examples and the learning rates of one training run; the same for every learner.

    Parameters
    ----------
    data : Dataset
    recipe : Recipe
    seed : int
        Of the order; the same seed gives the same batches.

    Attributes
    ----------
    train : Split
        The training examples, as many of them as the recipe uses.
    share : array
        Their numbers in the task's training split.

    Raises
    ------
    ValueError
        When the recipe's sizes are not at least 1 or its schedule is unknown.
    """

    def __init__(self, data: Dataset, recipe: Recipe, seed: int) -> None:
        for name in ("batch", "epochs", "bucket_batches"):
            check_whole(name, getattr(recipe, name), least=1)
        seed = check_whole("seed", seed, least=0)
        if recipe.schedule not in SCHEDULES:
            raise ValueError(f"schedule is {recipe.schedule!r} but it is one of {SCHEDULES}")
        self._recipe, self._seed = recipe, seed
        everything = np.arange(data.train.size)
        share = draw_share(data.train.size, recipe.examples, seed)
        self.share = everything if share is None else share
        self.train = data.train if share is None else data.train.take(share)
        self._train = self.train.astype(np.float32)
        self.validation = data.validation.astype(np.float32).batch()
        self._effort = self._train.cost
        self._epoch, self._batches = -1, list[Array]()
        self.per_epoch = ceil(self.train.size / recipe.batch)
        self.updates = self.per_epoch * recipe.epochs

    def batch(self, update: int) -> Batch:
        """The examples of an update, counted from 0."""
        return self._train.batch(self._places(update))

    def members(self, update: int) -> Array:
        """The numbers, in the training split, of the examples of an update, shape (B,)."""
        return np.asarray(self.share[self._places(update)])

    def _places(self, update: int) -> Array:
        """The places of an update's examples among those that are used."""
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
        for start in range(0, len(order), self._recipe.bucket_batches * size):
            pool = order[start : start + self._recipe.bucket_batches * size]
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


def draw_share(size: int, examples: int | None, seed: int) -> Array | None:
    """Return the numbers of so many of the training examples; None where all are used.

    A smaller share is part of a larger one of the same seed.

    >>> draw_share(100, 50, seed=0).shape, draw_share(100, 100, seed=0)
    ((50,), None)
    """
    if examples is None:
        return None
    examples = check_whole("examples", examples, least=1)
    order = np.random.default_rng((seed, SHARE)).permutation(size)
    return None if examples >= size else np.sort(order[:examples])
