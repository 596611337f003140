"""Captions of real pictures: the picture is read once, then words are said one after another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.record import read_only
from rnn_core.tasks.base import START, Task
from rnn_core.tasks.dataset import Dataset, Example, Recipe, Split, partition, stack
from rnn_core.tasks.inputs.image import check_picture, picture_index
from rnn_core.tasks.paths import read_arrays
from rnn_core.tasks.vocabulary import Vocabulary
from rnn_core.topology import ONE_TO_MANY

END = "<end>"
UNSEEN_PAIRS = (
    "woman astronaut",
    "man cook",
    "woman firefighter",
    "man teacher",
    "woman pilot",
    "man singer",
    "woman running",
    "man juggling",
    "woman vampire",
    "man wearing turban",
)
SHARES = (538, 80, 150)
SIZE = (16, 16, 3)
PICKED = ("scientist", "swimming", "judge", "elf", "biking", "student", "guard", "lotus", "tuxedo")


@dataclass(frozen=True, kw_only=True, eq=False)
class CaptionsTask(Task):
    """Pictures of 16×16 pixels and what they show, in one to four words."""

    def load(self) -> Dataset:
        stored = read_arrays("captions.npz")
        pictures = stored["images"] / 255.0
        captions = tuple(str(caption) for caption in stored["captions"])
        words = sorted({word for caption in captions for word in caption.split()})
        held_out = np.array([caption in UNSEEN_PAIRS for caption in captions])
        seen = np.flatnonzero(~held_out)
        parts = (seen[rows] for rows in partition(len(seen), SHARES, seed=1))
        named = dict(zip(("train", "validation", "test"), parts, strict=True))
        named["unseen pairs"] = np.flatnonzero(held_out)
        classes = (END, *words)
        splits = {
            name: _split(pictures[rows], [captions[row] for row in rows], classes)
            for name, rows in named.items()
        }
        return Dataset(
            train=splits["train"],
            validation=splits["validation"],
            test=splits["test"],
            vocabularies=(None, Vocabulary(("<start>", *words))),
            classes=classes,
            probes={"unseen pairs": splits["unseen pairs"]},
            texts={name: tuple(captions[row] for row in rows) for name, rows in named.items()},
            pictures={name: read_only(pictures[rows]) for name, rows in named.items()},
        )

    def encode(self, value: object) -> Example:
        """A test picture by its number, or a 16×16 RGB picture with values 0..1."""
        index = picture_index(value, self.data().test.size)
        if index is not None:
            return self.example(index)
        picture = check_picture(value, SIZE)
        inputs = (ink(picture[None]), np.full((1, 1), START))
        batch = Batch(inputs, np.full((1, 1), -1), (None, None))
        return self.describe(batch, text="a picture of your own", picture=picture)

    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        words = self.data().vocabularies[1]
        if words is None:
            raise ValueError("captions need a vocabulary")
        return (("picture",), words.decode(int(token) for token in batch.inputs[1][:, 0]))

    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        return " ".join(word for word in said if word != END) or "(nothing)"

    @property
    def pick(self) -> list[tuple[int, str]]:
        """A first test picture of several roles."""
        texts = self.data().texts["test"]
        found = (next((n for n, text in enumerate(texts) if role in text), None) for role in PICKED)
        return [(n, texts[n]) for n in found if n is not None]


def ink(pictures: Array) -> Array:
    """Pictures as one step of input: how much darker than white each of the 768 values is.

    White paper is then zero; as ones it would saturate every hidden unit at the start.

    >>> ink(np.ones((5, 16, 16, 3))).shape
    (1, 5, 768)
    """
    return (1 - pictures).reshape(1, len(pictures), -1)


def _split(pictures: Array, captions: list[str], classes: tuple[str, ...]) -> Split:
    number = {name: code for code, name in enumerate(classes)}
    coded = [tuple(number[word] for word in caption.split()) for caption in captions]
    fed, _ = stack([(START, *words) for words in coded], fill=START)
    targets, _ = stack([(*words, number[END]) for words in coded], fill=-1)
    flat = ink(pictures)
    return Split((flat, fed), targets, (None, None))


CAPTIONS = CaptionsTask(
    key="captions",
    title="Captions of pictures",
    question="What does the picture show, in words?",
    topology=ONE_TO_MANY,
    recipe=Recipe(hidden=48, lr=3e-3, batch=16, epochs=60),
    metric="exact match",
    target=0.95,
    better="higher",
    input_kind="picture",
    simplified=(
        "The pictures are emoji of 16×16 pixels, not photographs, and each caption occurs in six "
        "skin tones: a test picture is new, but the same sign in another tone was usually seen "
        "in training, so even its nearest neighbour in pixels is right for 88\u00a0%. The "
        "network does not compose: of a role it knows only for the other gender, it names the "
        "right pair in about one case of three. The tone is not part of the caption."
    ),
    source=(
        "Noto Emoji, © Google (Apache License 2.0), from emoji-datasource-google 16.0.0 (MIT); "
        "captions from the Unicode character names, © Unicode, Inc. (Unicode License v3)"
    ),
    cells={"lstm": {"lr": 5e-3}},
)
