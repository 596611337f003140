"""Optimisers: one flat vector of weights, one of gradients, updated in place.

Each rule is a handful of NumPy calls over the whole vector, because at teaching sizes the number
of calls is what an update costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rnn_core.buffers import aligned
from rnn_core.norms import safe_norm
from rnn_core.params import Array

OPTIMIZERS = ("sgd", "momentum", "adam")


class Optimizer(Protocol):
    """A rule that moves weights against their gradient.

    Attributes
    ----------
    gradient : array, shape (size,)
        Memory beside the optimiser's own: a gradient that is written here is not copied.
    """

    gradient: Array

    def update(self, weights: Array, gradient: Array, lr: float, norm: float | None = None) -> None:
        """Move the weights in place by one step of learning rate ``lr``.

        ``norm``, where it is known, is the gradient's norm or more.
        """

    def state(self) -> tuple[Array, ...]:
        """Return copies of what is remembered from one update to the next."""

    def restore(self, state: tuple[Array, ...]) -> None:
        """Go on from a state as ``state`` gave it."""


class SGD:
    """weights −= lr · gradient (Robbins & Monro 1951)."""

    def __init__(self, size: int, dtype: npt.DTypeLike) -> None:
        self.gradient = aligned((size,), dtype)
        self._scratch = aligned((size,), dtype)

    def update(self, weights: Array, gradient: Array, lr: float, norm: float | None = None) -> None:
        """Move the weights in place."""
        np.multiply(gradient, lr, self._scratch)
        np.subtract(weights, self._scratch, weights)

    def state(self) -> tuple[Array, ...]:
        """Return nothing: it remembers nothing."""
        return ()

    def restore(self, state: tuple[Array, ...]) -> None:
        """Do nothing: it remembers nothing."""


class Momentum:
    """velocity = μ · velocity + gradient; weights −= lr · velocity (Polyak 1964; as PyTorch)."""

    def __init__(self, size: int, dtype: npt.DTypeLike, momentum: float = 0.9) -> None:
        self.momentum = momentum
        self.gradient, self.velocity = aligned((size,), dtype), aligned((size,), dtype)
        self._scratch = aligned((size,), dtype)

    def update(self, weights: Array, gradient: Array, lr: float, norm: float | None = None) -> None:
        """Move the weights in place."""
        np.multiply(self.velocity, self.momentum, self.velocity)
        np.add(self.velocity, gradient, self.velocity)
        np.multiply(self.velocity, lr, self._scratch)
        np.subtract(weights, self._scratch, weights)

    def state(self) -> tuple[Array, ...]:
        """Return a copy of the velocity."""
        return (self.velocity.copy(),)

    def restore(self, state: tuple[Array, ...]) -> None:
        """Go on with that velocity."""
        self.velocity[...] = state[0]


class Adam:
    """Adam with bias correction, ε outside the root (Kingma & Ba 2015, algorithm 1; as PyTorch).

    ``m = β₁ m + (1 − β₁) g``, ``v = β₂ v + (1 − β₂) g²``,
    ``weights −= lr · m̂ / (√v̂ + ε)`` with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).

    M = m / (1 − β₁) and V = v / (1 − β₂) are kept, one after the other as g and g² are, so that
    both take two calls; the scalar factors are gathered into two numbers per update. That leaves
    eight calls instead of fifteen. Scalars are arrays without axes, because NumPy takes twice as
    long over a Python float.

    The square of a gradient beyond 1e17 in float32, or 1e150 in float64, would not fit: v would be
    infinite and the weight would not move. From the first such gradient on, m and √v are kept
    instead, ``√v = hypot(√β₂ √v, √(1 − β₂) g)``, whose every number fits; that takes longer.
    """

    def __init__(
        self,
        size: int,
        dtype: npt.DTypeLike,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.updates = 0
        # Of smaller gradients V, which holds g² up to 1 / (1 − β₂) times, stays finite.
        self._largest = sqrt(float(np.finfo(dtype).max) * (1.0 - beta2)) / 2
        self._keeps_root = False
        self._powers = aligned((2 * size,), dtype)
        self._moments = aligned((2 * size,), dtype)
        self._decay = aligned((2 * size,), dtype)
        self._decay[:size], self._decay[size:] = beta1, beta2
        self.gradient, self._squared = self._powers[:size], self._powers[size:]
        self._M, self._V = self._moments[:size], self._moments[size:]
        self._scratch = aligned((size,), dtype)
        self._eps, self._rate = np.array(eps, dtype), np.array(0.0, dtype)

    def update(self, weights: Array, gradient: Array, lr: float, norm: float | None = None) -> None:
        """Move the weights in place."""
        self.updates += 1
        scratch = self._scratch
        if gradient is not self.gradient:
            self.gradient[...] = gradient
        if norm is None:
            norm = gradient_norm(self.gradient)
        if self._keeps_root or not norm < self._largest:
            self._update_roots(weights, lr)
            return
        np.multiply(self.gradient, self.gradient, self._squared)
        np.multiply(self._moments, self._decay, self._moments)
        np.add(self._moments, self._powers, self._moments)
        # √v̂ = √V · root, so m̂ / (√v̂ + ε) = M · rise / (√V + ε / root)
        root = sqrt((1.0 - self.beta2) / (1.0 - self.beta2**self.updates))
        rise = (1.0 - self.beta1) / ((1.0 - self.beta1**self.updates) * root)
        self._eps[()], self._rate[()] = self.eps / root, lr * rise
        np.sqrt(self._V, scratch)
        np.add(scratch, self._eps, scratch)
        np.divide(self._M, scratch, scratch)
        np.multiply(scratch, self._rate, scratch)
        np.subtract(weights, scratch, weights)

    def _update_roots(self, weights: Array, lr: float) -> None:
        """Move the weights by m and √v, in the memory of M and V."""
        m, root, scratch, g = self._M, self._V, self._scratch, self.gradient
        with np.errstate(over="ignore", invalid="ignore"):
            if not self._keeps_root:
                self._keeps_root = True
                np.multiply(m, 1.0 - self.beta1, m)
                np.multiply(np.sqrt(root, root), sqrt(1.0 - self.beta2), root)
            np.multiply(m, self.beta1, m)
            np.add(m, np.multiply(g, 1.0 - self.beta1, scratch), m)
            np.multiply(root, sqrt(self.beta2), root)
            np.hypot(root, np.multiply(g, sqrt(1.0 - self.beta2), scratch), root)
            np.multiply(root, 1.0 / sqrt(1.0 - self.beta2**self.updates), scratch)
            np.add(scratch, self.eps, scratch)
            np.divide(m, scratch, scratch)
            np.multiply(scratch, lr / (1.0 - self.beta1**self.updates), scratch)
            np.subtract(weights, scratch, weights)

    def state(self) -> tuple[Array, ...]:
        """Return a copy of both moments, the number of updates, and whether √v is kept."""
        return self._moments.copy(), np.array(self.updates), np.array(self._keeps_root)

    def restore(self, state: tuple[Array, ...]) -> None:
        """Go on with those moments and that number of updates."""
        self._moments[...], self.updates = state[0], int(state[1])
        self._keeps_root = bool(state[2])


def make_optimizer(name: str, size: int, dtype: npt.DTypeLike) -> Optimizer:
    """Return a fresh optimiser by name: "sgd", "momentum" or "adam"."""
    if name == "sgd":
        return SGD(size, dtype)
    if name == "momentum":
        return Momentum(size, dtype)
    if name == "adam":
        return Adam(size, dtype)
    raise ValueError(f"optimizer is {name!r} but it is one of {', '.join(map(repr, OPTIMIZERS))}")


def gradient_norm(gradient: Array) -> float:
    """Return the Euclidean norm of a flat gradient; not finite only where the gradient is not.

    Outside 1e-24 and 1e36 a float32 sum of squares may have lost some of them, or all.
    """
    squared = float(gradient.dot(gradient))
    return sqrt(squared) if 1e-24 < squared < 1e36 else safe_norm(gradient)


def clip_by_norm(gradient: Array, limit: float | None) -> float:
    """Scale a flat gradient in place to norm ≤ limit; return its norm before (Pascanu et al. 2013).

    >>> g = np.array([3.0, 4.0])
    >>> clip_by_norm(g, 1.0), g.tolist()
    (5.0, [0.6000000000000001, 0.8])
    """
    norm = gradient_norm(gradient)
    if limit is not None and norm > limit:
        factor = limit / norm
        # A factor too small for the gradient's type would take it to 0: twice its root instead.
        rounds = 1 if factor > np.finfo(gradient.dtype).smallest_normal else 2
        for _ in range(rounds):
            np.multiply(gradient, factor if rounds == 1 else sqrt(factor), gradient)
    return norm


def take_step(
    optimizer: Optimizer,
    weights: Array,
    gradient: Array,
    lr: float,
    clip: float | None = None,
    weight_decay: float = 0.0,
) -> float:
    """Clip a flat gradient, shrink flat weights by 1 − lr · weight_decay and move them, in place.

    Returns the gradient's norm before clipping.
    """
    norm = clip_by_norm(gradient, clip)
    if weight_decay:
        np.multiply(weights, 1.0 - lr * weight_decay, weights)
    optimizer.update(weights, gradient, lr, norm)
    return norm


def flatten(arrays: Iterable[Array]) -> Array:
    """Return all entries one after the other, as one new vector."""
    return np.concatenate([array.ravel() for array in arrays])


def unflatten(vector: Array, like: Iterable[Array]) -> list[Array]:
    """Return the parts of a vector as views of the shapes of these arrays, in their order.

    >>> [part.tolist() for part in unflatten(np.arange(5), [np.zeros((2, 2)), np.zeros(1)])]
    [[[0, 1], [2, 3]], [4]]
    """
    parts, start = [], 0
    for array in like:
        parts.append(vector[start : start + array.size].reshape(array.shape))
        start += array.size
    return parts
