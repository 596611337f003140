"""Does a gradient agree with the loss? A verdict that knows how far each number can be trusted.

A central difference has an error of its own: the loss curves, bends at a kink of relu, and is
rounded. So each difference carries an error bar, and a gradient is called wrong only where it lies
outside the bar of the best difference *and* away from the complex step, which has no such limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from rnn_core.params import Array
from rnn_core.record import Record, read_only

AGREE: Final = "agree"
DIFFER: Final = "differ"
UNCLEAR: Final = "cannot be told"
VERDICTS: Final = (AGREE, DIFFER, UNCLEAR)

STEPS: Final = tuple(10.0**-power for power in range(1, 13))
"""Sizes of the step a central difference can be taken with, from coarse to far too fine."""
FINE: Final = 1e-8
"""Up to here a step is so fine that what changes from one difference to the next is rounding."""
CLOSE: Final = 1e-6
"""Two numbers found in different ways that share six digits agree, whatever their sizes."""
SHARP: Final = 1e-3
"""An error bar below this share of the gradient is fine enough to say that they agree."""
CAUTION: Final = 8.0
"""So many times the rounding that was seen is allowed for."""
UNIT: Final = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Differences(Record):
    """Central differences of a loss at one place, with an error bar each.

    Attributes
    ----------
    steps, numeric : array, shape (n,)
        Sizes ε, and (L(w + ε) − L(w − ε)) / 2ε for each.
    bars : array, shape (n,)
        How far ``numeric`` may be from the slope; infinite where the loss is not finite.
    """

    steps: Array
    numeric: Array
    bars: Array

    @property
    def best(self) -> int:
        """The number of the difference with the smallest error bar."""
        return int(np.argmin(self.bars))

    @property
    def value(self) -> float:
        """The difference with the smallest error bar."""
        return float(self.numeric[self.best])

    @property
    def bar(self) -> float:
        """The smallest error bar."""
        return float(self.bars[self.best])


def measure_differences(
    loss_at: Callable[[float], float], at: float, steps: Sequence[float] = STEPS
) -> Differences:
    """Take central differences of a loss, from coarse to fine, and say how good each is.

    Parameters
    ----------
    loss_at : function of a float
    at : float
    steps : sizes ε > 0

    Returns
    -------
    Differences
        In the order of ``steps``.

    Notes
    -----
    Three errors are added up. (1) |right slope − left slope|: by a smooth loss ε·|L″|, far more
    than the central difference's own ε²·|L‴|/6; at a kink inside the step twice what is missing.
    (2) The change from the next coarser ε, against a curve with L″ near 0. (3) Rounding: what
    differences with ε ≤ 1e-8 change by, times ε, is the noise of the loss (Moré & Wild 2011
    estimate it likewise), and at least one unit in the last place of max(1, |L|); over ε.

    Examples
    --------
    >>> found = measure_differences(lambda w: w**3, 2.0)
    >>> abs(found.value - 12.0) < found.bar < 1e-4
    True
    >>> kink = measure_differences(lambda w: max(w, 0.0), 1e-13)
    >>> bool(kink.bars.min() > 0.4)
    True
    """
    order = sorted(range(len(steps)), key=lambda place: -steps[place])
    sizes = np.array([steps[place] for place in order], np.float64)
    with np.errstate(all="ignore"):
        here = float(loss_at(at))
        ahead = np.array([loss_at(at + e) for e in sizes], np.float64)
        behind = np.array([loss_at(at - e) for e in sizes], np.float64)
        numeric = (ahead - behind) / (2.0 * sizes)
        sides = np.abs(ahead - 2.0 * here + behind) / sizes
        change = np.abs(np.diff(numeric, prepend=numeric[:1]))
        seen = (change * sizes)[sizes <= FINE].max(initial=0.0)
        noise = CAUTION * max(float(seen), UNIT * max(1.0, abs(here)))
        bars = sides + change + noise / sizes
    good = np.isfinite(bars) & np.isfinite(numeric)
    back = np.argsort(order)
    return Differences(
        steps=read_only(sizes[back]),
        numeric=read_only(numeric[back]),
        bars=read_only(np.where(good, bars, np.inf)[back]),
    )


def judge(claimed: float, differences: Differences, exact: float | None = None) -> str:
    """Say whether a gradient is the slope of the loss.

    Parameters
    ----------
    claimed : float
        The gradient on trial.
    differences : Differences
    exact : float, optional
        The slope by the complex step.

    Returns
    -------
    str
        "agree": six digits are those of the complex step, or the gradient lies in an error bar
        that is small beside it. "differ": it lies outside the error bar, and is not what the
        complex step gives. "cannot be told": the error bar is as large as what is asked about.

    Examples
    --------
    >>> found = measure_differences(lambda w: w**3, 2.0)
    >>> judge(12.0, found), judge(12.1, found)
    ('agree', 'differ')
    >>> tiny = measure_differences(lambda w: 1.0 + 1e-18 * w, 2.0)
    >>> judge(1e-18, tiny), judge(2e-18, tiny), judge(2e-18, tiny, exact=2e-18)
    ('cannot be told', 'cannot be told', 'agree')
    """
    if exact is not None and is_close(claimed, exact):
        return AGREE
    gap = abs(claimed - differences.value)
    if not np.isfinite(differences.bar) or not np.isfinite(exact or 0.0):
        return UNCLEAR
    if not gap <= differences.bar:  # a claim that is NaN differs too
        return DIFFER
    size = max(abs(claimed), abs(differences.value))
    return AGREE if differences.bar <= SHARP * size else UNCLEAR


def unexplained_error(
    analytic: Array,
    numeric: Array,
    loss_at: Callable[[tuple[int, ...], float], float],
    array: Array,
    tolerance: float,
    exact: bool,
) -> tuple[float, tuple[int, ...]]:
    """Return the largest relative error that curve and rounding do not explain, and where it is.

    Errors below the tolerance count as they are. Each larger one is looked at, from the largest
    down: where the verdict is "differ" it counts, and else it does not.

    Parameters
    ----------
    analytic, numeric : array, shape of ``array``
    loss_at : function (place, value) → loss with that entry of the array at this value
    array : array
        Where the derivatives are taken.
    tolerance : float
    exact : bool
        Whether ``numeric`` was found by the complex step.

    Returns
    -------
    error : float
        |a − n| / max(|a|, |n|, 1e-3 · ‖array‖∞).
    place : tuple of int
    """
    errors = relative_errors(analytic, numeric)
    order = np.argsort(-errors, axis=None, kind="stable")
    place: tuple[int, ...] = ()
    for one in order:
        place = tuple(int(n) for n in np.unravel_index(int(one), errors.shape))
        if errors[place] <= tolerance:
            return float(errors[place]), place
        found = measure_differences(partial(loss_at, place), float(array[place]))
        slope = float(numeric[place]) if exact else None
        if judge(float(analytic[place]), found, slope) == DIFFER:
            return float(errors[place]), place
    return 0.0, place


def relative_errors(analytic: Array, numeric: Array) -> Array:
    """Return |a − n| / max(|a|, |n|, 1e-3 · ‖array‖∞) for each entry; infinite where not finite.

    >>> relative_errors(np.array([1.0, 0.0]), np.array([1.0, 1e-6])).tolist()
    [0.0, 0.001]
    """
    with np.errstate(all="ignore"):
        gap = np.abs(analytic - numeric)
        larger = np.maximum(np.abs(analytic), np.abs(numeric))
        scale = np.maximum(larger, 1e-3 * larger.max(initial=0.0))
        errors = np.divide(gap, scale, out=np.zeros_like(gap, np.float64), where=gap > 0)
    return np.where(np.isfinite(gap), errors, np.inf)


def is_close(one: float, other: float) -> bool:
    """Return whether two numbers share six digits; two zeros do.

    >>> is_close(1.0, 1.0 + 1e-8), is_close(1e-20, 1.1e-20), is_close(0.0, 0.0)
    (True, False, True)
    """
    return abs(one - other) <= CLOSE * max(abs(one), abs(other))
