"""Verdicts of the predictions on the page Training."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Final

from rnn_core.analysis.gradient_verdict import AGREE, UNCLEAR
from rnn_core.params import Array
from rnn_views.number_format import format_number
from rnn_views.verdicts.verdict import Verdict, unknown

HIGHER: Final = "Higher"
EQUAL: Final = "About the same"
LOWER: Final = "Lower"
FED: Final = (HIGHER, EQUAL, LOWER)
"""What the loss may do when a decoder is fed its own output."""
SAME: Final = 0.02
"""Losses closer than this share of the larger count as about the same."""

AS_MUCH: Final = "Exactly as much as without the boundary"
LESS: Final = "Less than without it"
NOTHING: Final = "Nothing"
KEPT: Final = (AS_MUCH, LESS, NOTHING)
"""What the last state may keep of the first step across a chunk boundary."""

FAILS: Final = "Yes, it would fail"
PASSES: Final = "No, it would pass"
CHECK: Final = (FAILS, PASSES)
"""Whether a gradient check may notice a missing sum."""


def judge_feeding(forced: float, free: float) -> Verdict:
    """Say how the loss fed the network's own output compares with that fed the right words.

    >>> [judge_feeding(1.0, free).right[0] for free in (1.5, 1.01, 0.5)]
    ['Higher', 'About the same', 'Lower']
    """
    if not (isfinite(forced) and isfinite(free)):
        return unknown("a loss is not finite")
    gap = free - forced
    if abs(gap) <= SAME * max(free, forced):
        return Verdict((EQUAL,))
    return Verdict((HIGHER if gap > 0 else LOWER,))


def judge_boundary(whole: Array, cut: Array) -> Verdict:
    """Say what a chunk boundary takes from the last state.

    Parameters
    ----------
    whole, cut : array, shape (H,)
        The last state without and with the boundary.

    Examples
    --------
    >>> import numpy as np
    >>> judge_boundary(np.ones(3), np.ones(3)).right
    ('Exactly as much as without the boundary',)
    >>> judge_boundary(np.ones(3), np.zeros(3)).right
    ()
    """
    if (whole == cut).all():
        return Verdict((AS_MUCH,), f"all {whole.size} numbers of the last state are the same")
    apart = int((whole != cut).sum())
    return Verdict((), f"{apart} of {whole.size} numbers of the last state differ")


def judge_check(error: float, found: str) -> Verdict:
    """Say whether the gradient check notices a share that is not summed.

    Parameters
    ----------
    error : float
        Relative error of the gradient that keeps the last share only, at the best step size.
    found : str
        What the check says of it, one of ``gradient_verdict.VERDICTS``.

    Examples
    --------
    >>> judge_check(0.4, "differ").right, judge_check(0.0, "agree").right
    (('Yes, it would fail',), ('No, it would pass',))
    """
    if not isfinite(error):
        return unknown("the numbers overflow here")
    if found == UNCLEAR:
        return unknown("rounding of the loss is as large as what is asked about")
    return Verdict(
        (PASSES if found == AGREE else FAILS,), f"a relative error of {format_number(error)}"
    )


def judge_step_sizes(errors: Mapping[str, float]) -> Verdict:
    """Say with which step size the error is lowest; several where they are equally low.

    >>> judge_step_sizes({"0.1": 1e-3, "1e-5": 1e-9, "1e-12": 1e-4}).right
    ('1e-5',)
    """
    finite = {name: error for name, error in errors.items() if isfinite(error)}
    if not finite:
        return unknown("the numbers overflow here")
    lowest = min(finite.values())
    return Verdict(tuple(name for name, error in finite.items() if error == lowest))
