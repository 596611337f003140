"""The loops of gru and lstm at speed; ``cells.py`` is the textbook.

Gates lie apart, (G, T, B, H), so that each is contiguous over all steps; the tanh puts them there.
One tanh serves all gates, σ(a) = ½ + ½ tanh(½ a), with the ½ inside taken into copies of the
weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn_core.fast_memory import Pool, aligned
from rnn_core.fast_slopes import slope_of_sigmoid, slope_of_tanh
from rnn_core.fast_unroll import FastUnroll, Space
from rnn_core.flat import Weights
from rnn_core.network import Segment
from rnn_core.params import Array


class GatedSpace(Space):
    """What gru and lstm keep beside the shared arrays.

    Attributes
    ----------
    gates : array, shape (G, T, B, H)
    factors : array, shape (3, T, B, H): da by gate, for one unit of what arrives
    gates_now, da_now : array, shape (G, B, H): of one step, gate by gate
    """

    def __init__(self, unroll: FastUnroll[Any], steps: int, batch: int) -> None:
        super().__init__(unroll, steps, batch)
        pool, H = unroll.pool, unroll.hidden
        self.G = unroll.wide // H
        self.gates = pool.take("gates", self.G, steps, batch, H)
        self.factors = pool.take("factors", 3, steps, batch, H)
        self.gates_now = pool.take("gates_now", self.G, batch, H)
        self.da_now = pool.take("da_now", self.G, batch, H)
        self.scratch = pool.take("scratch", steps, batch, H)
        self.now = pool.take("now", batch, H)

    def by_gate(self, array: Array) -> Array:
        """Return a view (…, G, B, H) of an array (…, B, G·H)."""
        return array.reshape(*array.shape[:-1], self.G, -1).swapaxes(-3, -2)


class LSTMSpace(GatedSpace):
    """Adds ``tanh_c``, ``factor_o`` and ``to_c`` (dh to dc), each of shape (T, B, H)."""

    def __init__(self, unroll: FastUnroll[Any], steps: int, batch: int) -> None:
        super().__init__(unroll, steps, batch)
        pool, H = unroll.pool, unroll.hidden
        self.c = pool.take("c", steps + 1, batch, H)
        self.carry_c = pool.take("carry_c", batch, H)
        self.tanh_c = pool.take("tanh_c", steps, batch, H)
        self.factor_o = pool.take("factor_o", steps, batch, H)
        self.to_c = pool.take("to_c", steps, batch, H)
        # Not from the pool: another batch size would overwrite what is never written again.
        self.outer, self.offset = (aligned((4, batch, H), pool.dtype) for _ in range(2))
        gates, c, h, da = self.gates, self.c, self.h, self.by_gate(self.da)
        self.forward = [
            (
                *(t, h[t].dot, self.a[t], gates[:, t], *gates[:, t]),
                *(c[t], c[t + 1], self.tanh_c[t], h[t + 1]),
            )
            for t in range(steps)
        ]
        self.back = [
            (
                *(t, self.dh_local[t], self.factor_o[t], self.to_c[t], self.factors[:, t]),
                *(gates[1, t], da[t], self.da[t].dot),
            )
            for t in reversed(range(steps))
        ]


class FastLSTM(FastUnroll[LSTMSpace]):
    """i, f, o = σ(a); g = tanh(a_g); c' = f ⊙ c + i ⊙ g; h' = o ⊙ tanh(c')."""

    def __init__(self, segment: Segment, weights: Weights, gradients: Weights, pool: Pool) -> None:
        super().__init__(segment, weights, gradients, pool)
        half = np.array([0.5, 0.5, 1.0, 0.5], pool.dtype)
        self.inner = np.repeat(half, self.hidden)
        self._half = half[:, None, None]

    def _make_space(self, steps: int, batch: int) -> LSTMSpace:
        space = LSTMSpace(self, steps, batch)
        # Whole arrays: NumPy takes four times as long over a factor per gate.
        space.outer[...] = self._half
        space.offset[...] = 1.0 - self._half
        return space

    def _run_steps(self, space: LSTMSpace) -> None:
        W_hh = self._scaled(self.weights.W_hh, self._W_hh)
        product, by_gate, now = space.product, space.by_gate(space.product), space.now
        outer, offset, gates_now = space.outer, space.offset, space.gates_now
        add, multiply, tanh = np.add, np.multiply, np.tanh
        for t, dot, a, gates, i, f, g, o, c_before, c, tanh_c, h in space.forward:
            dot(W_hh, product)
            add(product, a, product)
            tanh(by_gate, gates_now)
            multiply(gates_now, outer, gates_now)
            add(gates_now, offset, gates)
            multiply(f, c_before, c)
            multiply(i, g, now)
            add(c, now, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)
            if t >= space.first_end:
                np.copyto(c, c_before, where=space.ended[t])
                np.copyto(h, space.h[t], where=space.ended[t])

    def _find_factors(self, space: LSTMSpace) -> None:
        """Fill what is multiplied by dc for i, f, g, and by dh for o and for dc itself."""
        i, f, g, o = space.gates
        to_i, to_f, to_g = space.factors
        slope_of_sigmoid(i, to_i)
        np.multiply(to_i, g, to_i)
        slope_of_sigmoid(f, to_f)
        np.multiply(to_f, space.c[:-1], to_f)
        slope_of_tanh(g, to_g)
        np.multiply(to_g, i, to_g)
        slope_of_sigmoid(o, space.factor_o)
        np.multiply(space.factor_o, space.tanh_c, space.factor_o)
        slope_of_tanh(space.tanh_c, space.to_c)
        np.multiply(space.to_c, o, space.to_c)
        if space.ended is not None:
            for factor in (to_i, to_f, to_g, space.factor_o, space.to_c):
                np.copyto(factor, 0.0, where=space.ended)
            np.copyto(f, 1.0, where=space.ended)

    def _run_steps_back(
        self, space: LSTMSpace, local: bool, truncate: int | None, needs_start: bool
    ) -> None:
        self._find_factors(space)
        carry, dc, dh, now, W_hh_T = space.carry, space.carry_c, space.dh, space.now, self.W_hh_T
        add, multiply, da_now = np.add, np.multiply, space.da_now
        da_ifg, da_o = da_now[:3], da_now[3]
        arriving = dh if local else carry
        for t, dh_local, factor_o, to_c, factors, f, da, dot in space.back:
            if local:
                add(carry, dh_local, dh)
            multiply(arriving, factor_o, da_o)
            multiply(arriving, to_c, now)
            add(dc, now, dc)
            multiply(dc, factors, da_ifg)
            multiply(dc, f, dc)
            da[...] = da_now
            if t >= space.first_end:
                passing = arriving * space.ended[t]
                dot(W_hh_T, carry)
                add(carry, passing, carry)
            elif t or needs_start:
                dot(W_hh_T, carry)
            if truncate is not None and t and t % truncate == 0:
                carry.fill(0.0)
                dc.fill(0.0)
        space.h_before.T.dot(space.da_rows, self.gradients.W_hh)


class GRUSpace(GatedSpace):
    """Adds ``n_recurrent`` and ``factor_n`` (dh to da_n), each of shape (T, B, H)."""

    def __init__(self, unroll: FastUnroll[Any], steps: int, batch: int) -> None:
        super().__init__(unroll, steps, batch)
        self.n_recurrent = unroll.pool.take("n_recurrent", steps, batch, unroll.hidden)
        self.factor_n = unroll.pool.take("factor_n", steps, batch, unroll.hidden)
        gates, h, a, wide = self.gates, self.h, self.a, 2 * unroll.hidden
        da = self.by_gate(self.da)
        self.forward = [
            (
                *(t, h[t].dot, a[t, :, :wide], gates[:2, t], *gates[:, t]),
                *(a[t, :, wide:], self.n_recurrent[t], h[t], h[t + 1]),
            )
            for t in range(steps)
        ]
        self.back = [
            (t, self.dh_local[t], self.factors[:, t], gates[1, t], da[t], self.da[t].dot)
            for t in reversed(range(steps))
        ]


class FastGRU(FastUnroll[GRUSpace]):
    """r, z = σ(a); n = tanh(a_n) with r inside; h' = n + z ⊙ (h − n)."""

    def __init__(self, segment: Segment, weights: Weights, gradients: Weights, pool: Pool) -> None:
        super().__init__(segment, weights, gradients, pool)
        self.inner = np.repeat(np.array([0.5, 0.5, 1.0], pool.dtype), self.hidden)
        self._half = np.array(0.5, pool.dtype)
        self._b_hn: Any = weights.b_hn
        self._db_hn: Any = gradients.b_hn

    def _make_space(self, steps: int, batch: int) -> GRUSpace:
        return GRUSpace(self, steps, batch)

    def _run_steps(self, space: GRUSpace) -> None:
        W_hh = self._scaled(self.weights.W_hh, self._W_hh)
        b_hn, half, product = self._b_hn, self._half, space.product
        to_rz, to_n = product[:, : 2 * self.hidden], product[:, 2 * self.hidden :]
        rz_by_gate, rz_now = space.by_gate(product)[:2], space.gates_now[:2]
        add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
        for t, dot, a_rz, rz, r, z, n, a_n, n_recurrent, h_before, h in space.forward:
            dot(W_hh, product)
            add(to_rz, a_rz, to_rz)
            tanh(rz_by_gate, rz_now)
            multiply(rz_now, half, rz_now)
            add(rz_now, half, rz)
            add(to_n, b_hn, n_recurrent)
            multiply(r, n_recurrent, n)
            add(n, a_n, n)
            tanh(n, n)
            subtract(h_before, n, h)
            multiply(h, z, h)
            add(h, n, h)
            if t >= space.first_end:
                np.copyto(h, h_before, where=space.ended[t])

    def _find_factors(self, space: GRUSpace) -> None:
        """Fill what dh is multiplied by: da_r, da_z, r ⊙ da_n, and da_n itself."""
        r, z, n = space.gates
        to_r, to_z, to_rn = space.factors
        to_n, scratch = space.factor_n, space.scratch
        slope_of_tanh(n, to_n)
        np.subtract(1.0, z, scratch)
        np.multiply(to_n, scratch, to_n)
        slope_of_sigmoid(r, to_r)
        np.multiply(to_r, space.n_recurrent, to_r)
        np.multiply(to_r, to_n, to_r)
        np.subtract(space.h[:-1], n, scratch)
        slope_of_sigmoid(z, to_z)
        np.multiply(to_z, scratch, to_z)
        np.multiply(to_n, r, to_rn)
        if space.ended is not None:
            for factor in (to_r, to_z, to_rn, to_n):
                np.copyto(factor, 0.0, where=space.ended)
            np.copyto(z, 1.0, where=space.ended)

    def _run_steps_back(
        self, space: GRUSpace, local: bool, truncate: int | None, needs_start: bool
    ) -> None:
        self._find_factors(space)
        carry, now, da_now, W_hh_T = space.carry, space.now, space.da_now, self.W_hh_T
        add, multiply = np.add, np.multiply
        for t, dh, factors, z, da, dot in space.back:
            if local:
                add(carry, dh, dh)
            else:
                dh[...] = carry
            multiply(dh, factors, da_now)
            da[...] = da_now
            if t or needs_start:
                dot(W_hh_T, carry)
                multiply(dh, z, now)
                add(carry, now, carry)
            if truncate is not None and t and t % truncate == 0:
                carry.fill(0.0)
        # The recurrent product takes r ⊙ da_n; everything else takes da_n, which then stands in da.
        space.h_before.T.dot(space.da_rows, self.gradients.W_hh)
        space.ones.dot(space.da_rows[:, 2 * self.hidden :], self._db_hn)
        np.multiply(space.dh_local, space.factor_n, space.da[:, :, 2 * self.hidden :])
