"""The unroll at speed: the mathematics of ``unroll.py`` on preallocated arrays, in place.

A training step at teaching sizes is hundreds of NumPy calls on small arrays, so what counts is how
many calls there are and what each costs before it computes. The reasons, once:

- all input projections are one product before the loop, all weight gradients one product each after
  it; the loops hold only what depends on the step before;
- backward, a step is linear in what arrives, ``da[t] = dh ⊙ factor[t]``: its factors (tanh′, gates
  and their slopes) are worked out for all steps at once, before the loop; where a sequence has
  ended they are zero, and what arrives is carried on;
- arrays are made once and start on cache lines; a smaller batch uses their first part; the views of
  each step and their bound methods (``array.dot``) are made once per (T, B) and kept, as far as
  memory allows;
- tokens are gathered from a table of projected rows, their gradient scattered back by rows;
- ``W_hhᵀ`` is copied once per update, because the loop backward multiplies by it T times.

Splitting large products by rows, for OpenBLAS's AVX-512 kernels for small matrices, was tried and
left out: an update takes 3 % less with them, and up to 70 % more (H = 256) where it has none.

Nothing here is visible outside: ``step.py`` is the way in, and a test holds this path to
the traced one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import numpy as np

from rnn_core.buffers import BufferPool, Kept, aligned
from rnn_core.fast.flat_params import Weights
from rnn_core.input_validation import check_tokens
from rnn_core.network import Segment
from rnn_core.params import Array

ONE_HOT_LIMIT = 256
# Squares of numbers whose products with each other are far from the largest of the type.
SAFE = {np.dtype(np.float32): 1e30, np.dtype(np.float64): 1e300}


class Workspace:
    """The arrays of one unroll for one T and B that all cells share; cells add their own.

    Attributes
    ----------
    x : array, shape (T·B, D+1), dense input and a column of ones
    tokens : array, shape (T·B,)
    a : array, shape (T, B, G·H), the input's share x W_xh + b_h
    h : array, shape (T+1, B, H)
    c : array, shape (T+1, B, H), lstm only
    da : array, shape (T, B, G·H)
    dh_local : array, shape (T, B, H), from the read-out of each step
    dh, carry : array, shape (B, H), total and recurrent gradient of the current state
    carry_c : array, shape (B, H), lstm only
    ended : bool array, shape (T, B, 1), or None where all sequences are full
    first_end : int, the first step at which any has ended
    """

    def __init__(self, unroll: FastUnroll[Any], steps: int, batch: int) -> None:
        pool, D, H, wide = unroll.pool, unroll.inputs, unroll.hidden, unroll.wide
        rows = steps * batch
        self.steps, self.batch = steps, batch
        self.x = pool.take("x", rows, D + 1)
        self.x[:, D] = 1.0
        self.x_all = self.x.reshape(-1)
        self.reads_tokens = False
        self.x_rows = self.x[:, :D]
        self.x_given = self.x.reshape(steps, batch, D + 1)[:, :, :D]
        self.tokens = pool.take("tokens", rows, dtype=np.intp)
        self.unsigned_tokens = self.tokens.view(np.uintp)
        self.a = pool.take("a", steps, batch, wide)
        self.h = pool.take("h", steps + 1, batch, H)
        self.c: Any = None
        self.da = pool.take("da", steps, batch, wide)
        self.dh_local = pool.take("dh_local", steps, batch, H)
        self.product = pool.take("product", batch, wide)
        self.dh, self.carry = pool.take("dh", batch, H), pool.take("carry", batch, H)
        self.carry_c: Any = None
        self.ended: Any = None
        self.first_end = steps
        self.a_rows, self.da_rows = self.a.reshape(rows, wide), self.da.reshape(rows, wide)
        self.h_before, self.h_after = self.h[:-1].reshape(rows, H), self.h[1:].reshape(rows, H)
        self.dh_local_rows = self.dh_local.reshape(rows, H)
        self.ones = pool.take("ones", rows)
        self.ones.fill(1.0)
        self.forward: list[tuple[Any, ...]] = []
        self.back: list[tuple[Any, ...]] = []

    def set_lengths(self, lengths: Array | None) -> None:
        """Mark from which step on each sequence has ended."""
        self.ended, self.first_end = None, self.steps
        if lengths is not None and (lengths < self.steps).any():
            self.ended = (np.arange(self.steps)[:, None] >= lengths)[:, :, None]
            self.first_end = int(lengths.min())

    def cut(self, t: int) -> None:
        """Let nothing back over a boundary before step t, but where a sequence ended before it."""
        whole = t < self.first_end
        for carry in (self.carry, self.carry_c):
            if carry is not None:
                carry[slice(None) if whole else ~self.ended[t, :, 0]] = 0.0


S = TypeVar("S", bound=Workspace)


class FastUnroll(ABC, Generic[S]):
    """One segment, forward and backward, between views of the flat weights and gradients.

    Attributes
    ----------
    moderate : bool
        Whether no overflow can be hidden in the last pass, by moderate weights. A tanh, a gate or
        a relu takes infinity to a finite number; of moderate input none comes to them.
    """

    def __init__(
        self, segment: Segment, weights: Weights, gradients: Weights, pool: BufferPool
    ) -> None:
        params = segment.params
        self.weights, self.gradients, self.pool = weights, gradients, pool
        self.inputs, self.hidden, self.wide = params.inputs, params.hidden, params.W_hh.shape[1]
        self.W_hh_T = aligned((self.wide, self.hidden), pool.dtype)
        self.vocabulary = segment.vocabulary
        self._table: Array | None = None
        self._spaces = Kept[tuple[int, int], S]()
        self._safe, self.moderate = SAFE[pool.dtype], True

    def space(self, steps: int, batch: int) -> S:
        """Return the arrays for this T and B, made when first asked for."""
        found = self._spaces.get((steps, batch))
        if found is None:
            found = self._spaces.keep((steps, batch), self._make_space(steps, batch), steps)
        return found

    def run(
        self, space: S, x: Array, h0: Array | None, c0: Array | None, lengths: Array | None
    ) -> None:
        """Fill ``space.h`` (and ``c``) from x, dense (T, B, D) or tokens (T, B)."""
        self._project(space, x)
        space.set_lengths(lengths)
        space.h[0] = 0.0 if h0 is None else h0
        if space.c is not None:
            space.c[0] = 0.0 if c0 is None else c0
        self._run_steps(space)

    def run_back(
        self,
        space: S,
        local: bool,
        dh_last: Array | None,
        dc_last: Array | None,
        truncate: int | None,
        needs_start: bool,
    ) -> tuple[Array, Array | None]:
        """Fill the gradients of this segment's weights; return dh0 and dc0, where asked for.

        ``local`` says whether ``space.dh_local`` holds gradients from the read-out of each step.
        """
        self.W_hh_T[...] = self.weights.W_hh.T
        space.carry[...] = 0.0 if dh_last is None else dh_last
        if space.carry_c is not None:
            space.carry_c[...] = 0.0 if dc_last is None else dc_last
        self.moderate = self.is_moderate(space)
        self._run_steps_back(space, local, truncate, needs_start)
        self._project_back(space)
        return space.carry, space.carry_c

    def is_moderate(self, space: S) -> bool:
        """Tell whether what was read is far from the largest number."""
        return space.reads_tokens or bool(space.x_all.dot(space.x_all) < self._safe)

    @abstractmethod
    def _make_space(self, steps: int, batch: int) -> S:
        """Return the cell's arrays, with the views its loops walk along."""

    @abstractmethod
    def _run_steps(self, space: S) -> None:
        """Fill the states from the input's share and the first state."""

    @abstractmethod
    def _run_steps_back(
        self, space: S, local: bool, truncate: int | None, needs_start: bool
    ) -> None:
        """Fill ``space.da``, the gradient of W_hh (and b_hn), and leave dh0 in ``carry``."""

    def _project(self, space: S, x: Array) -> None:
        """Fill ``space.a`` with x W_xh + b_h."""
        space.reads_tokens = x.ndim == 2
        if space.reads_tokens:
            self._look_up(space, x)
            return
        self._table = None
        space.x_given[...] = x
        space.x.dot(self.weights.W_x, space.a_rows)

    def _look_up(self, space: S, tokens: Array) -> None:
        """Fill ``space.a`` by rows of W_xh, or of the projected embedding."""
        space.tokens[...] = tokens.reshape(-1)
        # A negative number is a huge one without its sign, so one maximum checks both ends (and
        # argmax finds it in a third of the time of max).
        if space.unsigned_tokens[space.unsigned_tokens.argmax()] >= self.vocabulary:
            check_tokens("x", tokens, self.vocabulary)
        embedding = self.weights.embedding
        self._table = self.weights.W_xh if embedding is None else embedding.dot(self.weights.W_xh)
        self._table.take(space.tokens, 0, space.a_rows, "clip")
        np.add(space.a_rows, self.weights.b_h, space.a_rows)

    def _project_back(self, space: S) -> None:
        """Fill the gradients of W_xh and b_h, and of the embedding where there is one."""
        gradients, weights = self.gradients, self.weights
        space.ones.dot(space.da_rows, gradients.b_h)
        if self._table is None:
            # A transposed view with gaps: matmul hands it to BLAS, dot would copy it first.
            np.matmul(space.x_rows.T, space.da_rows, gradients.W_xh)
            if gradients.embedding is not None:
                gradients.embedding.fill(0.0)
            return
        if weights.embedding is None or gradients.embedding is None:
            scatter(space.da_rows, space.tokens, gradients.W_xh, self.pool)
            return
        by_token = self.pool.take("by_token", *self._table.shape)
        scatter(space.da_rows, space.tokens, by_token, self.pool)
        weights.embedding.T.dot(by_token, gradients.W_xh)
        by_token.dot(weights.W_xh.T, gradients.embedding)


def scatter(rows: Array, tokens: Array, out: Array, pool: BufferPool) -> None:
    """Sum the rows of each token into ``out[token]``, zero where a token does not occur.

    A small vocabulary is a product with one-hot rows; a large one is sorted, and runs are summed.
    """
    vocabulary = len(out)
    if vocabulary <= ONE_HOT_LIMIT:
        one_hot = pool.take("one_hot", len(rows), vocabulary)
        one_hot.fill(0.0)
        one_hot[np.arange(len(rows)), tokens] = 1.0
        one_hot.T.dot(rows, out)
        return
    order = tokens.argsort(kind="stable")
    ordered = tokens[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    out.fill(0.0)
    out[ordered[starts]] = np.add.reduceat(rows[order], starts, axis=0)
