"""Baselines that are not neural networks: n-grams for sequences, logistic regression for bags.

A recurrent network is only worth its trouble where it beats these, and a page that hides them
would cheat. On first names the 4-gram is the better model; on the sentences of the sentiment
task a bag of words knows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rnn_core.params import Array
from rnn_core.record import Record, read_only


@dataclass(frozen=True, eq=False)
class NGram(Record):
    """Conditional probabilities of the next token given the last ``order − 1`` tokens.

    Parameters
    ----------
    order : int
        1 is the unigram, which looks at nothing; 4 looks at the last three tokens.
    probabilities : array, shape (V + 1,) * (order − 1) + (C,)
        The axes before the last are the context, oldest token first; index V stands for a place
        before the sequence began.
    """

    order: int
    probabilities: Array

    @property
    def size(self) -> int:
        """Number of free probabilities in the table (the last of each row follows)."""
        classes = self.probabilities.shape[-1]
        return int(self.probabilities.size // classes * (classes - 1))

    def losses(self, inputs: Array, targets: Array) -> Array:
        """Loss −log p of each scored step, in nats.

        Parameters
        ----------
        inputs : array, shape (T, B)
            Tokens read, the current one included.
        targets : array, shape (T, B)
            Token that comes next; −1 where nothing is scored.

        Returns
        -------
        array, shape (T, B)
            NaN where nothing is scored.
        """
        contexts, scored = _contexts(inputs, self.order, self._vocabulary()), targets >= 0
        p = self.probabilities[(*contexts, np.where(scored, targets, 0))]
        return np.where(scored, -np.log(p), np.nan)

    def predict(self, inputs: Array) -> Array:
        """Probabilities of the next token at each step, shape (T, B, C)."""
        chosen = self.probabilities[_contexts(inputs, self.order, self._vocabulary())]
        return np.broadcast_to(chosen, (*inputs.shape, self.probabilities.shape[-1]))

    def _vocabulary(self) -> int:
        return 0 if self.order == 1 else self.probabilities.shape[0] - 1


def fit_ngram(
    inputs: Array, targets: Array, order: int, vocabulary: int, classes: int | None = None
) -> NGram:
    """Count and smooth an n-gram model (interpolated Kneser–Ney).

    A count c of a token after a context is discounted by d, and the mass set free is spread as
    the next shorter context would spread it, down to the uniform distribution:

        p(y | context) = max(c − d, 0) / N + d · kinds / N · p(y | shorter context)

    N is how often the context occurred, ``kinds`` how many different tokens followed it, and
    d = n1 / (n1 + 2 n2) with n1, n2 the numbers of entries counted once and twice. Shorter
    contexts count the *different* tokens in front of them, not occurrences.

    Parameters
    ----------
    inputs, targets : array, shape (T, B)
        Tokens read and tokens that came next; steps with target −1 are not counted.
    order : int
        1 to 5.
    vocabulary : int
        Number V of tokens that may be read.
    classes : int, optional
        Number C of tokens that may come next; V if not given.

    Raises
    ------
    ValueError
        If the order is out of range, shapes differ, or nothing is scored.

    References
    ----------
    Kneser & Ney 1995; Chen & Goodman 1999, section 3.

    Examples
    --------
    >>> inputs = np.array([[0], [1], [2]])
    >>> model = fit_ngram(inputs, np.array([[1], [2], [0]]), order=2, vocabulary=3)
    >>> model.predict(inputs).shape
    (3, 1, 3)
    """
    if not 1 <= order <= 5:
        raise ValueError(f"order is {order} but an n-gram has an order from 1 to 5")
    if inputs.shape != targets.shape:
        raise ValueError(f"inputs have shape {inputs.shape} but targets have {targets.shape}")
    size, scored = classes or vocabulary, targets >= 0
    if not scored.any():
        raise ValueError("no target is scored, so there is nothing to count")
    following = targets[scored]
    counted = []
    for n in range(1, order + 1):
        table = np.zeros((vocabulary + 1,) * (n - 1) + (size,))
        before = tuple(context[scored] for context in _contexts(inputs, n, vocabulary))
        np.add.at(table, (*before, following), 1)
        counted.append(table)
    p: Array = np.full(size, 1 / size)
    for n, occurrences in enumerate(counted, start=1):
        counts = occurrences if n == order else (counted[n] > 0).sum(axis=0).astype(float)
        p = _interpolate(counts, p)
    return NGram(order, read_only(p))


def _interpolate(counts: Array, shorter: Array) -> Array:
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    discount = once / (once + 2 * twice) if once else 0.0
    total = counts.sum(axis=-1, keepdims=True)
    kinds = (counts > 0).sum(axis=-1, keepdims=True)
    smoothed = (np.maximum(counts - discount, 0) + discount * kinds * shorter) / np.maximum(
        total, 1
    )
    return np.where(total > 0, smoothed, shorter)


def _contexts(inputs: Array, order: int, outside: int) -> tuple[Array, ...]:
    """Return the last ``order − 1`` tokens at each step, oldest first."""
    steps = inputs.shape[0]
    delayed = []
    for lag in range(order - 2, -1, -1):
        shifted = np.full(inputs.shape, outside, dtype=np.int64)
        shifted[lag:] = inputs[: max(steps - lag, 0)]
        delayed.append(shifted)
    return tuple(delayed)


@dataclass(frozen=True, eq=False)
class Logistic(Record):
    """Softmax regression on bags: logits = Σ over the bag of W[feature] + b.

    Parameters
    ----------
    W : array, shape (F, C)
    b : array, shape (C,)
    """

    W: Array
    b: Array

    @property
    def size(self) -> int:
        """Number of parameters."""
        return int(self.W.size + self.b.size)

    def logits(self, bags: Array) -> Array:
        """Logits of each example, shape (B, C); features that are −1 count nowhere."""
        return _bag_sums(self.W, bags) + self.b

    def accuracy(self, bags: Array, labels: Array) -> float:
        """Share of examples whose largest logit is the label's."""
        return float((self.logits(bags).argmax(axis=1) == labels).mean())


def fit_logistic(
    bags: Array, labels: Array, features: int, classes: int, decay: float = 1e-4, steps: int = 300
) -> Logistic:
    """Fit softmax regression on bags of features to the end (convex, no seed).

    Minimises mean cross entropy + ½ · decay · ‖W‖² by accelerated gradient descent. Its rate is
    1 / (½ λ + decay), with λ the largest eigenvalue of XᵀX / B: no step can overshoot.

    Parameters
    ----------
    bags : array, shape (B, K)
        Feature numbers of each example; −1 fills up.
    labels : array, shape (B,)

    Raises
    ------
    ValueError
        If a feature or label is out of range or the lengths differ.

    References
    ----------
    Nesterov 1983; Böhning 1992 for the bound ½ on the curvature of the softmax.

    Examples
    --------
    >>> bags = np.array([[0, 2], [1, 2]])
    >>> fit_logistic(bags, np.array([0, 1]), features=3, classes=2).logits(bags).shape
    (2, 2)
    """
    if len(bags) != len(labels):
        raise ValueError(f"{len(bags)} bags but {len(labels)} labels")
    if bags.max(initial=-1) >= features or labels.max(initial=-1) >= classes:
        raise ValueError(f"a feature is ≥ {features} or a label is ≥ {classes}")
    rate = 1 / (0.5 * _curvature(bags, features) + decay)
    W, b = np.zeros((features, classes)), np.zeros(classes)
    W_ahead, b_ahead, pace = W, b, 1.0
    truth = np.eye(classes)[labels]
    for _ in range(steps):
        error = (_softmax(_bag_sums(W_ahead, bags) + b_ahead) - truth) / len(bags)
        W_next = W_ahead - rate * (_bag_scatter(error, bags, features) + decay * W_ahead)
        b_next = b_ahead - rate * error.sum(axis=0)
        pace_next = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        momentum = (pace - 1) / pace_next
        W_ahead, b_ahead = W_next + momentum * (W_next - W), b_next + momentum * (b_next - b)
        W, b, pace = W_next, b_next, pace_next
    return Logistic(W, b)


def count_grams(
    tokens: Array,
    lengths: Array | None = None,
    orders: Sequence[int] = (1,),
    known: Mapping[tuple[int, ...], int] | None = None,
) -> tuple[Array, Mapping[tuple[int, ...], int]]:
    """Turn token sequences into bags of n-grams.

    Parameters
    ----------
    tokens : array, shape (T, B)
    lengths : array, shape (B,), optional
        Steps that count in each sequence; all T if not given.
    orders : sequence of int
        (1,) gives words, (1, 2, 3) words, pairs and triples.
    known : mapping, optional
        Feature number of each n-gram, from the training set; n-grams outside it are left out.
        Without it, the n-grams are numbered as they come.

    Returns
    -------
    bags : array, shape (B, K)
        Feature numbers, filled up with −1.
    known : mapping

    Examples
    --------
    >>> bags, known = count_grams(np.array([[4, 4], [7, 9]]), orders=(1, 2))
    >>> bags.shape, len(known)
    ((2, 3), 5)
    """
    steps, batch = tokens.shape
    ends = np.full(batch, steps) if lengths is None else lengths
    numbers: dict[tuple[int, ...], int] = {} if known is None else dict(known)
    rows: list[list[int]] = []
    for column, end in zip(tokens.T, ends, strict=True):
        grams = _grams([int(token) for token in column[:end]], orders)
        if known is None:
            rows.append([numbers.setdefault(gram, len(numbers)) for gram in grams])
        else:
            rows.append([numbers[gram] for gram in grams if gram in numbers])
    bags = np.full((batch, max((len(row) for row in rows), default=0)), -1, dtype=np.int64)
    for bag, row in zip(bags, rows, strict=True):
        bag[: len(row)] = row
    return bags, numbers


def _grams(sequence: list[int], orders: Sequence[int]) -> Iterable[tuple[int, ...]]:
    for n in orders:
        for start in range(len(sequence) - n + 1):
            yield tuple(sequence[start : start + n])


def _curvature(bags: Array, features: int, rounds: int = 50) -> float:
    """Return an upper estimate of the largest eigenvalue of XᵀX / B (bias column included)."""
    W, b = np.ones((features, 1)), np.ones(1)
    value = 1.0
    for _ in range(rounds):
        norm = float(np.sqrt((W * W).sum() + (b * b).sum()))
        W, b = W / norm, b / norm
        along = _bag_sums(W, bags) + b
        value = float((along * along).mean())
        W, b = _bag_scatter(along / len(bags), bags, features), along.mean(axis=0)
    return 1.05 * value


def _bag_sums(W: Array, bags: Array) -> Array:
    padded = np.vstack([W, np.zeros((1, W.shape[1]))])
    sums: Array = padded[bags].sum(axis=1)
    return sums


def _bag_scatter(rows: Array, bags: Array, features: int) -> Array:
    """Return Xᵀ rows for the bag matrix X."""
    where = (bags + 1).ravel()
    columns = [
        np.bincount(where, np.repeat(column, bags.shape[1]), minlength=features + 1)
        for column in rows.T
    ]
    return np.stack(columns, axis=1)[1:]


def _softmax(logits: Array) -> Array:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p: Array = e / e.sum(axis=1, keepdims=True)
    return p
