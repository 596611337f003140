"""The read-out and its loss at speed: logits, loss and gradients of some rows of states.

Logits are kept classes × rows, the transpose of the record's order: then the sums over classes,
the bias and the scaling by row run along contiguous memory. The softmax subtracts the row's maximum
only where a logit is large enough to overflow without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_core.fast_unroll import Pool
from rnn_core.flat import Weights
from rnn_core.losses import UNSCORED
from rnn_core.params import Array

# exp overflows at 88 in float32; sums over classes and the smallest terms need room on both sides
SAFE_LOGIT = 60.0


class ReadOut:
    """``logits = h W_hy + b_y`` of the rows that are scored, the loss, and the way back."""

    def __init__(self, weights: Weights, gradients: Weights, loss: str, pool: Pool) -> None:
        self.weights, self.gradients, self.pool = weights, gradients, pool
        self.classes = weights.b_y.size
        scores: dict[str, Callable[[Array, Array], float]] = {
            "cross_entropy": self._cross_entropy,
            "squared_error": self._squared_error,
        }
        if loss not in scores:
            raise ValueError(f"loss is {loss!r} but it is one of {', '.join(map(repr, scores))}")
        self._score = scores[loss]
        self._ones = np.ones(self.classes, pool.dtype)

    def score(self, rows: Array, targets: Array, dh_rows: Array) -> float:
        """Return the loss; fill the read-out's gradients and ``dh_rows``.

        Parameters
        ----------
        rows : array, shape (N, H)
        targets : array, shape (N,) whole numbers, or (N, C) float
        dh_rows : array, shape (N, H), written to
        """
        z = self.logits(rows)
        loss = self._score(z, targets)
        rows.T.dot(z.T, self.gradients.W_hy)
        z.sum(axis=1, out=self.gradients.b_y)
        z.T.dot(self.weights.W_hy.T, dh_rows)
        return loss

    def logits(self, rows: Array) -> Array:
        """Return the logits, shape (C, N), in the pool's memory."""
        z = self.pool.take("z", self.classes, len(rows))
        self.weights.W_hy.T.dot(rows.T, z)
        np.add(z, self.weights.b_y[:, None], z)
        return z

    def _cross_entropy(self, z: Array, targets: Array) -> float:
        """Turn z into its gradient; return the mean loss in nats."""
        counted, count, wanted = count_classes(targets, z.dtype)
        flat = z.reshape(-1)
        if flat.dot(flat) > SAFE_LOGIT**2 and (z.max() > SAFE_LOGIT or z.min() < -SAFE_LOGIT):
            np.subtract(z, z.max(axis=0), z)
        place = wanted * z.shape[1] + np.arange(z.shape[1])
        picked = flat.take(place)
        np.exp(z, z)
        sums = self._ones.dot(z)
        losses = np.log(sums) - picked
        share = np.divide(1.0 / count, sums)
        if counted is None:
            np.multiply(z, share, z)
            flat[place] -= 1.0 / count
            return float(np.add.reduce(losses)) / count
        np.multiply(z, share * counted, z)
        flat[place] -= counted / count
        return float(losses.dot(counted)) / count

    def _squared_error(self, z: Array, targets: Array) -> float:
        """Turn z into its gradient; return the mean of ½(ŷ − y)²."""
        np.subtract(z, targets.T, z)
        unscored = np.isnan(targets.T)
        count = unscored.size - int(unscored.sum())
        np.copyto(z, 0.0, where=unscored)
        flat = z.reshape(-1)
        loss = 0.5 * float(flat.dot(flat)) / count
        np.multiply(z, 1.0 / count, z)
        return loss


def count_classes(targets: Array, dtype: np.dtype[Any]) -> tuple[Array | None, int, Array]:
    """Return which rows count (None: all), how many, and targets that are safe as indices."""
    if int(targets.min()) > UNSCORED:
        return None, len(targets), targets
    counted = targets > UNSCORED
    return counted.astype(dtype), int(counted.sum()), np.maximum(targets, 0)
