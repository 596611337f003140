"""English number words 0..999: read what a visitor types, in digits or in words."""

from __future__ import annotations

from rnn_core.tasks.inputs.text import clean, quoted, words_of

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
HUNDRED = "hundred"
WORDS = (*SMALL, *TENS, HUNDRED)
LARGER = ("thousand", "million", "billion", "trillion", "dozen")
LARGEST = 999
WORDS_AT_MOST = 12
ACCEPTED = (
    "type a whole number from 0 to 999, in digits (342) or in English words "
    "(three hundred forty-two)"
)


def spell(n: int) -> tuple[str, ...]:
    """The words of a number, without "and".

    >>> spell(342)
    ('three', 'hundred', 'forty', 'two')
    """
    hundreds, rest = divmod(n, 100)
    front = (SMALL[hundreds], HUNDRED) if hundreds else ()
    if rest < 20:
        return front + ((SMALL[rest],) if rest or not hundreds else ())
    tens, ones = divmod(rest, 10)
    return (*front, TENS[tens - 2], *((SMALL[ones],) if ones else ()))


_VALUES = {spell(n): n for n in range(LARGEST + 1)}


def value_of(words: tuple[str, ...]) -> int | None:
    """The number these words say, None when they say none from 0 to 999.

    >>> value_of(("three", "hundred", "forty", "two")), value_of(("two", "forty"))
    (342, None)
    """
    return _VALUES.get(words)


def read_number(value: object) -> tuple[tuple[str, ...], int | None, tuple[str, ...]]:
    """Read a visitor's number.

    Returns
    -------
    words : tuple of str
        English number words, without "and".
    number : int or None
        What they say; None for known words in an order that is no number.
    notes : tuple of str

    Raises
    ------
    ValueError
        With a sentence saying what was wrong and what is accepted.

    Examples
    --------
    >>> read_number("Three hundred and forty-two")[:2]
    (('three', 'hundred', 'forty', 'two'), 342)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        # Python refuses to print integers of more than 4,300 digits.
        value = str(value) if abs(value) <= 10**9 else ("-" if value < 0 else "") + "9" * 10
    text, notes = clean(value, 200, "a number")
    if not text:
        raise ValueError(f"there is no number to read: {ACCEPTED}")
    compact = text.replace("−", "-")
    if compact.lstrip("+-").isdecimal():
        return (*_from_digits(compact), notes)
    if any(character.isdigit() for character in text):
        raise ValueError(f"{quoted((text,))} is not a whole number: {ACCEPTED}")
    return _from_words(text, notes)


def _from_digits(text: str) -> tuple[tuple[str, ...], int]:
    digits = text.lstrip("+-")
    number = int(digits.lstrip("0") or "0") if len(digits.lstrip("0")) <= 9 else LARGEST + 1
    if number > LARGEST or (text.startswith("-") and number):
        raise ValueError(f"{quoted((text,))} is outside 0 to 999: {ACCEPTED}")
    return spell(number), number


def _from_words(
    text: str, notes: tuple[str, ...]
) -> tuple[tuple[str, ...], int | None, tuple[str, ...]]:
    words = tuple(part for word in words_of(text) for part in word.split("-") if part != "and")
    words = tuple(word for word in words if word)
    if any(word in LARGER or word.removesuffix("s") in LARGER for word in words) or (
        words and words[0] in ("minus", "negative")
    ):
        raise ValueError(f"{quoted((text,))} is outside 0 to 999: {ACCEPTED}")
    if words[:1] == ("a",) and words[1:2] == (HUNDRED,):
        words = ("one", *words[1:])
    unknown = tuple(word for word in words if word not in WORDS)
    if unknown or not words:
        what = quoted(unknown) if unknown else quoted((text,))
        raise ValueError(f"the network cannot read {what} as a number: {ACCEPTED}")
    if len(words) > WORDS_AT_MOST:
        words = words[:WORDS_AT_MOST]
        notes = (*notes, f"Only the first {WORDS_AT_MOST} words are read.")
    number = value_of(words)
    if number is None:
        notes = (
            *notes,
            "These words say no number from 0 to 999; the network answers all the same, but there "
            "is no right answer to compare with.",
        )
    return words, number, notes
