"""Which steps each loss reaches: one backward pass per scored step, over all segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnn_core.analysis.contributions import single_losses
from rnn_core.network import Network, backpropagate, loss_of
from rnn_core.norms import safe_norms
from rnn_core.params import Array
from rnn_core.record import Record, read_only
from rnn_core.trace import Trace
from rnn_core.validation.values import check_choice


@dataclass(frozen=True, eq=False)
class LossReach(Record):
    """What the loss of each scored step adds to one weight's gradient, by the step of its use.

    Steps count from 0 over all segments; each segment uses a weight of its own.

    Attributes
    ----------
    name : str
    scored : tuple of int
    shares : array, shape (n, T)
        ``shares[i, t]`` = ‖what the loss at step ``scored[i]`` adds through the use at step t‖.
    truncate : int or None
        The chunk length with which the gradient was sent back.
    boundaries : tuple of int
        Steps before which nothing arrives from behind.
    """

    name: str
    scored: tuple[int, ...]
    shares: Array
    truncate: int | None
    boundaries: tuple[int, ...]


def chunk_boundaries(lengths: Sequence[int], truncate: int | None) -> tuple[int, ...]:
    """Return the steps, from 0 over all segments, that begin a chunk behind another of the segment.

    >>> chunk_boundaries([5], 2)
    (2, 4)
    >>> chunk_boundaries([3, 4], 2)
    (2, 5)
    >>> chunk_boundaries([5], None)
    ()
    """
    found: list[int] = []
    first = 0
    for length in lengths:
        if truncate is not None:
            found += range(first + truncate, first + length, truncate)
        first += length
    return tuple(found)


def attribute_losses(
    network: Network,
    traces: Sequence[Trace],
    targets: npt.ArrayLike,
    name: str = "W_hh",
    truncate: int | None = None,
) -> LossReach:
    """Send the loss of each scored step back alone; measure what it adds at each step of use.

    Parameters
    ----------
    network : Network
    traces : per segment, as ``run`` gave them
    targets : array, of the last segment, as ``loss_of`` takes them
    name : "W_xh", "W_hh" or "b_h"
    truncate : int, optional
        As in ``backpropagate``.

    Returns
    -------
    LossReach

    Raises
    ------
    ValueError
        When there is no such weight.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params),))
    >>> traces = rc.run(network, [np.array([[0], [2], [1]])])
    >>> reach = attribute_losses(network, traces, [[0], [1], [0]], truncate=2)
    >>> (reach.shares > 0).astype(int).tolist(), reach.boundaries
    ([[0, 0, 0], [0, 1, 0], [0, 0, 1]], (2,))
    """
    check_choice("name", name, ("W_xh", "W_hh", "b_h"))
    wanted = np.asarray(targets)
    dlogits = loss_of(traces, wanted)[1]
    lengths = [trace.steps for trace in traces]
    first = sum(lengths[:-1])
    shares: dict[int, Array] = {}
    for s, alone in single_losses(dlogits, wanted):
        gradients = backpropagate(network, traces, alone, truncate)
        parts = [one.by_step.arrays()[name] for one in gradients.segments]
        norms = [safe_norms(part.reshape(len(part), -1)) for part in parts]
        shares[first + s] = np.concatenate(norms)
    return LossReach(
        name=name,
        scored=tuple(shares),
        shares=read_only(np.array([*shares.values()], float).reshape(len(shares), sum(lengths))),
        truncate=truncate,
        boundaries=chunk_boundaries(lengths, truncate),
    )
