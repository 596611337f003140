"""Euclidean norms and cosines whose squares neither underflow nor overflow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnn_core.params import Array


def safe_norms(vectors: npt.ArrayLike) -> Array:
    """Return Euclidean norms along the last axis, float64, without losing tiny or huge numbers.

    Squares would: those below 1e-162 become 0 and those above 1e154 infinite.

    >>> safe_norms([[3e-200, 4e-200], [0.0, 0.0]]).tolist()
    [5e-200, 0.0]
    """
    wide = np.asarray(vectors, dtype=np.float64)
    largest = np.abs(wide).max(axis=-1, keepdims=True, initial=0.0)
    # Where there is nothing to scale, or nothing that can be scaled, the norm is the peak itself.
    usable = np.isfinite(largest) & (largest > 0)
    scale = np.where(usable, largest, 1.0)
    with np.errstate(over="ignore", invalid="ignore"):
        norms = scale[..., 0] * np.sqrt(((wide / scale) ** 2).sum(axis=-1))
    return np.asarray(np.where(usable[..., 0], norms, largest[..., 0]))


def safe_norm(array: npt.ArrayLike) -> float:
    """Return the Euclidean norm of all entries of an array, as ``safe_norms`` does.

    >>> safe_norm([[3e-200, 0.0], [0.0, 4e-200]])
    5e-200
    """
    return float(safe_norms(np.asarray(array).ravel()))


def cosine(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the cosine of the angle between two vectors; NaN where one is zero or not finite.

    Each is divided by its largest entry first, so that no square is lost.

    >>> cosine([1e-200, 0.0], [3e200, 4e200])
    0.6
    """
    found = []
    for vector in (one, other):
        wide = np.asarray(vector, dtype=np.float64)
        largest = np.abs(wide).max(initial=0.0)
        if not (np.isfinite(largest) and largest > 0):
            return float("nan")
        scaled = wide / largest
        found.append(scaled / np.sqrt(scaled @ scaled))
    return float(found[0] @ found[1])
