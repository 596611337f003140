"""Handwritten digits, 8×8: at one glance (one to one), or row by row (many to one)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.record import read_only
from rnn_core.tasks.base import Task
from rnn_core.tasks.dataset import Dataset, Example, Recipe, Split, partition
from rnn_core.tasks.inputs.handwriting import LEVELS, POINTS, SIDE, count_blocks
from rnn_core.tasks.inputs.image import check_picture, picture_index, strongest
from rnn_core.tasks.paths import read_arrays
from rnn_core.topology import MANY_TO_ONE, ONE_TO_ONE

CLASSES = tuple("0123456789")
SHARES = (1197, 200, 400)
GATED = {"lr": 1e-2, "epochs": 20}
SOURCE = (
    "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning "
    "Repository, 1998 (CC BY 4.0), in the 8×8 form that scikit-learn ships"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class DigitsTask(Task):
    """Digits; ``steps`` says in how many equal slices of rows a picture is read (1 or 8)."""

    steps: int = 1

    def load(self) -> Dataset:
        stored = read_arrays("digits.npz")
        pictures, labels = stored["images"] / LEVELS, stored["labels"].astype(np.int64)
        named = dict(
            zip(
                ("train", "validation", "test"), partition(len(labels), SHARES, seed=1), strict=True
            )
        )
        splits = {name: self._split(pictures[rows], labels[rows]) for name, rows in named.items()}
        return Dataset(
            train=splits["train"],
            validation=splits["validation"],
            test=splits["test"],
            vocabularies=(None,),
            classes=CLASSES,
            texts={
                name: tuple(f"a handwritten {labels[row]}" for row in rows)
                for name, rows in named.items()
            },
            pictures={name: read_only(pictures[rows]) for name, rows in named.items()},
        )

    def _split(self, pictures: Array, labels: Array) -> Split:
        count = len(pictures)
        targets = np.full((self.steps, count), -1, dtype=np.int64)
        targets[-1] = labels
        slices = pictures.reshape(count, self.steps, -1).transpose(1, 0, 2)
        return Split((np.ascontiguousarray(slices),), targets, (None,))

    def encode(self, value: object) -> Example:
        """A test picture by its number, an 8×8 picture, 0 (paper) to 1 (ink), or a 32×32 scan."""
        index = picture_index(value, self.data().test.size)
        if index is not None:
            return self.example(index)
        if isinstance(value, np.ndarray) and value.shape == (POINTS, POINTS):
            scan = check_picture(value, (POINTS, POINTS))
            value = count_blocks(scan >= 0.5) / LEVELS
        picture = check_picture(value, (SIDE, SIDE))
        split = self._split(picture[None], np.array([-1]))
        batch = Batch(split.inputs, split.targets, (None,))
        return self.describe(batch, text="a drawn digit", picture=picture)

    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        if self.steps == 1:
            return (("picture",),)
        return (tuple(f"row {t + 1}" for t in range(self.steps)),)

    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        return strongest(CLASSES, logits)

    @property
    def pick(self) -> list[tuple[int, str]]:
        """The first test picture of each digit."""
        labels = self.data().test.targets[-1]
        return [(int((labels == digit).argmax()), f"a {digit}") for digit in range(10)]


DIGITS = DigitsTask(
    key="digits",
    title="Digits, whole picture",
    question="Which digit is in the picture?",
    topology=ONE_TO_ONE,
    recipe=Recipe(hidden=32, lr=1e-2, batch=32, epochs=30),
    metric="accuracy",
    target=0.96,
    better="higher",
    input_kind="digit",
    simplified=(
        "With a single time step there is no loop: h₀ is zero, W_hh never acts, and this network "
        "is an ordinary feed-forward one. The pictures are tiny (8×8, 16 greys) and were centred "
        "and scaled by their collectors, so a digit drawn off-centre or very small may be misread. "
        "The nearest training picture in pixels gives the right digit more often: 98\u00a0%, the "
        "network 97\u00a0%."
    ),
    source=SOURCE,
)

DIGIT_ROWS = DigitsTask(
    key="digit-rows",
    title="Digits, row by row",
    question="Which digit was it, after reading its eight rows from top to bottom?",
    topology=MANY_TO_ONE,
    recipe=Recipe(hidden=32, lr=5e-3, batch=32, epochs=30),
    metric="accuracy",
    target=0.94,
    better="higher",
    input_kind="digit",
    simplified=(
        "A picture is not a time series: reading it row by row is a choice, made so that the "
        "network has to remember. One look at the whole picture is about as accurate. The pictures "
        "are tiny (8×8, 16 greys), centred and scaled by their collectors."
    ),
    source=SOURCE,
    cells={"gru": GATED, "lstm": GATED},
    steps=SIDE,
)
