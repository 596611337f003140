"""One update from the mean over a batch, and one example's part in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn_core.network import Batch, Network, NetworkGradients, backpropagate, loss_of, run
from rnn_core.params import Array
from rnn_core.single_update import update_once
from rnn_core.untied import weight_gradients


@dataclass(frozen=True, eq=False)
class BatchUpdate:
    """A batch before and after one update made from its mean gradient.

    Parameters
    ----------
    network : Network
        One update later.
    gradients : NetworkGradients
        Of the batch's loss at the network before: the mean over all scored steps.
    before, after : float
        The batch's loss, nats.
    norm : float
        Joint norm of ``gradients``, before clipping.
    """

    network: Network
    gradients: NetworkGradients
    before: float
    after: float
    norm: float


def update_on_batch(
    network: Network,
    batch: Batch,
    *,
    lr: float,
    optimizer: str = "adam",
    clip: float | None = None,
    weight_decay: float = 0.0,
    truncate: int | None = None,
) -> BatchUpdate:
    """Take one step of a fresh optimiser along the mean gradient of a batch.

    Parameters
    ----------
    network : Network
    batch : Batch
    lr, optimizer, clip, weight_decay
        As for ``update_once``.
    truncate : int, optional
        As for ``backpropagate``.

    Returns
    -------
    BatchUpdate

    Raises
    ------
    NonFiniteError
        When the update overflows.

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> task = TASKS["digits"]
    >>> batch = task.data().train.batch(np.arange(8))
    >>> update = update_on_batch(task.network(), batch, lr=1e-3)
    >>> update.after < update.before
    True
    """
    traces = run(network, batch.inputs, batch.lengths)
    before, dlogits = loss_of(traces, batch.targets)
    gradients = backpropagate(network, traces, dlogits, truncate)
    later, norm = update_once(
        network, gradients, lr=lr, optimizer=optimizer, clip=clip, weight_decay=weight_decay
    )
    after, _ = loss_of(run(later, batch.inputs, batch.lengths), batch.targets)
    return BatchUpdate(later, gradients, before, after, norm)


def alignment(one: NetworkGradients, other: NetworkGradients) -> float:
    """Return the cosine of the angle between two gradients of one network, over all weights.

    1: they ask for the same change; 0: they have nothing to do with each other; −1: for opposite
    changes. NaN where one of them is zero.

    Raises
    ------
    ValueError
        When they are gradients of networks of different sizes.
    """
    a, b = _flat(one), _flat(other)
    if a.shape != b.shape:
        raise ValueError(f"one has {a.size} entries but other has {b.size}")
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size else float("nan")


def _flat(gradients: NetworkGradients) -> Array:
    arrays = [array for part in gradients.segments for array in weight_gradients(part).values()]
    arrays += [array for array in gradients.embeddings if array is not None]
    return np.concatenate([array.ravel() for array in arrays])
