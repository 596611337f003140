"""Numbers as people type them, wherever they live: 0.5, 0,5, −.5, 1 000, ٠٫٥, ½, 3 · 10⁻⁴.

`assets/chain/lib/typed_numbers.js` reads the same way in the browser; the cases that both
have to read alike are in `tests/views/typed_numbers.json`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final

LONGEST: Final = 40
MINUS_SIGNS: Final = "−‐‑–－﹣"
GROUP_SIGNS: Final = " \u00a0\u202f\u2009\u2007'’٬"
"""Blanks and apostrophes between groups of three digits."""

EXPECTED: Final = "type a number like 0.5 or −2"

_PLAIN: Final = str.maketrans(
    dict.fromkeys(MINUS_SIGNS, "-")
    | dict.fromkeys(GROUP_SIGNS, "'")
    | {"＋": "+", "．": ".", "，": ",", "٫": "."}
)
_LOWERED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_PARTS: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<size>.*?)"
    r"(?:[eE](?P<power>[+-]?[0-9]{1,3})|'?[·×]'?10(?P<raised>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))?"
)
_POWER: Final = re.compile(r"10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})")
_FORMS: Final = tuple(
    (re.compile(pattern), groups, point)
    for pattern, groups, point in (
        (r"[0-9]+\.?[0-9]*|\.[0-9]+", "'", "."),
        (r"[0-9]*,[0-9]+", "'", ","),
        (r"[1-9][0-9]{0,2}('[0-9]{3})+(\.[0-9]*)?", "'", "."),
        (r"[1-9][0-9]{0,2}('[0-9]{3})+,[0-9]+", "'", ","),
        (r"[1-9][0-9]{0,2}((,[0-9]{3})+\.[0-9]*|(,[0-9]{3}){2,})", ",", "."),
        (r"[1-9][0-9]{0,2}((\.[0-9]{3})+,[0-9]+|(\.[0-9]{3}){2,})", ".", ","),
    )
)
_TWO_WAYS: Final = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")


def read_typed(text: str) -> float:
    """Return the number that a person typed.

    A comma before the last digits is a decimal comma. Blanks, apostrophes, and commas beside a
    decimal point separate thousands. A number like 1,000 can be read in two ways and is refused.

    >>> read_typed("0,5"), read_typed("−.25"), read_typed("1 000"), read_typed("1.000,5")
    (0.5, -0.25, 1000.0, 1000.5)
    >>> read_typed("٠٫٥"), read_typed("½"), read_typed("2.5 · 10⁻⁷"), read_typed("1e-3")
    (0.5, 0.5, 2.5e-07, 0.001)

    Raises
    ------
    ValueError
        When it is no finite number; the message is a clause that says what is expected.
    """
    plain = "".join(map(_digit, text.strip()[: LONGEST + 1].translate(_PLAIN)))
    if not plain:
        raise ValueError(f"nothing is typed: {EXPECTED}")
    shown = f"“{''.join(filter(str.isprintable, text.strip()[:LONGEST]))}”"
    if len(plain) > LONGEST:
        raise ValueError(f"{shown} is too long for a number: {EXPECTED}")
    if alone := _POWER.fullmatch(plain):
        return _finite(f"1e{alone[1].translate(_LOWERED)}", shown)
    parts = _PARTS.fullmatch(plain)
    if not parts:
        raise ValueError(f"{shown} is not a number: {EXPECTED}")
    sign, size = parts["sign"], parts["size"]
    power = parts["power"] or (parts["raised"] or "0").translate(_LOWERED)
    if len(size) == 1 and unicodedata.category(size) == "No" and "⁄" in _taken_apart(size):
        return float(f"{sign}1") * unicodedata.numeric(size) * 10.0 ** int(power)
    if _TWO_WAYS.fullmatch(size):
        whole, rest = size.split(",")
        raise ValueError(
            f"{shown} can be read in two ways: type {whole}{rest} for the thousands, or "
            f"{whole}.{rest} for the decimals"
        )
    for form, groups, point in _FORMS:
        if form.fullmatch(size):
            return _finite(f"{sign}{size.replace(groups, '').replace(point, '.')}e{power}", shown)
    raise ValueError(f"{shown} is not a number: {EXPECTED}")


def _digit(character: str) -> str:
    """Return a decimal digit of any script as 0 to 9, and every other character as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _taken_apart(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def _finite(literal: str, shown: str) -> float:
    value = float(literal)
    if not math.isfinite(value):
        raise ValueError(f"{shown} is too large for a number here")
    return value
