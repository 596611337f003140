"""The batch around an example that was edited by hand: what was changed for it, changed for all.

Weights, the recurrent wire and the state before the first step are everybody's, so the whole batch
is read with them; a decoder that is fed its own output at a step is so fed in every example. Loss
flags and entries of an input belong to the one example that is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnn_core.losses import IGNORE_INDEX
from rnn_core.network import Batch, Network
from rnn_core.params import Array
from rnn_core.tasks import ExampleRun, Recipe
from rnn_core.training.batch_pass import BatchRun, InputOverrides, run_batch
from rnn_core.training.batch_update import BatchUpdate, update_on_batch
from rnn_views.edits.edit import Edit, write_edits
from rnn_views.edits.result import Edited

SINGLE: tuple[str, ...] = ("untie", "copy")
"""Edits for one example only: its copies of W_hh belong to its own steps."""
ITS_OWN: tuple[str, ...] = ("x", "flag")
"""Edits that belong to the example on which they were made."""


@dataclass(frozen=True, eq=False)
class BatchContext:
    """A batch, one of whose examples is looked at.

    Parameters
    ----------
    batch : Batch
        With that example's loss flags as they stand now.
    number : int
        Which of its examples is looked at, from 1.
    network : Network
        With its weights as they were edited.
    h0, c0 : array, shape (B, H); c0 lstm only
    taught : array, shape (T, B), bool, or None where nothing is fed back
    input_overrides : tuple of (step, example, entry, value)
    """

    batch: Batch
    number: int
    network: Network
    h0: Array
    c0: Array | None
    taught: Array | None
    input_overrides: tuple[InputOverrides, ...]

    def read(self, truncate: int | None = None) -> BatchRun:
        """Read the batch and send its loss back."""
        return run_batch(self.network, self.batch, truncate=truncate, **self._how)

    @property
    def _how(self) -> dict[str, Any]:
        names = ("h0", "c0", "taught", "input_overrides")
        return {name: getattr(self, name) for name in names}

    def update(self, recipe: Recipe, truncate: int | None = None) -> BatchUpdate:
        """Take one step of a fresh optimiser along the mean gradient.

        Raises
        ------
        NonFiniteError
            When the update overflows.
        """
        return update_on_batch(
            self.network,
            self.batch,
            lr=recipe.lr,
            optimizer=recipe.optimizer,
            clip=recipe.clip,
            weight_decay=recipe.weight_decay,
            truncate=truncate,
            **self._how,
        )


def batch_context(
    edited: Edited, batch: Batch, number: int, own: Collection[int] | None = None
) -> BatchContext:
    """Return the batch as it is read when one of its examples was edited.

    Parameters
    ----------
    edited : Edited
        The example, read.
    batch : Batch
        As the data have it.
    number : int
        Which of its examples that is, from 1.
    own : collection of int, optional
        Steps at which a decoder is fed its own output, counted from 1 over all segments of the
        example; None where nothing is fed back.
    """
    example_run, place = edited.example_run, number - 1
    targets = np.array(batch.targets)
    targets[:, place] = IGNORE_INDEX
    targets[: len(example_run.targets), place] = example_run.targets[:, 0]
    first = example_run.traces[0]
    taught = None
    if own is not None:
        taught = np.ones(targets.shape, bool)
        before = steps_before(example_run)
        taught[[t - before - 1 for t in own if 1 < t - before <= len(taught)]] = False
    input_overrides = tuple(
        (edit.place[0] - 1, place, edit.place[1] - 1, edit.value)
        for edit in (change.edit for change in edited.changes)
        if edit.kind == "x"
    )
    return BatchContext(
        batch=replace(batch, targets=targets),
        number=number,
        network=example_run.network,
        h0=np.repeat(first.h[0], batch.size, axis=0),
        c0=None if first.c is None else np.repeat(first.c[0], batch.size, axis=0),
        taught=taught,
        input_overrides=input_overrides,
    )


def steps_before(example_run: ExampleRun) -> int:
    """Return how many steps stand before the last segment's first."""
    return sum(trace.steps for trace in example_run.traces[:-1])


def shared(edits: Sequence[Edit]) -> str:
    """Return, as a link has them, the edits that stay when another example is looked at."""
    return write_edits([edit for edit in edits if edit.kind not in ITS_OWN])


def shift_steps(own: Sequence[int], by: int) -> str:
    """Return a list of steps, each later by so many; those outside 1 to 99 are left out.

    >>> shift_steps((3, 5), 2), shift_steps((2,), -2)
    ('5.7', '')
    """
    return ".".join(str(t + by) for t in own if 1 <= t + by <= 99)
