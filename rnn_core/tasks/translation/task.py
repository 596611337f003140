"""Translation: English number words into French words or German morphemes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.tasks.base import START, Task
from rnn_core.tasks.dataset import Dataset, Example, Recipe, Split, partition, stack
from rnn_core.tasks.inputs.text import clean, quoted
from rnn_core.tasks.paths import read_text
from rnn_core.tasks.translation import english as english_numbers
from rnn_core.tasks.translation.tokenizers import (
    join_french,
    join_german,
    segment_french,
    segment_german,
)
from rnn_core.tasks.vocabulary import Vocabulary
from rnn_core.topology import ENCODER_DECODER

END = "<end>"
SHOWN_AT_MOST = 60
SHARES = (700, 100, 200)
GATED = {"recurrent": "orthogonal", "hidden": 48, "lr": 1e-2, "epochs": 40}
SOURCE = "Number words made with num2words 0.5.14; the words are facts of the languages"


@dataclass(frozen=True, kw_only=True, eq=False)
class NumbersTask(Task):
    """Numbers 0..999 into one language.

    Parameters
    ----------
    language : str
        Column of the data.
    segment, join : callable
        Cut a written number into tokens, and write tokens as a number.
    picked : tuple of int
        Numbers whose neighbours in the test split are suggested.
    """

    language: str
    segment: Callable[[str], tuple[str, ...]]
    join: Callable[[tuple[str, ...]], str]
    picked: tuple[int, ...]

    @cached_property
    def _translations(self) -> tuple[tuple[str, ...], ...]:
        rows = csv.DictReader(read_text("number_words.csv").splitlines())
        return tuple(self.segment(row[self.language]) for row in rows)

    @cached_property
    def _numbers(self) -> dict[str, tuple[int, ...]]:
        parts = partition(len(self._translations), SHARES, seed=1)
        return {
            name: tuple(int(n) for n in part)
            for name, part in zip(("train", "validation", "test"), parts, strict=True)
        }

    def load(self) -> Dataset:
        pieces = sorted({piece for tokens in self._translations for piece in tokens})
        english = Vocabulary(english_numbers.WORDS)
        classes = Vocabulary((END, *pieces))
        splits = {
            name: _split(
                [english.encode(english_numbers.spell(n)) for n in numbers],
                [classes.encode((*self._translations[n], END)) for n in numbers],
            )
            for name, numbers in self._numbers.items()
        }
        return Dataset(
            train=splits["train"],
            validation=splits["validation"],
            test=splits["test"],
            vocabularies=(english, Vocabulary(("<start>", *pieces))),
            classes=classes.tokens,
            texts={name: tuple(str(n) for n in numbers) for name, numbers in self._numbers.items()},
        )

    def encode(self, value: object) -> Example:
        """A number from 0 to 999, in digits or English words, with or without hyphens and "and"."""
        words, number, notes = english_numbers.read_number(value)
        english, classes = self.data().vocabularies[0], Vocabulary(self.data().classes)
        if english is None:
            raise ValueError("a translation needs a vocabulary")
        answer = (START,) if number is None else classes.encode((*self._translations[number], END))
        split = _split([english.encode(words)], [answer])
        targets = np.full((1, 1), -1) if number is None else split.targets
        batch = Batch(split.inputs, targets, (None, None))
        text = " ".join(words) if number is None else str(number)
        if isinstance(value, str) and text != " ".join(value.split()):
            typed = clean(value, SHOWN_AT_MOST, "a number")[0]
            notes = (*notes, f"{quoted((typed,))} is read as {quoted((text,))}.")
        return self.describe(batch, text=text, notes=notes)

    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        return tuple(
            vocabulary.decode(int(token) for token in tokens[:, 0])
            for vocabulary, tokens in zip(self.data().vocabularies, batch.inputs, strict=True)
            if vocabulary is not None
        )

    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        return self.join(tuple(piece for piece in said if piece != END)) or "(nothing)"

    @property
    def pick(self) -> list[tuple[int, str]]:
        """Test numbers that need context, nearest to a hand-made list."""
        numbers = self._numbers["test"]
        nearest = (min(range(len(numbers)), key=lambda n: abs(numbers[n] - k)) for k in self.picked)
        return [
            (n, f"{numbers[n]}: {' '.join(english_numbers.spell(numbers[n]))}")
            for n in dict.fromkeys(nearest)
        ]


def _split(inputs: list[tuple[int, ...]], targets: list[tuple[int, ...]]) -> Split:
    read, lengths = stack(inputs, fill=0)
    said, _ = stack(targets, fill=-1)
    fed, _ = stack([(START, *tokens[:-1]) for tokens in targets], fill=START)
    return Split((read, fed), said, (lengths, None))


FRENCH = NumbersTask(
    key="french",
    title="Numbers, English to French",
    question="How does one say this number in French?",
    topology=ENCODER_DECODER,
    recipe=Recipe(hidden=64, lr=5e-3, batch=32, epochs=60, recurrent="identity"),
    metric="exact match",
    target=0.97,
    better="higher",
    input_kind="text",
    simplified=(
        "A translation of numbers from 0 to 999 only, with 26 French words, in place of language. "
        "French counts on from sixty and in twenties (99 is quatre-vingt-dix-neuf), so words "
        "cannot be replaced one by one. The whole sentence passes through one state vector, the "
        "bottleneck of the encoder–decoder; the English “and” is left out. The decoder says whole "
        "words: a segmenter cuts the text at blanks and hyphens. A feed-forward network on padded "
        "input gets 90\u00a0% of these short numbers right, the vanilla RNN more than 99\u00a0%."
    ),
    source=SOURCE,
    cells={"gru": GATED, "lstm": GATED},
    language="fr",
    segment=segment_french,
    join=join_french,
    picked=(99, 71, 80, 342, 181, 793, 21, 600),
)

GERMAN = NumbersTask(
    key="german",
    title="Numbers, English to German",
    question="How does one say this number in German?",
    topology=ENCODER_DECODER,
    recipe=Recipe(hidden=48, lr=1e-2, batch=32, epochs=40, recurrent="identity"),
    metric="exact match",
    target=0.97,
    better="higher",
    input_kind="text",
    simplified=(
        "A translation of numbers from 0 to 999 only, in place of language. German says the ones "
        "before the tens (21 is einundzwanzig), so the order changes on the way. German writes "
        "each number as one word; a segmenter cuts it into morphemes, longest match from the "
        "left (ein·und·zwan·zig), and the decoder says those. The whole sentence passes through "
        "one state vector. A feed-forward network on padded input gets 98\u00a0% of these short "
        "numbers right, the vanilla RNN more than 99\u00a0%."
    ),
    source=SOURCE,
    cells={"gru": GATED, "lstm": GATED},
    language="de",
    segment=segment_german,
    join=join_german,
    picked=(21, 99, 342, 17, 565, 793, 30, 600),
)
