"""What is trained and how: the settings that make one training run, and their controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import streamlit as st

from rnn_core.baselines.feedforward_training import FeedForwardTrainer
from rnn_core.network import Network
from rnn_core.tasks import TASKS, Recipe, Task
from rnn_core.tasks.generated.base import GeneratedRecipe, GeneratedTask
from rnn_views.links import codec
from rnn_views.links.codec import STREAM_KEYS, TASK_KEYS, Settings
from rnn_views.number_format import format_setting
from rnn_views.turns import measuring
from rnn_views.ui.runs.subject import (
    AnyTrainer,
    Subject,
    fresh_network,
    is_taught,
    longest_of,
    name_of,
    subject_of,
    trainer_of,
    units_of,
    updates_of,
)
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls

RATES = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 10.0)
SIZES = (2, 4, 8, 16, 32, 48, 64, 96, 128)
BATCHES = (1, 4, 16, 32, 64, 128, 512)
CLIPS = (0.1, 0.3, 1.0, 3.0, 10.0, inf)
CHUNKS = (1, 2, 3, 5, 10)
EPOCHS = (1, 5, 10, 20, 50, 100)
FACTORS = (0.05, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0)
EXAMPLES = (50, 100, 200, 500, 1000, 2000)
UPDATES = (100, 200, 400, 800, 1600)
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
OF_THE_TASK = (
    *("example", "input", "net", "hidden", "lr", "batch", "clip", "truncate", "share", "epochs"),
    *("factor", "examples", "updates", "beside"),
    *("update", "pin", "edits", "own"),
)
"""Settings that mean nothing for another task."""
OPTIMIZERS = {"adam": "Adam", "sgd": "SGD", "momentum": "Momentum"}


@dataclass(frozen=True)
class RunConfig:
    """All that decides how a run goes: two runs of one setup are equal, update by update."""

    task: str
    cell: str
    hidden: int | None
    seed: int
    lr: float | None
    optimizer: str
    batch: int | None
    clip: float | None
    """No clipping where it is infinite."""
    truncate: int | None = None
    share: float = 1.0
    epochs: int | None = None
    factor: float = 1.0
    examples: int | None = None
    updates_planned: int | None = None
    """Where sequences are drawn; else `epochs` says how many updates there are."""
    feedforward: bool = False
    """Whether a feed-forward network trains beside the recurrent network."""

    @property
    def subject(self) -> Subject:
        """What is learned."""
        return subject_of(self.task)

    @property
    def changes(self) -> dict[str, Any]:
        """What the visitor changed of the recipe, apart from the hidden units."""
        wanted = {"lr": self.lr, "batch": self.batch, "truncate": self.truncate}
        changes: dict[str, Any] = {name: v for name, v in wanted.items() if v is not None}
        changes["optimizer"] = self.optimizer
        if self.clip is not None:
            changes["clip"] = None if self.clip == inf else self.clip
        if self.factor != 1:
            changes["factor"] = self.factor
        if isinstance(self.subject, GeneratedTask):
            if self.updates_planned is not None:
                changes["updates"] = self.updates_planned
        else:
            if self.epochs is not None:
                changes["epochs"] = self.epochs
            if self.examples is not None:
                changes["examples"] = self.examples
            if self.share < 1 and is_taught(self.subject):
                changes["teacher"] = self.share
        return changes

    @property
    def recipe(self) -> Recipe | GeneratedRecipe:
        """The task's recipe for the cell with what the visitor changed."""
        recipe: Recipe | GeneratedRecipe = self.subject.recipe_for(self.cell)
        changes = self.changes
        if self.hidden is not None:
            changes["hidden"] = self.hidden
        return replace(recipe, **changes)

    @property
    def updates(self) -> int:
        """Updates that a whole run makes."""
        return updates_of(self.subject, self.recipe)

    @property
    def is_recipe(self) -> bool:
        """Whether nothing was changed, so that the target holds."""
        return self.cell == "rnn" and self.recipe == self.subject.recipe

    def start(self) -> tuple[AnyTrainer, ...]:
        """Begin the run: the recurrent network's trainer first, then the other's, if any.

        Both see the same examples in the same order at the same learning rates.
        """
        recipe = self.recipe
        trainer = trainer_of(self.subject, self.cell, recipe.hidden, self.seed, **self.changes)
        if not self.feedforward:
            return (trainer,)
        task, changes = self.subject, self.changes
        assert isinstance(task, Task)
        return trainer, FeedForwardTrainer(task, seed=self.seed, beside=recipe.hidden, **changes)

    def fresh(self) -> Network:
        """The untrained network it begins with."""
        return fresh_network(self.subject, self.recipe, self.cell, self.seed)

    def describe(self) -> str:
        """How updates are made, in words."""
        recipe = self.recipe
        told = f"{OPTIMIZERS[recipe.optimizer]}, learning rate {format_setting(recipe.lr)}"
        if recipe.weight_decay:
            told += f", weight decay {format_setting(recipe.weight_decay)}"
        if recipe.clip is None:
            told += ", no clipping"
        if recipe.factor != 1:
            told += f", W_hh starts × {format_setting(recipe.factor)}"
        if isinstance(recipe, Recipe) and recipe.examples is not None:
            told += f", {recipe.examples} training examples"
        if recipe.truncate is not None:
            told += f", BPTT in chunks of {recipe.truncate}"
        if isinstance(recipe, Recipe) and recipe.teacher < 1:
            told += f", {format_setting(100 * recipe.teacher)}\u00a0% of the steps taught"
        return told


def setup_of(chosen: Settings, *, feedforward: bool = False) -> RunConfig:
    """Return the setup the settings ask for."""
    return RunConfig(
        task=chosen.task,
        cell=chosen.cell,
        hidden=chosen.hidden,
        seed=chosen.seed,
        lr=chosen.lr,
        optimizer=chosen.optimizer,
        batch=chosen.batch,
        clip=chosen.clip,
        truncate=chosen.truncate,
        share=chosen.share if is_taught(subject_of(chosen.task)) else 1.0,
        epochs=chosen.epochs,
        factor=chosen.factor,
        examples=chosen.examples,
        updates_planned=chosen.updates,
        feedforward=feedforward,
    )


def rule_of(setup: RunConfig, norm: float) -> dict[str, Any]:
    """Return in numbers how an update was made, from gradients of this joint norm."""
    recipe = setup.recipe
    return {
        "optimizer": recipe.optimizer,
        "lr": recipe.lr,
        "clip": recipe.clip,
        "weight_decay": recipe.weight_decay,
        "norm": norm,
    }


def choose_task() -> Task:
    """Offer all tasks in one list; return the one that is chosen."""
    return TASKS[_choose_key(TASK_KEYS)]


def choose_subject() -> Subject:
    """Offer all tasks and streams in one list; return the one that is chosen."""
    return subject_of(_choose_key((*TASK_KEYS, *STREAM_KEYS)))


def _choose_key(keys: Sequence[str]) -> str:
    st.selectbox(
        "Task",
        keys,
        index=keys.index(settings.get().task),
        format_func=lambda key: name_of(subject_of(key)),
        **settings.widget_args("task", also=opening_settings),
    )
    return settings.get().task


def opening_settings(key: str) -> dict[str, object]:
    """Return the settings with which a task opens: its first suggestion and its own recipe."""
    page = settings.current_page()
    opening = codec.defaults(page, key)
    return {name: getattr(opening, name) for name in codec.PAGES[page] if name in OF_THE_TASK}


def choose_recipe(subject: Subject, *, live: bool = False) -> None:
    """Offer what is rarely changed; "recipe" is what was chosen on the validation split.

    Numbers may be typed as well as picked; one that cannot be used is named.
    """
    recipe = subject.recipe_for(settings.get().cell)
    left, right = st.columns(2, gap="medium")
    with left:
        controls.choose("cell", "Cell", tuple(controls.CELLS), names=controls.CELLS)
        offer("hidden", "Hidden units H", SIZES, units_of(subject, settings.get().cell))
        controls.choose("optimizer", "Optimiser", tuple(OPTIMIZERS), names=OPTIMIZERS)
        offer("lr", "Learning rate", RATES, recipe.lr)
        controls.choose("seed", "Seed", range(10))
    with right:
        offer("batch", "Examples per update", BATCHES, recipe.batch)
        offer("clip", "Clip the gradient's norm at", CLIPS, recipe.clip)
        if live:
            if longest_of(subject) > 1:
                offer("truncate", "Truncate BPTT to chunks of", CHUNKS, recipe.truncate)
            controls.choose("factor", "Start W_hh at ×", FACTORS, typed=True)
            if isinstance(recipe, GeneratedRecipe):
                offer("updates", "Updates", UPDATES, recipe.updates)
            elif isinstance(subject, Task):
                offer("examples", "Training examples", EXAMPLES, subject.data().train.size)
                offer("epochs", "Passes over the examples", EPOCHS, recipe.epochs)
            if is_taught(subject):
                controls.slider("share", "Teacher forcing: share of steps fed the answer", SHARES)
    if live:
        for sentence in describe_left_out(subject):
            st.caption(sentence)


def describe_left_out(subject: Subject) -> list[str]:
    """Say which settings other tasks have and this one has no use for, and why."""
    told = []
    if longest_of(subject) == 1:
        told.append("A whole picture is a single step: there is no boundary to truncate BPTT at.")
    if not is_taught(subject):
        told.append(
            "Teacher forcing is a choice for decoders, which read words: the right ones or their "
            "own (captions, translations). Here every step reads data."
        )
    if isinstance(subject, GeneratedTask):
        told.append(
            "Each update reads sequences drawn afresh, so there are no passes over examples: a "
            "twenty-fifth of the updates takes the place of an epoch."
        )
    return told


def offer(name: str, label: str, values: Sequence[float], by_recipe: float | None) -> None:
    """Offer numbers for a setting, any other to be typed, and the recipe's own first."""
    own = "none" if by_recipe is None else format_setting(by_recipe)
    names: dict[Any, str] = {None: f"recipe ({own})", inf: "off"}
    names |= {value: format_setting(value) for value in values if value != inf}
    controls.choose(name, label, (None, *values), names=names, typed=True)


@st.cache_data(show_spinner=False)
@measuring()
def measure_pretrained(key: str, cell: str = "rnn") -> float:
    """Return the metric of the pretrained network on the test split."""
    task = TASKS[key]
    return task.evaluate(task.pretrained(cell), "test")
