"""The unroll at speed: the mathematics of ``unroll.py`` on preallocated arrays, in place.

A training step at teaching sizes is hundreds of NumPy calls on small arrays, so what counts is how
many calls there are and what each costs before it computes. The reasons, once:

- all input projections are one product before the loop, all weight gradients one product each
  after it; the loops hold only what depends on the step before;
- arrays are made once and start on cache lines; a smaller batch uses their first part, so that it
  is contiguous too; the views of each step and their bound methods (``array.dot``) are made once
  per (T, B) and kept;
- tokens are gathered from a table of projected rows, their gradient scattered back by rows;
- ``W_hhᵀ`` is copied once per update, because the loop backward multiplies by it T times.

Nothing here is visible outside: ``training_step.py`` is the way in, and a test holds this path to
the traced one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from rnn_core.flat import Weights, aligned
from rnn_core.network import Segment
from rnn_core.params import Array

ONE_HOT_LIMIT = 256
SPACES_KEPT = 64


class Pool:
    """Preallocated memory by name; a request takes the first part, contiguous."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._held: dict[str, Array] = {}

    def take(self, name: str, *shape: int, dtype: npt.DTypeLike | None = None) -> Array:
        """Return an array of this shape in the memory of this name, which grows when asked to."""
        size = int(np.prod(shape))
        held = self._held.get(name)
        if held is None or held.size < size:
            held = self._held[name] = aligned((size,), dtype or self.dtype)
        return held[:size].reshape(shape)


class Space:
    """The arrays of one unroll for one T and B, and the views its loops walk along."""

    def __init__(self, pool: Pool, steps: int, batch: int, params_shape: tuple[int, int, int]):
        D, H, wide = params_shape
        rows = steps * batch
        self.steps, self.batch = steps, batch
        self.x = pool.take("x", rows, D + 1)
        self.x[:, D] = 1.0
        self.tokens = pool.take("tokens", rows, dtype=np.intp)
        self.a = pool.take("a", steps, batch, wide)
        self.h = pool.take("h", steps + 1, batch, H)
        self.da = pool.take("da", steps, batch, wide)
        self.slope = pool.take("slope", steps, batch, H)
        self.dh_local = pool.take("dh_local", steps, batch, H)
        self.product = pool.take("product", batch, wide)
        self.bias = pool.take("bias", batch, wide)
        self.dh, self.carry = pool.take("dh", batch, H), pool.take("carry", batch, H)
        self.c: Array | None = None
        self.ended: Array | None = None
        self.first_end = steps
        self.forward = [(t, self.h[t].dot, self.a[t], self.h[t + 1]) for t in range(steps)]
        self.back = [
            (t, self.dh_local[t], self.slope[t], self.da[t], self.da[t].dot)
            for t in reversed(range(steps))
        ]
        self.a_rows, self.da_rows = self.a.reshape(rows, wide), self.da.reshape(rows, wide)
        self.h_before = self.h[:-1].reshape(rows, H)
        self.h_after = self.h[1:].reshape(rows, H)
        self.dh_local_rows = self.dh_local.reshape(rows, H)

    def set_lengths(self, lengths: Array | None) -> None:
        """Mark from which step on each sequence has ended."""
        self.ended, self.first_end = None, self.steps
        if lengths is not None and (lengths < self.steps).any():
            self.ended = (np.arange(self.steps)[:, None] >= lengths)[:, :, None]
            self.first_end = int(lengths.min())


class FastUnroll:
    """One segment, forward and backward, between views of the flat weights and gradients."""

    def __init__(self, segment: Segment, weights: Weights, gradients: Weights, pool: Pool) -> None:
        params = segment.params
        if params.cell != "rnn":
            raise ValueError(f"cell is {params.cell!r} but only 'rnn' trains at speed so far")
        self.weights, self.gradients, self.pool = weights, gradients, pool
        self.shape = (params.inputs, params.hidden, params.W_hh.shape[1])
        self.W_hh_T = aligned((params.W_hh.shape[1], params.hidden), pool.dtype)
        self._activate, self._slope = ACTIVATIONS[params.activation]
        self._table: Array | None = None
        self._spaces: dict[tuple[int, int], Space] = {}

    def space(self, steps: int, batch: int) -> Space:
        """Return the arrays for this T and B, made when first asked for."""
        found = self._spaces.get((steps, batch))
        if found is None:
            if len(self._spaces) >= SPACES_KEPT:
                self._spaces.clear()
            found = self._spaces[steps, batch] = Space(self.pool, steps, batch, self.shape)
        return found

    def run(
        self, space: Space, x: Array, h0: Array | None, c0: Array | None, lengths: Array | None
    ) -> None:
        """Fill ``space.h`` from x, dense (T, B, D) or tokens (T, B)."""
        self._project(space, x)
        space.set_lengths(lengths)
        if h0 is None:
            space.h[0].fill(0.0)
        else:
            space.h[0] = h0
        self._run_steps(space)

    def _run_steps(self, space: Space) -> None:
        W_hh, product, activate, add = self.weights.W_hh, space.product, self._activate, np.add
        for t, dot, a, h in space.forward:
            dot(W_hh, product)
            add(product, a, product)
            activate(product, h)
            if t >= space.first_end and space.ended is not None:
                np.copyto(h, space.h[t], where=space.ended[t])

    def _project(self, space: Space, x: Array) -> None:
        """Fill ``space.a`` with x W_xh + b_h."""
        rows, D = len(space.a_rows), self.shape[0]
        if x.ndim == 3:
            self._table = None
            space.x[:, :D] = x.reshape(rows, D)
            space.x.dot(self.weights.W_x, space.a_rows)
            return
        embedding = self.weights.embedding
        space.tokens[...] = x.reshape(rows)
        self._table = self.weights.W_xh if embedding is None else embedding.dot(self.weights.W_xh)
        self._table.take(space.tokens, 0, space.a_rows, "clip")
        space.bias[...] = self.weights.b_h
        np.add(space.a, space.bias, space.a)

    def run_back(
        self,
        space: Space,
        local: bool,
        dh_last: Array | None,
        dc_last: Array | None,
        truncate: int | None,
        needs_start: bool,
    ) -> tuple[Array, Array | None]:
        """Fill the gradients of this segment's weights; return dh0 and dc0 (where asked for).

        ``local`` says whether ``space.dh_local`` holds gradients from the read-out of each step.
        """
        np.copyto(self.W_hh_T, self.weights.W_hh.T)
        if dh_last is None:
            space.carry.fill(0.0)
        else:
            np.copyto(space.carry, dh_last)
        self._run_steps_back(space, local, truncate, needs_start)
        gradients = self.gradients
        space.h_before.T.dot(space.da_rows, gradients.W_hh)
        self._project_back(space)
        return space.carry, None

    def _run_steps_back(
        self, space: Space, local: bool, truncate: int | None, needs_start: bool
    ) -> None:
        self._slope(space.h[1:], space.slope)
        carry, dh, W_hh_T, add, multiply = space.carry, space.dh, self.W_hh_T, np.add, np.multiply
        for t, dh_local, slope, da, dot in space.back:
            if local:
                add(carry, dh_local, dh)
            else:
                np.copyto(dh, carry)
            multiply(dh, slope, da)
            if t >= space.first_end and space.ended is not None:
                np.copyto(da, 0.0, where=space.ended[t])
                dot(W_hh_T, carry)
                np.copyto(carry, dh, where=space.ended[t])
            elif t > 0 or needs_start:
                dot(W_hh_T, carry)
            if truncate is not None and t > 0 and t % truncate == 0:
                carry.fill(0.0)

    def _project_back(self, space: Space) -> None:
        """Fill the gradients of W_xh and b_h, and of the embedding where there is one."""
        gradients, weights = self.gradients, self.weights
        if self._table is None:
            space.x.T.dot(space.da_rows, gradients.W_x)
            if gradients.embedding is not None:
                gradients.embedding.fill(0.0)
            return
        np.add.reduce(space.da_rows, 0, None, gradients.b_h)
        if weights.embedding is None or gradients.embedding is None:
            scatter(space.da_rows, space.tokens, gradients.W_xh, self.pool)
            return
        by_token = self.pool.take("by_token", *self._table.shape)
        scatter(space.da_rows, space.tokens, by_token, self.pool)
        weights.embedding.T.dot(by_token, gradients.W_xh)
        by_token.dot(weights.W_xh.T, gradients.embedding)


def scatter(rows: Array, tokens: Array, out: Array, pool: Pool) -> None:
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


def _relu(a: Array, out: Array) -> None:
    np.maximum(a, 0.0, out)


def _tanh_slope(h: Array, out: Array) -> None:
    np.multiply(h, h, out)
    np.subtract(1.0, out, out)


def _relu_slope(h: Array, out: Array) -> None:
    np.greater(h, 0.0, out, casting="unsafe")


ACTIVATIONS: dict[str, tuple[Callable[..., object], Callable[[Array, Array], None]]] = {
    "tanh": (np.tanh, _tanh_slope),
    "relu": (_relu, _relu_slope),
}
