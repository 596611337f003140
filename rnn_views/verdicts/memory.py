"""Verdicts of the predictions on the page Memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Final

from rnn_views.number_format import format_number
from rnn_views.verdicts.verdict import Verdict, unknown

CLOSE: Final = 0.01
"""Errors of the adding problem nearer to each other than this count as even."""
EVEN: Final = "about even"

GROWS: Final = "it grows"
PART: Final = "a tenth or more is left"
LITTLE: Final = "a billionth to a tenth is left"
TRACE: Final = "less than a billionth is left"
FATES: Final = (GROWS, PART, LITTLE, TRACE)
"""What may become of a gradient when W_hh is halved: every factor is exactly one of these."""

NEARLY_ZERO: Final = "yes, nearly zero"
NOT_ZERO: Final = "no, it is not"
WHOLE: Final = (NEARLY_ZERO, NOT_ZERO)
"""Whether a whole gradient is nearly zero."""
SMALL: Final = 0.01
"""A gradient below this share of its largest part counts as nearly zero."""

NONE: Final = "none of them"
FEW: Final = "some, at most a quarter"
MANY: Final = "more than a quarter"
CHANGED_UNITS: Final = (NONE, FEW, MANY)
"""How many units change the answer alone: every number of units is exactly one of these."""

NEARNESS: Final = ("a tenth or more", "a thousandth to a tenth", "less than a thousandth")
"""How near two states are, as a share of the usual distance: every share is one of these."""

NO_DIFFERENCE: Final = "no difference beyond chance"


def judge_errors(errors: Mapping[str, float]) -> Verdict:
    """Say which cell ended with the lowest error: each that is within `CLOSE` of the lowest.

    Parameters
    ----------
    errors : mapping of str to float
        By the cell's name. What is not finite has diverged, and does not win.

    Examples
    --------
    >>> judge_errors({"Vanilla": 0.410, "GRU": 0.021, "LSTM": 0.027}).right
    ('GRU', 'LSTM')
    >>> judge_errors({"Vanilla": 0.404, "GRU": 0.402, "LSTM": 0.400}).right
    ('about even',)
    """
    finite = {name: error for name, error in errors.items() if isfinite(error)}
    if not finite:
        return unknown("the numbers of every network overflowed")
    lowest = min(finite.values())
    leaders = tuple(name for name, error in finite.items() if error - lowest <= CLOSE)
    told = ", ".join(
        f"{name} {error:.3f}" if isfinite(error) else f"{name} overflowed"
        for name, error in errors.items()
    )
    return Verdict((EVEN,) if len(leaders) == len(errors) > 1 else leaders, told)


def judge_halving(before: float, after: float) -> Verdict:
    """Say what became of a gradient's norm when W_hh was halved.

    Examples
    --------
    >>> judge_halving(0.005, 0.024).right, judge_halving(1.0, 0.0).right
    (('it grows',), ('less than a billionth is left',))
    """
    if not (isfinite(before) and isfinite(after)):
        return unknown("the numbers overflow here; choose fewer steps")
    if before == 0:
        return unknown("the gradient is exactly 0 before W_hh is halved")
    change = after / before
    if change > 1:
        fate = GROWS
    elif change >= 0.1:
        fate = PART
    else:
        fate = LITTLE if change >= 1e-9 else TRACE
    return Verdict(
        (fate,),
        f"{format_number(before)} becomes {format_number(after)}, {format_number(change)} times",
    )


def judge_whole(total: float, parts: Sequence[float]) -> Verdict:
    """Say whether a whole gradient is nearly zero, beside its largest part.

    Parameters
    ----------
    total : float
        Norm of the whole.
    parts : sequence of float
        Norms of the parts that add up to it, one for each lag.

    Examples
    --------
    >>> judge_whole(0.87, [0.5, 0.3, 1e-9]).right, judge_whole(0.0, [0.0]).right
    (('no, it is not',), ('yes, nearly zero',))
    """
    largest = max(parts, default=0.0)
    if not (isfinite(total) and isfinite(largest)):
        return unknown("the numbers overflow here")
    small = total <= SMALL * largest
    return Verdict((NEARLY_ZERO if small else NOT_ZERO,), f"its norm is {format_number(total, 3)}")


def judge_ablations(changed: int, units: int) -> Verdict:
    """Say how many of the units change the answer, each of them alone.

    >>> [judge_ablations(changed, 32).right[0] for changed in (0, 8, 9)]
    ['none of them', 'some, at most a quarter', 'more than a quarter']
    """
    some = FEW if changed <= units / 4 else MANY
    return Verdict((some if changed else NONE,), f"{changed} of {units}")


def judge_nearness(distance: float, typical: float) -> Verdict:
    """Say how near two states are, beside the usual distance.

    >>> judge_nearness(0.2, 1.0).right, judge_nearness(0.0, 1.0).right
    (('a tenth or more',), ('less than a thousandth',))
    """
    if not (isfinite(distance) and isfinite(typical)):
        return unknown("the numbers overflow here")
    if typical == 0:
        return unknown("all of the states are the same")
    share = distance / typical
    place = 0 if share >= 0.1 else 1 if share >= 1e-3 else 2
    return Verdict((NEARNESS[place],), f"{format_number(share)} of the usual distance")


def judge_starts(results: Mapping[str, Sequence[float]], *, higher: bool) -> Verdict:
    """Say which start's worst seed beats every other start's best; else that none does.

    Parameters
    ----------
    results : mapping of str to sequence of float
        The result of each seed, by the start's name.
    higher : bool
        Whether a higher result is better.

    Examples
    --------
    >>> judge_starts({"a": [0.8, 0.9], "b": [0.5, 0.7]}, higher=True).right
    ('a',)
    >>> judge_starts({"a": [0.8, 0.9], "b": [0.5, 0.8]}, higher=True).right
    ('no difference beyond chance',)
    """
    sign = 1 if higher else -1
    signed = {name: [sign * value for value in values] for name, values in results.items()}
    if not all(isfinite(value) for values in signed.values() for value in values):
        return unknown("a run did not end with finite numbers")
    for name, values in signed.items():
        others = [max(theirs) for other, theirs in signed.items() if other != name]
        if all(min(values) > best for best in others):
            return Verdict((name,))
    return Verdict((NO_DIFFERENCE,))


def judge_forecasts(errors: Mapping[str, float]) -> Verdict:
    """Say which forecast came nearest: each whose error reads the same as the lowest.

    Examples
    --------
    >>> judge_forecasts({"GRU": 0.4, "AR(9)": float("nan"), "persistence": 0.41}).right
    ('GRU',)
    >>> judge_forecasts({"GRU": 0.401, "AR(9)": 0.402}).right
    ('GRU', 'AR(9)')
    """
    finite = {name: error for name, error in errors.items() if isfinite(error)}
    if not finite:
        return unknown("no forecast stayed finite")
    lowest = f"{min(finite.values()):.2f}"
    return Verdict(tuple(name for name, error in finite.items() if f"{error:.2f}" == lowest))
