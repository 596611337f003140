"""All weights of a network in one flat, aligned vector, with a named view for each array.

One vector lets the optimiser and the clipping run a few calls over everything at once. What is
multiplied together lies together: ``W_xh``, ``b_h``, ``W_hh`` from top to bottom is the matrix that
[x | 1 | h] is multiplied by, and ``b_y``, ``W_hy`` that of [1 | h]. One product then also adds the
bias, and one product also gives its gradient.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy.typing as npt

from rnn_core.buffers import aligned, padded
from rnn_core.network import Network, Segment
from rnn_core.optim import make_optimizer
from rnn_core.params import Array


class Weights:
    """Views of one segment's arrays inside a flat vector (of weights, or of their gradients).

    Attributes
    ----------
    W_all : array, shape (D+1+H, G·H): W_xh, b_h, W_hh
    W_x : array, shape (D+1, G·H): W_xh, b_h
    W_out : array, shape (1+H, C): b_y, W_hy
    W_xh, b_h, W_hh, b_y, W_hy, b_hn, embedding : arrays; None where the segment has none

    Raises
    ------
    ValueError
        For an untied segment: here one W_hh serves all steps.
    """

    def __init__(self, segment: Segment, vector: Array, start: int) -> None:
        params = segment.params
        if segment.copies is not None:
            raise ValueError(f"{segment.ports.name} is untied; one W_hh for all steps is expected")
        D, H, C = params.inputs, params.hidden, params.outputs
        wide = params.W_hh.shape[1]
        self._vector, self.stop = vector, start
        self.W_all = self._take(D + 1 + H, wide)
        self.W_x = self.W_all[: D + 1]
        self.W_xh, self.b_h, self.W_hh = self.W_all[:D], self.W_all[D], self.W_all[D + 1 :]
        self.W_out = self._take(1 + H, C)
        self.b_y, self.W_hy = self.W_out[0], self.W_out[1:]
        self.b_hn = None if params.b_hn is None else self._take(H)
        self.embedding = None if segment.embedding is None else self._take(*segment.embedding.shape)

    def _take(self, *shape: int) -> Array:
        size = prod(shape)
        view = self._vector[self.stop : self.stop + size].reshape(shape)
        self.stop += padded(size, self._vector.dtype)
        return view

    def arrays(self) -> dict[str, Array]:
        """Return name → view, by the names of ``Params.arrays``."""
        held = {
            "W_xh": self.W_xh,
            "W_hh": self.W_hh,
            "b_h": self.b_h,
            "W_hy": self.W_hy,
            "b_y": self.b_y,
            "b_hn": self.b_hn,
        }
        return {name: array for name, array in held.items() if array is not None}

    def read(self, segment: Segment) -> Segment:
        """Return the segment with a frozen copy of these arrays."""
        copies = {name: array.copy() for name, array in self.arrays().items()}
        params = segment.params.with_arrays(copies)
        embedding = None if self.embedding is None else self.embedding.copy()
        return replace(segment, params=params, embedding=embedding)

    def write(self, segment: Segment) -> None:
        """Copy the segment's arrays into these."""
        for name, array in segment.params.arrays().items():
            self.arrays()[name][...] = array
        if self.embedding is not None:
            self.embedding[...] = segment.embedding


class FlatNetwork:
    """A network's weights and their gradients as two flat vectors with views per segment.

    The padding between views is zero in both and stays so under every optimiser.
    """

    def __init__(self, network: Network, optimizer: str, dtype: npt.DTypeLike) -> None:
        self._shape = network
        size = sum(self._padded_size(segment, dtype) for segment in network.segments)
        self.optimizer = make_optimizer(optimizer, size, dtype)
        self.vector, self.gradient = aligned((size,), dtype), self.optimizer.gradient
        self.weights = self._views(self.vector)
        self.gradients = self._views(self.gradient)
        for weights, segment in zip(self.weights, network.segments, strict=True):
            weights.write(segment)

    @staticmethod
    def _padded_size(segment: Segment, dtype: npt.DTypeLike) -> int:
        size = {name: array.size for name, array in segment.params.arrays().items()}
        sizes = [size["W_xh"] + size["b_h"] + size["W_hh"], size["W_hy"] + size["b_y"]]
        sizes.append(size.get("b_hn", 0))
        if segment.embedding is not None:
            sizes.append(segment.embedding.size)
        return sum(padded(size, dtype) for size in sizes)

    def _views(self, vector: Array) -> list[Weights]:
        views: list[Weights] = []
        for segment in self._shape.segments:
            views.append(Weights(segment, vector, views[-1].stop if views else 0))
        return views

    def read(self) -> Network:
        """Return the network with a frozen copy of the weights now."""
        segments = zip(self.weights, self._shape.segments, strict=True)
        return replace(self._shape, segments=tuple(w.read(segment) for w, segment in segments))
