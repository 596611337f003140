"""What is trained and how: the settings that make one training run, and their controls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import streamlit as st

from rnn_core.network import Network
from rnn_core.rival_training import RivalTrainer
from rnn_core.tasks import TASKS, Recipe, Task
from rnn_core.trainer import Trainer
from rnn_views import links
from rnn_views.links import TASK_KEYS, Settings
from rnn_views.ui import controls, settings
from rnn_views.ui.task_choice import SHORT

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 10.0)
SIZES = (2, 4, 8, 16, 32, 48, 64, 96, 128)
BATCHES = (1, 4, 16, 32, 64, 128, 512)
CLIPS = (0.1, 0.3, 1.0, 3.0, 10.0, 1000.0)
OF_THE_TASK = ("example", "input", "net", "hidden", "lr", "batch", "clip", "update", "edits", "own")
"""Settings that mean nothing for another task."""
OPTIMIZERS = {"adam": "Adam", "sgd": "SGD", "momentum": "Momentum"}


@dataclass(frozen=True)
class Setup:
    """All that decides how a run goes: two runs of one setup are equal, update by update."""

    task: str
    cell: str
    hidden: int | None
    seed: int
    lr: float | None
    optimizer: str
    batch: int | None
    clip: float | None
    rival: bool = False
    """Whether the feed-forward rival trains beside the recurrent network."""

    @property
    def recipe(self) -> Recipe:
        """The task's recipe with what the visitor changed."""
        wanted = {"hidden": self.hidden, "lr": self.lr, "batch": self.batch, "clip": self.clip}
        changes: dict[str, Any] = {name: v for name, v in wanted.items() if v is not None}
        return replace(TASKS[self.task].recipe, optimizer=self.optimizer, **changes)

    @property
    def updates(self) -> int:
        """Updates that a whole run makes."""
        recipe = self.recipe
        return ceil(TASKS[self.task].data().train.size / recipe.batch) * recipe.epochs

    @property
    def is_recipe(self) -> bool:
        """Whether nothing was changed, so that the target holds."""
        return self.cell == "rnn" and self.recipe == TASKS[self.task].recipe

    def start(self) -> tuple[Trainer, ...]:
        """Begin the run: the recurrent network's trainer first, then the rival's, if there is one.

        Both see the same examples in the same order at the same learning rates.
        """
        recipe, task = self.recipe, TASKS[self.task]
        changes: dict[str, Any] = {
            "lr": recipe.lr,
            "batch": recipe.batch,
            "clip": recipe.clip,
            "optimizer": recipe.optimizer,
        }
        trainer = Trainer(task, self.cell, hidden=recipe.hidden, seed=self.seed, **changes)
        if not self.rival:
            return (trainer,)
        beside = RivalTrainer(task, seed=self.seed, beside=recipe.hidden, **changes)
        return trainer, beside

    def fresh(self) -> Network:
        """The untrained network it begins with."""
        return TASKS[self.task].network(self.cell, self.hidden, self.seed)

    def tell(self) -> str:
        """How updates are made, in words."""
        recipe = self.recipe
        told = f"{OPTIMIZERS[recipe.optimizer]}, learning rate {recipe.lr:g}"
        return f"{told}, weight decay {recipe.weight_decay:g}" if recipe.weight_decay else told


def setup_of(chosen: Settings, *, rival: bool = False) -> Setup:
    """Return the setup the settings ask for."""
    return Setup(
        task=chosen.task,
        cell=chosen.cell,
        hidden=chosen.hidden,
        seed=chosen.seed,
        lr=chosen.lr,
        optimizer=chosen.optimizer,
        batch=chosen.batch,
        clip=chosen.clip,
        rival=rival,
    )


def rule_of(setup: Setup, norm: float) -> dict[str, Any]:
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
    st.selectbox(
        "Task",
        TASK_KEYS,
        format_func=lambda key: f"{SHORT[key]}, {TASKS[key].topology.name.split(', ')[-1]}",
        **settings.bound("task", also=open_task_anew),
    )
    return TASKS[settings.get().task]


def open_task_anew(key: str) -> dict[str, object]:
    """Return the settings with which a task opens: its first suggestion and its own recipe."""
    page = settings.current_page()
    opening = links.defaults(page, key)
    return {name: getattr(opening, name) for name in links.PAGES[page] if name in OF_THE_TASK}


def choose_recipe(task: Task) -> None:
    """Offer what is rarely changed; "recipe" is what was chosen on the validation split."""
    recipe = task.recipe
    by_recipe = {
        "lr": (f"recipe ({recipe.lr:g})", RATES, "Learning rate"),
        "hidden": (f"recipe ({recipe.hidden})", SIZES, "Hidden units H"),
        "batch": (f"recipe ({recipe.batch})", BATCHES, "Examples per update"),
        "clip": (f"recipe ({recipe.clip:g})", CLIPS, "Clip the gradient's norm at"),
    }
    controls.choose("optimizer", "Optimiser", tuple(OPTIMIZERS), names=OPTIMIZERS)
    for name, (default, values, label) in by_recipe.items():
        names: dict[Any, str] = {None: default, **{value: f"{value:g}" for value in values}}
        controls.choose(name, label, (None, *values), names=names)
    controls.choose("cell", "Cell", tuple(controls.CELLS), names=controls.CELLS)
    controls.choose("seed", "Seed", range(10))


@st.cache_data(show_spinner=False)
def measure_shipped(key: str, cell: str = "rnn") -> float:
    """Return the metric of the shipped network on the test split."""
    task = TASKS[key]
    return task.evaluate(task.shipped(cell), "test")
