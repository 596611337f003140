"""What a training run is made of: a learner, its lessons, and the reports it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rnn_core.network import Batch, Network
from rnn_core.params import Array
from rnn_core.training.snapshots import State


@dataclass(frozen=True, eq=False)
class Progress:
    """One report of training.

    Parameters
    ----------
    update, updates : int
        Updates made, and planned in all.
    epoch : int
        Passes over the training split that are complete.
    seconds : float
        Spent on updates so far, evaluation not counted.
    loss : float
        Mean of the updates' losses since the last report, in nats (½ of the squared error where
        numbers are predicted); NaN when there was no update.
    validation : float or None
        The task's metric on the validation split, where an epoch with a validation ended since the
        last report.
    gradient_norm : float
        Joint norm of the last update's gradients, before clipping.
    validation_loss : float or None
        Mean loss on the validation split (taught, where there is feedback); given where
        `validation` is.
    network : Network or None
        A copy of the network now, where it was asked for.
    training : float or None
        The task's metric on as many training examples as the validation split has; given where
        `validation` is, and only where training examples are a fixed set.
    """

    update: int
    updates: int
    epoch: int
    seconds: float
    loss: float
    validation: float | None
    gradient_norm: float
    validation_loss: float | None = None
    network: Network | None = None
    training: float | None = None


class TrainStep(Protocol):
    """What makes the updates: a recurrent network's step, or a feed-forward one's."""

    @property
    def network(self) -> Network:
        """The network as it is now."""

    @property
    def gradient_norm(self) -> float:
        """The joint norm of the last update's gradients, before clipping."""

    def update(self, batch: Batch, lr: float | None = None) -> float:
        """Make one update; return its loss."""

    def predict(self, batch: Batch) -> Array:
        """Return the logits of the last segment, shape (T, B, C)."""

    def state(self) -> State:
        """Return all that later updates depend on."""

    def restore(self, state: State) -> None:
        """Go on from such a state."""


class BatchSource(Protocol):
    """Which examples come when, and at which learning rate."""

    @property
    def updates(self) -> int:
        """Updates of the whole run."""

    @property
    def per_epoch(self) -> int:
        """Updates of one pass over the examples."""

    def batch(self, update: int) -> Batch:
        """The examples of an update, counted from 0."""

    def rate(self, update: int) -> float:
        """The learning rate of an update."""

    def validates(self, update: int) -> bool:
        """Whether the network is measured after so many updates."""
