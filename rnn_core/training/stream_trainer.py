"""Training on a stream of fresh sequences, with the reports and the memory of `Trainer`."""

from __future__ import annotations

from dataclasses import fields, replace
from math import cos, pi
from typing import Any

import numpy as np

from rnn_core.fast.step import NetworkStep
from rnn_core.losses import LOSSES
from rnn_core.network import Batch
from rnn_core.params import Params
from rnn_core.tasks.generated.base import GeneratedRecipe, GeneratedTask
from rnn_core.training.protocols import TrainStep
from rnn_core.training.run import TrainingRun
from rnn_core.training.schedule import SCHEDULES
from rnn_core.validation.values import check_whole

NUM_EVALUATIONS = 25  # so many times a run is measured on held-out sequences


class Stream:
    """The sequences and learning rates of one run: each update has its own, drawn from the seed.

    Parameters
    ----------
    task : GeneratedTask
    recipe : GeneratedRecipe
    seed : int
    """

    def __init__(self, task: GeneratedTask, recipe: GeneratedRecipe, seed: int) -> None:
        for name in ("batch", "updates"):
            check_whole(name, getattr(recipe, name), least=1)
        if recipe.schedule not in SCHEDULES:
            raise ValueError(f"schedule is {recipe.schedule!r} but it is one of {SCHEDULES}")
        self._task, self._recipe, self._seed = task, recipe, seed
        self.updates = recipe.updates
        self.per_epoch = max(recipe.updates // NUM_EVALUATIONS, 1)

    def batch(self, update: int) -> Batch:
        """The sequences of an update, counted from 0; in float32 where they are numbers."""
        drawn = self._task.draw(np.random.default_rng((self._seed, update)), self._recipe.batch)
        return in_float32(drawn)

    def rate(self, update: int) -> float:
        """The learning rate of an update: constant, or half a cosine from lr down to 0."""
        if self._recipe.schedule == "constant":
            return self._recipe.lr
        return self._recipe.lr * 0.5 * (1 + cos(pi * update / self.updates))

    def validates(self, update: int) -> bool:
        """Whether the network is measured after so many updates."""
        return update % self.per_epoch == 0 or update == self.updates


class GeneratedTrainer(TrainingRun):
    """Trains one network on fresh sequences; deterministic by its seed.

    An epoch, of which reports speak, is a twenty-fifth of the run: nothing is seen twice.

    Parameters
    ----------
    task : GeneratedTask
    cell : {"rnn", "gru", "lstm"}
    hidden : int, optional
        Hidden units H; the recipe's by default, or as many as its parameters allow.
    seed : int
        Of the first weights and of the sequences. Three cells with one seed read the same.
    **changes
        Other values for fields of the recipe: lr, batch, updates, schedule, recurrent, clip,
        optimizer, weight_decay, truncate.

    Raises
    ------
    ValueError
        For settings that are unknown or out of range.

    Examples
    --------
    >>> from rnn_core.tasks.generated.memory import MEMORY_TASKS
    >>> trainer = GeneratedTrainer(MEMORY_TASKS["echo"], updates=30)
    >>> report = trainer.run(60)
    >>> report.update, trainer.done, report.validation == trainer.evaluate()
    (30, True, True)
    """

    def __init__(
        self,
        task: GeneratedTask,
        cell: str = "rnn",
        hidden: int | None = None,
        seed: int = 0,
        **changes: Any,
    ) -> None:
        unknown = set(changes) - {one.name for one in fields(GeneratedRecipe)}
        if unknown:
            raise ValueError(f"a recipe has no {', '.join(sorted(unknown))}")
        if hidden is not None:
            changes["hidden"] = hidden
        self.task, self.seed, self.cell = task, check_whole("seed", seed, least=0), cell
        self.recipe = replace(task.recipe_for(cell), **changes)
        self.schedule = Stream(task, self.recipe, self.seed)
        self._held_out = in_float32(task.held_out)
        super().__init__(self.schedule)

    def _begin(self) -> TrainStep:
        recipe = self.recipe
        return NetworkStep(
            self.task.network(self.cell, recipe.hidden, self.seed, recipe.recurrent, recipe.factor),
            steps=(self.task.steps,),
            batch=recipe.batch,
            loss=self.task.loss,
            lr=recipe.lr,
            optimizer=recipe.optimizer,
            clip=recipe.clip,
            truncate=recipe.truncate,
            weight_decay=recipe.weight_decay,
        )

    @property
    def params(self) -> Params:
        """The weights of its one segment as they are now, float64."""
        return self.network.segments[0].params

    def _measure(self) -> tuple[float, float]:
        held_out = self._held_out
        logits = self._step.predict(held_out)
        loss = LOSSES[self.task.loss](logits, held_out.targets)[0]
        return self.task.score(logits, held_out.targets), loss

    def evaluate(self) -> float:
        """The task's metric on held-out sequences, of the network as it is now."""
        return self._measure()[0]


def in_float32(batch: Batch) -> Batch:
    """Return the batch with float32 numbers; tokens stay."""
    inputs = tuple(x.astype(np.float32) if x.dtype.kind == "f" else x for x in batch.inputs)
    targets = batch.targets
    if targets.dtype.kind == "f":
        targets = targets.astype(np.float32)
    return replace(batch, inputs=inputs, targets=targets)
