"""Verdicts of a prediction that names a mark on a scale: the nearest mark is not the truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isclose, isfinite

from rnn_views.verdicts.verdict import Verdict, unknown


def judge_on_scale(
    value: float, marks: Sequence[float], say: Callable[[float], str], name: Callable[[float], str]
) -> Verdict:
    """Say which of the offered marks is nearest to what was measured; two where it lies between.

    Parameters
    ----------
    value : float
    marks : sequence of float
    say : function of a value
        How a measured value reads.
    name : function of a mark
        How an answer reads.

    Examples
    --------
    >>> from rnn_views.number_format import format_percent
    >>> whole = lambda mark: format_percent(mark, 0)
    >>> judge_on_scale(0.532, [0.25, 0.5, 0.75], format_percent, whole)
    Verdict(right=('50\xa0%',), measured='53.2\xa0%', nearest=True, known=True)
    """
    if not isfinite(value):
        return unknown("the measured value is not finite")
    gap = min(abs(mark - value) for mark in marks)
    near = [mark for mark in marks if isclose(abs(mark - value), gap, rel_tol=1e-9, abs_tol=1e-12)]
    return Verdict(tuple(name(mark) for mark in near), say(value), nearest=True)
