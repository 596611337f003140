"""What live training must know of a task, be it one with a fixed set of examples or a stream.

A stream (sunspots) has no text to answer and no examples to pick: it is judged by its metric alone.
"""

from __future__ import annotations

from math import ceil, inf, log
from typing import Any

from rnn_core.losses import LOSSES, is_counted
from rnn_core.network import Network, run
from rnn_core.tasks import TASKS, Recipe, Task
from rnn_core.tasks.generated.base import GeneratedRecipe, GeneratedTask
from rnn_core.tasks.generated.examples import STREAM_EXAMPLES
from rnn_core.tasks.generated.registry import GENERATED_TASKS
from rnn_core.tasks.generated.sunspots import SUNSPOTS
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.trainer import Trainer
from rnn_views.ui.inputs.task_choice import SHORT

Subject = Task | GeneratedTask
AnyTrainer = Trainer | GeneratedTrainer


def subject_of(key: str) -> Subject:
    """Return the task or stream of that key."""
    return GENERATED_TASKS[key] if key in GENERATED_TASKS else TASKS[key]


def one_by_one(subject: Subject) -> Task:
    """Return the subject as a task whose examples can be drawn one by one."""
    return subject if isinstance(subject, Task) else STREAM_EXAMPLES[subject.key]


def name_of(subject: Subject) -> str:
    """Return its name as a list offers it."""
    if isinstance(subject, GeneratedTask):
        kind = subject.topology.name.split(", ")[-1]
        return f"{subject.title}, {'time series' if subject is SUNSPOTS else kind}"
    return f"{SHORT[subject.key]}, {subject.topology.name.split(', ')[-1]}"


def is_taught(subject: Subject) -> bool:
    """Whether a decoder reads its own output, so that teacher forcing is a choice."""
    return isinstance(subject, Task) and subject.has_feedback


def longest_of(subject: Subject) -> int:
    """Return the most steps that one segment reads."""
    if isinstance(subject, GeneratedTask):
        return subject.steps
    return max(subject.data().train.steps)


def updates_of(subject: Subject, recipe: Recipe | GeneratedRecipe) -> int:
    """Return how many updates a whole run makes."""
    if isinstance(recipe, GeneratedRecipe):
        return recipe.updates
    assert isinstance(subject, Task)
    size = min(subject.data().train.size, recipe.examples or inf)
    return ceil(size / recipe.batch) * recipe.epochs


def units_of(subject: Subject, cell: str) -> int | None:
    """Return the hidden units of the recipe for a cell; of a stream's, as many as it allows."""
    hidden = subject.recipe_for(cell).hidden
    if hidden is None and isinstance(subject, GeneratedTask):
        return subject.hidden_for(cell)
    return hidden


def fresh_network(
    subject: Subject, recipe: Recipe | GeneratedRecipe, cell: str, seed: int
) -> Network:
    """Return the untrained network with which a run begins."""
    if isinstance(recipe, GeneratedRecipe):
        assert isinstance(subject, GeneratedTask)
        return subject.network(cell, recipe.hidden, seed, recipe.recurrent, recipe.factor)
    assert isinstance(subject, Task)
    return subject.with_recipe(recipe).network(cell, seed=seed)


def trainer_of(
    subject: Subject, cell: str, hidden: int | None, seed: int, **changes: Any
) -> AnyTrainer:
    """Begin a run."""
    if isinstance(subject, GeneratedTask):
        return GeneratedTrainer(subject, cell, hidden=hidden, seed=seed, **changes)
    return Trainer(subject, cell, hidden=hidden, seed=seed, **changes)


def validation(subject: Subject, network: Network) -> tuple[float, float]:
    """Return metric and loss on the data that runs are measured on while they go on.

    A decoder's loss is taught, its metric is not.
    """
    if isinstance(subject, GeneratedTask):
        held_out = subject.held_out
        logits = run(network, held_out.inputs, held_out.lengths)[-1].logits
        loss = LOSSES[subject.loss](logits, held_out.targets)[0]
        return subject.score(logits, held_out.targets), loss
    split = subject.data().validation.batch()
    logits = run(network, split.inputs, split.lengths)[-1].logits
    loss = LOSSES["cross_entropy"](logits, split.targets)[0]
    return subject.evaluate(network, "validation"), loss


def describe_held_out(subject: Subject) -> str:
    """Say on what the test result is measured."""
    if isinstance(subject, GeneratedTask):
        scored = int(is_counted(subject.held_out.targets).sum())
        return f"On {scored:,} held-out answers that it never learned from"
    return f"On {subject.data().test.size} test examples that it never saw"


def held_out_name(subject: Subject) -> str:
    """Return what the data are called that a run is measured on while it goes on.

    A stream has but one set that is not learned from: its result is of the same data.
    """
    return "held-out" if isinstance(subject, GeneratedTask) else "validation"


def loss_unit(subject: Subject) -> str:
    """Return what the loss is measured in."""
    squared = isinstance(subject, GeneratedTask) and subject.loss == "squared_error"
    return "½ squared error" if squared else "nats"


def guessing_loss(subject: Subject) -> float | None:
    """Return the loss of giving every class the same chance; None where there are no classes."""
    if isinstance(subject, Task):
        return log(len(subject.data().classes))
    return log(subject.outputs) if subject.loss == "cross_entropy" else None
