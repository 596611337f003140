"""Activations and their derivatives at speed, each derivative in the value where that has digits.

With AVX2 and no AVX-512, NumPy's tanh takes 2.6 ns a number in float32 and 13 in float64, its exp
1.3 and 5. There 1 − 2 / (e²ᵃ + 1), four calls more, is faster for many numbers: by 15 % for 4,096
and 30 % for 16,384 in float32, in float64 by half for any hidden layer of a batch. It is as far
from tanh as a few roundings (2e-7, 3e-16).
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np

from rnn_core.params import Array

# Arrays without axes: NumPy takes twice as long over a Python float.
ONE = {np.dtype(kind): np.array(1.0, kind) for kind in (np.float32, np.float64)}
TWO = {kind: np.array(2.0, kind) for kind in ONE}
# From how many numbers on tanh is worked out by exp, where NumPy has AVX2 and no more.
LEAST_BY_EXP = {np.dtype(np.float32): 4096, np.dtype(np.float64): 512}

# A slope up to this is worked out from the pre-activation, because 1 − h² and s − s² have lost too
# much: four digits of sixteen, or of seven all but the first two or three. The search takes a tenth
# of a small layer's update, so it is to find nothing where no unit is flat: in an untrained layer
# one unit in 200,000 lies beyond the bound of float32.
FLAT = {np.dtype(np.float32): 2.0**-14, np.dtype(np.float64): 2.0**-12}

Activate = Callable[[Array, Array], object]


def _has_slow_tanh() -> bool:
    """Tell whether NumPy's tanh runs on AVX2."""
    found = np.lib.introspect.opt_func_info(func_name="^tanh$").get("tanh", {}).get("ff", {})
    return any(name in found.get("current", "") for name in ("AVX2", "X86_V3"))


SLOW_TANH = _has_slow_tanh()


def tanh_by_exp(a: Array, out: Array) -> None:
    """tanh(a) = 1 − 2 / (e²ᵃ + 1); where e²ᵃ is infinite this is 1, as it should be."""
    one, two = ONE[out.dtype], TWO[out.dtype]
    np.add(a, a, out)
    np.exp(out, out)
    np.add(out, one, out)
    np.divide(two, out, out)
    np.subtract(one, out, out)


def fastest_tanh(size: int, dtype: np.dtype[Any]) -> Activate:
    """Return the tanh that is fastest for this many numbers at a time."""
    return tanh_by_exp if SLOW_TANH and size >= LEAST_BY_EXP[dtype] else np.tanh


def fastest_activation(name: str, size: int, dtype: np.dtype[Any]) -> Activate:
    """Return "tanh" or "relu" as it is fastest for this many numbers at a time."""
    return fastest_tanh(size, dtype) if name == "tanh" else _relu


class Block:
    """Pre-activations: one (T, B, H) block of an array (T, G, B, H), and how to find its entries.

    Attributes
    ----------
    one, flat : array without axes, and float
        1, and the bound for slopes, in the array's type.
    """

    # Read at every update: an attribute in a slot takes a third of the time of a named tuple's.
    __slots__ = ("_period", "_start", "_unit", "_whole", "flat", "one")

    def __init__(self, array: Array, k: int = 0, first: int = 0) -> None:
        """Take block k from step ``first`` on; or all of an array (T, B, H)."""
        blocks = array if array.ndim == 4 else array[:, None]
        _, groups, batch, hidden = blocks.shape
        self._whole = blocks.reshape(-1)
        # Entries of one step of the block, and from one step's to the next one's.
        self._unit, self._period = batch * hidden, groups * batch * hidden
        self._start = first * self._period + k * self._unit
        self.one, self.flat = ONE[array.dtype], FLAT[array.dtype]

    def take(self, numbers: Array) -> Array:
        """Return the block's entries of these numbers, counted without the other blocks."""
        if self._unit == self._period:
            return np.asarray(self._whole.take(numbers))
        gaps = numbers // self._unit * (self._period - self._unit)
        return np.asarray(self._whole.take(numbers + gaps + self._start))


def dtanh(h: Array, a: Block, out: Array) -> bool:
    """tanh′ from tanh itself, 1 − h²; from a where h is near ±1. Return whether all a are finite.

    There 1 − h² would be what rounding leaves, or 0. An infinite a is hidden by h = ±1, and only
    there; where h is not finite, the loss is not either.

    ``out`` has no gaps, so that the search is a single run. It may lie where h does, but not where
    a does.
    """
    np.multiply(h, h, out)
    np.subtract(a.one, out, out)
    # argmin takes a third of the time of min.
    return out.item(out.argmin()) > a.flat or _correct_tanh(a, out)


def _correct_tanh(a: Block, slope: Array) -> bool:
    """Put tanh'(a) = 1 / cosh²(a) where 1 − h² has lost digits."""
    entries = slope.reshape(-1)
    (numbers,) = (entries <= a.flat).nonzero()
    there = a.take(numbers)
    # Where cosh is beyond the largest number, the slope is below the smallest.
    root = a.one / np.cosh(there)
    entries[numbers] = root * root
    # Infinity times its root, 0, is NaN.
    return isfinite(there.dot(root))


def dsigmoid(s: Array, a: Block, out: Array) -> None:
    """σ′ from σ itself, s − s²; from a, or from −a, where s is near 1. ``out`` has no gaps."""
    np.multiply(s, s, out)
    np.subtract(s, out, out)
    if not out.item(out.argmin()) > a.flat:
        _correct_sigmoid(s, a, out)


def _correct_sigmoid(s: Array, a: Block, slope: Array) -> None:
    """Put σ'(a) where s is near 1; near 0 s − s² has all its digits."""
    numbers = np.flatnonzero(s >= 1.0 - a.flat)
    if not numbers.size:
        return
    small = np.exp(-np.abs(a.take(numbers)))
    total = 1.0 + small
    slope.reshape(-1)[numbers] = small / (total * total)


def _relu(a: Array, out: Array) -> None:
    np.maximum(a, 0.0, out=out)


def drelu(h: Array, a: Block, out: Array) -> bool:
    """1 where h > 0, else 0. Return True: an a of −∞ leaves no trace here."""
    np.greater(h, 0.0, out, casting="unsafe")
    return True


DERIVATIVES: dict[str, Callable[[Array, Block, Array], bool]] = {
    "tanh": dtanh,
    "relu": drelu,
}
