"""Training of a feed-forward network, on the batches of the recurrent network of that seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rnn_core.baselines.feedforward import WINDOW, FeedForward, count_filled, feedforward
from rnn_core.losses import cross_entropy
from rnn_core.network import Batch, Network
from rnn_core.optim import flatten, make_optimizer, take_step, unflatten
from rnn_core.params import Array
from rnn_core.trace import Gradients, NonFiniteError, Overflow
from rnn_core.training.protocols import TrainStep
from rnn_core.training.trainer import Trainer
from rnn_core.unroll import backward
from rnn_core.validation.values import plain

if TYPE_CHECKING:
    from rnn_core.tasks.base import Task


class FeedForwardStep:
    """Forward, loss, backward and optimiser for a baseline; the counterpart of `NetworkStep`.

    Parameters
    ----------
    feedforward : FeedForward
    lr : float
    optimizer : "adam", "sgd" or "momentum"
    clip : float, optional
        Largest joint gradient norm.
    dtype : data type
    weight_decay : float
        Decoupled: all weights shrink by the factor 1 − lr · weight_decay per update.
    """

    def __init__(
        self,
        feedforward: FeedForward,
        lr: float,
        optimizer: str = "adam",
        clip: float | None = 1.0,
        dtype: npt.DTypeLike = np.float32,
        weight_decay: float = 0.0,
    ) -> None:
        self.lr, self.clip, self.weight_decay = plain(lr), plain(clip), plain(weight_decay)
        self.gradient_norm = 0.0
        self._feedforward = feedforward.astype(dtype)
        self._vector = flatten(self._feedforward.arrays().values())
        self._optimizer = make_optimizer(optimizer, self._vector.size, dtype)

    @property
    def feedforward(self) -> FeedForward:
        """A frozen copy of the network with its weights now."""
        held = self._feedforward.arrays()
        parts = unflatten(self._vector.copy(), held.values())
        return self._feedforward.with_arrays(dict(zip(held, parts, strict=True)))

    @property
    def network(self) -> Network:
        """The same as an unroll with its horizontal wires cut, where it is one (per-step)."""
        return self.feedforward.as_unroll()

    def update(self, batch: Batch, lr: float | None = None) -> float:
        """Make one update and return the loss before it, in nats.

        The loss is the mean over the scored steps of the batch, as for the recurrent network.

        Raises
        ------
        NonFiniteError
            When numbers overflow; the weights stay as they were.
        """
        self._feedforward = feedforward = self.feedforward
        slots, targets = feedforward.view.look(batch)
        trace = feedforward.run(slots)
        check_finite(trace.first_overflow())
        loss, dlogits = cross_entropy(feedforward.answer(trace.logits), targets)
        gradients = backward(trace, self._join_answers(dlogits))
        check_finite(gradients.first_overflow())
        gradient = flatten(
            scatter(feedforward, slots, gradients)
            if name == "embedding"
            else getattr(gradients.total, name)
            for name in feedforward.arrays()
        )
        rate = self.lr if lr is None else plain(lr)
        self.gradient_norm = take_step(
            self._optimizer, self._vector, gradient, rate, self.clip, self.weight_decay
        )
        return loss

    def predict(self, batch: Batch) -> Array:
        """Return the logits where something is scored, zeros elsewhere, shape (T, B, C)."""
        feedforward, targets = self.feedforward, batch.targets
        slots, _ = feedforward.view.look(batch)
        answers = feedforward.answer(feedforward.run(slots).logits)
        logits = np.zeros((*targets.shape, answers.shape[-1]), answers.dtype)
        if feedforward.view.says_last:
            logits[-1] = answers[0]
        elif feedforward.view.kind == "padded":
            logits[:] = answers[: len(targets)]
        else:
            logits[targets >= 0] = answers[0]
        return logits

    def state(self) -> tuple[Array, ...]:
        """Return copies of the weights and of what the optimiser remembers."""
        return self._vector.copy(), *self._optimizer.state()

    def restore(self, state: tuple[Array, ...]) -> None:
        """Go on from a state as ``state`` gave it."""
        self._vector[...] = state[0]
        self._optimizer.restore(state[1:])

    def _join_answers(self, dlogits: Array) -> Array:
        """Turn (answers, N, C) into (1, N, answers · C)."""
        return np.moveaxis(dlogits, 0, 1).reshape(1, dlogits.shape[1], -1)


def check_finite(found: Overflow | None) -> None:
    """Raise NonFiniteError where numbers stopped being finite."""
    if found is not None:
        raise NonFiniteError("feed-forward network", found)


def scatter(feedforward: FeedForward, slots: Array, gradients: Gradients) -> Array:
    """Return the gradient of the embedding: each slot's share of dx, added to the row it read.

    Parameters
    ----------
    feedforward : FeedForward
        With an embedding (V, width).
    slots : array, shape (N, K) int
    gradients : Gradients
        Of the run at T = 1; dx has shape (1, N, inputs).

    Returns
    -------
    array, shape (V, width)
    """
    assert feedforward.embedding is not None
    assert gradients.dx is not None
    count, slot_count = slots.shape
    dx = gradients.dx[0]
    if feedforward.view.kind == "bag":
        share = np.repeat((dx / count_filled(slots))[:, None], slot_count, axis=1)
    else:
        share = dx.reshape(count, slot_count, -1)
    filled = slots >= 0
    rows = np.zeros_like(feedforward.embedding)
    np.add.at(rows, slots[filled], share[filled].astype(rows.dtype, copy=False))
    return rows


class FeedForwardTrainer(Trainer):
    """Trains a feed-forward network as `Trainer` trains a recurrent one: same batches, same rates.

    Parameters
    ----------
    task : Task
    kind : str
        One of `kinds_for(task)`.
    hidden : int, optional
        Hidden units; by default so many that it is as large as the recurrent network.
    seed : int
    window : int
        Steps seen by kind "window".
    beside : int, optional
        Hidden units of that recurrent network; the recipe's by default.
    **changes
        Other values for fields of the task's recipe.

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> trainer = FeedForwardTrainer(TASKS["digit-rows"], "per-step", epochs=1)
    >>> trainer.run(seconds=60).update == trainer.schedule.updates
    True
    """

    def __init__(
        self,
        task: Task,
        kind: str = "per-step",
        hidden: int | None = None,
        seed: int = 0,
        window: int = WINDOW,
        beside: int | None = None,
        **changes: Any,
    ) -> None:
        self._kind, self._hidden, self._window = kind, hidden, window
        super().__init__(task, hidden=beside, seed=seed, **changes)

    def _begin(self) -> FeedForwardStep:
        recipe = self.recipe
        return FeedForwardStep(
            feedforward(self.task, self._kind, self._hidden, self.seed, self._window),
            lr=recipe.lr,
            optimizer=recipe.optimizer,
            clip=recipe.clip,
            weight_decay=recipe.weight_decay,
        )

    def _batch(self, update: int, learner: TrainStep) -> Batch:
        """The schedule's batch: a feed-forward network has no output to feed back."""
        return self.schedule.batch(update)

    @property
    def feedforward(self) -> FeedForward:
        """A frozen float64 copy of the network as it is now."""
        assert isinstance(self._step, FeedForwardStep)
        return self._step.feedforward.astype(np.float64)

    def _measure_training(self) -> float | None:
        return None

    def evaluate(self, split: str = "validation") -> float:
        """Return the task's metric of the network as it is now."""
        return self.feedforward.evaluate(split)
