"""The held-out sequences of a stream as examples, to be looked at one by one like any task's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.record import ReadOnly
from rnn_core.tasks.base import Task
from rnn_core.tasks.dataset import Dataset, Example, Recipe, Split
from rnn_core.tasks.generated.base import HELD_OUT_SEED, GeneratedTask
from rnn_core.tasks.generated.memory import ADDING, BOOK, ORDER, TokenTask
from rnn_core.tasks.generated.sunspots import SUNSPOTS
from rnn_core.tasks.inputs.image import strongest
from rnn_core.tasks.inputs.text import clean, quoted
from rnn_core.tasks.vocabulary import Vocabulary

WINDOWS = 100
LONGEST = 40
"""Symbols of a visitor's own sequence."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StreamExamples(Task):
    """A stream of symbols that are answered by one class at the end.

    Training draws its sequences; these are the held-out ones, the same that the stream is judged
    by, in every split.

    Parameters
    ----------
    stream : TokenTask
    """

    stream: TokenTask

    def load(self) -> Dataset:
        held_out, stream = self.stream.held_out, self.stream
        split = Split(held_out.inputs, held_out.targets, held_out.lengths or (None,))
        tokens, lengths = split.inputs[0], split.lengths[0]
        ends = [len(tokens)] * split.size if lengths is None else lengths.tolist()
        texts = tuple(
            " ".join(stream.symbols[token] for token in tokens[:end, number])
            for number, end in enumerate(ends)
        )
        return Dataset(
            train=split,
            validation=split,
            test=split,
            vocabularies=(Vocabulary(stream.symbols),),
            classes=stream.answers,
            texts={"test": texts},
        )

    def encode(self, value: object) -> Example:
        """Symbols with spaces between them; their right answer is the visitor's to say."""
        symbols, known = str(value).split(), self.stream.symbols
        strange = next((one for one in symbols if one not in known), None)
        if strange is not None:
            raise ValueError(
                f"{quoted((clean(strange, 20, 'a symbol')[0],))} is not one of {', '.join(known)}"
            )
        if not 1 <= len(symbols) <= LONGEST:
            raise ValueError(
                f"the sequence has {len(symbols)} symbols but 1 to {LONGEST} are expected"
            )
        tokens = np.array([known.index(one) for one in symbols])[:, None]
        targets = np.full((len(symbols), 1), -1, dtype=np.int64)
        return self.describe(Batch((tokens,), targets, (None,)), text=" ".join(symbols))

    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        return (tuple(self.stream.symbols[token] for token in batch.inputs[0][:, 0]),)

    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        return strongest(self.stream.answers, logits)

    @property
    def pick(self) -> list[tuple[int, str]]:
        """The first few."""
        return list(enumerate(self.data().texts["test"][:6]))


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberExamples(Task):
    """A stream whose network says a number, under half the squared error.

    Of the adding problem the held-out sequences; of the sunspots, of which only one sequence is
    held out, windows as training draws them.

    Parameters
    ----------
    stream : GeneratedTask
    """

    stream: GeneratedTask

    def load(self) -> Dataset:
        batch = self.stream.held_out
        if batch.size == 1:
            batch = self.stream.draw(np.random.default_rng(HELD_OUT_SEED), WINDOWS)
        split = Split(batch.inputs, batch.targets, (None,))
        return Dataset(train=split, validation=split, test=split, vocabularies=(None,), classes=())

    def encode(self, value: object) -> Example:
        raise ValueError(f"sequences of “{self.title}” are drawn and cannot be typed")

    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        return (self.stream.describe(batch, 0),)

    def name_target(self, target: Any) -> str:
        """In the unit of what is read."""
        return self.stream.format_value(float(target[0]))

    def name_said(self, logits: Array) -> str:
        """In the unit of what is read."""
        return self.stream.format_value(float(logits[0]))

    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        return said[-1]

    @property
    def pick(self) -> list[tuple[int, str]]:
        """None: they are stepped through."""
        return []


@cache
def examples_of(stream: GeneratedTask) -> Task:
    """Return sequences of a stream as a task: of symbols or of numbers.

    >>> book = examples_of(BOOK)
    >>> example = book.example(0)
    >>> example.inputs[0][0] == example.target[0], example.inputs[0][-1]
    (True, 'where?')
    """
    recipe = stream.recipe
    facts: dict[str, Any] = {
        "key": stream.key,
        "title": stream.title,
        "question": stream.question,
        "topology": stream.topology,
        "recipe": Recipe(
            hidden=recipe.hidden or stream.hidden_for("rnn"),
            lr=recipe.lr,
            batch=recipe.batch,
            epochs=1,
            recurrent=recipe.recurrent,
        ),
        "metric": stream.metric,
        "target": stream.target,
        "better": stream.better,
        "simplified": stream.simplified,
        "source": stream.source,
    }
    if isinstance(stream, TokenTask):
        return StreamExamples(**facts, input_kind="text", stream=stream)
    return NumberExamples(**facts, input_kind="drawn", stream=stream)


STREAM_EXAMPLES: Mapping[str, Task] = ReadOnly(
    {stream.key: examples_of(stream) for stream in (ORDER, BOOK, ADDING, SUNSPOTS)}
)
