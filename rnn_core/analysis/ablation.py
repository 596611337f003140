"""Which unit keeps what: silence one and see what the network says without it.

A unit whose incoming weights are all zero, and whose state starts at zero, is 0 at every step: tanh
and ReLU of 0 are 0, and a gated unit then mixes zeros. So a silenced network is a network like any
other, and the loop and the read-out both find a 0 where the unit was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rnn_core.losses import log_softmax
from rnn_core.network import Network
from rnn_core.params import Array, Params
from rnn_core.record import Record, read_only
from rnn_core.trace import Trace
from rnn_core.unroll import forward
from rnn_core.validation.values import check_whole


def ablate(params: Params, units: Sequence[int]) -> Params:
    """Return the weights with nothing leading into some units.

    Parameters
    ----------
    params : Params
    units : sequence of int
        From 0.

    Raises
    ------
    ValueError
        When there is no such unit.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = ablate(rc.init("lstm", inputs=3, hidden=4, outputs=2), [1])
    >>> rc.forward(params, np.ones((5, 1, 3))).h[:, 0, 1].tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    H = params.hidden
    cut_units = [check_whole("unit", unit, least=0, most=H - 1) for unit in units]
    arrays = {}
    for name, array in params.arrays().items():
        if name in ("W_xh", "W_hh", "b_h", "b_hn"):
            cut = array.copy()
            cut.reshape(*cut.shape[:-1], -1, H)[..., cut_units] = 0
            arrays[name] = cut
    return params.with_arrays({**params.arrays(), **arrays})


def ablate_network(network: Network, units: Sequence[int]) -> Network:
    """Return a network in which some units are 0 at every step of every segment."""
    segments = (
        replace(segment, params=ablate(segment.params, units)) for segment in network.segments
    )
    return replace(network, segments=tuple(segments))


@dataclass(frozen=True, eq=False)
class Ablation(Record):
    """What each unit's silence changes in the answer of one pass.

    Attributes
    ----------
    old : Trace
        The pass with all units.
    steps : array, shape (S,)
        The steps that are read out, from 0.
    logits : array, shape (H, S, C)
        ``logits[j]``: what is said with unit j silenced.
    effect : array, shape (H,)
        How much the answer moves, as mean over the steps that are read out: of classes, the
        probability that goes to others, ½ Σ |new p − old p|, 0 to 1; of numbers, |new − old|.
    """

    old: Trace
    steps: Array
    logits: Array
    effect: Array

    @property
    def order(self) -> Array:
        """The units, that with the largest effect first."""
        return np.argsort(-self.effect, kind="stable")


def ablate_each(trace: Trace, steps: npt.ArrayLike, *, classes: bool = True) -> Ablation:
    """Silence one unit after the other and run the pass again from a state of zeros.

    Parameters
    ----------
    trace : Trace
        Of one sequence (B = 1) that starts from zeros.
    steps : array of int
        The steps that are read out, from 0.
    classes : bool
        Whether logits are those of classes; else they are the numbers that are said.

    Raises
    ------
    ValueError
        When the trace has more than one sequence, starts elsewhere, or is not finite.

    Examples
    --------
    >>> import rnn_core as rc
    >>> trace = rc.forward(rc.init("gru", inputs=3, hidden=4, outputs=2), np.array([[0], [2]]))
    >>> found = ablate_each(trace, [1])
    >>> found.effect.shape, bool((found.effect >= 0).all())
    ((4,), True)
    """
    if trace.batch != 1:
        raise ValueError(f"the trace has B={trace.batch} sequences but one is expected")
    if trace.h[0].any() or (trace.c is not None and trace.c[0].any()):
        raise ValueError("the trace starts from a state that is not zero")
    overflow = trace.first_overflow()
    if overflow is not None:
        raise ValueError(f"the trace is not finite ({overflow})")
    read = np.atleast_1d(np.asarray(steps))
    logits = np.stack(
        [
            forward(ablate(trace.params, [unit]), trace.x).logits[read, 0]
            for unit in range(trace.params.hidden)
        ]
    )
    old = trace.logits[read, 0]
    if classes:
        gap = np.abs(np.exp(log_softmax(logits)) - np.exp(log_softmax(old)))
        moved = 0.5 * gap.sum(axis=-1)
    else:
        moved = np.abs(logits - old).mean(axis=-1)
    return Ablation(trace, read_only(read), read_only(logits), read_only(moved.mean(axis=-1)))
