"""One training step at speed, on one unroll or on a network of segments.

Forward, loss, BPTT, clipping and optimiser run in place on preallocated arrays (``fast_*.py``);
what they compute is what the traced path computes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rnn_core.fast.network import FastNetwork
from rnn_core.fast.settings import StepSettings
from rnn_core.network import Batch, Network, Segment
from rnn_core.params import Array, Params
from rnn_core.topology import Ports, Topology
from rnn_core.validation.arguments import check_kind

SINGLE = Topology("single", (Ports("network", "data", "each"),))


class NetworkStep:
    """Training steps on a network of segments.

    Parameters
    ----------
    network : Network
    steps : per segment, the largest T
    batch : the largest B
    loss : "cross_entropy" or "squared_error"
    lr : float > 0
        Learning rate, unless an update is given its own.
    optimizer : "adam", "momentum" (0.9) or "sgd"
    clip : float > 0 or None
        Largest joint norm of the gradients of all segments and embeddings.
    truncate : int ≥ 1 or None
        Chunk boundaries of BPTT inside each segment.
    dtype : float32 or float64
    weight_decay : float ≥ 0
        Decoupled: all weights shrink by the factor 1 − lr · weight_decay per update.

    Raises
    ------
    ValueError
        For settings out of range, and for batches that do not fit.
    NonFiniteError
        When an update meets numbers that are not finite; the weights stay as they were.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=4, hidden=3, outputs=4)
    >>> network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params),))
    >>> step = rc.NetworkStep(network, steps=(5,), batch=2, lr=0.1)
    >>> batch = rc.Batch((np.zeros((5, 2), int),), np.ones((5, 2), int))
    >>> step.update(batch) > step.update(batch)
    True
    >>> step.predict(batch).shape
    (5, 2, 4)
    """

    def __init__(
        self,
        network: Network,
        steps: Sequence[int],
        batch: int,
        loss: str = "cross_entropy",
        lr: float = 1e-3,
        optimizer: str = "adam",
        clip: float | None = 1.0,
        truncate: int | None = None,
        dtype: npt.DTypeLike = np.float32,
        weight_decay: float = 0.0,
    ) -> None:
        check_kind("network", network, Network)
        settings = StepSettings(loss, lr, optimizer, clip, truncate, dtype, weight_decay)
        self._fast = FastNetwork(network, steps, batch, settings)

    @property
    def network(self) -> Network:
        """A frozen copy of the network as it is now."""
        return self._fast.read()

    @property
    def gradient_norm(self) -> float:
        """The joint norm of the last update's gradients, before clipping."""
        return self._fast.gradient_norm

    def update(self, batch: Batch, lr: float | None = None) -> float:
        """Take one training step; return the loss before it.

        Parameters
        ----------
        batch : Batch
            May be shorter or smaller than the preallocated sizes. Targets beyond a sequence's
            length count nowhere.
        lr : float, optional
            The learning rate of this update.

        Returns
        -------
        float
            Mean over the counted entries: nats, or ½(ŷ − y)².
        """
        check_kind("batch", batch, Batch)
        return self._fast.update(batch.inputs, batch.targets, batch.lengths, None, None, lr)

    def predict(self, batch: Batch) -> Array:
        """Return the logits of the last segment, shape (T, B, C), taught where it has feedback.

        Any number of sequences: more than the preallocated batch are run in turn.
        """
        check_kind("batch", batch, Batch)
        return self._fast.predict(batch.inputs, batch.lengths)

    def state(self) -> tuple[Array, ...]:
        """Return all that later updates depend on: the weights, and the optimiser's memory."""
        return self._fast.state()

    def restore(self, state: tuple[Array, ...]) -> None:
        """Go on from a state as ``state`` gave it; on one computer updates repeat bit for bit."""
        self._fast.restore(state)


class TrainingStep:
    """Training steps on one unroll, scored wherever its targets say.

    Parameters
    ----------
    params : Params, with C ≥ 1
    steps : int, the largest T
    batch : int, the largest B
    loss, lr, optimizer, clip, truncate, dtype, weight_decay
        As for ``NetworkStep``; ``clip`` is None unless given.

    Examples
    --------
    >>> import rnn_core as rc
    >>> step = rc.TrainingStep(rc.init("rnn", inputs=4, hidden=3, outputs=4), steps=5, batch=1)
    >>> first = step.update(np.zeros((5, 1), int), np.ones((5, 1), int))
    >>> step.params.W_hh.shape
    (3, 3)
    """

    def __init__(
        self,
        params: Params,
        steps: int,
        batch: int,
        loss: str = "cross_entropy",
        lr: float = 1e-3,
        optimizer: str = "adam",
        clip: float | None = None,
        truncate: int | None = None,
        dtype: npt.DTypeLike = np.float32,
        weight_decay: float = 0.0,
    ) -> None:
        check_kind("params", params, Params)
        network = Network(SINGLE, (Segment(SINGLE.segments[0], params),))
        settings = StepSettings(loss, lr, optimizer, clip, truncate, dtype, weight_decay)
        self._fast = FastNetwork(network, (steps,), batch, settings)

    @property
    def params(self) -> Params:
        """A frozen copy of the weights as they are now."""
        return self._fast.read().segments[0].params

    @property
    def gradient_norm(self) -> float:
        """The norm of the last update's gradient, before clipping."""
        return self._fast.gradient_norm

    def update(
        self,
        x: npt.ArrayLike,
        targets: npt.ArrayLike,
        h0: npt.ArrayLike | None = None,
        lengths: npt.ArrayLike | None = None,
        lr: float | None = None,
        c0: npt.ArrayLike | None = None,
    ) -> float:
        """Take one training step; return the loss before it.

        Targets beyond a sequence's length count nowhere; see ``padding.ignore_padding``.
        """
        return self._fast.update((x,), targets, () if lengths is None else (lengths,), h0, c0, lr)
