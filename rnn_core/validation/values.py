"""Refusals of single values: each names what was given and what is expected.

Arrays are checked in ``input_validation.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, isnan, nan
from typing import Any

import numpy as np
import numpy.typing as npt


def check_whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """Return a whole number from ``least`` to ``most`` as a Python int; refuse anything else.

    Use what is returned: a NumPy integer would wrap around in later sums and products. True and
    False are refused.

    >>> check_whole("steps", np.uint8(200), 1) + 100
    300
    >>> check_whole("steps", 0, 1)
    Traceback (most recent call last):
    ValueError: steps is 0 but a whole number of at least 1 is expected
    """
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        whole = int(value)
        if least <= whole and (most is None or whole <= most):
            return whole
    wanted = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ValueError(f"{name} is {value!r} but a whole number {wanted} is expected")


def check_number(
    name: str, value: object, *, positive: bool = False, endless: bool = False
) -> float:
    """Return a finite number ≥ 0, or > 0, as a Python float; refuse anything else.

    Use what is returned: a NumPy scalar would give sums and products its own type. ``endless``
    lets infinity through.

    >>> check_number("lr", np.float32(0.5))
    0.5
    >>> check_number("lr", float("nan"))
    Traceback (most recent call last):
    ValueError: lr is nan but a finite number ≥ 0 is expected
    """
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # a whole number beyond the largest float
            number = nan
        within = not isnan(number) if endless else isfinite(number)
        if within and (number > 0 if positive else number >= 0):
            return number
    wanted = f"{'number' if endless else 'finite number'} {'>' if positive else '≥'} 0"
    raise ValueError(f"{name} is {value!r} but a {wanted} is expected")


def plain(value: Any) -> Any:
    """Return a NumPy scalar as the Python value it holds; anything else as it is.

    A record that keeps NumPy scalars would compute in their types: 200 + 100 in uint8 is 44.

    >>> plain(np.uint8(200)) + 100, plain("adam"), plain(None)
    (300, 'adam', None)
    """
    return value.item() if isinstance(value, np.generic) else value


def check_dtype(dtype: npt.DTypeLike) -> None:
    """Refuse what weights are not held in.

    >>> check_dtype("float16")
    Traceback (most recent call last):
    ValueError: dtype is float16 but float32 or float64 is expected
    """
    try:  # NumPy takes None for float64
        given: object = "None" if dtype is None else np.dtype(dtype)
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
