"""Refusals at the border of the engine: what a public function is given is of the right kind."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def check_kind(name: str, value: object, *kinds: type) -> None:
    """Refuse what is of none of these classes; a str is no sequence, an array is one.

    >>> check_kind("params", None, dict)
    Traceback (most recent call last):
    ValueError: params is NoneType but dict is expected
    """
    if isinstance(value, kinds) and not (isinstance(value, str) and str not in kinds):
        return
    if isinstance(value, np.ndarray) and Sequence in kinds:
        return
    wanted = " or ".join(kind.__name__ for kind in kinds)
    raise ValueError(f"{name} is {type(value).__name__} but {wanted} is expected")


def check_function(name: str, value: object) -> None:
    """Refuse what cannot be called.

    >>> check_function("loss", 3)
    Traceback (most recent call last):
    ValueError: loss is int but a function is expected
    """
    if not callable(value):
        raise ValueError(f"{name} is {type(value).__name__} but a function is expected")


def check_readable(name: str, value: Any) -> None:
    """Refuse what NumPy cannot read as an array, as rows of different lengths.

    >>> check_readable("x", [[1, 2], [3]])
    Traceback (most recent call last):
    ValueError: x is list and cannot be read as an array: its rows differ in length or kind
    """
    if isinstance(value, np.ndarray):
        return
    try:
        np.asarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise ValueError(
            f"{name} is {type(value).__name__} and cannot be read as an array: its rows differ in "
            "length or kind"
        ) from error


def takes(
    *,
    arrays: Sequence[str] = (),
    functions: Sequence[str] = (),
    several: Mapping[str, type] | None = None,
    **kinds: type,
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Check the named arguments of a function before it runs; None passes where it is the default.

    Parameters
    ----------
    arrays : names of what NumPy reads as an array
    functions : names of what is called
    several : name → class of each entry of a sequence
    kinds : name = class

    Examples
    --------
    >>> @takes(params=dict, arrays=("x",))
    ... def feed(params, x):
    ...     return len(params)
    >>> feed({}, [1])
    0
    >>> feed("rnn", [1])
    Traceback (most recent call last):
    ValueError: params is str but dict is expected
    """
    entries = several or {}

    def decorate(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        known = inspect.signature(function).parameters
        by_name: dict[str, tuple[Callable[[Any], None], bool]] = {
            name: (check, known[name].default is None)
            for name, check in [
                *((name, _readable(name)) for name in arrays),
                *((name, _function(name)) for name in functions),
                *((name, _several(name, kind)) for name, kind in entries.items()),
                *((name, _kind(name, kind)) for name, kind in kinds.items()),
            ]
        }
        by_place = [by_name.get(name, (_anything, True)) for name in known]

        @wraps(function)
        def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            for value, (check, optional) in zip(args, by_place, strict=False):
                if value is not None or not optional:
                    check(value)
            for name, value in kwargs.items():
                check, optional = by_name.get(name, (_anything, True))
                if value is not None or not optional:
                    check(value)
            return function(*args, **kwargs)

        return checked

    return decorate


def _anything(value: object) -> None:
    """Let everything through."""


# The usual kind is recognised by its class alone, which takes a fifth of the time of isinstance and
# what belongs to it: a short pass is checked at every call.
def _readable(name: str) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if type(value) is not np.ndarray:
            check_readable(name, value)

    return check


def _function(name: str) -> Callable[[Any], None]:
    return lambda value: check_function(name, value)


def _kind(name: str, kind: type) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if type(value) is not kind:
            check_kind(name, value, kind)

    return check


def _several(name: str, kind: type) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        check_kind(name, value, Sequence)
        for place, one in enumerate(value):
            if kind is object:  # an array of any kind, or None for "none given"
                if one is not None:
                    check_readable(f"{name}[{place}]", one)
            else:
                check_kind(f"{name}[{place}]", one, kind)

    return check
