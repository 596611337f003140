"""The weight gradient split by the step s that is scored and the step t of use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from rnn_core.losses import cross_entropy, is_counted
from rnn_core.padding import ignore_padding
from rnn_core.params import Array
from rnn_core.record import read_only
from rnn_core.trace import Gradients, StepGradients, Trace
from rnn_core.unroll import backward
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_choice


@dataclass(frozen=True, eq=False)
class Contributions:
    """Loss gradients of the weights, by the step s that is scored and the step t of use.

    Each weight is an array with two leading axes (T, T), made when first asked for:
    ``W_hh[s, t]`` is what the loss at step s contributes through the use of W_hh at step t.
    Nothing flows forward, so it is zero where t > s; rows of unscored steps are zero. The sum over
    both axes is the total gradient.

    Attributes
    ----------
    trace : Trace
    scored : tuple of int
        The steps that count, from 0.
    by_scored : tuple of Gradients
        One backward pass per scored step, in the order of ``scored``.
    """

    trace: Trace
    scored: tuple[int, ...]
    by_scored: tuple[Gradients, ...]

    @cached_property
    def W_xh(self) -> Array:
        """Array, shape (T, T, D, G·H)."""
        return self._stack("W_xh")

    @cached_property
    def W_hh(self) -> Array:
        """Array, shape (T, T, H, G·H)."""
        return self._stack("W_hh")

    @cached_property
    def b_h(self) -> Array:
        """Array, shape (T, T, G·H)."""
        return self._stack("b_h")

    @cached_property
    def b_hn(self) -> Array | None:
        """Array, shape (T, T, H), gru only."""
        return None if self.trace.params.b_hn is None else self._stack("b_hn")

    @cached_property
    def W_hy(self) -> Array:
        """Array, shape (T, T, H, C); only t = s is not zero."""
        return self._stack("W_hy")

    @cached_property
    def b_y(self) -> Array:
        """Array, shape (T, T, C); only t = s is not zero."""
        return self._stack("b_y")

    def by_lag(self, name: str) -> Array:
        """Return one weight's gradient split by lag s − t, shape (T, …); its sum is the total.

        Parameters
        ----------
        name : "W_xh", "W_hh", "b_h", "b_hn", "W_hy" or "b_y"
        """
        check_choice("name", name, self.trace.params.arrays())
        split = cast(Array, getattr(self, name))
        lags = np.zeros_like(split[0])
        for s in self.scored:
            lags[: s + 1] += split[s, s::-1]
        return read_only(lags)

    def _stack(self, name: str) -> Array:
        T = self.trace.steps
        shape = self.trace.params.arrays()[name].shape
        stacked = np.zeros((T, T, *shape), self.trace.h.dtype)
        for s, gradients in zip(self.scored, self.by_scored, strict=True):
            by_step: StepGradients = gradients.by_step
            stacked[s] = by_step.arrays()[name]
        return read_only(stacked)


def single_losses(dlogits: Array, targets: Array) -> Iterator[tuple[int, Array]]:
    """Yield each step that is scored, and the gradient of the loss at that step alone.

    >>> list(single_losses(np.ones((2, 1, 1)), np.array([[-1], [0]])))
    [(1, array([[[0.]],
           [[1.]]]))]
    """
    for step in np.flatnonzero(is_counted(targets).any(axis=1)):
        alone = np.zeros_like(dlogits)
        alone[step] = dlogits[step]
        yield int(step), alone


@takes(trace=Trace, arrays=("targets",))
def contributions(trace: Trace, targets: npt.ArrayLike) -> Contributions:
    """Split the cross entropy's weight gradients by scored step and step of use.

    One backward pass per scored step s, each with the loss of that step alone; ``1/N`` is that of
    the whole loss, so that everything adds up to the total gradient.

    Parameters
    ----------
    trace : Trace
    targets : array, shape (T, B), whole numbers; −1 means "no loss here"
        Beyond the trace's lengths they count nowhere.

    Returns
    -------
    Contributions

    Raises
    ------
    ValueError
        As ``cross_entropy``.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward(params, np.array([[0], [2], [1]]))
    >>> targets = np.array([[-1], [0], [1]])
    >>> split = rc.contributions(trace, targets)
    >>> total = rc.backward(trace, rc.cross_entropy(trace.logits, targets)[1]).total
    >>> split.W_hh.shape, bool(np.allclose(split.W_hh.sum(axis=(0, 1)), total.W_hh))
    ((3, 3, 4, 4), True)
    """
    _, dlogits = cross_entropy(trace.logits, targets, trace.lengths)
    wanted = ignore_padding(targets, trace.lengths)
    passes = {s: backward(trace, alone) for s, alone in single_losses(dlogits, wanted)}
    return Contributions(trace, tuple(passes), tuple(passes.values()))
