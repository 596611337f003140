"""The read-out and its loss at speed: logits, loss and gradients of some rows of states.

A softmax is exp, a product with ones for the sums of rows, and one division. The sums tell whether
a row has overflowed, or has come close to vanishing; only then are the logits worked out again, and
each row's maximum subtracted first. (To look for large logits beforehand takes three times as long
as to look at the sums.) Likewise the smallest loss shows whether a target's p has come so near to 1
that p − 1 loses digits; only then are the other classes summed alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite

import numpy as np

from rnn_core.buffers import BufferPool, Kept
from rnn_core.fast.flat_params import Weights
from rnn_core.losses import IGNORE_INDEX, LOSSES, half_mean_square, mean_loss
from rnn_core.params import Array

# Rows whose exponentials, or whose shares, have squares that add up to more are worked out again:
# in float32 numbers end at 3e38 and 1e-38.
SAFE = 1e30
# A loss below this, p above .9, is worked out from the other classes.
SURE = 0.1
# Between these a mean of squares has lost nothing; beyond, it is taken in float64.
SQUARES = (1e-24, 1e36)
ROWS_KEPT = 256
# How many items a bias added to many rows is repeated to: NumPy takes up a run in 10 ns.
RUN = 1024


class OutputWorkspace:
    """The arrays of one number of scored rows N.

    Attributes
    ----------
    z : array, shape (N, C): logits, then their gradient
    wanted, place : arrays, shape (N,): the target, and its index in ``flat``
    bias : array, shape (k, C): the bias, as often as ``runs`` takes it
    """

    def __init__(self, pool: BufferPool, count: int, classes: int) -> None:
        self.count = count
        self.z = pool.take("z", count, classes)
        self.flat = self.z.reshape(-1)
        repeats = max(k for k in range(1, max(1, RUN // classes) + 1) if count % k == 0)
        self.bias = pool.take("bias", repeats, classes)
        self.runs, self.run = self.z.reshape(-1, self.bias.size), self.bias.reshape(-1)
        self.wanted = pool.take("wanted", count, dtype=np.intp)
        self.unsigned_wanted = self.wanted.view(np.uintp)
        self.starts = pool.take("row_starts", count, dtype=np.intp)
        self.starts[...] = np.arange(count) * classes
        self.place = pool.take("place", count, dtype=np.intp)
        self.sums, self.losses = pool.take("sums", count), pool.take("losses", count)
        self.share = pool.take("share", count)
        self.share_column = self.share[:, None]
        self.ones = pool.take("row_ones", count)
        self.ones.fill(1.0)
        self.one_share = np.array(1.0 / count, pool.dtype)


class ReadOut:
    """``logits = h W_hy + b_y`` of the rows that are scored, the loss, and the way back."""

    def __init__(self, weights: Weights, gradients: Weights, loss: str, pool: BufferPool) -> None:
        if loss not in LOSSES:
            raise ValueError(f"loss is {loss!r} but it is one of {', '.join(map(repr, LOSSES))}")
        self.weights, self.gradients, self.pool, self.loss = weights, gradients, pool, loss
        self.classes = weights.b_y.size
        self._ones = np.ones(self.classes, pool.dtype)
        self._rows = Kept[int, OutputWorkspace](ROWS_KEPT)

    def rows(self, count: int) -> OutputWorkspace:
        """Return the arrays for this number of rows, made when first asked for."""
        found = self._rows.get(count)
        if found is None:
            found = self._rows.keep(count, OutputWorkspace(self.pool, count, self.classes), 1)
        return found

    def logits(self, states: Array) -> Array:
        """Return the logits of some states (N, H), shape (N, C), in the pool's memory."""
        rows = self.rows(len(states))
        rows.bias[...] = self.weights.b_y
        states.dot(self.weights.W_hy, rows.z)
        np.add(rows.runs, rows.run, rows.runs)
        return rows.z

    def score(self, states: Array, targets: Array, dh: Array) -> float:
        """Return the loss; fill the read-out's gradients and ``dh``.

        Parameters
        ----------
        states : array, shape (N, H)
        targets : array, N entries of whole numbers, or N × C of floats
        dh : array, shape (N, H), written to
        """
        rows = self.rows(len(states))
        loss = self.turn(rows, targets, partial(self.logits, states))
        states.T.dot(rows.z, self.gradients.W_hy)
        rows.ones.dot(rows.z, self.gradients.b_y)
        rows.z.dot(self.weights.W_hy.T, dh)
        return loss

    def turn(self, rows: OutputWorkspace, targets: Array, fill: Callable[[], object]) -> float:
        """Let ``fill`` put logits into ``rows.z``, turn them into their gradient; return the loss.

        It may be called twice.
        """
        if self.loss == "cross_entropy":
            return self._cross_entropy(rows, targets, fill)
        fill()
        return self._squared_error(rows, targets)

    def _cross_entropy(
        self, rows: OutputWorkspace, targets: Array, fill: Callable[[], object]
    ) -> float:
        """Mean of −log softmax(z)[target] in nats; (softmax(z) − onehot) / N."""
        z, flat = rows.z, rows.flat
        rows.wanted[...] = targets.reshape(-1)
        # −1 is a huge number without its sign, so one maximum finds what is not a class (and argmax
        # finds it in a third of the time of max).
        counted: Array | None = None
        count, one_share = rows.count, rows.one_share
        if rows.unsigned_wanted[rows.unsigned_wanted.argmax()] >= self.classes:
            counted, count = self._find_counted(rows, targets)
            one_share = counted / count
        place = np.add(rows.wanted, rows.starts, rows.place)
        fill()
        picked = flat.take(place)
        np.exp(z, z)
        sums = z.dot(self._ones, rows.sums)
        share = np.divide(one_share, sums, rows.share)
        if not (sums.dot(sums) < SAFE and share.dot(share) < SAFE):
            fill()
            np.subtract(z, z.max(axis=1, keepdims=True), z)
            picked = flat.take(place)
            np.exp(z, z)
            np.divide(one_share, z.dot(self._ones, sums), share)
        losses = np.subtract(np.log(sums, rows.losses), picked, rows.losses)
        if losses.item(losses.argmin()) < SURE:
            self._find_others(rows)
        else:
            np.multiply(z, rows.share_column, z)
            flat[place] -= one_share
        loss = float(losses.dot(rows.ones if counted is None else counted)) / count
        if isfinite(loss):
            return loss
        return float(mean_loss(losses if counted is None else losses[counted > 0], count))

    def _find_others(self, rows: OutputWorkspace) -> None:
        """Turn exponentials into gradients, and small losses into right ones, without p − 1."""
        own = rows.flat.take(rows.place)
        rows.flat[rows.place] = 0.0
        others = rows.z.dot(self._ones, rows.sums)
        np.copyto(rows.losses, np.log1p(others / own), where=rows.losses < SURE)
        np.multiply(rows.z, rows.share_column, rows.z)
        rows.flat[rows.place] = -(others * rows.share)

    def _find_counted(self, rows: OutputWorkspace, targets: Array) -> tuple[Array, int]:
        """Return 1 for what counts and 0 for −1, and how many count; refuse what is no class."""
        wanted = rows.wanted
        if wanted.min() < IGNORE_INDEX or wanted.max() >= self.classes or (wanted < 0).all():
            shape = targets.shape if targets.ndim == 2 else (1, *targets.shape)
            LOSSES[self.loss](np.zeros((*shape, self.classes)), targets.reshape(shape))
        counted = (wanted >= 0).astype(self.pool.dtype)
        np.maximum(wanted, 0, out=wanted)
        return counted, int(counted.sum())

    def _squared_error(self, rows: OutputWorkspace, targets: Array) -> float:
        """Mean of ½(ŷ − y)²; (ŷ − y) / N."""
        z, flat = rows.z, rows.flat
        wanted = targets.reshape(z.shape)
        unscored = np.isnan(wanted)
        count = z.size - int(unscored.sum())
        if count == 0:
            LOSSES[self.loss](z, wanted)
        np.subtract(z, wanted, z)
        if count < z.size:
            np.copyto(z, 0.0, where=unscored)
        squares = float(flat.dot(flat))
        loss = 0.5 * squares / count
        if not SQUARES[0] < squares < SQUARES[1]:
            loss = half_mean_square(flat, count)
        np.multiply(z, 1.0 / count, z)
        return loss
