"""A batch as a network reads it: one loss for all, the mean over the scored steps of all examples.

Such a loss is the mean of the examples' own losses, each weighed by its scored steps, and so is its
gradient: dW = Σ_b (n_b / N) dW_b with n_b of the N scored steps in example b.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnn_core.generation.teacher_forcing import feed_own_output
from rnn_core.losses import token_losses
from rnn_core.network import (
    Batch,
    Network,
    NetworkGradients,
    Segment,
    backpropagate,
    look_up,
    loss_of,
    run,
)
from rnn_core.params import Array
from rnn_core.record import Record, read_only, read_only_copy
from rnn_core.trace import Trace

InputOverrides = tuple[int, int, int, float]
"""Of the first segment's input, an entry that stands still: step, example, entry from 0; value."""


@dataclass(frozen=True, eq=False)
class BatchRun(Record):
    """A batch run through a network, and its loss sent back.

    Parameters
    ----------
    network : Network
    traces : tuple of Trace, one per segment, of B sequences
    targets : array, shape (T, B); −1 = not scored
    loss : float
        Mean over all scored steps of the batch, nats.
    gradients : NetworkGradients
        Of that loss.
    """

    network: Network
    traces: tuple[Trace, ...]
    targets: Array
    loss: float
    gradients: NetworkGradients

    @property
    def scored(self) -> Array:
        """How many steps of each example are scored, shape (B,): what the mean weighs it by."""
        return np.asarray((self.targets >= 0).sum(axis=0))

    def steps_of(self, segment: int) -> Array:
        """How many steps of a segment are each example's own, not padding, shape (B,).

        A decoder has no lengths: behind an example's last target it only runs along with the rest.
        """
        trace = self.traces[segment]
        if trace.lengths is not None:
            return np.asarray(trace.lengths)
        if segment < len(self.traces) - 1:
            return np.full(trace.batch, trace.steps)
        behind = np.argmax(self.targets[::-1] >= 0, axis=0)
        return np.where(self.scored > 0, trace.steps - behind, trace.steps)

    @property
    def losses(self) -> Array:
        """Each example's own loss, the mean over its scored steps, shape (B,); NaN without one."""
        counted = self.targets >= 0
        each = np.where(counted, token_losses(self.traces[-1].logits, self.targets), 0.0)
        with np.errstate(invalid="ignore"):
            return np.asarray(each.sum(axis=0) / counted.sum(axis=0))


def run_batch(
    network: Network,
    batch: Batch,
    *,
    truncate: int | None = None,
    h0: Array | None = None,
    c0: Array | None = None,
    taught: Array | None = None,
    input_overrides: Sequence[InputOverrides] = (),
) -> BatchRun:
    """Run a batch and send its loss back.

    Parameters
    ----------
    network : Network
    batch : Batch
    truncate : int, optional
        As for ``backpropagate``.
    h0, c0 : array, shape (B, H), optional
    taught : array, shape (T, B), bool, optional
        As for ``feed_own_output``: where the decoder is fed the target. Left out, everywhere.
    input_overrides : sequence of (step, example, entry, value)
        Entries of the first segment's input that were set. They stand still, so no gradient
        reaches an embedding through them.

    Returns
    -------
    BatchRun

    Raises
    ------
    ValueError
        When no step is scored or a shape does not fit.

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> task = TASKS["digits"]
    >>> example_run = run_batch(task.network(), task.data().train.batch(np.arange(8)))
    >>> bool(np.isclose(example_run.loss, example_run.losses.mean()))
    True
    """
    inputs = list(batch.inputs)
    if input_overrides:
        inputs[0] = _set_by_hand(network.segments[0], inputs[0], input_overrides)
    if taught is not None:
        fed = feed_own_output(network, replace(batch, inputs=tuple(inputs)), taught, h0, c0)
        inputs = list(fed.inputs)
    traces = run(network, inputs, batch.lengths, h0, c0)
    if input_overrides and network.segments[0].embedding is not None:
        traces = (replace(traces[0], tokens=read_only_copy(batch.inputs[0])), *traces[1:])
    loss, dlogits = loss_of(traces, batch.targets)
    gradients = backpropagate(network, traces, dlogits, truncate)
    if input_overrides:
        gradients = _stop_gradient_at_overrides(gradients, input_overrides)
    return BatchRun(network, traces, read_only_copy(batch.targets), loss, gradients)


def _set_by_hand(
    segment: Segment, given: Array, input_overrides: Sequence[InputOverrides]
) -> Array:
    x = np.array(look_up(segment, np.asarray(given)), dtype=segment.params.dtype)
    for t, example, entry, value in input_overrides:
        x[t, example, entry] = value
    return x


def _stop_gradient_at_overrides(
    gradients: NetworkGradients, input_overrides: Sequence[InputOverrides]
) -> NetworkGradients:
    first, rows = gradients.segments[0], gradients.embeddings[0]
    if rows is None or first.dx is None or first.trace.tokens is None:
        return gradients
    rows = rows.copy()
    for t, example, entry in {where[:3] for where in input_overrides}:
        rows[first.trace.tokens[t, example], entry] -= first.dx[t, example, entry]
    return replace(gradients, embeddings=(read_only(rows), *gradients.embeddings[1:]))
