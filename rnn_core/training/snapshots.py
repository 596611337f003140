"""What a training run remembers of itself: snapshots to go back to, and where it broke down.

A run is decided by its settings and seed, so it need not be recorded: any moment of it is the last
snapshot before, and the updates from there made again. Bit for bit the same, on one machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_core.network import Network
from rnn_core.params import Array
from rnn_core.trace import NonFiniteError

State = tuple[Array, ...]
BYTES = 1_000_000
LEAST = 8


@dataclass(frozen=True)
class Divergence:
    """The update that could not be made, because numbers overflowed.

    Attributes
    ----------
    update : int
        Counted from 1; the run is left as it was before it, with finite weights.
    segment, array : str
        Where numbers first stopped being finite.
    step : int
        The time step, counted from 1.
    """

    update: int
    segment: str
    array: str
    step: int

    def __str__(self) -> str:
        return (
            f"update {self.update:,}: {self.segment}: {self.array} overflowed at step {self.step}"
        )

    @classmethod
    def of(cls, error: NonFiniteError, update: int) -> Divergence:
        """The record of an error raised by update number ``update``, counted from 1."""
        return cls(update, error.segment, error.overflow.array, error.overflow.step + 1)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run after so many updates, and the update that it made next.

    Attributes
    ----------
    update : int
        Updates made by then.
    epoch : int
        Passes over the training examples that were complete.
    network : Network
        Float64 copy.
    rate, loss, gradient_norm : float
        Of the next update: its learning rate, the loss it met and the gradient's joint norm before
        clipping. NaN where the run has not made it.
    """

    update: int
    epoch: int
    network: Network
    rate: float
    loss: float
    gradient_norm: float


class Snapshots:
    """States of a run, evenly spaced and never more than a fixed number of bytes.

    When there is no more room every second one is dropped, and the distance doubles: of a run of U
    updates at least 4 are left, so that a moment is at most U/4 updates away from one before it,
    and with a small network, of which more fit, much less.

    Parameters
    ----------
    limit : int
        Bytes for all together, but ``LEAST`` snapshots are kept of however large a network.

    Examples
    --------
    >>> kept = Snapshots(limit=100 * 16)
    >>> for update in range(1000):
    ...     kept.offer(update, lambda: (np.zeros(2),))
    >>> kept.updates[:3], len(kept.updates), kept.before(70)[0]
    ((0, 16, 32), 63, 64)
    """

    def __init__(self, limit: int = BYTES) -> None:
        self._limit, self._every = limit, 1
        self._held: dict[int, State] = {}

    @property
    def updates(self) -> tuple[int, ...]:
        """Of which moments there is a snapshot."""
        return tuple(self._held)

    @property
    def nbytes(self) -> int:
        """Memory of all snapshots."""
        return sum(array.nbytes for state in self._held.values() for array in state)

    def offer(self, update: int, state: Any) -> None:
        """Keep the state, which the function ``state`` returns, if one is due after ``update``."""
        if update % self._every or update in self._held:
            return
        self._held[update] = state()
        size = sum(array.nbytes for array in self._held[update])
        while len(self._held) > max(LEAST, self._limit // max(size, 1)):
            self._every *= 2
            self._held = {at: held for at, held in self._held.items() if at % self._every == 0}

    def before(self, update: int) -> tuple[int, State]:
        """The latest snapshot that is not after ``update``: its moment and its state."""
        moment = max(at for at in self._held if at <= update)
        return moment, self._held[moment]

    def forget_after(self, update: int) -> None:
        """Drop what lies after ``update``."""
        self._held = {at: state for at, state in self._held.items() if at <= update}


def is_finite(state: State) -> bool:
    """Whether all numbers of a state are finite."""
    return all(bool(np.isfinite(array).all()) for array in state)
