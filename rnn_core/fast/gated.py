"""What gru and lstm share at speed: gates that lie apart, step by step.

A step's gates lie one after the other, (G, B, H), and each is contiguous. NumPy takes .4 µs over
contiguous arrays and 1.5 µs over columns of a (B, G·H) array, so the recurrent product is G
products into blocks, not one: .6 µs more, and everything after it is three times as fast. The
gates are worked out where the input's share was: σ(a) = 1 / (1 + e⁻ᵃ), with the minus taken into
copies of the weights. ½ + ½ tanh(½ a) would take as many calls, but without AVX-512 NumPy's tanh
takes twice as long as its exp. Far below zero e⁻ᵃ is infinite and σ is 0, as it should be. The
pre-activations are kept, for the slopes of gates that are nearly open.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import Any, TypeVar

import numpy as np

from rnn_core.buffers import BufferPool, aligned
from rnn_core.fast.activations import fastest_tanh
from rnn_core.fast.flat_params import Weights
from rnn_core.fast.unroll import FastUnroll, Workspace
from rnn_core.network import Segment
from rnn_core.params import Array

# From here on one product per step and gate, in OpenBLAS's kernel for small matrices, is faster
# than one for all steps, whose rows must be spread over the gates afterwards.
LEAST_BATCHED = 16


class GatedSpace(Workspace):
    """What gru and lstm keep beside the shared arrays.

    Attributes
    ----------
    blocks : array, shape (T+1, G+extra, B, H): per step the input's share, then the gates
    pre : array, shape (T, G, B, H): the pre-activations in the order and with the signs of the
        blocks, where ``da`` will lie
    factors : array, shape (4, T, B, H): what backward multiplies by, worked out for all steps;
        each without gaps, over which NumPy takes a third of the time, and a search a quarter
    da_now : array, shape (G, B, H): of one step, gate by gate
    """

    def __init__(self, unroll: FastUnroll[Any], steps: int, batch: int, extra: int = 0) -> None:
        super().__init__(unroll, steps, batch)
        pool, D, H = unroll.pool, unroll.inputs, unroll.hidden
        G = self.G = unroll.wide // H
        self.blocks = pool.take("blocks", steps + 1, G + extra, batch, H)
        self.gates = self.blocks[:-1, :G]
        self.pre = pool.take("da", steps, G, batch, H)
        self.factors = pool.take("factors", 4, steps, batch, H)
        self.da_now = pool.take("da_now", G, batch, H)
        self.now = pool.take("now", batch, H)
        self.tanh = fastest_tanh(batch * H, pool.dtype)
        self.gate_product = pool.take("product", G, batch, H)
        self.x_by_step = self.x.reshape(steps, 1, batch, D + 1)
        self.a_by_gate, self.da_by_gate = self.by_gate(self.a), self.by_gate(self.da)

    def by_gate(self, array: Array) -> Array:
        """Return a view (…, G, B, H) of an array (…, B, G·H)."""
        return array.reshape(*array.shape[:-1], self.G, -1).swapaxes(-3, -2)

    def times(self, t: int) -> Any:
        """Return the product of h[t] with (weights, out), whose fastest call depends on B."""
        return self.h[t].dot if self.batch == 1 else partial(np.matmul, self.h[t])


G = TypeVar("G", bound=GatedSpace)


class FastGated(FastUnroll[G]):
    """Weights signed for σ, in the order the gates lie in."""

    def __init__(
        self, segment: Segment, weights: Weights, gradients: Weights, pool: BufferPool
    ) -> None:
        super().__init__(segment, weights, gradients, pool)
        self._one = np.array(1.0, pool.dtype)
        self._W_x = aligned(weights.W_x.shape, pool.dtype)
        self._W_hh = aligned(weights.W_hh.shape, pool.dtype)

    @abstractmethod
    def _order(self, given: Array, out: Array) -> None:
        """Copy (…, G, rows, H) from the weights' order to the blocks', signed for σ."""

    def _ordered(self, matrix: Array, out: Array) -> Array:
        """Return a signed copy of a matrix (rows, G·H), seen by gate: (G, rows, H)."""
        split = (len(matrix), -1, self.hidden)
        by_gate: Array = out.reshape(split).swapaxes(0, 1)
        self._order(matrix.reshape(split).swapaxes(0, 1), by_gate)
        return by_gate

    def _recurrent(self, space: GatedSpace) -> tuple[Array, Array]:
        """Return the weights for ``space.times``, and where their product goes."""
        by_gate = self._ordered(self.weights.W_hh, self._W_hh)
        if space.batch == 1:
            # One row is the same memory either way, and one product is the cheapest.
            return self._W_hh, space.gate_product.reshape(1, -1)
        return by_gate, space.gate_product

    def _project(self, space: G, x: Array) -> None:
        """Fill the blocks with the input's share, signed and in their order."""
        if x.ndim == 3 and space.batch >= LEAST_BATCHED:
            self._table = None
            space.x_given[...] = x
            np.matmul(space.x_by_step, self._ordered(self.weights.W_x, self._W_x), space.gates)
            return
        super()._project(space, x)
        self._order(space.a_by_gate, space.gates)
