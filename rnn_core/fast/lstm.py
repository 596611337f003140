"""The loops of the LSTM at speed; ``cells.py`` is the textbook."""

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


class LSTMSpace(GatedSpace):
    """Blocks o, i, f, g, c: the sigmoids side by side, and i, f beside what each multiplies.

    Attributes
    ----------
    factors : array, shape (4, T, B, H): for o of dh, for i, f, g of dc
    tanh_c, to_c : arrays, shape (T, B, H); ``to_c`` takes dh to dc
    """

    def __init__(self, unroll: FastUnroll[Any], steps: int, batch: int) -> None:
        super().__init__(unroll, steps, batch, extra=1)
        pool, H = unroll.pool, unroll.hidden
        blocks, h, factors, da = self.blocks, self.h, self.factors, self.da_by_gate
        self.c = blocks[:, 4]
        self.carry_c = pool.take("carry_c", batch, H)
        self.tanh_c = pool.take("tanh_c", steps, batch, H)
        self.to_c = pool.take("to_c", steps, batch, H)
        self.pair = pool.take("pair", 2, batch, H)
        self.a_oifg = [Block(self.pre, k) for k in range(4)]
        self.a_c = Block(blocks, 4, first=1)
        self.forward = [
            (
                *(
                    t,
                    self.times(t),
                    blocks[t, :4],
                    self.pre[t],
                    self.pre[t, :3],
                    self.pre[t, 3],
                ),
                *(blocks[t, :3], blocks[t, 3], blocks[t, 1:3], blocks[t, 3:5], blocks[t, 0]),
                *(self.c[t + 1], self.tanh_c[t], h[t + 1]),
            )
            for t in range(steps)
        ]
        self.back = [
            (
                *(t, self.dh_local[t], self.to_c[t], *factors[:, t], blocks[t, 2]),
                *(da[t], self.da[t].dot),
            )
            for t in reversed(range(steps))
        ]


class FastLSTM(FastGated[LSTMSpace]):
    """i, f, o = σ(a); g = tanh(a_g); c' = f ⊙ c + i ⊙ g; h' = o ⊙ tanh(c')."""

    def __init__(
        self, segment: Segment, weights: Weights, gradients: Weights, pool: BufferPool
    ) -> None:
        super().__init__(segment, weights, gradients, pool)
        self._signs_ifg = np.array([-1.0, -1.0, 1.0], pool.dtype)[:, None, None]
        # np.negative is wrong on float32 with unlike gaps in and out (NumPy 2.4.6, AVX2).
        self._sign_o = np.array(-1.0, pool.dtype)

    def _make_space(self, steps: int, batch: int) -> LSTMSpace:
        return LSTMSpace(self, steps, batch)

    def _order(self, given: Array, out: Array) -> None:
        np.multiply(given[..., :3, :, :], self._signs_ifg, out[..., 1:, :, :])
        np.multiply(given[..., 3, :, :], self._sign_o, out[..., 0, :, :])

    def _run_steps(self, space: LSTMSpace) -> None:
        W_hh, out = self._recurrent(space)
        product, pair, one = space.gate_product, space.pair, self._one
        first, second = pair
        add, multiply, divide, exp, tanh = np.add, np.multiply, np.divide, np.exp, space.tanh
        for (
            t,
            times,
            gates,
            pre,
            to_oif,
            to_g,
            oif,
            g,
            i_f,
            g_c,
            o,
            c,
            tanh_c,
            h,
        ) in space.forward:
            times(W_hh, out)
            add(product, gates, pre)
            tanh(to_g, g)
            exp(to_oif, oif)
            add(oif, one, oif)
            divide(one, oif, oif)
            multiply(i_f, g_c, pair)
            add(first, second, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)
            if t >= space.first_end:
                np.copyto(c, space.c[t], where=space.ended[t])
                np.copyto(h, space.h[t], where=space.ended[t])

    def _find_factors(self, space: LSTMSpace) -> None:
        """Fill what is multiplied by dc for i, f, g, and by dh for o and for dc itself."""
        factors, to_c = space.factors, space.to_c
        o, i, f, g, c = (space.blocks[:-1, k] for k in range(5))
        to_o, to_i, to_f, to_g = factors
        a_o, a_i, a_f, a_g = space.a_oifg
        dsigmoid(o, a_o, to_o)
        dsigmoid(i, a_i, to_i)
        dsigmoid(f, a_f, to_f)
        dtanh(g, a_g, to_g)
        np.multiply(to_o, space.tanh_c, to_o)
        np.multiply(to_i, g, to_i)
        np.multiply(to_f, c, to_f)
        np.multiply(to_g, i, to_g)
        dtanh(space.tanh_c, space.a_c, to_c)
        np.multiply(to_c, o, to_c)
        if space.ended is not None:
            np.copyto(factors, 0.0, where=space.ended)
            np.copyto(to_c, 0.0, where=space.ended)
            np.copyto(f, 1.0, where=space.ended)

    def _run_steps_back(
        self, space: LSTMSpace, local: bool, truncate: int | None, needs_start: bool
    ) -> None:
        self._find_factors(space)
        carry, dc, dh, now, W_hh_T = space.carry, space.carry_c, space.dh, space.now, self.W_hh_T
        add, multiply, da_now = np.add, np.multiply, space.da_now
        da_i, da_f, da_g, da_o = da_now
        arriving = dh if local else carry
        for t, dh_local, to_c, to_o, to_i, to_f, to_g, f, da, dot in space.back:
            if local:
                add(carry, dh_local, dh)
            multiply(arriving, to_o, da_o)
            multiply(arriving, to_c, now)
            add(dc, now, dc)
            multiply(dc, to_i, da_i)
            multiply(dc, to_f, da_f)
            multiply(dc, to_g, da_g)
            multiply(dc, f, dc)
            da[...] = da_now
            if t >= space.first_end:
                passing = arriving * space.ended[t]
                dot(W_hh_T, carry)
                add(carry, passing, carry)
            elif t or needs_start:
                dot(W_hh_T, carry)
            if truncate is not None and t and t % truncate == 0:
                space.cut(t)
        space.h_before.T.dot(space.da_rows, self.gradients.W_hh)
