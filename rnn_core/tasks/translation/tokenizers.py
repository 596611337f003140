"""Segmenters: how a written number is cut into the tokens a decoder says, and put back together.

French is cut by **blanks and hyphens** ("quatre-vingt-dix-neuf" -> quatre vingt dix neuf). German
writes a number as one word, which is cut into **morphemes, longest match from the left**
("einundzwanzig" -> ein und zwan zig). Neither is learned; both can be undone without loss.
"""

from __future__ import annotations

import re

GERMAN_MORPHEMES = (
    "null eins ein zwei drei vier fünf sechs sech sieben sieb acht neun zehn elf zwölf zwan zig "
    "ßig und hundert"
).split()
_GERMAN = re.compile("|".join(sorted(GERMAN_MORPHEMES, key=len, reverse=True)))
_BELOW_HUNDRED = {"cent", "cents"}


def segment_french(text: str) -> tuple[str, ...]:
    """Cut at blanks and hyphens.

    >>> segment_french("neuf cent quatre-vingt-dix-neuf")
    ('neuf', 'cent', 'quatre', 'vingt', 'dix', 'neuf')
    """
    return tuple(re.split(r"[ -]", text))


def join_french(tokens: tuple[str, ...]) -> str:
    """Write the tokens as French orthography before 1990 has it.

    A hyphen joins what is below a hundred, but for "et" and around "cent".

    >>> join_french(("neuf", "cent", "quatre", "vingt", "dix", "neuf"))
    'neuf cent quatre-vingt-dix-neuf'
    >>> join_french(("vingt", "et", "un"))
    'vingt et un'
    """
    text = ""
    for before, token in zip(("", *tokens), tokens, strict=False):
        loose = {before, token} & {*_BELOW_HUNDRED, "et"}
        text += ("" if not before else " " if loose else "-") + token
    return text


def segment_german(text: str) -> tuple[str, ...]:
    """Cut into morphemes, the longest that fits first, from the left.

    >>> segment_german("siebenhunderteinundzwanzig")
    ('sieben', 'hundert', 'ein', 'und', 'zwan', 'zig')

    Raises
    ------
    ValueError
        When the text is not made of these morphemes.
    """
    pieces = tuple(_GERMAN.findall(text))
    if "".join(pieces) != text:
        raise ValueError(f"{text!r} is not made of the {len(GERMAN_MORPHEMES)} German morphemes")
    return pieces


def join_german(tokens: tuple[str, ...]) -> str:
    """Write the morphemes as one word.

    >>> join_german(("ein", "und", "zwan", "zig"))
    'einundzwanzig'
    """
    return "".join(tokens)
