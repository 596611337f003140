"""Kinds of settings: how each is read from the text of a link, and what it accepts, in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from rnn_core.tasks.inputs.text import clean
from rnn_views.edits.edit import MOST, parse_edits, write_edits
from rnn_views.number_format import format_setting
from rnn_views.typed_numbers import read_typed

LONGEST_INPUT: Final = 400
"""Characters of a visitor's own input that are kept; tasks have tighter limits of their own."""


def write_value(value: object) -> str:
    """Return a setting as it stands in a link.

    >>> write_value(True), write_value(None), write_value(0.005)
    ('yes', 'auto', '0.005')
    """
    if value is None:
        return "auto"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "off" if value == math.inf else f"{value:.12g}"
    return str(value)


@dataclass(frozen=True)
class Field:
    """One row of the table: how a setting is read from text, and what it accepts, in words."""

    parse: Callable[[str], Any]
    accepts: str

    def check(self, value: object) -> Any:
        """Return `value` as the setting's own type; raise ValueError if it cannot be used."""
        return self.parse(write_value(value))


def choice(*options: str) -> Field:
    """Make a field that is one of `options`."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return Field(parse, "one of " + ", ".join(options))


def whole(low: int, high: int, *, optional: bool = False) -> Field:
    """Make a field that is a whole number from `low` to `high` (or "auto", the recipe's own)."""

    def parse(text: str) -> int | None:
        if optional and text == "auto":
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise ValueError(text)
        if not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return Field(parse, f"a whole number from {low} to {high}" + " or auto" * optional)


def real(low: float, high: float, *, optional: bool = False) -> Field:
    """Make a field that is a number from `low` to `high` (or "auto", the recipe's own)."""

    def parse(text: str) -> float | None:
        if optional and text == "auto":
            return None
        value = read_typed(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return Field(
        parse,
        f"a number from {format_setting(low)} to {format_setting(high)}" + " or auto" * optional,
    )


def clipping() -> Field:
    """Make a field that is a largest norm, "auto" (the recipe's own), or "off": no norm is cut."""
    norm = real(1e-3, 1e3, optional=True)

    def parse(text: str) -> float | None:
        return math.inf if text == "off" else norm.parse(text)

    return Field(parse, f"{norm.accepts} or off")


def yes_no() -> Field:
    """Make a field that is on or off."""

    def parse(text: str) -> bool:
        if text not in ("yes", "no"):
            raise ValueError(text)
        return text == "yes"

    return Field(parse, "yes or no")


def short_text() -> Field:
    """Make a field of free text, made plain, at most LONGEST_INPUT characters long."""

    def parse(text: str) -> str:
        plain, cut = clean(text, LONGEST_INPUT, "text")
        if cut:
            raise ValueError(text)
        return plain

    return Field(parse, f"text of at most {LONGEST_INPUT} characters")


def several(*options: str) -> Field:
    """Make a field that is some of `options`, in any order, with "~" between them."""

    def parse(text: str) -> str:
        given = text.split("~") if text else []
        if len(text) > 200 or not set(given) <= set(options):
            raise ValueError(text)
        return "~".join(option for option in options if option in given)

    return Field(parse, "some of " + ", ".join(options) + ", with ~ between them")


def step_list() -> Field:
    """Make a field of time steps: "all", or their numbers in order, as in "4.6.7"."""

    def parse(text: str) -> str:
        steps = text.split(".") if text else []
        if text == "all":
            return text
        if not all(step.isascii() and step.isdigit() and len(step) <= 2 for step in steps):
            raise ValueError(text)
        return ".".join(map(str, sorted({int(step) for step in steps} - {0})))

    return Field(parse, "all, or steps like 4.6.7")


def steps_of(text: str, last: int) -> tuple[int, ...]:
    """Return the steps that a list of steps names, up to the last there is.

    >>> steps_of("2.4.9", 5), steps_of("all", 3), steps_of("", 3)
    ((2, 4), (1, 2, 3), ())
    """
    named = range(1, last + 1) if text == "all" else [int(step) for step in text.split(".") if step]
    return tuple(step for step in named if step <= last)


def edit_list() -> Field:
    """Make a field of edits made by hand, written as `rnn_views.edits.edit` writes them."""
    return Field(
        lambda text: write_edits(parse_edits(text)),
        f"at most {MOST} edits like W_hh.3.5_0.25~h0.2_-0.5 (W_xh, W_hh, W_hy, b_h, b_hn, b_y, "
        "copy or x from -100 to 100, h0 or c0 from -10 to 10, loop from 0 to 3, flag 0 or 1, "
        "untie 0 to 99; decoder-W_hh and so on for the second segment)",
    )
