"""The loops of the GRU at speed; ``cells.py`` is the textbook."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn_core.buffers import BufferPool
from rnn_core.fast.activations import Block, dsigmoid, dtanh
from rnn_core.fast.flat_params import Weights
from rnn_core.fast.gated import FastGated, GatedSpace
from rnn_core.fast.unroll import FastUnroll
from rnn_core.network import Segment
from rnn_core.params import Array


class GRUSpace(GatedSpace):
    """Blocks n, r, z, and 1 − z beside them: the last three are sigmoids.

    Attributes
    ----------
    factors : array, shape (T, 4, B, H): of dh, for r, z, n behind the reset gate, and n before it
    n_recurrent, scratch : arrays, shape (T, B, H)
    b_hn : array, shape (B, H): the bias at every row, because NumPy takes 1 µs to broadcast it
    """

    def __init__(self, unroll: FastUnroll[Any], steps: int, batch: int) -> None:
        super().__init__(unroll, steps, batch, extra=1)
        pool, H = unroll.pool, unroll.hidden
        blocks, h, factors, da = self.blocks, self.h, self.factors, self.da_by_gate
        pre = self.pre
        self.a_n, self.a_r = Block(pre, 0), Block(pre, 1)
        self.n_recurrent = pool.take("n_recurrent", steps, batch, H)
        self.scratch = pool.take("scratch", steps, batch, H)
        self.b_hn = pool.take("b_hn", batch, H)
        self.forward = [
            (
                *(
                    t,
                    self.times(t),
                    pre[t, 1:],
                    blocks[t, 1:3],
                    blocks[t, 1:],
                    pre[t, 0],
                ),
                *(*blocks[t], self.n_recurrent[t], h[t], h[t + 1]),
            )
            for t in range(steps)
        ]
        self.back = [
            (t, self.dh_local[t], *factors[:3, t], blocks[t, 2], da[t], self.da[t].dot)
            for t in reversed(range(steps))
        ]


class FastGRU(FastGated[GRUSpace]):
    """r, z = σ(a); n = tanh(a_n) with r inside; h' = (1 − z) ⊙ n + z ⊙ h.

    1 − z is 1 / (1 + 1 / e⁻ᵃ), a sigmoid among the others: subtracted it would be 0 for an a_z
    of 40, and n + z ⊙ (h − n) would round a small state by the size of n.
    """

    def __init__(
        self, segment: Segment, weights: Weights, gradients: Weights, pool: BufferPool
    ) -> None:
        super().__init__(segment, weights, gradients, pool)
        # np.negative is wrong on float32 with unlike gaps in and out (NumPy 2.4.6, AVX2).
        self._minus = np.array(-1.0, pool.dtype)
        self._b_hn: Any = weights.b_hn
        self._db_hn: Any = gradients.b_hn

    def _make_space(self, steps: int, batch: int) -> GRUSpace:
        return GRUSpace(self, steps, batch)

    def _order(self, given: Array, out: Array) -> None:
        np.multiply(given[..., :2, :, :], self._minus, out[..., 1:, :, :])
        out[..., 0, :, :] = given[..., 2, :, :]

    def _run_steps(self, space: GRUSpace) -> None:
        W_hh, out = self._recurrent(space)
        to_n, to_rz = space.gate_product[0], space.gate_product[1:]
        b_hn, one, now = space.b_hn, self._one, space.now
        b_hn[...] = self._b_hn
        add, multiply, divide = np.add, np.multiply, np.divide
        exp, tanh = np.exp, space.tanh
        for (
            t,
            times,
            pre_rz,
            rz,
            rzq,
            pre_n,
            n,
            r,
            z,
            q,
            n_recurrent,
            h_before,
            h,
        ) in space.forward:
            times(W_hh, out)
            add(to_rz, rz, pre_rz)
            exp(pre_rz, rz)
            divide(one, z, q)
            add(rzq, one, rzq)
            divide(one, rzq, rzq)
            add(to_n, b_hn, n_recurrent)
            multiply(r, n_recurrent, to_n)
            add(n, to_n, pre_n)
            tanh(pre_n, n)
            multiply(q, n, now)
            multiply(z, h_before, h)
            add(h, now, h)
            if t >= space.first_end:
                np.copyto(h, h_before, where=space.ended[t])

    def _find_factors(self, space: GRUSpace) -> None:
        """Fill what dh is multiplied by: da_r, da_z, r ⊙ da_n, and da_n itself."""
        blocks, factors, scratch = space.blocks[:-1], space.factors, space.scratch
        n, r, z, q = (blocks[:, k] for k in range(4))
        to_r, to_z, to_rn, to_n = factors
        dsigmoid(r, space.a_r, to_r)
        np.multiply(z, q, to_z)
        dtanh(n, space.a_n, to_n)
        np.multiply(to_n, q, to_n)
        np.multiply(to_r, space.n_recurrent, to_r)
        np.multiply(to_r, to_n, to_r)
        np.subtract(space.h[:-1], n, scratch)
        np.multiply(to_z, scratch, to_z)
        np.multiply(to_n, r, to_rn)
        if space.ended is not None:
            np.copyto(factors, 0.0, where=space.ended)
            np.copyto(z, 1.0, where=space.ended)

    def _run_steps_back(
        self, space: GRUSpace, local: bool, truncate: int | None, needs_start: bool
    ) -> None:
        self._find_factors(space)
        carry, now, da_now, W_hh_T = space.carry, space.now, space.da_now, self.W_hh_T
        da_r, da_z, da_rn = da_now
        add, multiply = np.add, np.multiply
        for t, dh, to_r, to_z, to_rn, z, da, dot in space.back:
            if local:
                add(carry, dh, dh)
            else:
                dh[...] = carry
            multiply(dh, to_r, da_r)
            multiply(dh, to_z, da_z)
            multiply(dh, to_rn, da_rn)
            da[...] = da_now
            if t or needs_start:
                dot(W_hh_T, carry)
                multiply(dh, z, now)
                add(carry, now, carry)
            if truncate is not None and t and t % truncate == 0:
                space.cut(t)
        # The recurrent product takes r ⊙ da_n; everything else takes da_n, which then stands in da.
        space.h_before.T.dot(space.da_rows, self.gradients.W_hh)
        space.ones.dot(space.da_rows[:, 2 * self.hidden :], self._db_hn)
        np.multiply(space.dh_local, space.factors[3], space.da[:, :, 2 * self.hidden :])
