"""Memory that is made once: arrays on cache lines, taken again at every update."""

from __future__ import annotations

from math import prod
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rnn_core.params import Array

CACHE_LINE = 64
STEPS_KEPT = 8192
KEPT = 2**24


def aligned(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """Return a zero array that starts on a 64-byte boundary, where NumPy itself aligns to 16.

    A cache line and the widest vector register are 64 bytes; a product or a tanh over unaligned
    memory takes 7 to 20 % longer.
    """
    item = np.dtype(dtype).itemsize
    size = prod(shape)
    raw = np.zeros(size * item + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return raw[start : start + size * item].view(dtype).reshape(shape)


def keep_malloc_arena() -> None:
    """Let the C library keep what is freed, up to some 32 MB, for the next array.

    By itself glibc hands blocks over 128 KB back to the system, so that every pass is given new
    pages, one fault each: at T 25, B 32, H 64 in float64 1,900 faults instead of 33, and forward
    and backward take 2.3 times as long. Once a block has been freed, blocks of its size are kept.
    This one is never written to, so it costs nothing.
    """
    np.empty(KEPT, np.uint8)


def padded(size: int, dtype: npt.DTypeLike) -> int:
    """Return the size rounded up to whole cache lines, in items."""
    line = CACHE_LINE // np.dtype(dtype).itemsize
    return -(-size // line) * line


K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """What was made for some sizes; the oldest goes once they have too many time steps in all.

    A space holds a dozen views for each of its steps, some kilobytes; sequences of every length
    up to a thousand would come to gigabytes. The memory itself is the pool's, which all share.

    >>> kept = Kept[str, int](limit=10)
    >>> for name, steps in ("one", 4), ("two", 4), ("three", 4), ("four", 99):
    ...     _ = kept.keep(name, steps, steps)
    >>> list(kept)
    ['four']
    """

    def __init__(self, limit: int = STEPS_KEPT) -> None:
        super().__init__()
        self._limit, self._sizes = limit, dict[K, int]()

    def keep(self, key: K, value: V, steps: int) -> V:
        """Keep a value of so many steps and return it; the newest is always kept."""
        self._sizes[key] = steps
        self[key] = value
        while len(self) > 1 and sum(self._sizes.values()) > self._limit:
            oldest = next(iter(self))
            del self[oldest], self._sizes[oldest]
        return value


class BufferPool:
    """Preallocated memory by name; a request takes the first part, so that it is contiguous."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._held: dict[str, Array] = {}

    def take(self, name: str, *shape: int, dtype: npt.DTypeLike | None = None) -> Array:
        """Return an array of this shape in the memory of this name, which grows when asked to."""
        size = prod(shape)
        held = self._held.get(name)
        if held is None or held.size < size:
            held = self._held[name] = aligned((size,), dtype or self.dtype)
        return held[:size].reshape(shape)
