"""First names, letter by letter: at every step the network predicts the next one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnn_core.generation.step import generate
from rnn_core.network import Batch, Network
from rnn_core.params import Array
from rnn_core.tasks.base import START, Task
from rnn_core.tasks.dataset import Dataset, Example, Recipe, Split, partition, stack
from rnn_core.tasks.inputs.text import CAPITALS, clean, letters_of, name_hidden, quoted
from rnn_core.tasks.paths import read_text
from rnn_core.tasks.vocabulary import Vocabulary
from rnn_core.topology import ALIGNED

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
START_LABEL, END_LABEL = "<start>", "<end>"
SHARES = (3_419, 428, 428)
LETTERS_AT_MOST = 20
SAMPLE_AT_MOST = 20
HOTTEST = 5.0
PICKED = 8
ACCEPTED = "type a first name, or its beginning, in the letters a to z"


@dataclass(frozen=True, kw_only=True, eq=False)
class NamesTask(Task):
    """Women's first names as sequences of 27 signs: a letter, or the edge of the name."""

    @cached_property
    def _rows(self) -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
        names = tuple(read_text("names.txt").split())
        parts = partition(len(names), SHARES, seed=1)
        keys = ("train", "validation", "test")
        # By frequency inside each split, so that the suggestions are names people know.
        return names, {
            key: tuple(sorted(int(row) for row in part))
            for key, part in zip(keys, parts, strict=True)
        }

    def load(self) -> Dataset:
        names, rows = self._rows
        texts = {key: tuple(names[row] for row in part) for key, part in rows.items()}
        splits = {key: _split(part) for key, part in texts.items()}
        return Dataset(
            train=splits["train"],
            validation=splits["validation"],
            test=splits["test"],
            vocabularies=(Vocabulary((START_LABEL, *LETTERS)),),
            classes=(END_LABEL, *LETTERS),
            texts=texts,
        )

    def encode(self, value: object) -> Example:
        """A name in letters a to z, read as a whole name: after its last letter comes the end."""
        letters, notes = read_letters(value)
        if not letters:
            raise ValueError(f"there is no letter to read: {ACCEPTED}")
        split = _split((letters,))
        batch = Batch(split.inputs, split.targets, (None,))
        return self.describe(batch, text=letters, notes=notes)

    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        signs = (START_LABEL, *LETTERS)
        return (tuple(signs[int(token)] for token in batch.inputs[0][:, 0]),)

    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        """The likeliest next signs after all that was read, with their probabilities."""
        last = logits[-1, 0] - logits[-1, 0].max()
        p = np.exp(last) / np.exp(last).sum()
        names = ("end of the name", *LETTERS)
        return "next: " + ", ".join(f"{names[k]} {p[k]:.2f}" for k in np.argsort(-p)[:3])

    @property
    def pick(self) -> list[tuple[int, str]]:
        """The most frequent names of the test split."""
        return [(n, self.data().texts["test"][n]) for n in range(PICKED)]

    def sample(
        self, network: Network, seed: int = 0, temperature: float = 1.0, prefix: str = ""
    ) -> str:
        """Draw a name: each predicted letter is fed back as the next input.

        Parameters
        ----------
        network : Network
        seed : int
            The same seed draws the same name.
        temperature : float
            0 takes the likeliest letter; 1 draws as predicted; more is wilder.
        prefix : str
            How the name begins.

        Raises
        ------
        ValueError
            When the temperature is not in 0..5 or the prefix has no letters.
        """
        if not 0 <= temperature <= HOTTEST:
            raise ValueError(
                f"temperature is {temperature!r}; a number from 0 to {HOTTEST:g} is expected"
            )
        letters = ""
        if prefix:
            letters, _ = read_letters(prefix)
        (segment,) = network.segments
        h0 = c0 = None
        tokens = [START, *(LETTERS.index(letter) + 1 for letter in letters)]
        if letters:
            from rnn_core.unroll import forward

            trace = forward(segment.params, np.array(tokens[:-1])[:, None])
            h0, c0 = trace.h[-1], None if trace.c is None else trace.c[-1]
        trace = generate(
            segment.params, np.array(tokens[-1:]), SAMPLE_AT_MOST, h0, c0, seed, temperature
        )
        return letters + _until_end(trace.x[1:, 0])


def _until_end(tokens: Array) -> str:
    ended = np.flatnonzero(tokens == START)
    kept = tokens[: ended[0]] if len(ended) else tokens
    return "".join(LETTERS[int(token) - 1] for token in kept)


def read_letters(value: object) -> tuple[str, tuple[str, ...]]:
    """A visitor's name in the letters a to z, and notes on what was changed.

    >>> read_letters("Zoë")
    ('zoe', ('“ë” is read as “e”.', 'Capital letters are read as small ones.'))
    """
    text, notes = clean(value, LETTERS_AT_MOST, "a name")
    letters, read, dropped, capitals = "", [], [], False
    for sign in _signs(text):
        plain = letters_of(sign)
        letters += plain
        if not plain:
            dropped.append(sign)
        elif plain != sign.lower():
            read.append(f"{quoted((sign.lower(),))} is read as {quoted((plain,))}.")
        capitals = capitals or (sign != sign.lower() and bool(plain))
    shown = tuple(sign for sign in dropped if sign != " ")
    if shown and not letters:
        raise ValueError(f"{quoted(shown)} cannot be read: {ACCEPTED}")
    if shown:
        notes = (*notes, f"{quoted(shown)} left out: only the letters a to z are read.")
    if sum(any(map(letters_of, part)) for part in text.split()) > 1:
        notes = (*notes, "The parts of the name are read as one word, without a blank.")
    if len(letters) > LETTERS_AT_MOST:
        letters = letters[:LETTERS_AT_MOST]
        notes = (*notes, f"Only the first {LETTERS_AT_MOST} letters are read.")
    notes = (*notes, *dict.fromkeys(read), *((CAPITALS,) if capitals else ()))
    return letters, (*notes, *name_hidden(str(value)))


def _signs(text: str) -> list[str]:
    """Characters, each with its combining marks."""
    signs: list[str] = []
    for character in text:
        if signs and unicodedata.category(character).startswith("M"):
            signs[-1] += character
        else:
            signs.append(character)
    return signs


def _split(names: tuple[str, ...]) -> Split:
    signs = [tuple(LETTERS.index(letter) + 1 for letter in name) for name in names]
    read, lengths = stack([(START, *letters) for letters in signs], fill=START)
    said, _ = stack([(*letters, START) for letters in signs], fill=-1)
    return Split((read,), said, (lengths,))


NAMES = NamesTask(
    key="names",
    title="Names, next letter",
    question="After each letter of a first name: which letter comes next?",
    topology=ALIGNED,
    recipe=Recipe(hidden=64, lr=8e-3, batch=32, epochs=10),
    metric="nats per character",
    target=2.01,
    better="lower",
    input_kind="text",
    simplified=(
        "The names are the 4,275 most frequent first names of women in the United States in 1990: "
        "names of other people, places and times will surprise the network. Each name counts once, "
        "however frequent. Only the letters a to z are known, without accents. A name has no "
        "single right next letter, so the measure is the mean surprise in nats; a simple table of "
        "four-letter counts (a 4-gram) does better here than the networks."
    ),
    source=(
        "First names of women, US Census Bureau, 1990 (public domain), from the package names 0.3.0"
    ),
    cells={"gru": {"lr": 5e-3}, "lstm": {"lr": 5e-3}},
)
