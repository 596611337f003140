"""Activations and their derivatives at speed, each derivative in the value where that has digits.

With AVX2 and no AVX-512, NumPy's tanh takes 2.6 ns a number in float32 and 13 in float64, its exp
1.3 and 5. There 1 − 2 / (e²ᵃ + 1), four calls more, is faster for many numbers: by 15 % for 4,096
and 30 % for 16,384 in float32, in float64 by half for any hidden layer of a batch. It is as far
from tanh as a few roundings (2e-7, 3e-16).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_core import activations
from rnn_core.params import Array

# Arrays without axes: NumPy takes twice as long over a Python float.
ONE = {np.dtype(kind): np.array(1.0, kind) for kind in (np.float32, np.float64)}
TWO = {kind: np.array(2.0, kind) for kind in ONE}
# From how many numbers on tanh is worked out by exp, where NumPy has AVX2 and no more.
LEAST_BY_EXP = {np.dtype(np.float32): 4096, np.dtype(np.float64): 512}

# A slope below this is worked out from the pre-activation. In float64 three digits of 1 − h² are
# then lost at most. In float32 it is four: a search finds these units in every fifth update of an
# untrained layer, and would find them in all of them one digit earlier.
FLAT = {
    np.dtype(np.float32): np.array(2.0**-12, np.float32),
    np.dtype(np.float64): np.array(2.0**-10),
}
NEARLY_OPEN = {kind: np.array(1.0 - flat, kind) for kind, flat in FLAT.items()}

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


def slope_of_tanh(h: Array, a: Array, out: Array, flat: Array) -> bool:
    """tanh′ from tanh itself, 1 − h²; from a where h is near ±1. Return whether all a are finite.

    There 1 − h² would be what rounding leaves, or 0. An infinite a is hidden by h = ±1, and only
    there; where h is not finite, the loss is not either.

    ``out`` lies neither where h nor where a does; ``flat`` is a bool array of its shape.
    """
    np.multiply(h, h, out)
    np.subtract(ONE[out.dtype], out, out)
    np.less(out, FLAT[out.dtype], flat)
    if not np.count_nonzero(flat):
        return True
    there = _mend(flat, a, out, activations.slope_of_tanh)
    return bool(np.isfinite(there).all())


def slope_of_sigmoid(s: Array, a: Array, out: Array, flat: Array) -> None:
    """σ′ from σ itself, s − s²; from a, or from −a, where s is near 1."""
    np.multiply(s, s, out)
    np.subtract(s, out, out)
    np.greater(s, NEARLY_OPEN[out.dtype], flat)
    if np.count_nonzero(flat):
        _mend(flat, a, out, activations.slope_of_sigmoid)


def _mend(flat: Array, a: Array, out: Array, slope: Callable[[Array], Array]) -> Array:
    """Work out the marked slopes from their pre-activations, and return these."""
    places = np.unravel_index(np.flatnonzero(flat), flat.shape)
    there = np.asarray(a[places])
    out[places] = slope(there)
    return there


def _relu(a: Array, out: Array) -> None:
    np.maximum(a, 0.0, out=out)


def slope_of_relu(h: Array, a: Array, out: Array, flat: Array) -> bool:
    """1 where h > 0, else 0. Return True: an a of −∞ leaves no trace here."""
    np.greater(h, 0.0, out, casting="unsafe")
    return True


SLOPES: dict[str, Callable[[Array, Array, Array, Array], bool]] = {
    "tanh": slope_of_tanh,
    "relu": slope_of_relu,
}
