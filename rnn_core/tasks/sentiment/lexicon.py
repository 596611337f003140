"""Words of the sentiment task: rated words from the data file, and the neutral ones around them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from rnn_core.tasks.paths import read_text

SUBJECTS = {
    "work": ("film", "movie", "book", "story", "show", "song"),
    "person": ("actor", "waiter", "teacher", "singer", "doctor", "guide"),
    "place": ("hotel", "room", "beach", "town", "park", "house"),
    "food": ("soup", "cake", "meal", "pizza", "dinner", "salad"),
    "thing": ("phone", "camera", "car", "bag", "machine", "laptop"),
}
DETERMINERS = ("the", "this")
PRONOUN = "it"
BE = ("is", "was")
INTENSIFIERS = ("very", "really", "so", "quite")
FRONT_FILLERS = (
    ("overall",),
    ("in", "the", "end"),
    ("all", "in", "all"),
    ("i", "must", "say"),
    ("to", "me"),
    ("yesterday",),
    ("if", "you", "ask", "me"),
)
BACK_FILLERS = (
    ("overall",),
    ("in", "the", "end"),
    ("this", "time"),
    ("as", "always"),
    ("for", "once"),
    ("again",),
    ("if", "you", "ask", "me"),
)
GLUE = (
    "i a not never at all do did think find found nobody everybody would say far from anything but "
    "although always despite only"
).split()

# Words whose place in training is restricted, to see what the network generalises from. The first
# two sets are never negated there: one to choose settings by, one to report. The third is always.
NEVER_NEGATED_VALIDATION = frozenset(
    "perfect amusing generous delicious horrible irritating selfish scary".split()
)
NEVER_NEGATED = frozenset(
    "wonderful charming thrilling honest elegant useful "
    "terrible dull rude ugly rotten faulty".split()
)
ONLY_NEGATED = frozenset(
    "splendid courteous breathtaking innovative dreadful mindless grim defective".split()
)


@dataclass(frozen=True)
class RatedWord:
    """A word that carries a sign.

    Parameters
    ----------
    word : str
    part : {"adjective", "noun", "verb"}
    about : str
        Class of subjects it is said about, or "anything".
    positive : bool
        Sign of the mean of ten human ratings.
    """

    word: str
    part: str
    about: str
    positive: bool


@lru_cache(maxsize=1)
def rated_words() -> tuple[RatedWord, ...]:
    """The rated words, in the order of the data file."""
    rows = csv.DictReader(read_text("sentiment_words.csv").splitlines())
    return tuple(
        RatedWord(row["word"], row["part"], row["about"], float(row["mean"]) > 0) for row in rows
    )


@lru_cache(maxsize=1)
def verb_pairs() -> tuple[tuple[str, str, bool], ...]:
    """Verbs as (base form, past form, positive): the data file has each past after its base."""
    verbs = [word for word in rated_words() if word.part == "verb"]
    return tuple(
        (base.word, past.word, base.positive)
        for base, past in zip(verbs[::2], verbs[1::2], strict=True)
    )


def neutral_words() -> tuple[str, ...]:
    """Words without a sign, each once, sorted."""
    fillers = {word for phrase in (*FRONT_FILLERS, *BACK_FILLERS) for word in phrase}
    subjects = {word for group in SUBJECTS.values() for word in group}
    plain = {*DETERMINERS, PRONOUN, *BE, *INTENSIFIERS, *GLUE}
    return tuple(sorted(fillers | subjects | plain))
