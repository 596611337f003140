"""One update from the mean over a batch, and one example's part in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rnn_core.network import Batch, Network, NetworkGradients
from rnn_core.norms import cosine
from rnn_core.optim import flatten
from rnn_core.params import Array
from rnn_core.record import Record
from rnn_core.training.batch_pass import BatchRun, InputOverrides, run_batch
from rnn_core.training.update import apply_update
from rnn_core.untied import weight_gradients


@dataclass(frozen=True, eq=False)
class BatchUpdate(Record):
    """A batch before and after one update made from its mean gradient.

    Parameters
    ----------
    example_run : BatchRun
        Before the update, with the gradients of the batch's loss: the mean over all scored steps.
    again : BatchRun
        The same batch, fed the same way, one update later.
    norm : float
        Joint norm of the gradients, before clipping.
    """

    example_run: BatchRun
    again: BatchRun
    norm: float

    @property
    def network(self) -> Network:
        """The network one update later."""
        return self.again.network

    @property
    def gradients(self) -> NetworkGradients:
        """Of the batch's loss at the network before."""
        return self.example_run.gradients

    @property
    def before(self) -> float:
        """The batch's loss at the network before, nats."""
        return self.example_run.loss

    @property
    def after(self) -> float:
        """The batch's loss one update later, nats."""
        return self.again.loss


def update_on_batch(
    network: Network,
    batch: Batch,
    *,
    lr: float,
    optimizer: str = "adam",
    clip: float | None = None,
    weight_decay: float = 0.0,
    truncate: int | None = None,
    h0: Array | None = None,
    c0: Array | None = None,
    taught: Array | None = None,
    input_overrides: Sequence[InputOverrides] = (),
) -> BatchUpdate:
    """Take one step of a fresh optimiser along the mean gradient of a batch.

    Parameters
    ----------
    network : Network
    batch : Batch
    lr, optimizer, clip, weight_decay
        As for ``apply_update``.
    truncate, h0, c0, taught, by_hand : optional
        As for ``run_batch``.

    Returns
    -------
    BatchUpdate

    Raises
    ------
    NonFiniteError
        When the update overflows.

    Examples
    --------
    >>> import numpy as np
    >>> from rnn_core.tasks import TASKS
    >>> task = TASKS["digits"]
    >>> batch = task.data().train.batch(np.arange(8))
    >>> update = update_on_batch(task.network(), batch, lr=1e-3)
    >>> update.after < update.before
    True
    """
    example_run = run_batch(
        network,
        batch,
        truncate=truncate,
        h0=h0,
        c0=c0,
        taught=taught,
        input_overrides=input_overrides,
    )
    later, norm = apply_update(
        network,
        example_run.gradients,
        lr=lr,
        optimizer=optimizer,
        clip=clip,
        weight_decay=weight_decay,
    )
    again = run_batch(
        later,
        batch,
        truncate=truncate,
        h0=h0,
        c0=c0,
        taught=taught,
        input_overrides=input_overrides,
    )
    return BatchUpdate(example_run, again, norm)


def cosine_similarity(one: NetworkGradients, other: NetworkGradients) -> float:
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
    return cosine(a, b)


def _flat(gradients: NetworkGradients) -> Array:
    arrays = [array for part in gradients.segments for array in weight_gradients(part).values()]
    arrays += [array for array in gradients.embeddings if array is not None]
    return flatten(arrays)
