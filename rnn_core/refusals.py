"""Refusals of single values: each names what was given and what is expected.

Arrays are checked in ``inputs.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, isnan

import numpy as np
import numpy.typing as npt


def check_whole(name: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number from ``least`` to ``most``; True and False are none.

    >>> check_whole("steps", 0, 1)
    Traceback (most recent call last):
    ValueError: steps is 0 but a whole number of at least 1 is expected
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if whole and least <= value and (most is None or value <= most):  # type: ignore[operator]
        return
    wanted = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ValueError(f"{name} is {value!r} but a whole number {wanted} is expected")


def check_number(
    name: str, value: object, *, positive: bool = False, endless: bool = False
) -> None:
    """Refuse what is no finite number ≥ 0; or > 0; ``endless`` lets infinity through.

    >>> check_number("lr", float("nan"))
    Traceback (most recent call last):
    ValueError: lr is nan but a finite number ≥ 0 is expected
    """
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        try:
            within = not isnan(value) if endless else isfinite(value)
        except OverflowError:  # a whole number beyond the largest float
            within = False
        if within and (value > 0 if positive else value >= 0):
            return
    wanted = f"{'number' if endless else 'finite number'} {'>' if positive else '≥'} 0"
    raise ValueError(f"{name} is {value!r} but a {wanted} is expected")


def check_dtype(dtype: npt.DTypeLike) -> None:
    """Refuse what weights are not held in.

    >>> check_dtype("float16")
    Traceback (most recent call last):
    ValueError: dtype is float16 but float32 or float64 is expected
    """
    try:
        given: object = np.dtype(dtype)
    except TypeError:
        given = repr(dtype)
    if given not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype is {given} but float32 or float64 is expected")


def check_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Refuse what is none of some names.

    >>> check_choice("loss", "hinge", ["cross_entropy", "squared_error"])
    Traceback (most recent call last):
    ValueError: loss is 'hinge' but it is one of 'cross_entropy', 'squared_error'
    """
    known = tuple(choices)
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} is {value!r} but it is one of {', '.join(map(repr, known))}")
