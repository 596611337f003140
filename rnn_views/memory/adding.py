"""The adding problem for three cells side by side: the plan of a run, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

import rnn_core as rc
from rnn_core.network import Network, run
from rnn_core.tasks.generated.base import GeneratedRecipe
from rnn_core.tasks.generated.memory import ADDING, AddingTask
from rnn_core.tasks.generated.recordings import load_records
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_views.cell_style import CELL_LOOKS
from rnn_views.comparison.seeds import smaller_of
from rnn_views.memory.cases import CELLS
from rnn_views.memory.measurements import CellReach, measure_trace
from rnn_views.number_format import format_fixed, format_setting

SHOWN = 4
"""Held-out sequences whose answers are shown."""
PROFILED = 0
"""Number of the held-out sequence through which the gradient is sent back."""


@dataclass(frozen=True)
class AddingPlan:
    """All that decides how the three runs go.

    Parameters
    ----------
    length : int
        Steps T of every sequence.
    seed : int
        Of the weights and of the sequences, which are the same for the three.
    lr : float or None
        None as the recipe says.
    """

    length: int = ADDING.length
    seed: int = 0
    lr: float | None = None

    @property
    def task(self) -> AddingTask:
        """The adding problem of this length."""
        return ADDING if self.length == ADDING.length else replace(ADDING, length=self.length)

    @property
    def recipe(self) -> GeneratedRecipe:
        """The task's recipe with what the visitor changed."""
        return ADDING.recipe if self.lr is None else replace(ADDING.recipe, lr=self.lr)

    @property
    def updates(self) -> int:
        """Updates that each network makes."""
        return self.recipe.updates

    @property
    def is_recipe(self) -> bool:
        """Whether nothing was changed, so that the target holds."""
        return self.recipe == ADDING.recipe and self.length == ADDING.length

    def start(self) -> tuple[GeneratedTrainer, ...]:
        """Begin one run per cell."""
        changes: dict[str, Any] = {} if self.lr is None else {"lr": self.lr}
        return tuple(GeneratedTrainer(self.task, cell, seed=self.seed, **changes) for cell in CELLS)

    def describe(self) -> str:
        """How updates are made, in words."""
        return (
            f"{self.length} steps, Adam, learning rate {format_setting(self.recipe.lr)}, "
            f"{self.recipe.batch} fresh sequences per update"
        )


def name_errors(errors: Mapping[str, float]) -> dict[str, float]:
    """Return errors by the cells' names, as they are read.

    >>> name_errors({"rnn": 0.4, "gru": 0.02})
    {'Vanilla': 0.4, 'GRU': 0.02}
    """
    return {CELL_LOOKS[cell].name: error for cell, error in errors.items()}


def answers_table(task: AddingTask, networks: Mapping[str, Network]) -> pd.DataFrame:
    """Return a few held-out sequences, the right sums, and what each network says."""
    batch = task.held_out
    x, few = batch.inputs[0][:, :SHOWN], range(min(SHOWN, batch.size))
    columns: dict[str, list[str]] = {
        "marked": [describe_marks(x[:, n]) for n in few],
        "right": [format_fixed(batch.targets[-1, n, 0], 2) for n in few],
    }
    for cell, network in networks.items():
        logits = run(network, (x,))[-1].logits
        columns[CELL_LOOKS[cell].name] = [format_fixed(logits[-1, n, 0], 2) for n in few]
    return pd.DataFrame(columns)


def describe_marks(sequence: np.ndarray) -> str:
    """Return the two marked numbers with their steps.

    >>> describe_marks(np.array([[0.25, 1.0], [0.9, 0.0], [0.5, 1.0]]))
    '0.25 (step 1) + 0.50 (step 3)'
    """
    marked = np.flatnonzero(sequence[:, 1])
    return " + ".join(f"{format_fixed(sequence[t, 0], 2)} (step {t + 1})" for t in marked)


def measure_profiles(task: AddingTask, networks: Mapping[str, Network]) -> list[CellReach]:
    """Send the loss of one held-out sequence back through each network."""
    batch = task.held_out
    x, targets = (array[:, [PROFILED]] for array in (batch.inputs[0], batch.targets))
    found = []
    for network in networks.values():
        with np.errstate(over="ignore", invalid="ignore"):
            trace = rc.forward(network.segments[0].params, x)
        found.append(measure_trace(trace, targets, task.loss))
    return found


def recorded_table(cells: Sequence[str] = CELLS) -> pd.DataFrame:
    """Return what each cell reached on held-out sequences of 30 steps, over all recorded seeds.

    Smaller vanilla networks follow: they are the more honest baselines for the gated cells.
    """
    rows = []
    for cell in cells:
        record = load_records()[ADDING.key, cell]
        final = np.array(record.final)
        rows.append(
            (
                CELL_LOOKS[cell].name,
                record.hidden,
                record.parameters,
                f"{final.mean():.3f}",
                f"{final.min():.3f} to {final.max():.3f}",
                f"{record.seconds:.1f}",
            )
        )
    for one in smaller_of(ADDING.key):
        row = (
            CELL_LOOKS["rnn"].name,
            int(one.model.split()[1]),
            one.parameters or 0,
            f"{one.mean:.3f}",
            f"{min(one.test):.3f} to {max(one.test):.3f}",
            "–",
        )
        rows.append(row)
    columns = ["cell", "H", "weights", "RMSE, mean", f"over {record.seeds} seeds", "seconds"]
    return pd.DataFrame(rows, columns=columns)


def describe_smaller() -> str:
    """Say how smaller vanilla networks compare, by the records.

    >>> describe_smaller()  # doctest: +ELLIPSIS
    'Size matters to the vanilla cell, the other way round: with H = 16 (321 weights) ...'
    """
    best = min(smaller_of(ADDING.key), key=lambda one: one.mean)
    recorded = {cell: np.array(load_records()[ADDING.key, cell].final) for cell in CELLS}
    full = load_records()[ADDING.key, "rnn"]
    gated = max(float(recorded[cell].mean()) for cell in CELLS if cell != "rnn")
    units = int(best.model.split()[1])
    if best.mean >= recorded["rnn"].mean():
        return "No smaller vanilla network that was measured does better on average."
    told = (
        f"Size matters to the vanilla cell, the other way round: with H = {units} "
        f"({best.parameters:,} weights) its mean error is {best.mean:.3f}; with H = {full.hidden} "
        f"({full.parameters:,}) it is {recorded['rnn'].mean():.3f}."
    )
    if gated < best.mean:
        told += f" The gated cells are still better: {gated:.3f} or less."
    return told
