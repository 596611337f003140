"""One weight under the gradient check: is the slope that backpropagation found the loss's own?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rnn_core.analysis.gradcheck import complex_step
from rnn_core.analysis.gradient_verdict import STEPS, Differences, judge, measure_differences
from rnn_core.network import Network, NetworkGradients
from rnn_core.params import Array
from rnn_core.record import Record

Loss = Callable[[Network], complex]
"""A loss as a function of the network; complex weights give a complex loss."""

COMPLEX_STEP = 1e-20
"""The complex step: far below rounding, and none the worse for it."""


@dataclass(frozen=True, eq=False)
class WeightGradcheck(Record):
    """The gradient of one weight, from backpropagation and from the loss itself.

    Parameters
    ----------
    name : str
        The array, such as "W_hh".
    place : tuple of int
        Row and column (a bias: its one index), counted from 0.
    weight, analytic : float
        The weight, and its gradient by backpropagation through time.
    by_step : array, shape (T,)
        What each time step adds to ``analytic``.
    steps, numeric : array, shape (n,)
        Sizes ε, and (L(w + ε) − L(w − ε)) / 2ε for each.
    bars : array, shape (n,)
        The error bar of each of ``numeric``, see ``measure_differences``.
    complex_step : float
        Im L(w + iε) / ε with ε = 1e-20: no difference is taken, so nothing cancels.
    """

    name: str
    place: tuple[int, ...]
    weight: float
    analytic: float
    by_step: Array
    steps: Array
    numeric: Array
    bars: Array
    complex_step: float

    @property
    def differences(self) -> Differences:
        """The numeric gradients with their error bars."""
        return Differences(self.steps, self.numeric, self.bars)

    @property
    def verdict(self) -> str:
        """Whether ``analytic`` is the slope of the loss, one of ``VERDICTS``."""
        return self.judge(self.analytic)

    def judge(self, claimed: float) -> str:
        """Return the verdict on another value for the gradient."""
        return judge(claimed, self.differences, self.complex_step)

    @property
    def errors(self) -> Array:
        """|a − n| / max(|a|, |n|) for each ε, shape (n,); 0 where both are 0."""
        return relative_error(self.analytic, self.numeric)


def relative_error(analytic: float, numeric: Array) -> Array:
    """Return |a − n| / max(|a|, |n|), 0 where both are 0.

    >>> relative_error(2.0, np.array([2.0, 1.0, -2.0])).tolist()
    [0.0, 0.5, 2.0]
    >>> relative_error(0.0, np.zeros(1)).tolist()
    [0.0]
    """
    gap = np.abs(analytic - numeric)
    size = np.maximum(abs(analytic), np.abs(numeric))
    return np.divide(gap, size, out=np.zeros_like(gap), where=gap > 0)


def probe_weight(
    network: Network,
    gradients: NetworkGradients,
    loss: Loss,
    name: str,
    place: tuple[int, ...],
    *,
    segment: int = 0,
    steps: tuple[float, ...] = STEPS,
) -> WeightGradcheck:
    """Hold the gradient of one weight against differences of the loss.

    Parameters
    ----------
    network : Network, float64
    gradients : NetworkGradients
        Of ``loss`` at ``network``; those on trial.
    loss : function of a Network
        Pure: the same network gives the same loss.
    name, place : which weight of the segment, its index counted from 0
    segment : int
    steps : sizes ε > 0

    Returns
    -------
    WeightGradcheck

    Raises
    ------
    ValueError
        For a weight that the network does not have, a step that is not > 0, or float32 weights,
        whose differences drown in rounding.

    Notes
    -----
    The error of a central difference is of order ε² from the curve of L plus 1e-16 / ε from
    cancellation (Nocedal & Wright 2006, section 8.1), so it is smallest in between. What the
    gradient is compared with is the difference with the smallest error bar, and the complex step.
    """
    _check(network, segment, name, place, steps)
    params = network.segments[segment].params
    array = getattr(params, name)

    wide = network.astype(np.complex128)

    def loss_at(value: float) -> float:
        return float(np.real(loss(_with(network, segment, name, place, value))))

    weight = float(array[place])
    found = measure_differences(loss_at, weight, steps)
    mine = gradients.segments[segment]
    return WeightGradcheck(
        name=name,
        place=place,
        weight=weight,
        analytic=float(getattr(mine.total, name)[place]),
        by_step=np.array(getattr(mine.by_step, name)[(slice(None), *place)], dtype=np.float64),
        steps=found.steps,
        numeric=found.numeric,
        bars=found.bars,
        complex_step=float(
            complex_step(
                lambda value: loss(_with(wide, segment, name, place, value)),
                np.array(weight),
                COMPLEX_STEP,
            )
        ),
    )


def _with(
    network: Network, index: int, name: str, place: tuple[int, ...], value: complex | Array
) -> Network:
    """Return the network with another value of one weight."""
    segments = list(network.segments)
    params = segments[index].params
    moved = params.arrays()[name].copy()
    moved[place] = value
    params = params.with_arrays({**params.arrays(), name: moved})
    segments[index] = replace(segments[index], params=params)
    return replace(network, segments=tuple(segments))


def _check(
    network: Network, segment: int, name: str, place: tuple[int, ...], steps: tuple[float, ...]
) -> None:
    if not 0 <= segment < len(network.segments):
        raise ValueError(f"segment is {segment} but there are {len(network.segments)}")
    arrays = network.segments[segment].params.arrays()
    if name not in arrays:
        raise ValueError(f"name is {name!r} but the weights are {', '.join(arrays)}")
    shape = arrays[name].shape
    if len(place) != len(shape) or any(
        not 0 <= i < size for i, size in zip(place, shape, strict=True)
    ):
        raise ValueError(f"place is {place} but {name} has shape {shape}")
    if arrays[name].dtype != np.float64:
        raise ValueError(f"{name} is {arrays[name].dtype} but a gradient check needs float64")
    if not steps or not all(0.0 < e < np.inf for e in steps):
        raise ValueError(f"steps are {steps} but numbers > 0 are expected")
