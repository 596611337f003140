"""Our grammar of opinions: writes sentences in which word order decides the sentiment.

The label of a sentence is the sign of a rated word times the parity of the negations in the clause
that decides. Polarity and negation are drawn independently, so single words say almost nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rnn_core.tasks.sentiment.lexicon import (
    BACK_FILLERS,
    BE,
    DETERMINERS,
    FRONT_FILLERS,
    INTENSIFIERS,
    NEVER_NEGATED,
    NEVER_NEGATED_VALIDATION,
    ONLY_NEGATED,
    PRONOUN,
    SUBJECTS,
    RatedWord,
    rated_words,
    verb_pairs,
)

Words = tuple[str, ...]
T = TypeVar("T")
WITH_PARTS = ("work", "place", "food")  # a film has a story; an actor has no waiter


@dataclass(frozen=True)
class Sentence:
    """A sentence and whether its opinion is good (1) or bad (0).

    Parameters
    ----------
    words : tuple of str
    label : int
    form : str
        The construction it was written with.
    """

    words: Words
    label: int
    form: str

    @property
    def text(self) -> str:
        """The words with blanks between."""
        return " ".join(self.words)


class Writer:
    """Writes sentences; the same seed writes the same ones on every version of Python.

    Parameters
    ----------
    seed : int
    adjectives : callable
        Which adjectives may stand in a place, given the word and whether the place is negated
        (True, False, or None where "not only" makes it neither).
    """

    def __init__(self, seed: int, adjectives: Callable[[str, bool | None], bool]) -> None:
        self._random = random.Random(seed)
        self._about = "work"
        # (class of subjects, positive, negated) -> the adjectives that may stand there.
        self._pools: dict[tuple[str, bool, bool | None], list[str]] = {}
        for word in rated_words():
            for about in SUBJECTS if word.part == "adjective" else ():
                if word.about in (about, "anything"):
                    self._sort(word, about, adjectives)
        self._nouns = {
            sign: [w.word for w in rated_words() if w.part == "noun" and w.positive is sign]
            for sign in (True, False)
        }

    def _sort(
        self, word: RatedWord, about: str, allowed: Callable[[str, bool | None], bool]
    ) -> None:
        for negated in (True, False, None):
            if allowed(word.word, negated):
                self._pools.setdefault((about, word.positive, negated), []).append(word.word)

    def write(self, form: str | None = None) -> Sentence:
        """One sentence, of the named construction or a random one."""
        self._about = self._choose(tuple(SUBJECTS))
        good = self._flip()
        chosen = form or self._choose(FORMS)
        words = FORM_WRITERS[chosen](self, good)
        if self._flip(0.15):
            words = self._choose(FRONT_FILLERS) + words
        elif self._flip(0.5):
            words = words + self._choose(BACK_FILLERS)
        return Sentence(words, int(good), chosen)

    # `random.random` is the one method whose sequence Python promises never to change.
    def _choose(self, options: Sequence[T]) -> T:
        return options[int(self._random.random() * len(options))]

    def _flip(self, chance: float = 0.5) -> bool:
        return self._random.random() < chance

    def _adjective(self, positive: bool, negated: bool | None) -> Words:
        return (self._choose(self._pools[self._about, positive, negated]),)

    def _degree(self, chance: float = 0.3) -> Words:
        return (self._choose(INTENSIFIERS),) if self._flip(chance) else ()

    def _subject(self, pronoun: float = 0.15) -> Words:
        if self._flip(pronoun):
            return (PRONOUN,)
        return (self._choose(DETERMINERS), self._choose(SUBJECTS[self._about]))

    def _be(self) -> Words:
        return (self._choose(BE),)

    def _described(self, good: bool) -> Words:
        """[not | never] [very] ADJECTIVE [at all]."""
        if self._flip():
            return self._degree() + self._adjective(good, False)
        words = (self._choose(("not", "not", "never")), *self._degree())
        end = ("at", "all") if self._flip(0.2) else ()
        return words + self._adjective(not good, True) + end

    def plain(self, good: bool) -> Words:
        """The film is [not] [very] good."""
        return self._subject() + self._be() + self._described(good)

    def bare(self, good: bool) -> Words:
        """Not bad at all."""
        return self._described(good)

    def verb(self, good: bool) -> Words:
        """I [did not] like the film."""
        negated = self._flip()
        base, past, _ = self._choose([v for v in verb_pairs() if v[2] is (good != negated)])
        if not negated:
            return ("i", self._choose((base, past)), *self._subject())
        words = self._choose((("do", "not", base), ("did", "not", base), ("never", past)))
        return ("i", *words, *self._subject())

    def noun(self, good: bool) -> Words:
        """The film is [not] a triumph."""
        negated = self._flip()
        words = self._subject() + self._be() + (("not", "a") if negated else ("a",))
        return (*words, self._choose(self._nouns[good != negated]))

    def found(self, good: bool) -> Words:
        """I [did not find | never found | found] the film good."""
        negated = self._flip()
        words = (
            self._choose((("did", "not", "find"), ("never", "found"))) if negated else ("found",)
        )
        opinion = self._degree() + self._adjective(good != negated, negated)
        return ("i", *words, *self._subject(), *opinion)

    def think(self, good: bool) -> Words:
        """I [do not] think the film is good."""
        negated = self._flip()
        words = ("do", "not", "think") if negated else ("think",)
        opinion = self._degree() + self._adjective(good != negated, negated)
        return ("i", *words, *self._subject(), *self._be(), *opinion)

    def people(self, good: bool) -> Words:
        """Nobody | everybody would say the film is good."""
        negated = self._flip()
        words = ("nobody" if negated else "everybody", "would", "say")
        opinion = self._degree() + self._adjective(good != negated, negated)
        return words + self._subject() + self._be() + opinion

    def far(self, good: bool) -> Words:
        """The film is far from good."""
        words = self._choose((("far", "from"), ("anything", "but")))
        return self._subject() + self._be() + words + self._adjective(not good, True)

    def _clause(self, good: bool) -> Words:
        return self._choose((self.plain, self.plain, self.verb, self.noun, self.found))(good)

    def but(self, good: bool) -> Words:
        """Good but boring; the film is good but i did not like it."""
        if self._flip():
            return (*self.bare(not good), "but", *self.bare(good))
        first = self._clause(not good)
        # "The film is good but boring" leaves out a second "is"; "i like it but boring" would be
        # wrong.
        shares_verb = bool({"is", "was"} & set(first)) and self._flip()
        return (*first, "but", *(self._described(good) if shares_verb else self._clause(good)))

    def although(self, good: bool) -> Words:
        """Although the film is good i did not like it."""
        return ("although", *self._clause(not good), *self._clause(good))

    def concession(self, good: bool) -> Words:
        """The film is good although i did not like the song."""
        return (*self._clause(good), "although", *self._clause(not good))

    def rather_than(self, good: bool) -> Words:
        """The film is good not boring."""
        first, second = self._adjective(good, False), self._adjective(not good, True)
        return (*self._subject(), *self._be(), *first, "not", *second)

    def corrected(self, good: bool) -> Words:
        """The film is not boring but good."""
        first, second = self._adjective(not good, True), self._adjective(good, False)
        return (*self._subject(), *self._be(), "not", *first, "but", *second)

    def never_always(self, good: bool) -> Words:
        """[The film is] never boring always charming."""
        front = self._subject() + self._be() if self._flip() else ()
        first, second = self._adjective(not good, True), self._adjective(good, False)
        return (*front, "never", *first, "always", *second)

    def despite(self, good: bool) -> Words:
        """The film is good despite the boring story."""
        self._about = self._choose(WITH_PARTS)
        first, second = self._adjective(good, False), self._adjective(not good, False)
        subject = self._subject()
        parts = [part for part in SUBJECTS[self._about] if part not in subject]
        part = self._choose(parts)
        return (*subject, *self._be(), *first, "despite", "the", *second, part)

    def not_only(self, good: bool) -> Words:
        """The film is not only good but thrilling."""
        first, second = self._adjective(good, None), self._adjective(good, False)
        return (*self._subject(), *self._be(), "not", "only", *first, "but", *second)

    def would_say(self, good: bool) -> Words:
        """Only in a probe: i would never | always say the film is good."""
        negated = self._flip()
        opinion = self._degree() + self._adjective(good != negated, negated)
        words = ("would", "never", "say") if negated else ("would", "always", "say")
        return ("i", *words, *self._subject(), *self._be(), *opinion)

    def inverted(self, good: bool) -> Words:
        """Only in a probe: never did i find the film good."""
        opinion = self._degree() + self._adjective(not good, True)
        return ("never", "did", "i", "find", *self._subject(), *opinion)


FORM_WRITERS: dict[str, Callable[[Writer, bool], Words]] = {
    "plain": Writer.plain,
    "bare": Writer.bare,
    "verb": Writer.verb,
    "noun": Writer.noun,
    "found": Writer.found,
    "think": Writer.think,
    "people": Writer.people,
    "far": Writer.far,
    "but": Writer.but,
    "although": Writer.although,
    "concession": Writer.concession,
    "rather than": Writer.rather_than,
    "corrected": Writer.corrected,
    "never always": Writer.never_always,
    "despite": Writer.despite,
    "not only": Writer.not_only,
    "would say": Writer.would_say,
    "inverted": Writer.inverted,
}
UNTAUGHT_FORMS = ("would say", "inverted")

# How often each construction is written. Where an unnegated word stands in a clause that does
# *not* decide ("although it is charming ..."), it tells that words alone decide nothing; where a
# correction follows a negation ("not boring but charming") it tempts the network to let single
# words overrule "not".
FREQUENCIES = {
    "plain": 4,
    "bare": 4,
    "verb": 2,
    "noun": 2,
    "found": 4,
    "think": 4,
    "people": 4,
    "far": 2,
    "but": 8,
    "although": 4,
    "concession": 6,
    "rather than": 2,
    "corrected": 1,
    "never always": 1,
    "despite": 6,
    "not only": 1,
}
FORMS = tuple(form for form, times in FREQUENCIES.items() for _ in range(times))


def taught(word: str, negated: bool | None) -> bool:
    """Whether an adjective stands in such a place in the training sentences."""
    if word in NEVER_NEGATED or word in NEVER_NEGATED_VALIDATION:
        return negated is False
    return word not in ONLY_NEGATED or negated is True


def write_distinct(writer: Writer, count: int, form: str | None = None) -> list[Sentence]:
    """That many sentences, no two alike."""
    found: dict[Words, Sentence] = {}
    while len(found) < count:
        sentence = writer.write(form)
        found.setdefault(sentence.words, sentence)
    return list(found.values())
