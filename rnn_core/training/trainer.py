"""Training a task's network, a slice of time at once, with reports of how it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_core.fast.step import NetworkStep
from rnn_core.generation.teacher_forcing import (
    check_share,
    feed_own_output,
    sample_teacher_forcing_mask,
)
from rnn_core.losses import cross_entropy
from rnn_core.network import Batch
from rnn_core.params import GATES
from rnn_core.tasks.metrics import MEASURES
from rnn_core.training.protocols import Progress, TrainStep
from rnn_core.training.run import TrainingRun
from rnn_core.training.schedule import BatchSchedule
from rnn_core.validation.values import check_choice, check_whole

if TYPE_CHECKING:
    from rnn_core.tasks.base import Task

__all__ = ["Progress", "Trainer", "train"]

SAMPLE = 0  # the seed of the training examples that are looked at, the same in every run
TEACHER = 1  # a word in the mask's seed, so that its draws are none of the schedule's


class Trainer(TrainingRun):
    """Trains one network of a task, a slice of time at once; deterministic by its seed.

    Any moment of the run can be had again: `at` gives the network after so many updates, bit for
    bit that of a fresh run stopped there, and `rewind` takes the run itself back.

    Parameters
    ----------
    task : Task
    cell : {"rnn", "gru", "lstm"}
    hidden : int, optional
        Hidden units H; the recipe's by default.
    seed : int
        Of the first weights, of the order of examples and of which steps are taught.
    **changes
        Other values for fields of the task's recipe for that cell: lr, batch, epochs, schedule,
        recurrent, embedding, clip, optimizer, weight_decay, pool, truncate, teacher.

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
        if not hasattr(task, "recipe_for"):
            raise ValueError(f"task is {task!r} but one of the values of TASKS is expected")
        check_choice("cell", cell, GATES)
        unknown = set(changes) - set(task.recipe.__dataclass_fields__)
        if unknown:
            raise ValueError(f"a recipe has no {', '.join(sorted(unknown))}")
        if hidden is not None:
            changes["hidden"] = hidden
        recipe = replace(task.recipe_for(cell), **changes)
        check_share(recipe.teacher, task.topology.segments[-1].reads)
        self.seed = check_whole("seed", seed, least=0)
        self.task, self.recipe = task.with_recipe(recipe), recipe
        self.schedule = BatchSchedule(task.data(), recipe, self.seed)
        self._cell = cell
        train, size = self.schedule.train, task.data().validation.size
        chosen = np.random.default_rng(SAMPLE).permutation(train.size)[:size]
        self._sample = train.take(np.sort(chosen))
        super().__init__(self.schedule)

    def _begin(self) -> TrainStep:
        recipe, train = self.recipe, self.schedule.train
        return NetworkStep(
            self.task.network(self._cell, seed=self.seed),
            steps=train.steps,
            batch=min(recipe.batch, train.size),
            lr=recipe.lr,
            optimizer=recipe.optimizer,
            clip=recipe.clip,
            truncate=recipe.truncate,
            weight_decay=recipe.weight_decay,
        )

    def fed(self, update: int) -> Batch:
        """Return what the network reads at an update that was made, or that comes next.

        With teacher forcing at every step, the schedule's batch; else with the network's own
        outputs in the decoder's input.
        """
        if self.recipe.teacher == 1:
            return self.schedule.batch(update)
        return self._mix(update, self.at(update).astype(np.float32))

    def _batch(self, update: int, learner: TrainStep) -> Batch:
        if self.recipe.teacher == 1:
            return self.schedule.batch(update)
        return self._mix(update, learner.network)

    def _mix(self, update: int, network: Any) -> Batch:
        batch = self.schedule.batch(update)
        steps, size = batch.inputs[-1].shape[:2]
        taught = sample_teacher_forcing_mask(
            self.recipe.teacher, steps, size, (self.seed, update, TEACHER)
        )
        return feed_own_output(network, batch, taught)

    def _measure(self) -> tuple[float, float]:
        held_out = self.schedule.validation
        loss = cross_entropy(self._step.predict(held_out), held_out.targets)[0]
        return self.evaluate("validation"), loss

    def _measure_training(self) -> float | None:
        return MEASURES[self.task.metric](self._step.network, self._sample)

    def evaluate(self, split: str = "validation") -> float:
        """The task's metric of the network as it is now."""
        return self.task.evaluate(self._step.network, split)


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
        yield trainer.run(inf, max_updates=trainer.schedule.per_epoch, snapshot=True)
