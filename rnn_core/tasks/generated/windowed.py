"""The feed-forward baseline of a stream: it sees the last few inputs side by side, and no state.

A window of k inputs is one step of k·D numbers, so it is the unroll at T = 1, where W_hh
never counts: the same engine, optimiser and examples as the recurrent networks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rnn_core.losses import is_counted
from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.record import read_only
from rnn_core.tasks.generated.base import GeneratedTask
from rnn_core.topology import ONE_TO_ONE

WIDEST = 256
"""Units at most: W_hh, which is idle, would cost more than all the rest."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowTask(GeneratedTask):
    """A stream as a feed-forward network sees it; made by `windowed`.

    Parameters
    ----------
    inner : GeneratedTask
    window : int
        Inputs side by side, the present one the last; before the sequence began they are zeros.
    """

    inner: GeneratedTask
    window: int

    @property
    def steps(self) -> int:
        return 1

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """So many windows, those that end at the scored steps of fresh sequences, in one step."""
        return self._look(self.inner.draw(rng, batch // scored_steps(self.inner)))

    @cached_property
    def held_out(self) -> Batch:
        """The same held-out sequences as the recurrent networks are measured on."""
        return self._look(self.inner.held_out)

    def describe(self, batch: Batch, which: int) -> tuple[str, ...]:
        return (" ".join(f"{number:.2f}" for number in batch.inputs[0][0, which]),)

    def score(self, logits: Array, targets: Array) -> float:
        return self.inner.score(logits, targets)

    @property
    def parameters(self) -> int:
        """Number of parameters that count: W_hh does not."""
        hidden = self.recipe.hidden or 0
        return hidden * (self.inputs + 1) + (hidden + 1) * self.outputs

    def _look(self, batch: Batch) -> Batch:
        x, targets = _dense(batch.inputs[0], self.inner.inputs), batch.targets
        at, which = np.nonzero(is_counted(targets))
        wanted = targets[at, which][None]
        lengths = batch.lengths[0] if batch.lengths else None
        if lengths is not None:  # a shorter sequence waits at the end, where its answer is read
            at = lengths[which] - 1
        earlier = at[:, None] - np.arange(self.window - 1, -1, -1)
        seen = np.where((earlier >= 0)[..., None], x[np.maximum(earlier, 0), which[:, None]], 0.0)
        return Batch((read_only(seen.reshape(1, len(at), self.inputs)),), read_only(wanted))


def _dense(x: Array, width: int) -> Array:
    return x if x.dtype.kind == "f" else np.eye(width)[x]


def scored_steps(task: GeneratedTask) -> int:
    """Return how many steps of each sequence are scored, which is the same for all."""
    return int(is_counted(task.draw(np.random.default_rng(0), 1).targets).sum())


def windowed(task: GeneratedTask, window: int, parameters: int | None = None) -> WindowTask:
    """Return the feed-forward network's view of a stream, with as many parameters as are allowed.

    Parameters
    ----------
    task : GeneratedTask
    window : int
        Inputs it sees side by side.
    parameters : int, optional
        Of the network; the task's budget by default.

    Raises
    ------
    ValueError
        When the window is smaller than 1, or not even one unit fits.

    Examples
    --------
    >>> from rnn_core.tasks.generated.memory import MEMORY_TASKS
    >>> feedforward = windowed(MEMORY_TASKS["echo"], 4)
    >>> feedforward.inputs, feedforward.draw(np.random.default_rng(0), 34).inputs[0].shape
    (8, (1, 34, 8))
    """
    if window < 1:
        raise ValueError(f"window is {window!r} but at least 1 is expected")
    room, inputs = task.budget if parameters is None else parameters, task.inputs * window
    hidden = min((room - task.outputs) // (inputs + 1 + task.outputs), WIDEST)
    if hidden < 1:
        raise ValueError(f"{room} parameters are too few for a window of {window}")
    return WindowTask(
        inner=task,
        window=window,
        key=f"{task.key}, window {window}",
        title=task.title,
        question=task.question,
        topology=ONE_TO_ONE,
        inputs=inputs,
        outputs=task.outputs,
        loss=task.loss,
        metric=task.metric,
        better=task.better,
        guess=task.guess,
        target=task.target,
        recipe=replace(task.recipe, hidden=hidden, batch=task.recipe.batch * scored_steps(task)),
        budget=room,
    )
