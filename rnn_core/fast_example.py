"""One example at speed: the vanilla cell for very small batches, where calls are all the cost.

Each step is one row [x | 1 | h] that one matrix, W_xh over b_h over W_hh, takes to the next
pre-activation; [1 | h] is also what the read-out takes. Backward, one row [da(t+1) | dlogits(t)]
and one matrix, W_hhᵀ over W_hyᵀ, give dh. Two calls per step each way, no projection beforehand,
and one product for all gradients of a matrix.

Larger batches would pay for the strides this needs; ``fast_vanilla.py`` serves them.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from rnn_core.fast_memory import aligned
from rnn_core.fast_readout import ReadOut
from rnn_core.fast_slopes import SLOPES, fastest_activation
from rnn_core.network import Segment
from rnn_core.params import Array

LARGEST_BATCH = 2


class ExampleSpace:
    """The arrays of one T and B.

    Attributes
    ----------
    rows : array, shape (T+1, B, D+1+H): [x | 1 | h]
    back_rows : array, shape (T+1, B, H+C): [da | dlogits of the step before]
    started : bool, whether h0 is anything but zero
    scored, fill : the read-out's rows, and what puts their logits into them
    """

    def __init__(self, example: FastExample, steps: int, batch: int) -> None:
        dtype, D, H, C = example.dtype, example.inputs, example.hidden, example.classes
        count = steps * batch
        rows = aligned((steps + 1, batch, D + 1 + H), dtype)
        back_rows = aligned((steps + 1, batch, H + C), dtype)
        rows[:, :, D] = 1.0
        self.started = False
        self.x, self.h0, self.h = rows[:-1, :, :D], rows[0, :, D + 1 :], rows[1:, :, D + 1 :]
        self.fed = rows[:-1].reshape(count, -1)
        self.said = rows[1:].reshape(count, -1)[:, D:]
        self.da = back_rows[:-1].reshape(count, -1)[:, :H]
        self.dlogits = back_rows[1:].reshape(count, -1)[:, H:]
        self.scored = example.readout.rows(count)
        self.fill = partial(self.said.dot, example.weights.W_out, self.scored.z)
        self.product, self.dh = aligned((batch, H), dtype), aligned((batch, H), dtype)
        self.slope = aligned((steps, batch, H), dtype)
        self.activate = fastest_activation(example.activation, batch * H, dtype)
        self.forward = [(rows[t].dot, rows[t + 1, :, D + 1 :]) for t in range(steps)]
        self.back = [
            (back_rows[t + 1].dot, self.slope[t], back_rows[t, :, :H])
            for t in reversed(range(steps))
        ]


class FastExample:
    """Forward, loss and all gradients of one vanilla segment with dense input."""

    def __init__(self, segment: Segment, readout: ReadOut) -> None:
        params = segment.params
        self.inputs, self.hidden, self.classes = params.inputs, params.hidden, params.outputs
        self.dtype = readout.pool.dtype
        self.readout, self.weights, self._gradients = readout, readout.weights, readout.gradients
        self.activation, self._slope = params.activation, SLOPES[params.activation]
        self._W_back = aligned((self.hidden + self.classes, self.hidden), self.dtype)
        self._spaces: dict[tuple[int, int], ExampleSpace] = {}

    def differentiate(self, x: Array, targets: Array, h0: Array | None) -> float:
        """Return the loss of a batch of dense x (T, B, D); fill the gradients of all weights."""
        steps, batch = x.shape[:2]
        space = self._spaces.get((steps, batch))
        if space is None:
            space = self._spaces[steps, batch] = ExampleSpace(self, steps, batch)
        space.x[...] = x
        if h0 is not None or space.started:
            space.h0[...] = 0.0 if h0 is None else h0
            space.started = h0 is not None
        W_all, product, activate = self.weights.W_all, space.product, space.activate
        for dot, h in space.forward:
            dot(W_all, product)
            activate(product, h)
        loss = self._score(space, targets)
        self._back(space)
        return loss

    def _score(self, space: ExampleSpace, targets: Array) -> float:
        scored = space.scored
        loss = self.readout.turn(scored, targets, space.fill)
        space.dlogits[...] = scored.z
        space.said.T.dot(scored.z, self._gradients.W_out)
        return loss

    def _back(self, space: ExampleSpace) -> None:
        W_back, dh, multiply = self._W_back, space.dh, np.multiply
        W_back[: self.hidden] = self.weights.W_hh.T
        W_back[self.hidden :] = self.weights.W_hy.T
        # Without the gaps between rows, which NumPy would take its time over.
        space.slope[...] = space.h
        self._slope(space.slope, space.slope)
        for dot, slope, da in space.back:
            dot(W_back, dh)
            multiply(dh, slope, da)
        space.fed.T.dot(space.da, self._gradients.W_all)
