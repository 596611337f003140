"""The nonlinearities and their derivatives, right to the last digits wherever they are flat.

In float64 σ(40) rounds to 1 and tanh(20) too, so ``1 − σ`` and ``1 − tanh²`` would be 0 there.
Each function here takes the pre-activation ``a`` and works from e⁻ᵃ on the side where that is
small: nothing is subtracted from 1 and nothing overflows. Complex numbers pass through, on the
branch of their real part, so that the complex step differentiates the very code that runs.
"""

from __future__ import annotations

import numpy as np

from rnn_core.params import Array


def sigmoid(a: Array) -> Array:
    """Return σ(a) = 1 / (1 + e⁻ᵃ); the complement 1 − σ(a) is σ(−a).

    >>> [f"{s:.10g}" for s in sigmoid(np.array([0.0, 40.0, -40.0]))]
    ['0.5', '1', '4.248354255e-18']
    """
    positive = a.real >= 0
    small = np.exp(np.where(positive, -a, a))
    return np.asarray(np.where(positive, 1.0, small) / (1.0 + small))


def slope_of_sigmoid(a: Array) -> Array:
    """Return σ′(a) = σ(a) · σ(−a).

    >>> f"{slope_of_sigmoid(np.array(40.0)):.10g}"
    '4.248354255e-18'
    """
    small = np.exp(np.where(a.real >= 0, -a, a))
    return np.asarray(small / (1.0 + small) ** 2)


def slope_of_tanh(a: Array) -> Array:
    """Return tanh′(a) = 1 − tanh²(a) = 1 / cosh²(a).

    >>> [f"{slope:.10g}" for slope in slope_of_tanh(np.array([0.0, -40.0]))]
    ['1', '7.219405551e-35']
    """
    small = np.exp(np.where(a.real >= 0, -a, a))
    return np.asarray((2.0 * small / (1.0 + small * small)) ** 2)


def relu(a: Array) -> Array:
    """Return max(a, 0); NaN stays NaN.

    >>> relu(np.array([-1.0, 2.0, np.nan])).tolist()
    [0.0, 2.0, nan]
    """
    return np.where(a.real <= 0, 0, a)


def slope_of_relu(a: Array) -> Array:
    """Return 1 where a > 0, else 0, in the type of a."""
    return np.asarray((a.real > 0).astype(a.dtype))
