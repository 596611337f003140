"""Text as visitors give it, made plain once: one normal form, no hidden characters, capped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

READ_AT_MOST = 2_000
MARKS_AT_MOST = 3
CAPITALS = "Capital letters are read as small ones."
_SPELT = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ŋ": "ng", "ĸ": "k"}
_NAMED = re.compile(
    r"LATIN (?:SMALL|CAPITAL|LETTER SMALL CAPITAL) LETTER ([A-Z]{1,2})(?: WITH .*)?"
)


def clean(value: object, cap: int, what: str) -> tuple[str, tuple[str, ...]]:
    """Make a visitor's text plain.

    Composed form (NFC); hidden characters are removed, line breaks become blanks, runs of blanks
    one blank; at most three combining marks stay on a letter; then it is capped.

    Parameters
    ----------
    value : object
        What the visitor gave.
    cap : int
        Largest number of characters, not counting combining marks.
    what : str
        What is expected, for messages: "a sentence", "a number".

    Returns
    -------
    text : str
        Possibly empty.
    notes : tuple of str
        A sentence for each thing that was changed visibly.

    Raises
    ------
    ValueError
        When the value is not text.

    Examples
    --------
    >>> clean("  not\\u202e   bad\\n", 80, "a sentence")[0]
    'not bad'
    >>> clean("a" * 10_000, 80, "a sentence")[1]
    ('The text was cut: only its first 80 characters are read.',)
    """
    if not isinstance(value, str):
        raise ValueError(f"{what} is expected as text, but {type(value).__name__} was given")
    # A megabyte need not be normalised to keep its first line.
    plain = unicodedata.normalize("NFC", value[:READ_AT_MOST])
    visible = "".join(_visible(plain))
    single = " ".join(visible.split())
    kept = _first_characters(single, cap)
    if len(kept) < len(single) or len(value) > READ_AT_MOST:
        return kept.rstrip(), (f"The text was cut: only its first {cap} characters are read.",)
    return kept, ()


def name_hidden(value: str) -> tuple[str, ...]:
    """A sentence where `clean` takes characters out of a text that nobody can see.

    Examples
    --------
    >>> name_hidden("not\\u202e bad"), name_hidden("not bad")
    (('Hidden characters are left out.',), ())
    """
    plain = unicodedata.normalize("NFC", value[:READ_AT_MOST])
    if "".join(_visible(plain)) == "".join(" " if c.isspace() else c for c in plain):
        return ()
    return ("Hidden characters are left out.",)


def letters_of(character: str) -> str:
    """Letters a to z that a character is read as: itself, or the plain form of a special letter.

    Examples
    --------
    >>> [letters_of(c) for c in "aÉłøđıßæþﬁＺ"]
    ['a', 'e', 'l', 'o', 'd', 'i', 'ss', 'ae', 'th', 'fi', 'z']
    >>> letters_of("λ"), letters_of("7")
    ('', '')
    """
    small = character.lower()
    if small in _SPELT:
        return _SPELT[small]
    parts = unicodedata.normalize("NFKD", small)
    plain = "".join(part for part in parts if not unicodedata.category(part).startswith("M"))
    if plain.isascii() and plain.isalpha():
        return plain.lower()
    # ł decomposes into nothing, but its name is LATIN SMALL LETTER L WITH STROKE.
    named = _NAMED.fullmatch(unicodedata.name(character[:1], ""))
    return named[1].lower() if named else ""


def name_lost_signs(signs: Iterable[str]) -> tuple[str, ...]:
    """A sentence that names the signs a text was read without.

    Examples
    --------
    >>> name_lost_signs("!?!")
    ('“!” and “?” are left out.',)
    """
    lost = tuple(dict.fromkeys(signs))
    if not lost:
        return ()
    return (f"{quoted(lost)} {'is' if len(lost) == 1 else 'are'} left out.",)


def _visible(text: str) -> list[str]:
    """Characters that have a shape; blanks for anything that separates; few marks per letter."""
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category.startswith("M"):
            marks += 1
            if marks <= MARKS_AT_MOST and kept:
                kept.append(character)
            continue
        marks = 0
        if character.isspace():
            kept.append(" ")
        elif not category.startswith("C"):
            kept.append(character)
    return kept


def _first_characters(text: str, cap: int) -> str:
    """The first ``cap`` characters, each with its combining marks."""
    count = 0
    for position, character in enumerate(text):
        if not unicodedata.category(character).startswith("M"):
            count += 1
            if count > cap:
                return text[:position]
    return text


def words_of(text: str) -> tuple[str, ...]:
    """Words in lower case; an apostrophe or hyphen inside a word stays.

    Examples
    --------
    >>> words_of("It wasn’t bad, was it?")
    ('it', "wasn't", 'bad', 'was', 'it')
    >>> words_of("a flag 🏳\\ufe0f")
    ('a', 'flag')
    """
    joined = "".join(
        "'" if character in "'’`´" else character if _in_word(character) else " "
        for character in text.casefold()
    )
    words = (part.strip("'-") for part in joined.split())
    return tuple(word for word in words if any(unicodedata.category(c)[0] in "LN" for c in word))


def _in_word(character: str) -> bool:
    return character == "-" or unicodedata.category(character)[0] in "LMN"


def quoted(words: tuple[str, ...], most: int = 5) -> str:
    """A short list of words for a message: “a”, “b” and 3 more.

    Examples
    --------
    >>> quoted(("a", "b", "c"), most=2)
    '“a”, “b” and 1 more'
    """
    distinct = tuple(dict.fromkeys(words))
    shown = [f"“{word if len(word) <= 24 else word[:24] + '…'}”" for word in distinct[:most]]
    rest = len(distinct) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
