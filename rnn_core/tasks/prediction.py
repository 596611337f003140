"""What a network made of one example: the record the chain draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnn_core.losses import is_counted, token_losses
from rnn_core.network import Network, NetworkGradients, backpropagate, loss_of
from rnn_core.params import Array
from rnn_core.record import Record, read_only
from rnn_core.tasks.dataset import Example
from rnn_core.trace import Trace


@dataclass(frozen=True, eq=False)
class ExampleRun(Record):
    """One example read by one network.

    Parameters
    ----------
    task : str
        Key of the task.
    network : Network
    example : Example
    traces : tuple of Trace
        Per segment, B = 1.
    inputs : tuple of tuple of str
        Per segment and step, the label of what was really fed.
    fed : tuple of tuple of str
        Per segment and step, where it came from: "data", "target" (taught) or "own" (its last
        output).
    classes : tuple of str
        Names of the C outputs of the last segment; empty where it says numbers.
    targets : array, shape (T, 1) int, or (T, 1, C) float
        Of the last segment: classes, or numbers where it says numbers; -1 or NaN where unscored or
        unknown.
    losses : array, shape (T,)
        -log p(target) in nats, or half the squared error; NaN where unscored.
    loss : float or None
        Mean of the losses over the scored steps; None when none is scored.
    said : tuple of str
        The label the last segment chose at each step, "" where its ports say nothing there.
    text : str
        The answer as a visitor reads it.
    gradients : NetworkGradients or None
        Of the loss; filled by `backward`.
    """

    task: str
    network: Network
    example: Example
    traces: tuple[Trace, ...]
    inputs: tuple[tuple[str, ...], ...]
    fed: tuple[tuple[str, ...], ...]
    classes: tuple[str, ...]
    targets: Array
    losses: Array
    loss: float | None
    said: tuple[str, ...]
    text: str
    gradients: NetworkGradients | None = None

    @property
    def scored(self) -> Array:
        """Which steps of the last segment have a loss, bool, shape (T,)."""
        return is_counted(self.targets)[:, 0]

    @property
    def unit(self) -> str:
        """What its losses are measured in."""
        return "½ squared error" if self.targets.ndim == 3 else "nats"


def score(logits: Array, targets: Array) -> tuple[Array, float | None]:
    """Loss of each step and their mean over the scored ones.

    Parameters
    ----------
    logits : array, shape (T, 1, C)
    targets : array, shape (T, 1) int, or (T, 1, C) float
        -1 or NaN where nothing is scored.

    Returns
    -------
    losses : array, shape (T,)
        In nats, or half the squared error; NaN where unscored.
    loss : float or None
        Their mean; None when no step is scored.
    """
    counted = is_counted(targets)[:, 0]
    if targets.ndim == 2:
        losses = token_losses(logits, targets)[:, 0]
    else:
        losses = 0.5 * ((logits - targets)[:, 0].astype(np.float64) ** 2).mean(axis=-1)
    return read_only(losses), float(losses[counted].mean()) if counted.any() else None


def backward(example_run: ExampleRun, truncate: int | None = None) -> ExampleRun:
    """The same reading with the gradients of its loss, by backpropagation through time.

    What was fed counts as given: no gradient runs through the choice of a fed-back output (Werbos
    1990; for teacher forcing, Williams and Zipser 1989). A reading without a known target has no
    loss and comes back unchanged. With `truncate` nothing is sent back across the chunk boundaries
    t = k, 2k, … inside each segment.
    """
    if example_run.loss is None:
        return example_run
    _, dlogits = loss_of(example_run.traces, example_run.targets)
    gradients = backpropagate(example_run.network, example_run.traces, dlogits, truncate)
    return replace(example_run, gradients=gradients)
