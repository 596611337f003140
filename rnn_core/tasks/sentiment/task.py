"""Sentiment of a sentence: good or bad, decided after the last word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.tasks.base import Task
from rnn_core.tasks.dataset import Dataset, Example, Recipe, Split, stack
from rnn_core.tasks.inputs.image import strongest
from rnn_core.tasks.inputs.text import (
    CAPITALS,
    clean,
    name_hidden,
    name_lost_signs,
    quoted,
    words_of,
)
from rnn_core.tasks.sentiment.grammar import (
    UNTAUGHT_FORMS,
    Sentence,
    Writer,
    taught,
    write_distinct,
)
from rnn_core.tasks.sentiment.lexicon import (
    NEVER_NEGATED,
    NEVER_NEGATED_VALIDATION,
    ONLY_NEGATED,
    neutral_words,
    rated_words,
)
from rnn_core.tasks.sentiment.parser import parse
from rnn_core.tasks.vocabulary import UNKNOWN, Vocabulary
from rnn_core.topology import MANY_TO_ONE

CLASSES = ("negative", "positive")
SIZES = {"train": 9_000, "validation": 600, "test": 600}
PROBE_SIZE = 400
UNKNOWN_SHARE = 0.05
CHARACTERS_AT_MOST = 400
WORDS_AT_MOST = 40
REWRITTEN_AT_MOST = 5
SINGLE_CLAUSES = ("plain", "bare", "found", "think", "people")
PICKED = (
    "was not",
    "but",
    "at all",
    "i did not",
    "never",
    "although",
    "nobody",
    "far from",
    "not only",
    "despite",
)
GATED = {"recurrent": "orthogonal", "epochs": 8}
NEGATORS = frozenset(("not", "never", "nobody"))
FAMILIAR = frozenset(("film", "movie", "book", "story", "hotel"))
CONTRACTED = {"can't": "can not", "won't": "will not", "cannot": "can not", "shan't": "shall not"}
WITHOUT_APOSTROPHE = {
    f"{verb}nt": f"{verb} not"
    for verb in ("did", "does", "do", "is", "was", "would", "are", "were")
}
IS_SHORT = frozenset(
    "it he she that this there here what who where how everything everybody nobody".split()
)
ACCEPTED = "type an English sentence, such as “the film was not bad at all”"


@dataclass(frozen=True, kw_only=True, eq=False)
class SentimentTask(Task):
    """Sentences of our grammar, good or bad."""

    def load(self) -> Dataset:
        sentences = write_distinct(Writer(1, taught), sum(SIZES.values()))
        named: dict[str, list[Sentence]] = {}
        for name, size in SIZES.items():
            named[name], sentences = sentences[:size], sentences[size:]
        named |= _probes()
        vocabulary = _vocabulary()
        splits = {name: _split(group, vocabulary) for name, group in named.items()}
        train = _with_unknown(splits["train"], vocabulary)
        return Dataset(
            train=train,
            validation=splits["validation"],
            test=splits["test"],
            vocabularies=(vocabulary,),
            classes=CLASSES,
            probes={name: splits[name] for name in named if name not in SIZES},
            texts={name: tuple(s.text for s in group) for name, group in named.items()},
        )

    def encode(self, value: object) -> Example:
        """A sentence; its sentiment is known only where the grammar's parser can decide it."""
        words, notes = read_words(value)
        vocabulary = _vocabulary()
        unknown = tuple(word for word in words if word not in vocabulary)
        if unknown:
            notes = (
                *notes,
                f"The network does not know {quoted(unknown)} and reads {UNKNOWN} instead.",
            )
        label = parse(words)
        if label is None:
            notes = (
                *notes,
                "The sentence is outside the grammar of the training sentences, so no right answer "
                "is known and no loss is shown.",
            )
        tokens = np.array(vocabulary.encode(words))[:, None]
        targets = np.full((len(words), 1), -1, dtype=np.int64)
        targets[-1] = -1 if label is None else label
        batch = Batch((tokens,), targets, (None,))
        return self.describe(batch, text=" ".join(words), notes=notes)

    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        return (_vocabulary().decode(int(token) for token in batch.inputs[0][:, 0]),)

    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        return strongest(CLASSES, logits)

    @property
    def pick(self) -> list[tuple[int, str]]:
        """A short test sentence about something familiar for each of several constructions."""
        texts = self.data().texts["test"]
        found = []
        for phrase in PICKED:
            fitting = (n for n, text in enumerate(texts) if phrase in text and text.count(" ") >= 4)
            found.append(min(fitting, key=lambda n: _strangeness(texts[n])))
        return [(n, texts[n]) for n in dict.fromkeys(found)]


def _strangeness(text: str) -> tuple[bool, bool, int]:
    """How unfit a sentence is to be shown first: long, about nothing familiar, long."""
    return len(text) > 40, not FAMILIAR & set(text.split()), len(text)


@cache
def _vocabulary() -> Vocabulary:
    rated = (word.word for word in rated_words())
    return Vocabulary((UNKNOWN, *neutral_words(), *rated))


def _probes() -> dict[str, list[Sentence]]:
    """Sentences whose deciding word stands where training never showed it, or of untaught forms."""

    def newly_negated(held: frozenset[str]) -> Callable[[str, bool | None], bool]:
        return lambda word, negated: word in held if negated else taught(word, negated)

    def newly_plain(word: str, negated: bool | None) -> bool:
        return word in ONLY_NEGATED if negated is False else taught(word, negated)

    writer = Writer(4, taught)
    return {
        **{
            name: _written(Writer(2, newly_negated(held)), held, negated=True)
            for name, held in (
                ("never seen negated", NEVER_NEGATED),
                ("never seen negated, validation", NEVER_NEGATED_VALIDATION),
            )
        },
        "seen only negated": _written(Writer(3, newly_plain), ONLY_NEGATED, negated=False),
        "new constructions": [
            sentence
            for form in UNTAUGHT_FORMS
            for sentence in write_distinct(writer, PROBE_SIZE // len(UNTAUGHT_FORMS), form)
        ],
    }


def _written(writer: Writer, held: Iterable[str], negated: bool) -> list[Sentence]:
    """Sentences of one clause with a held-out word in a negated, or a plain, place."""
    found: dict[tuple[str, ...], Sentence] = {}
    while len(found) < PROBE_SIZE:
        for form in SINGLE_CLAUSES:
            sentence = writer.write(form)
            words = set(sentence.words)
            if words & set(held) and bool(words & NEGATORS) is negated:
                found.setdefault(sentence.words, sentence)
    return list(found.values())[:PROBE_SIZE]


def _split(sentences: list[Sentence], vocabulary: Vocabulary) -> Split:
    tokens, lengths = stack([vocabulary.encode(s.words) for s in sentences], fill=0)
    targets = np.full(tokens.shape, -1, dtype=np.int64)
    targets[-1] = [sentence.label for sentence in sentences]
    return Split((tokens,), targets, (lengths,))


def _with_unknown(split: Split, vocabulary: Vocabulary) -> Split:
    """Some neutral words replaced by <unk>, so that the network learns to live with it."""
    tokens = split.inputs[0].copy()
    neutral = np.isin(tokens, vocabulary.encode(neutral_words()))
    # RandomState's stream is frozen by NumPy's compatibility policy.
    tokens[neutral & (np.random.RandomState(1).rand(*tokens.shape) < UNKNOWN_SHARE)] = 0
    return Split((tokens,), split.targets, split.lengths)


def read_words(value: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of a visitor's sentence, contractions written out, and notes on what was cut.

    >>> read_words("It wasn't GOOD, was it?")[0]
    ('it', 'was', 'not', 'good', 'was', 'it')

    Raises
    ------
    ValueError
        When there is no word in it.
    """
    text, notes = clean(value, CHARACTERS_AT_MOST, "a sentence")
    if not text:
        raise ValueError(f"the text is empty: {ACCEPTED}")
    chunks = [_read_chunk(chunk) for chunk in text.split()]
    words = tuple(word for chunk in chunks for word in chunk.words)
    if not words:
        raise ValueError(f"{quoted((text,))} holds no word: {ACCEPTED}")
    if len(words) > WORDS_AT_MOST:
        words = words[:WORDS_AT_MOST]
        notes = (*notes, f"The text was cut: only its first {WORDS_AT_MOST} words are read.")
    rewritten = list(dict.fromkeys(chunk.rewritten for chunk in chunks if chunk.rewritten))
    if rewritten:
        more = len(rewritten) - REWRITTEN_AT_MOST
        rest = f" and {more} more in other words" if more > 0 else ""
        notes = (*notes, f"The network reads {', '.join(rewritten[:REWRITTEN_AT_MOST])}{rest}.")
    notes = (*notes, *name_lost_signs("".join(chunk.lost for chunk in chunks)))
    if any(chunk.capitals for chunk in chunks):
        notes = (*notes, CAPITALS)
    return words, (*notes, *name_hidden(str(value)))


class _Chunk(NamedTuple):
    """What stood between two blanks: the words that are read, and what was changed on the way."""

    words: tuple[str, ...]
    rewritten: str = ""
    lost: str = ""
    capitals: bool = False


def _read_chunk(chunk: str) -> _Chunk:
    """Read one word, as it is written between two blanks.

    >>> _read_chunk("WASN’T!")
    _Chunk(words=('was', 'not'), rewritten="“wasn't” as “was not”", lost='!', capitals=False)
    >>> _read_chunk("n't").words, _read_chunk("10/10").rewritten
    (('not',), '“10/10” as “10 10”')
    """
    words = tuple(part for word in words_of(chunk) for part in _written_out(word) if part)
    bare = chunk.strip("".join(c for c in chunk if unicodedata.category(c)[0] not in "LN"))
    if not words:
        return _Chunk((), lost=chunk)
    core = re.sub("[’`´]", "'", bare)
    lost = chunk.replace(bare, "", 1)
    if " ".join(words) == core.lower():
        return _Chunk(words, lost=lost, capitals=core != core.lower())
    return _Chunk(words, f"{quoted((core.lower(),))} as {quoted((' '.join(words),))}", lost)


def _written_out(word: str) -> list[str]:
    if word in CONTRACTED:
        return CONTRACTED[word].split()
    if word in WITHOUT_APOSTROPHE:
        return WITHOUT_APOSTROPHE[word].split()
    if word.endswith("n't"):
        return [word.removesuffix("n't"), "not"]
    stem, apostrophe, ending = word.partition("'")
    full = {"s": "is", "m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
    if apostrophe and ending in full and (ending != "s" or stem in IS_SHORT):
        return [stem, full[ending]]
    # What is left with an apostrophe is one word: “grandmother's”, “o'clock”.
    return [part for part in word.split("-") if part]


SENTIMENT = SentimentTask(
    key="sentiment",
    title="Sentiment of a sentence",
    question="Does this sentence speak well or badly of its subject?",
    topology=MANY_TO_ONE,
    recipe=Recipe(
        hidden=32,
        lr=1e-2,
        batch=32,
        epochs=25,
        recurrent="identity",
        embedding=40,
        clip=0.3,
        weight_decay=0.1,
        bucket_batches=8,
    ),
    metric="accuracy",
    target=0.97,
    better="higher",
    input_kind="text",
    simplified=(
        "The sentences are written by a small grammar of our own around 162 words that people "
        "rated as pleasant or unpleasant; good and bad, plain and negated are balanced, so word "
        "order is made to matter: a bag of words is right for 51\u00a0%, about as often as "
        "guessing. Real reviews are not balanced in this way. Known failures: double negation "
        "(“not not good”), and constructions outside the grammar. Words the network does not "
        "know are read as <unk>, so for it “hardly good” is good."
    ),
    source=(
        "Ratings: VADER lexicon, © 2014 C.J. Hutto (MIT), vaderSentiment 3.3.2; the grammar is ours"
    ),
    cells={"gru": GATED, "lstm": GATED},
)
