"""Tasks that are nothing but memory: what was read some steps ago decides what is to be said.

All sequences are drawn by rule, so the right answer and the best guess without memory are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnn_core.network import Batch
from rnn_core.record import ReadOnly, read_only
from rnn_core.tasks.generated.base import GeneratedRecipe, GeneratedTask
from rnn_core.topology import ALIGNED, MANY_TO_ONE


@dataclass(frozen=True, kw_only=True, eq=False)
class AddingTask(GeneratedTask):
    """Add the two numbers that are marked (Hochreiter & Schmidhuber 1997, section 5.4)."""

    length: int = 30

    @property
    def steps(self) -> int:
        return self.length

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Numbers from 0 to 1; one mark in each half of the sequence, at any place in it."""
        T, half = self.length, self.length // 2
        x = np.zeros((T, batch, 2))
        x[:, :, 0] = rng.random((T, batch))
        rows = np.arange(batch)
        first, second = rng.integers(0, half, batch), rng.integers(half, T, batch)
        x[first, rows, 1] = x[second, rows, 1] = 1.0
        targets = np.full((T, batch, 1), np.nan)
        targets[-1, :, 0] = x[first, rows, 0] + x[second, rows, 0]
        return Batch((read_only(x),), read_only(targets))

    def describe(self, batch: Batch, which: int) -> tuple[str, ...]:
        values, marks = batch.inputs[0][:, which].T
        return tuple(
            f"{value:.2f}{', marked' if mark else ''}"
            for value, mark in zip(values, marks, strict=True)
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenTask(GeneratedTask):
    """A memory task over a few symbols.

    Parameters
    ----------
    symbols : tuple of str
        What can be read; its length is ``inputs``.
    answers : tuple of str
        What can be said; its length is ``outputs``.
    """

    length: int
    symbols: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def steps(self) -> int:
        return self.length

    def describe(self, batch: Batch, which: int) -> tuple[str, ...]:
        return tuple(self.symbols[token] for token in batch.inputs[0][:, which])


@dataclass(frozen=True, kw_only=True, eq=False)
class SineTask(GeneratedTask):
    """Say the next value of a sine wave from the present one, which is met twice in each period."""

    length: int = 20
    PERIOD = 12

    @property
    def steps(self) -> int:
        return self.length

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Waves at any phase; the first step is not scored, since nobody can know the way yet."""
        phase = rng.uniform(0, 2 * np.pi, batch)
        t = np.arange(self.length + 1)[:, None]
        wave = np.sin(2 * np.pi * t / self.PERIOD + phase)[:, :, None]
        targets = wave[1:].copy()
        targets[0] = np.nan
        return Batch((read_only(wave[:-1].copy()),), read_only(targets))

    def describe(self, batch: Batch, which: int) -> tuple[str, ...]:
        return tuple(f"{value:.2f}" for value in batch.inputs[0][:, which, 0])


class EchoTask(TokenTask):
    """Say the bit that was read three steps ago."""

    DELAY = 3

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        x = rng.integers(0, 2, (self.length, batch))
        targets = np.full_like(x, -1)
        targets[self.DELAY :] = x[: -self.DELAY]
        return Batch((read_only(x),), read_only(targets))


class ParityTask(TokenTask):
    """Say at every step whether the number of ones so far is odd."""

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        x = rng.integers(0, 2, (self.length, batch))
        return Batch((read_only(x),), read_only(x.cumsum(axis=0) % 2))


class BracketTask(TokenTask):
    """Say at every step how many brackets are open."""

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Brackets at random; at depth 0 one must open."""
        x, depth = np.zeros((self.length, batch), np.int64), np.zeros(batch, np.int64)
        targets = np.zeros_like(x)
        for t in range(self.length):
            # No sequence goes deeper than the classes reach.
            closes = (rng.random(batch) < 0.5) & (depth > 0) | (depth == self.outputs - 1)
            x[t], depth = closes, depth + np.where(closes, -1, 1)
            targets[t] = depth
        return Batch((read_only(x),), read_only(targets))


class OrderTask(TokenTask):
    """Say which of X and Y came first and which second, among distractors.

    Hochreiter & Schmidhuber 1997, section 5.7.
    """

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        T, rows = self.length, np.arange(batch)
        x = rng.integers(2, len(self.symbols), (T, batch))
        first, second = rng.integers(0, T // 2, batch), rng.integers(T // 2, T - 1, batch)
        one, other = rng.integers(0, 2, (2, batch))
        x[first, rows], x[second, rows] = one, other
        targets = np.full_like(x, -1)
        targets[-1] = 2 * one + other
        return Batch((read_only(x),), read_only(targets))


class DelayedRecallTask(TokenTask):
    """Recall the place that was named first, after a few words that do not matter."""

    LEAST, MOST = 4, 11

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """A place, 4 to 11 other words, and the question; shorter sequences wait at the end."""
        places, rows = len(self.answers), np.arange(batch)
        filler = rng.integers(self.LEAST, self.MOST + 1, batch)
        x = rng.integers(places + 1, len(self.symbols), (self.length, batch))
        x[0] = rng.integers(0, places, batch)
        x[filler + 1, rows] = places
        lengths = filler + 2
        steps = int(lengths.max())
        targets = np.full((steps, batch), -1)
        targets[-1] = x[0]
        return Batch((read_only(x[:steps]),), read_only(targets), (read_only(lengths),))


PLACES = ("kitchen", "garden", "attic", "cellar", "hall", "study", "shed", "bath")
WORDS = ("the", "dog", "was", "asleep", "and", "rain", "fell", "all", "day", "long", "so", "quiet")

ADDING = AddingTask(
    key="adding",
    title="Adding problem",
    question="What is the sum of the two marked numbers?",
    topology=MANY_TO_ONE,
    inputs=2,
    outputs=1,
    loss="squared_error",
    metric="RMSE",
    better="lower",
    guess=float(np.sqrt(1 / 6)),
    target=0.08,
    recipe=GeneratedRecipe(hidden=None, lr=5e-3, batch=32, updates=1000),
    budget=3_425,
    simplified=(
        "The numbers are random and mean nothing. A network has as many units as fit into 3,425 "
        "parameters, whichever its cell."
    ),
)
ECHO = EchoTask(
    key="echo",
    title="Echo",
    question="Which bit was read three steps ago?",
    topology=ALIGNED,
    inputs=2,
    outputs=2,
    loss="cross_entropy",
    metric="accuracy",
    better="higher",
    guess=0.5,
    target=0.99,
    recipe=GeneratedRecipe(hidden=None, lr=5e-3, batch=32, updates=200),
    budget=1_000,
    length=20,
    symbols=("0", "1"),
    answers=("0", "1"),
)
PARITY = ParityTask(
    key="parity",
    title="Parity",
    question="Is the number of ones so far odd?",
    topology=ALIGNED,
    inputs=2,
    outputs=2,
    loss="cross_entropy",
    metric="accuracy",
    better="higher",
    guess=0.5,
    target=0.98,
    recipe=GeneratedRecipe(hidden=None, lr=5e-3, batch=32, updates=2000),
    budget=1_000,
    length=12,
    symbols=("0", "1"),
    answers=("even", "odd"),
)
SINE = SineTask(
    key="sine",
    title="Sine wave",
    question="What is the next value of the wave?",
    topology=ALIGNED,
    inputs=1,
    outputs=1,
    loss="squared_error",
    metric="RMSE",
    better="lower",
    guess=float(np.sqrt(1 / 2)),
    target=0.03,
    recipe=GeneratedRecipe(hidden=None, lr=2e-2, batch=32, updates=800, schedule="cosine"),
    budget=165,
    simplified=(
        "One frequency, no noise. A feed-forward network that sees two values instead of one "
        "solves it as well: two values tell which way the wave goes."
    ),
)
BRACKETS = BracketTask(
    key="brackets",
    title="Depth of brackets",
    question="How many brackets are open?",
    topology=ALIGNED,
    inputs=2,
    outputs=9,
    loss="cross_entropy",
    metric="accuracy",
    better="higher",
    guess=0.27,
    target=0.98,
    recipe=GeneratedRecipe(hidden=None, lr=5e-3, batch=32, updates=800),
    budget=1_200,
    length=20,
    symbols=("(", ")"),
    answers=tuple(map(str, range(9))),
)
ORDER = OrderTask(
    key="temporal-order",
    title="Temporal order",
    question="Which came first, and which second: X or Y?",
    topology=MANY_TO_ONE,
    inputs=6,
    outputs=4,
    loss="cross_entropy",
    metric="accuracy",
    better="higher",
    guess=0.25,
    target=0.98,
    recipe=GeneratedRecipe(hidden=None, lr=5e-3, batch=32, updates=400),
    budget=1_500,
    length=20,
    symbols=("X", "Y", "a", "b", "c", "d"),
    answers=("X, X", "X, Y", "Y, X", "Y, Y"),
)
BOOK = DelayedRecallTask(
    key="book",
    title="The book",
    question="Where is the book, which was named first?",
    topology=MANY_TO_ONE,
    inputs=len(PLACES) + 1 + len(WORDS),
    outputs=len(PLACES),
    loss="cross_entropy",
    metric="accuracy",
    better="higher",
    guess=1 / len(PLACES),
    target=0.98,
    recipe=GeneratedRecipe(hidden=None, lr=1e-2, batch=32, updates=800),
    budget=2_500,
    length=DelayedRecallTask.MOST + 2,
    symbols=(*PLACES, "where?", *WORDS),
    answers=PLACES,
)

MEMORY_TASKS: Mapping[str, GeneratedTask] = ReadOnly(
    {task.key: task for task in (ADDING, ECHO, PARITY, SINE, BRACKETS, ORDER, BOOK)}
)
