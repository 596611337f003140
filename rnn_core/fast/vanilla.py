"""The loop of the vanilla cell at speed; ``cells.py`` is the textbook."""

from __future__ import annotations

import numpy as np

from rnn_core.buffers import BufferPool
from rnn_core.fast.activations import DERIVATIVES, Block, fastest_activation
from rnn_core.fast.flat_params import Weights
from rnn_core.fast.unroll import FastUnroll, Workspace
from rnn_core.network import Segment


class VanillaSpace(Workspace):
    """Adds ``slope``, shape (T, B, H): the derivative of the activation.

    ``a`` is first the input's share and then the pre-activation. ``da`` lies where ``dh_local``
    was, which is then done with, and ``slope`` in the memory that other cells have for ``da``: at
    H = 32 that is what lets all of a step stay in the second cache.
    """

    def __init__(self, unroll: FastVanilla, steps: int, batch: int) -> None:
        super().__init__(unroll, steps, batch)
        self.slope = self.da
        self.da, self.da_rows = self.dh_local, self.dh_local_rows
        self.activate = fastest_activation(unroll.activation, self.product.size, self.a.dtype)
        h, a, da = self.h, self.a, self.da
        self.states = h.reshape(-1)
        self.a_block = Block(a)
        self.forward = [(t, h[t].dot, a[t], h[t + 1]) for t in range(steps)]
        self.back = [(t, self.slope[t], da[t], da[t].dot) for t in reversed(range(steps))]


class FastVanilla(FastUnroll[VanillaSpace]):
    """h' = tanh(a) or relu(a)."""

    def __init__(
        self, segment: Segment, weights: Weights, gradients: Weights, pool: BufferPool
    ) -> None:
        super().__init__(segment, weights, gradients, pool)
        self.activation = segment.params.activation
        self._slope = DERIVATIVES[self.activation]

    def _make_space(self, steps: int, batch: int) -> VanillaSpace:
        return VanillaSpace(self, steps, batch)

    def is_moderate(self, space: VanillaSpace) -> bool:
        """Return whether input and states are far from the largest number; slopes show it too."""
        if self.activation == "tanh":
            return True
        return bool(space.states.dot(space.states) < self._safe) and super().is_moderate(space)

    def _run_steps(self, space: VanillaSpace) -> None:
        W_hh, product, activate, add = self.weights.W_hh, space.product, space.activate, np.add
        for t, dot, a, h in space.forward:
            dot(W_hh, product)
            add(product, a, a)
            activate(a, h)
            if t >= space.first_end:
                np.copyto(h, space.h[t], where=space.ended[t])

    def _run_steps_back(
        self, space: VanillaSpace, local: bool, truncate: int | None, needs_start: bool
    ) -> None:
        if not self._slope(space.h[1:], space.a_block, space.slope):
            self.moderate = False
        if space.ended is not None:
            np.copyto(space.slope, 0.0, where=space.ended)
        carry, W_hh_T, add, multiply = space.carry, self.W_hh_T, np.add, np.multiply
        for t, slope, da, dot in space.back:
            dh = add(carry, da, da) if local else carry
            if t < space.first_end:
                multiply(dh, slope, da)
                if t or needs_start:
                    dot(W_hh_T, carry)
            else:
                passing = dh * space.ended[t]
                multiply(dh, slope, da)
                dot(W_hh_T, carry)
                add(carry, passing, carry)
            if truncate is not None and t and t % truncate == 0:
                space.cut(t)
        space.h_before.T.dot(space.da_rows, self.gradients.W_hh)
