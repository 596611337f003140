"""The nonlinearities and their derivatives, right to the last digits wherever they are flat.

In float64 σ(40) rounds to 1 and tanh(20) too, so ``1 − σ`` and ``1 − tanh²`` are 0 there, and long
before that they have lost most of their digits. So wherever a value is near ±1, its complement and
its slope are worked out from the pre-activation ``a``, by an e⁻ᵃ that is small there. Complex
numbers pass through, on the branch of their real part, so that the complex step differentiates the
very code that runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from rnn_core.params import Array

# From here on e^a is σ(a) to the last bit. Whether it is asked for is up to each entry, so that no
# sequence of a batch depends on another.
SHUT = math.exp(-50.0)
# What is smaller is worked out from a: before that 1 − s has lost no more than three digits of
# sixteen, or two of seven.
NEAR = {"f": 2.0**-6, "d": 2.0**-10, "D": 2.0**-10}


def sigmoid(a: Array) -> Array:
    """Return σ(a) = 1 / (1 + e⁻ᵃ). Whoever calls it silences the overflow of e⁻ᵃ.

    >>> [f"{s:.10g}" for s in sigmoid(np.array([0.0, 40.0, -40.0]))]
    ['0.5', '1', '4.248354255e-18']
    """
    opened = np.asarray(1.0 + np.exp(-a))
    np.divide(1.0, opened, out=opened)
    if not _least(opened) > SHUT:
        # e⁻ᵃ may overflow where σ itself is still a number.
        opened = np.where(opened.real <= SHUT, np.exp(a), opened)
    return opened


def both_sigmoids(a: Array) -> tuple[Array, Array]:
    """Return σ(a) and σ(−a) = 1 − σ(a) by one e⁻ᵃ. Whoever calls it silences its overflow.

    >>> [f"{s.item():.10g}" for s in both_sigmoids(np.array([40.0]))]
    ['1', '4.248354255e-18']
    """
    grown = np.exp(-a)
    opened = np.asarray(1.0 + grown)
    np.divide(1.0, opened, out=opened)
    closed = np.asarray(grown * opened)
    if not _least(opened) > SHUT:
        shut = opened.real <= SHUT
        opened = np.where(shut, np.exp(a), opened)
        closed = np.where(shut, 1.0 - opened, closed)
    return opened, closed


def one_minus_sigmoid(s: Array, a: Array) -> Array:
    """Return 1 − s, which is σ(−a), of s = σ(a).

    >>> a = np.array([0.0, 40.0])
    >>> [f"{rest:.10g}" for rest in one_minus_sigmoid(sigmoid(a), a)]
    ['0.5', '4.248354255e-18']
    """
    return _with_exact_tail(np.asarray(1.0 - s), a, lambda far: sigmoid(-far))


def dsigmoid(s: Array, a: Array) -> Array:
    """Return σ'(a) = s (1 − s) of s = σ(a).

    >>> a = np.array([0.0, 40.0])
    >>> [f"{slope:.10g}" for slope in dsigmoid(sigmoid(a), a)]
    ['0.25', '4.248354255e-18']
    """
    rest = one_minus_sigmoid(s, a)
    return np.multiply(rest, s, out=rest)


def dtanh(t: Array, a: Array) -> Array:
    """Return tanh'(a) = 1 − t² = 1 / cosh²(a) of t = tanh(a).

    >>> a = np.array([0.0, -40.0])
    >>> [f"{slope:.10g}" for slope in dtanh(np.tanh(a), a)]
    ['1', '7.219405551e-35']
    """
    square = np.asarray(t * t)
    return _with_exact_tail(np.subtract(1.0, square, out=square), a, _far_dtanh)


def _far_dtanh(a: Array) -> Array:
    """Return 1 / cosh²(a), which is 0 where cosh is beyond the largest number."""
    if np.iscomplexobj(a):
        # A complex cosh has no value there.
        small = np.exp(np.where(a.real > 0, -a, a))
        root = 2.0 * small / (1.0 + small * small)
    else:
        root = 1.0 / np.cosh(a)
    return np.asarray(root * root)


def _with_exact_tail(difference: Array, a: Array, right: Callable[[Array], Array]) -> Array:
    """Put ``right(a)`` where a difference from 1 has lost digits."""
    bound = NEAR[difference.dtype.char]
    if _least(difference) < bound:
        # A few entries by their numbers take a fifth of the time of a mask.
        (near,) = (difference.real < bound).reshape(-1).nonzero()
        # A gate's block has gaps, and take would copy all of it.
        there = a.take(near) if a.flags.c_contiguous else a.flat[near]
        difference.put(near, right(there))
    return difference


def _least(array: Array) -> float:
    """Return the smallest real part; NaN where there is one.

    By argmin, which takes less than half as long as min and is asked at every time step.
    """
    real = array.real
    return float(real.item(real.argmin()))


def relu(a: Array) -> Array:
    """Return max(a, 0); NaN stays NaN.

    >>> relu(np.array([-1.0, 2.0, np.nan])).tolist()
    [0.0, 2.0, nan]
    """
    return np.where(a.real <= 0, 0, a)


def drelu(a: Array) -> Array:
    """Return 1 where a > 0, else 0, in the type of a."""
    return np.asarray((a.real > 0).astype(a.dtype))
