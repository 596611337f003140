"""Feed-forward baselines: networks that read the same data without a loop.

A network with one hidden layer is the unroll at T = 1 with h0 = 0, where W_hh never counts:
h = tanh(x W_xh + b_h), logits = h W_hy + b_y. So every baseline here is one `Params`,
run and differentiated by the same engine, and they differ in what x is:

========== ==============================================================================
per-step   the input of this step alone; it *is* the RNN with W_hh = 0 and no hand-over
window     the inputs of the last k steps side by side
bag        the mean of all inputs so far: what was read, not in which order
padded     the whole sequence in fixed slots side by side, answering all steps at once
========== ==============================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rnn_core.input_validation import is_tokens
from rnn_core.losses import cross_entropy
from rnn_core.network import Batch, Network
from rnn_core.params import Array, Params, init
from rnn_core.record import Record
from rnn_core.trace import Trace
from rnn_core.unroll import forward
from rnn_core.validation.values import check_whole

if TYPE_CHECKING:
    from rnn_core.tasks.base import Task

KINDS = ("per-step", "window", "bag", "padded")
WINDOW = 5
EMPTY = -1  # a slot before the sequence began, or after it ended: read as zeros


@dataclass(frozen=True)
class View:
    """What a baseline sees of a batch, and what it answers.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    slots : int
        Inputs side by side (for a bag: of which the mean is taken).
    segment : int
        The segment whose inputs are read: the last, but for padded the first.
    says_last : bool
        Only the last real step is answered.
    width : int
        Numbers per slot: of a dense input, an embedding, or the size of the vocabulary.
    answers : int
        Steps answered at once: 1, but for padded all of them.
    """

    kind: str
    slots: int
    segment: int
    says_last: bool
    width: int
    answers: int

    @property
    def inputs(self) -> int:
        """D, how many numbers the network reads."""
        return self.width if self.kind == "bag" else self.width * self.slots

    def look(self, batch: Batch) -> tuple[Array, Array]:
        """Return what is read for each answer, and what should be said.

        Returns
        -------
        slots : array, shape (N, K) int, −1 where empty; or (N, K, D) float
        targets : array, shape (answers, N) int
            −1 where nothing is scored.
        """
        x = batch.inputs[self.segment]
        lengths = batch.lengths[self.segment] if batch.lengths else None
        if self.kind == "padded":
            targets = np.full((self.answers, batch.size), EMPTY)
            given = batch.targets[-1:] if self.says_last else batch.targets
            targets[: len(given)] = given
            return _whole(x, lengths, self.slots), targets
        columns = np.arange(batch.size)
        if self.says_last:
            at = np.full(batch.size, len(x)) if lengths is None else lengths
            at, targets = at - 1, batch.targets[-1]
        else:
            at, columns = np.nonzero(batch.targets >= 0)
            targets = batch.targets[at, columns]
        return _recent(x, at, columns, self.slots), targets[None]


def _whole(x: Array, lengths: Array | None, slots: int) -> Array:
    held = _blank(x, x.shape[1], slots)
    held[:, : len(x)] = np.moveaxis(x, 0, 1)[:, :slots]
    if lengths is not None:
        held[np.arange(slots) >= lengths[:, None]] = EMPTY if is_tokens(x) else 0
    return held


def _recent(x: Array, at: Array, columns: Array, slots: int) -> Array:
    """The inputs at steps ``at`` and before, oldest first."""
    held = _blank(x, len(at), slots)
    for slot in range(slots):
        step = at - (slots - 1 - slot)
        real = step >= 0
        held[real, slot] = x[step[real], columns[real]]
    return held


def _blank(x: Array, rows: int, slots: int) -> Array:
    if is_tokens(x):
        return np.full((rows, slots), EMPTY, dtype=np.int64)
    return np.zeros((rows, slots, x.shape[-1]), dtype=x.dtype)


@dataclass(frozen=True, eq=False)
class FeedForward(Record):
    """A feed-forward network for a task.

    Parameters
    ----------
    task : Task
    view : View
    params : Params
        Run at T = 1; its W_hh is zero and stays so.
    embedding : array, shape (V, width), optional
        Tokens are looked up here, in every slot the same.
    """

    task: Task
    view: View
    params: Params
    embedding: Array | None = None

    @property
    def hidden(self) -> int:
        """Number of hidden units H."""
        return self.params.hidden

    @property
    def size(self) -> int:
        """Number of parameters; W_hh is no part of it."""
        return sum(array.size for array in self.arrays().values())

    def arrays(self) -> dict[str, Array]:
        """Return name → array of all that is trained."""
        held = {name: array for name, array in self.params.arrays().items() if name != "W_hh"}
        return held if self.embedding is None else {**held, "embedding": self.embedding}

    def with_arrays(self, arrays: Mapping[str, Array]) -> FeedForward:
        """Return the same network with other weights."""
        held = {**self.params.arrays(), **arrays}
        embedding = held.pop("embedding", None)
        params = Params(cell="rnn", activation=self.params.activation, **held)
        return replace(self, params=params, embedding=embedding)

    def astype(self, dtype: npt.DTypeLike) -> FeedForward:
        """Return a copy whose arrays have another dtype."""
        embedding = None if self.embedding is None else self.embedding.astype(dtype)
        return replace(self, params=self.params.astype(dtype), embedding=embedding)

    def run(self, slots: Array) -> Trace:
        """Run the network on what was seen: one step, N sequences."""
        return forward(self.params, self.feed(slots)[None])

    def feed(self, slots: Array) -> Array:
        """Return x of each answer, shape (N, D): embeddings or one-hot rows, joined or averaged."""
        if slots.ndim == 2:
            rows = np.eye(self.view.width) if self.embedding is None else self.embedding
            joined = np.where((slots >= 0)[:, :, None], rows[slots], 0)
        else:
            joined = slots
        if self.view.kind == "bag":
            joined = joined.sum(axis=1) / count_filled(slots)
        x = joined.reshape(len(joined), self.view.inputs)
        return x.astype(self.params.dtype, copy=False)

    def answer(self, logits: Array) -> Array:
        """Turn logits (1, N, answers · C) into (answers, N, C)."""
        apart = logits[0].reshape(logits.shape[1], self.view.answers, -1)
        return np.ascontiguousarray(np.moveaxis(apart, 1, 0))

    def as_unroll(self) -> Network:
        """Return the RNN that this network is: the task's topology, every W_hh zero.

        Raises
        ------
        ValueError
            For a network that sees more than the step it answers.
        """
        if self.view.kind != "per-step":
            raise ValueError(f"a {self.view.kind} network is no unroll; only per-step is")
        shell = self.task.network(hidden=self.hidden).astype(self.params.dtype)
        before = tuple(
            replace(segment, params=zero_recurrence(segment.params))
            for segment in shell.segments[:-1]
        )
        last = replace(shell.segments[-1], params=self.params, embedding=self.embedding)
        return replace(shell, segments=(*before, last))

    def evaluate(self, split: str = "test") -> float:
        """Return the task's metric on a split or probe; it runs free where the task does."""
        if self.view.kind == "per-step":
            return self.task.evaluate(self.as_unroll(), split)
        slots, targets = self.view.look(self.task.data().split(split).batch())
        logits = self.answer(self.run(slots).logits)
        if self.task.metric == "nats per character":
            return cross_entropy(logits, targets)[0]
        right = (logits.argmax(axis=-1) == targets) | (targets < 0)
        return float(right.all(axis=0).mean())


def count_filled(slots: Array) -> Array:
    """Return how many slots hold something, at least 1, shape (N, 1)."""
    if slots.ndim == 2:
        return np.asarray(np.maximum((slots >= 0).sum(axis=1, keepdims=True), 1))
    return np.full((len(slots), 1), slots.shape[1])


def zero_recurrence(params: Params) -> Params:
    """Return the weights with W_hh = 0: what was remembered no longer counts.

    >>> bool(zero_recurrence(init("rnn", inputs=2, hidden=3, outputs=1)).W_hh.any())
    False
    """
    return replace(params, W_hh=np.zeros_like(params.W_hh))


def kinds_for(task: Task) -> tuple[str, ...]:
    """Return the kinds that make sense for a task.

    A picture seen at once (T = 1) leaves nothing to look back on. A decoder's own words are no
    window on what was asked, so there the whole question is given in fixed slots instead.
    """
    if len(task.topology.segments) > 1:
        return ("per-step", "padded")
    if task.data().train.steps[0] == 1:
        return ("per-step",)
    return KINDS if task.topology.segments[-1].says == "last" else ("per-step", "window")


def feedforward(
    task: Task,
    kind: str = "per-step",
    hidden: int | None = None,
    seed: int = 0,
    window: int = WINDOW,
) -> FeedForward:
    """Build an untrained feed-forward network for a task.

    Parameters
    ----------
    task : Task
    kind : str
        One of `kinds_for(task)`.
    hidden : int, optional
        If not given, so many hidden units that the number of parameters comes nearest to that of
        the recurrent network of the task's recipe.
    seed : int
        A per-step network of as many units starts from the recurrent network's own draw.
    window : int
        Steps seen by kind "window", the current one included.

    Raises
    ------
    ValueError
        When the kind does not fit the task, or the window is not 1 or more.
    """
    if kind not in kinds_for(task):
        raise ValueError(f"kind is {kind!r} but for {task.key!r} it is one of {kinds_for(task)}")
    window = check_whole("window", window, least=1)
    model = task.network(seed=seed)
    view = _view(task, model, kind, window)
    outputs = len(task.data().classes) * view.answers
    embedding = model.segments[view.segment].embedding
    if hidden is None:
        fixed = outputs + (0 if embedding is None else embedding.size)
        hidden = max(1, round((model.size - fixed) / (view.inputs + 1 + outputs)))
    if kind == "per-step":
        start = task.network(hidden=hidden, seed=seed).segments[-1].params
    else:
        start = init("rnn", inputs=view.inputs, hidden=hidden, outputs=outputs, seed=seed)
    return FeedForward(task, view, zero_recurrence(start), embedding)


def _view(task: Task, model: Network, kind: str, window: int) -> View:
    data = task.data()
    splits = (data.train, data.validation, data.test, *data.probes.values())
    steps = tuple(max(lengths) for lengths in zip(*(split.steps for split in splits), strict=True))
    segment = 0 if kind == "padded" else len(steps) - 1
    reader = model.segments[segment]
    slots = {"per-step": 1, "window": window}.get(kind, steps[segment])
    says_last = task.topology.segments[-1].says == "last"
    return View(
        kind=kind,
        slots=slots,
        segment=segment,
        says_last=says_last,
        width=reader.params.inputs,
        answers=steps[-1] if kind == "padded" and not says_last else 1,
    )
