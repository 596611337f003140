"""All weights of a network in one flat, aligned vector, with a named view for each array.

One vector lets the optimiser and the clipping run a few calls over everything at once. Views start
on 64-byte boundaries (a cache line, and the widest vector register), where NumPy itself aligns to
16. Two neighbours are kept together: ``W_xh`` with ``b_h`` below it is the matrix that [x | 1] is
multiplied by, so that one product also adds the bias, and one product also gives its gradient.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rnn_core.network import Network, Segment
from rnn_core.params import Array

CACHE_LINE = 64


def aligned(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """Return a zero array that starts on a 64-byte boundary."""
    item = np.dtype(dtype).itemsize
    size = int(np.prod(shape))
    raw = np.zeros(size * item + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return raw[start : start + size * item].view(dtype).reshape(shape)


class Weights:
    """Views of one segment's arrays inside a flat vector (of weights, or of their gradients).

    Attributes
    ----------
    W_x : array, shape (D+1, G·H): W_xh with b_h as its last row
    W_hh, W_hy, b_y, b_hn, embedding : arrays; None where the segment has none
    """

    def __init__(self, segment: Segment, vector: Array, start: int) -> None:
        params = segment.params
        D, H, C = params.inputs, params.hidden, params.outputs
        wide = params.W_hh.shape[1]
        self._vector, self.stop = vector, start
        self.W_x = self._take(D + 1, wide)
        self.W_xh, self.b_h = self.W_x[:D], self.W_x[D]
        self.W_hh = self._take(H, wide)
        self.b_hn = None if params.b_hn is None else self._take(H)
        self.W_hy = self._take(H, C)
        self.b_y = self._take(C)
        self.embedding = None if segment.embedding is None else self._take(*segment.embedding.shape)

    def _take(self, *shape: int) -> Array:
        size = int(np.prod(shape))
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


def padded(size: int, dtype: npt.DTypeLike) -> int:
    """Return the size rounded up to whole cache lines, in items."""
    line = CACHE_LINE // np.dtype(dtype).itemsize
    return -(-size // line) * line


class FlatNetwork:
    """A network's weights and their gradients as two flat vectors with views per segment.

    The padding between views is zero in both and stays so under every optimiser.
    """

    def __init__(self, network: Network, dtype: npt.DTypeLike) -> None:
        self._shape = network
        size = sum(self._padded_size(segment, dtype) for segment in network.segments)
        self.vector, self.gradient = aligned((size,), dtype), aligned((size,), dtype)
        self.weights = self._views(self.vector)
        self.gradients = self._views(self.gradient)
        for weights, segment in zip(self.weights, network.segments, strict=True):
            weights.write(segment)

    @staticmethod
    def _padded_size(segment: Segment, dtype: npt.DTypeLike) -> int:
        arrays = dict(segment.params.arrays())
        together = arrays.pop("W_xh").size + arrays.pop("b_h").size
        sizes = [together, *(array.size for array in arrays.values())]
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
