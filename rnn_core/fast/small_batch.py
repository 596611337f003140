"""One example at speed: the vanilla cell for very small batches, where calls are all the cost.

Each step is one row [x | 1 | h] that one matrix, W_xh over b_h over W_hh, takes to the next
pre-activation; [1 | h] is also what the read-out takes. Backward, one row [da(t+1) | dlogits(t)]
and one matrix, W_hhᵀ over W_hyᵀ, give dh. Two calls per step each way, no projection beforehand,
and one product for all gradients of a matrix.

With one example an update takes ``vanilla.py`` 1.25 times as long, so that it would miss the goals
of benchmarks/RESULTS.md. Larger batches would pay for the strides this needs; ``vanilla.py`` serves
them.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from rnn_core.buffers import Kept, aligned
from rnn_core.fast.activations import DERIVATIVES, Block, fastest_activation
from rnn_core.fast.output import ReadOut
from rnn_core.fast.unroll import SAFE
from rnn_core.network import Segment
from rnn_core.params import Array

LARGEST_BATCH = 2


class ExampleWorkspace:
    """The arrays of one T and B, in memory that all sizes share.

    Attributes
    ----------
    rows : array, shape (T+1, B, D+1+H): [x | 1 | h]
    back_rows : array, shape (T+1, B, H+C): [da | dlogits of the step before]
    a, slope : arrays, shape (T, B, H): the pre-activation, and the derivative there
    scored, fill : the read-out's rows, and what puts their logits into them
    """

    def __init__(self, example: FastExample, steps: int, batch: int) -> None:
        pool, D, H, C = example.readout.pool, example.inputs, example.hidden, example.classes
        count = steps * batch
        rows = pool.take("example_rows", steps + 1, batch, D + 1 + H)
        back_rows = pool.take("example_back", steps + 1, batch, H + C)
        rows[:, :, D] = 1.0
        self.all = rows.reshape(-1)
        self.da_last = back_rows[-1, :, :H]
        self.x, self.h0, self.h = rows[:-1, :, :D], rows[0, :, D + 1 :], rows[1:, :, D + 1 :]
        self.fed = rows[:-1].reshape(count, -1)
        self.said = rows[1:].reshape(count, -1)[:, D:]
        self.da = back_rows[:-1].reshape(count, -1)[:, :H]
        self.dlogits = back_rows[1:].reshape(count, -1)[:, H:]
        self.scored = example.readout.rows(count)
        self.fill = partial(self.said.dot, example.weights.W_out, self.scored.z)
        self.dh = pool.take("dh", batch, H)
        self.a = pool.take("example_a", steps, batch, H)
        # Without the gaps between rows, which NumPy would take its time over.
        self.slope = pool.take("example_slope", steps, batch, H)
        self.a_block = Block(self.a)
        self.activate = fastest_activation(example.activation, batch * H, pool.dtype)
        self.forward = [(rows[t].dot, self.a[t], rows[t + 1, :, D + 1 :]) for t in range(steps)]
        self.back = [
            (back_rows[t + 1].dot, self.slope[t], back_rows[t, :, :H])
            for t in reversed(range(steps))
        ]


class FastExample:
    """Forward, loss and all gradients of one vanilla segment with dense input.

    Attributes
    ----------
    moderate : bool
        As of ``FastUnroll``.
    """

    def __init__(self, segment: Segment, readout: ReadOut) -> None:
        params = segment.params
        self.inputs, self.hidden, self.classes = params.inputs, params.hidden, params.outputs
        self.dtype = readout.pool.dtype
        self.readout, self.weights, self._gradients = readout, readout.weights, readout.gradients
        self.activation, self._slope = params.activation, DERIVATIVES[params.activation]
        self._W_back = aligned((self.hidden + self.classes, self.hidden), self.dtype)
        self._spaces = Kept[tuple[int, int], ExampleWorkspace]()
        self._last: ExampleWorkspace | None = None
        self._safe, self.moderate = SAFE[self.dtype], True

    def differentiate(self, x: Array, targets: Array, h0: Array | None) -> float:
        """Return the loss of a batch of dense x (T, B, D); fill the gradients of all weights."""
        steps, batch = x.shape[:2]
        space = self._spaces.get((steps, batch))
        if space is None:
            space = self._spaces.keep((steps, batch), ExampleWorkspace(self, steps, batch), steps)
        space.x[...] = x
        if h0 is not None or space is not self._last:
            # Another size, or an h0, has left its numbers where zeros are read.
            space.h0[...] = 0.0 if h0 is None else h0
            space.da_last[...] = 0.0
            self._last = space if h0 is None else None
        W_all, activate = self.weights.W_all, space.activate
        for dot, a, h in space.forward:
            dot(W_all, a)
            activate(a, h)
        loss = self._score(space, targets)
        self._back(space)
        return loss

    def _score(self, space: ExampleWorkspace, targets: Array) -> float:
        scored = space.scored
        loss = self.readout.turn(scored, targets, space.fill)
        space.dlogits[...] = scored.z
        space.said.T.dot(scored.z, self._gradients.W_out)
        return loss

    def _back(self, space: ExampleWorkspace) -> None:
        W_back, dh, multiply = self._W_back, space.dh, np.multiply
        W_back[: self.hidden] = self.weights.W_hh.T
        W_back[self.hidden :] = self.weights.W_hy.T
        space.slope[...] = space.h
        self.moderate = self._slope(space.slope, space.a_block, space.slope)
        if self.activation == "relu":
            self.moderate = bool(space.all.dot(space.all) < self._safe)
        for dot, slope, da in space.back:
            dot(W_back, dh)
            multiply(dh, slope, da)
        space.fed.T.dot(space.da, self._gradients.W_all)
