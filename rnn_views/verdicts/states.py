"""Verdicts of predictions about which states change with a changed input."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Final

from rnn_views.number_format import format_number
from rnn_views.verdicts.verdict import Verdict, unknown

ALL: Final = "all of them"
LAST: Final = "only the last"
NONE: Final = "none"
WHICH: Final = (ALL, LAST, NONE)
"""Which states may change."""
YES: Final = "yes"
NO: Final = "no"


def judge_states(changes: Sequence[float]) -> Verdict:
    """Say which states changed.

    Parameters
    ----------
    changes : sequence of float
        How far the state of each step moved; exactly 0 where it did not.

    Examples
    --------
    >>> judge_states([0, 0, 0.2]).right, judge_states([0.2]).right, judge_states([0.1, 0, 0]).right
    (('only the last',), ('all of them', 'only the last'), ())
    """
    if not all(map(isfinite, changes)):
        return unknown("the numbers overflow here")
    moved, last = [change > 0 for change in changes], len(changes)
    fits = {ALL: all(moved), LAST: moved[-1] and not any(moved[:-1]), NONE: not any(moved)}
    right = tuple(answer for answer, true in fits.items() if true)
    if right:
        return Verdict(right)
    steps = ", ".join(f"h{number}" for number, one in enumerate(moved, start=1) if one)
    return Verdict((), f"{sum(moved)} of {last} states change: {steps}")


def judge_last_state(changes: Sequence[float]) -> Verdict:
    """Say whether the last state changed.

    >>> judge_last_state([0.5, 0.1]).right, judge_last_state([0.5, 0.0]).right
    (('yes',), ('no',))
    """
    if not all(map(isfinite, changes)):
        return unknown("the numbers overflow here")
    return Verdict((YES if changes[-1] > 0 else NO,))


def describe_course(changes: Sequence[float], since: int) -> str:
    """Say in words how the distance between two courses of states went on.

    Parameters
    ----------
    changes : sequence of float
        The distance at each step; finite.
    since : int
        The step, from 1, from which both read the same.

    Examples
    --------
    >>> describe_course([0.4, 2.2, 2.76, 2.8], 2)
    'From step 2 to step 4 the distance grows at every step: from 2.2 to 2.8.'
    >>> describe_course([0.4, 2.0, 0.5, 0.1], 2)
    'From step 2 to step 4 the distance falls at every step: from 2 to 0.1.'
    """
    after = list(changes[since - 1 :])
    if len(after) < 2:
        return ""
    pairs = list(pairwise(after))
    ends = f"from {format_number(after[0])} to {format_number(after[-1])}"
    where = f"From step {since} to step {len(changes)} the distance"
    if all(one > other for one, other in pairs):
        return f"{where} falls at every step: {ends}."
    if all(one < other for one, other in pairs):
        return f"{where} grows at every step: {ends}."
    if after[0] == after[-1]:
        return f"{where} goes up and down, or stays: {ends}."
    way = "falls" if after[-1] < after[0] else "grows"
    return f"{where} {way}, but not at every step: {ends}."
