"""What the browser half of a component reports, read by its type before anything uses it.

Anybody can send any JSON in a component's place. Each reader returns the value it is for, or
raises a ValueError; so no page meets a list where it expects a text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import isfinite

LONGEST = 40_000
"""Characters of a text: the longest is a drawing, as the points of its strokes."""

Reader = Callable[[object], object]
Plain = str | int | float | None


def as_text(value: object) -> str:
    """Return a text of at most `LONGEST` characters.

    >>> as_text("0010ff10")
    '0010ff10'
    """
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError(f"a text of at most {LONGEST:,} characters is expected")
    return value


def as_one_of(known: Collection[str]) -> Callable[[object], str]:
    """Return a reader of a text that is one of those that are known.

    >>> as_one_of({"a", "b"})("b")
    'b'
    """

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError("one of what is on offer is expected")
        return value

    return read


def as_whole(value: object, low: int = 0, high: int = 10**9) -> int:
    """Return a whole number from low to high; true and false are none.

    >>> as_whole(7), as_whole(7.0)
    (7, 7)
    """
    number = value
    if isinstance(number, float) and isfinite(number) and number == int(number):
        number = int(number)  # browsers know one kind of number
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ValueError(f"a whole number from {low} to {high} is expected")
    return number


def as_mapping(value: object) -> Mapping[str, object]:
    """Return a mapping from names, whatever its values are: each needs a reader of its own.

    >>> as_mapping({"record": {"a": 1}})["record"]
    {'a': 1}
    """
    if not isinstance(value, dict):
        raise ValueError("a record is expected")
    return value


def as_record(value: object) -> Mapping[str, Plain]:
    """Return a mapping from names to texts, numbers, true, false or nothing.

    >>> as_record({"do": "set", "edit": "loop_0", "continues": True})["do"]
    'set'
    """
    if not isinstance(value, dict) or len(value) > 20:
        raise ValueError("a record of a few fields is expected")
    for field in value.values():
        if isinstance(field, str):
            as_text(field)
        elif isinstance(field, float) and not isfinite(field):
            raise ValueError("a finite number is expected")
        elif field is not None and not isinstance(field, (int, float)):
            raise ValueError("texts and numbers are expected in a record")
    return value
