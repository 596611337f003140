"""An independent reader of the sentiment grammar: from words back to the label.

It shares nothing with the writer but the word lists. Each word becomes one sign of a tag string and
regular expressions find the deciding clause, so the two must agree on every sentence for the right
reason. It also decides whether the sentiment of a visitor's sentence is known.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rnn_core.tasks.sentiment.lexicon import (
    BACK_FILLERS,
    FRONT_FILLERS,
    INTENSIFIERS,
    SUBJECTS,
    neutral_words,
    rated_words,
    verb_pairs,
)

# Upper case: a rated word. A/B adjective, N/M noun, V/W verb, X/Y its past form; good first, bad
# second.
GOOD = frozenset("ANVX")
PHRASES = (("at all", "@"), ("far from", "~"), ("anything but", "~"), ("not only", "&"))
PLAIN_TAGS = {
    "the": "d",
    "this": "d",
    "it": "p",
    "is": "b",
    "was": "b",
    "not": "n",
    "never": "v",
    "a": "a",
    "i": "i",
    "do": "o",
    "did": "o",
    "think": "t",
    "find": "f",
    "found": "F",
    "nobody": "0",
    "everybody": "1",
    "would": "w",
    "say": "y",
    "but": "k",
    "although": "h",
    "always": "l",
    "despite": "e",
}
# "It", a subject, or up to three words behind "the" or "this", unknown ones included.
SUBJECT = "(?:p|s|d[su]{1,3})"
# Words outside the grammar that may turn a sentence: one that holds any of them is not decided.
TURNING = frozenset(
    "no nothing none neither nor without hardly barely scarcely rarely seldom little less "
    "least few lacks lacking except unless if though however".split()
)
# (pattern, does the pattern itself negate); the group "neg" negates too, "word" carries the sign.
CLAUSES = tuple(
    (re.compile(pattern.replace("S", SUBJECT)), negates)
    for pattern, negates in (
        ("Sb(?:(?P<neg>[nv])x?(?P<word>[AB])@?)", False),
        ("Sbx?(?P<word>[AB])", False),
        ("(?P<neg>[nv])x?(?P<word>[AB])@?", False),
        ("x?(?P<word>[AB])", False),
        ("Sb(?P<neg>n)?a(?P<word>[NM])", False),
        ("i(?P<word>[VWXY])S", False),
        ("i(?P<neg>on)(?P<word>[VW])S", False),
        ("i(?P<neg>v)(?P<word>[XY])S", False),
        ("i(?P<neg>onf)Sx?(?P<word>[AB])", False),
        ("i(?P<neg>v)?FSx?(?P<word>[AB])", False),
        ("i(?P<neg>on)?tSbx?(?P<word>[AB])", False),
        ("0wySbx?(?P<word>[AB])", True),
        ("1wySbx?(?P<word>[AB])", False),
        ("Sb~(?P<word>[AB])", True),
        ("Sb(?P<word>[AB])n[AB]", False),
        ("(?:Sb)?v[AB]l(?P<word>[AB])", False),
        ("Sb(?P<word>[AB])ed[AB][su]", False),
        ("Sb&[AB]k(?P<word>[AB])", False),
        ("Sbn[AB]k(?P<word>[AB])", False),
    )
)


@lru_cache(maxsize=1)
def _tags() -> dict[str, str]:
    tags = dict(PLAIN_TAGS)
    tags |= {word: "s" for group in SUBJECTS.values() for word in group}
    tags |= dict.fromkeys(INTENSIFIERS, "x")
    for rated in rated_words():
        if rated.part != "verb":
            letters = "AB" if rated.part == "adjective" else "NM"
            tags[rated.word] = letters[0 if rated.positive else 1]
    for base, past, positive in verb_pairs():
        tags[base], tags[past] = "VX" if positive else "WY"
    return tags


def tag(words: tuple[str, ...]) -> str:
    """One sign per word or fixed phrase; "u" for a word outside the vocabulary.

    >>> tag(("the", "film", "was", "not", "bad", "at", "all"))
    'dsbnB@'
    """
    text = " ".join(words)
    for phrase, sign in PHRASES:
        text = re.sub(rf"\b{phrase}\b", sign, text)
    tags, known = _tags(), set(neutral_words())
    return "".join(
        word if word in "@~&" else tags.get(word, "?" if word in known | TURNING else "u")
        for word in text.split()
    )


def parse(words: tuple[str, ...]) -> int | None:
    """The sentiment of a sentence of the grammar: 1 good, 0 bad; None when it is not one.

    >>> parse("the film was not good".split()), parse("boring but good".split())
    (0, 1)
    >>> parse("good film bad".split()) is None
    True
    """
    labels = {
        label for stripped in _without_fillers(tuple(words)) for label in _labels(tag(stripped))
    }
    return labels.pop() if len(labels) == 1 else None


def _without_fillers(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The sentence as it is, and without a filler in front or at the end."""
    found = [words]
    found += [words[len(f) :] for f in FRONT_FILLERS if words[: len(f)] == f]
    found += [words[: -len(f)] for f in BACK_FILLERS if words[-len(f) :] == f]
    return found


def _labels(tags: str) -> set[int]:
    """Every label a reading of the whole tag string gives."""
    whole = _clause_label(tags)
    if whole is not None:
        return {whole}
    if tags.startswith("h"):
        cuts = [(tags[1:cut], tags[cut:]) for cut in range(2, len(tags))]
    elif "h" in tags:
        second, first = tags.split("h", 1)
        cuts = [(first, second)]
    else:
        cuts = [(tags[:cut], tags[cut + 1 :]) for cut in range(len(tags)) if tags[cut] == "k"]
    labels = {_clause_label(second) for first, second in cuts if _clause_label(first) is not None}
    return {label for label in labels if label is not None}


def _clause_label(tags: str) -> int | None:
    for pattern, negates in CLAUSES:
        match = pattern.fullmatch(tags)
        if match:
            negations = negates + bool(match.groupdict().get("neg"))
            return int((match["word"] in GOOD) != bool(negations % 2))
    return None
