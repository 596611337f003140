"""Verdict of the prediction in the bug lab: does the gradient check find a fault?"""

from __future__ import annotations

from typing import Final

from rnn_views.verdicts.verdict import Verdict, unknown

FAILS: Final = "yes, it fails"
PASSES: Final = "no, it passes"
CHECKED: Final = (FAILS, PASSES)
"""What the gradient check may do."""


def judge_found(passed: bool | None) -> Verdict:
    """Say whether the gradient check finds a fault.

    Parameters
    ----------
    passed : bool or None
        Whether the program passes; None where it has nothing to differentiate.

    Examples
    --------
    >>> [judge_found(passed).right for passed in (True, False, None)]
    [('no, it passes',), ('yes, it fails',), ()]
    """
    if passed is None:
        return unknown("this program has no loss to differentiate")
    return Verdict((PASSES if passed else FAILS,))
