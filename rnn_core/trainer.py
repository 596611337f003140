"""Training a task's network, a slice of time at once, with reports of how it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnn_core.course import Course
from rnn_core.losses import cross_entropy
from rnn_core.network import Batch, Network
from rnn_core.training_step import NetworkStep

if TYPE_CHECKING:
    from rnn_core.tasks.task import Task

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Progress:
    """One report of training.

    Parameters
    ----------
    update, updates : int
        Updates made, and planned in all.
    epoch : int
        Passes over the training split that are complete.
    seconds : float
        Spent on updates so far, evaluation not counted.
    loss : float
        Mean of the updates' losses since the last report, in nats; NaN when there was no update.
    validation : float or None
        The task's metric on the validation split, where an epoch with a validation ended since the
        last report.
    gradient_norm : float
        Joint norm of the last update's gradients, before clipping.
    validation_loss : float or None
        Mean cross entropy on the validation split (taught, where there is feedback), in nats; given
        where `validation` is.
    network : Network or None
        A copy of the network now, where it was asked for.
    """

    update: int
    updates: int
    epoch: int
    seconds: float
    loss: float
    validation: float | None
    gradient_norm: float
    validation_loss: float | None = None
    network: Network | None = None


class Learner(Protocol):
    """What makes the updates: a recurrent network's step, or a rival's."""

    @property
    def network(self) -> Network:
        """The network as it is now."""

    @property
    def gradient_norm(self) -> float:
        """The joint norm of the last update's gradients, before clipping."""

    def update(self, batch: Batch, lr: float | None = None) -> float:
        """Make one update; return its loss."""

    def predict(self, batch: Batch) -> Array:
        """Return the logits of the last segment, shape (T, B, C)."""


class Trainer:
    """Trains one network of a task, a slice of time at once; deterministic by its seed.

    Parameters
    ----------
    task : Task
    cell : {"rnn", "gru", "lstm"}
    hidden : int, optional
        Hidden units H; the recipe's by default.
    seed : int
        Of the first weights and of the order of examples.
    **changes
        Other values for fields of the task's recipe for that cell: lr, batch, epochs, schedule,
        recurrent, embedding, clip, optimizer, weight_decay, pool.

    Raises
    ------
    ValueError
        For settings that are unknown or out of range.

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> trainer = Trainer(TASKS["digits"], epochs=1)
    >>> report = trainer.run(seconds=60)
    >>> report.update == report.updates, trainer.done
    (True, True)
    """

    def __init__(
        self,
        task: Task,
        cell: str = "rnn",
        hidden: int | None = None,
        seed: int = 0,
        **changes: Any,
    ) -> None:
        unknown = set(changes) - set(task.recipe.__dataclass_fields__)
        if unknown:
            raise ValueError(f"a recipe has no {', '.join(sorted(unknown))}")
        if hidden is not None:
            changes["hidden"] = hidden
        recipe = replace(task.recipe_for(cell), **changes)
        self.task, self.recipe, self.seed = task.with_recipe(recipe), recipe, seed
        self.course = Course(task.data(), recipe, seed)
        self._step = self._begin(cell)
        self._seconds = 0.0
        self._update = 0
        self._losses: list[float] = []
        self._validation: float | None = None
        self._validation_loss: float | None = None
        self._history: list[Progress] = []

    def _begin(self, cell: str) -> Learner:
        recipe, train = self.recipe, self.task.data().train
        return NetworkStep(
            self.task.network(cell, seed=self.seed),
            steps=train.steps,
            batch=min(recipe.batch, train.size),
            lr=recipe.lr,
            optimizer=recipe.optimizer,
            clip=recipe.clip,
            weight_decay=recipe.weight_decay,
        )

    @property
    def done(self) -> bool:
        """Whether all planned updates are made."""
        return self._update >= self.course.updates

    @property
    def network(self) -> Network:
        """A frozen float64 copy of the network as it is now."""
        return self._step.network.astype(np.float64)

    @property
    def history(self) -> tuple[Progress, ...]:
        """All reports so far."""
        return tuple(self._history)

    @property
    def progress(self) -> Progress:
        """The last report; one of nothing done before the first."""
        return self._history[-1] if self._history else self._report(snapshot=False)

    def update(self) -> float:
        """Make exactly one update; return its loss in nats.

        Raises
        ------
        ValueError
            When all planned updates are made.
        NonFiniteError
            When numbers overflow; the weights stay as they were.
        """
        if self.done:
            raise ValueError(f"all {self.course.updates} updates are made")
        start = perf_counter()
        batch, rate = self.course.batch(self._update), self.course.rate(self._update)
        loss = self._step.update(batch, rate)
        self._seconds += perf_counter() - start
        self._update += 1
        self._losses.append(loss)
        if self.course.validates(self._update):
            held_out = self.course.validation
            self._validation = self.evaluate("validation")
            self._validation_loss = cross_entropy(self._step.predict(held_out), held_out.targets)[0]
        return loss

    def run(
        self, seconds: float = 0.05, max_updates: int | None = None, snapshot: bool = False
    ) -> Progress:
        """Make updates until the time is over, all are made, or so many are made now.

        Parameters
        ----------
        seconds : float
            The clock is read between updates, so the last one may end a little later.
        max_updates : int, optional
        snapshot : bool
            Put a copy of the network into the report.
        """
        start, first = perf_counter(), self._update
        while not self.done and perf_counter() - start < seconds:
            if max_updates is not None and self._update - first >= max_updates:
                break
            self.update()
        report = self._report(snapshot)
        self._history.append(report)
        self._losses, self._validation, self._validation_loss = [], None, None
        return report

    def evaluate(self, split: str = "validation") -> float:
        """The task's metric of the network as it is now."""
        return self.task.evaluate(self._step.network, split)

    def _report(self, snapshot: bool) -> Progress:
        return Progress(
            update=self._update,
            updates=self.course.updates,
            epoch=self._update // self.course.per_epoch,
            seconds=self._seconds,
            loss=float(np.mean(self._losses)) if self._losses else float("nan"),
            validation=self._validation,
            gradient_norm=self._step.gradient_norm,
            validation_loss=self._validation_loss,
            network=self.network if snapshot else None,
        )


def train(
    task: Task, cell: str = "rnn", hidden: int | None = None, seed: int = 0, **changes: Any
) -> Iterator[Progress]:
    """Train a task from scratch, one report per epoch; each holds the network.

    Takes the arguments of `Trainer`.

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> [report.epoch for report in train(TASKS["digits"], epochs=2)]
    [1, 2]
    """
    trainer = Trainer(task, cell, hidden, seed, **changes)
    while not trainer.done:
        yield trainer.run(inf, max_updates=trainer.course.per_epoch, snapshot=True)
