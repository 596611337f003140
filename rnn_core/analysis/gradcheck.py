"""Is the gradient right? Numeric derivatives to hold every analytic one against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_core.analysis.gradient_verdict import unexplained_error
from rnn_core.input_validation import is_tokens
from rnn_core.losses import LOSSES
from rnn_core.params import Array, Params
from rnn_core.trace import Gradients, Trace
from rnn_core.unroll import backward, forward
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_choice, check_number

COMPLEX_STEP = 1e-30
CENTRAL_STEP = 1e-5
EXPLAINED = {"complex step": 1e-9, "central differences": 1e-6}
"""Above this an error is compared with the error bar of the numeric gradient."""

LossAt = Callable[[Array], Any]
Backward = Callable[[Trace, Array], Gradients]


@takes(functions=("loss",), arrays=("at",))
def complex_step(loss: LossAt, at: Array, step: float = COMPLEX_STEP) -> Array:
    """Return the derivative of a loss by each entry of an array, Im loss(at + i·step) / step.

    Nothing is subtracted, so nothing cancels: exact to rounding (Squire & Trapp 1998).

    Parameters
    ----------
    loss : function of an array like ``at``; it has to let complex numbers through
    at : array, any shape
    step : float

    Returns
    -------
    array, shape of ``at``

    Examples
    --------
    >>> complex_step(lambda w: (w**3).sum(), np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    at = _check_differentiation(at, step)
    derivative = np.empty(at.shape)
    for place in np.ndindex(at.shape):
        moved = at.astype(np.complex128)
        moved[place] += 1j * step
        derivative[place] = np.imag(_number(loss(moved))) / step
    return derivative


@takes(functions=("loss",), arrays=("at",))
def central_differences(loss: LossAt, at: Array, step: float = CENTRAL_STEP) -> Array:
    """Return (loss(at + step) − loss(at − step)) / (2 · step) for each entry of an array.

    Parameters
    ----------
    loss : function of an array like ``at``
    at : array, any shape
    step : float
        The error is of order step² from the curve plus 1e-16 / step from cancellation.

    Returns
    -------
    array, shape of ``at``

    Examples
    --------
    >>> central_differences(lambda w: (w**3).sum(), np.array([1.0, 2.0])).round(6)
    array([ 3., 12.])
    """
    at = _check_differentiation(at, step)
    derivative = np.empty(at.shape)
    for place in np.ndindex(at.shape):
        # In float32 a step of 1e-5 would be rounded by a hundredth of itself.
        up, down = (at.astype(np.result_type(at, np.float64)) for _ in range(2))
        up[place] += step
        down[place] -= step
        derivative[place] = (_number(loss(up)) - _number(loss(down))) / (2.0 * step)
    return derivative


def _number(value: Any) -> Any:
    """Refuse what a loss may not give: anything but one number."""
    if np.ndim(value) or not np.issubdtype(np.asarray(value).dtype, np.number):
        raise ValueError(f"loss gave {type(value).__name__} but a number is expected")
    return value


def _check_differentiation(at: Array, step: float) -> Array:
    """Refuse steps that measure nothing, and whole numbers, which a small step cannot move."""
    check_number("step", step, positive=True)
    given = np.asarray(at)
    if not np.issubdtype(given.dtype, np.inexact):
        raise ValueError(f"at has dtype {given.dtype} but floats are expected")
    return given


@takes(arrays=("analytic", "numeric"))
def worst_error(analytic: Array, numeric: Array) -> float:
    """Return the largest |a − n| / max(|a|, |n|, 1e-3 · ‖array‖∞) over all entries.

    Entries that are tiny beside the rest of their array are measured against that rest.

    >>> round(worst_error(np.array([1.0, 2.0]), np.array([1.0, 2.002])), 6)
    0.000999
    >>> worst_error(np.zeros(3), np.zeros(3))
    0.0
    """
    analytic, numeric = np.asarray(analytic), np.asarray(numeric)
    for name, array in (("analytic", analytic), ("numeric", numeric)):
        if not np.issubdtype(array.dtype, np.number):
            raise ValueError(f"{name} has dtype {array.dtype} but numbers are expected")
    if analytic.shape != numeric.shape:
        raise ValueError(f"analytic has shape {analytic.shape} but numeric has {numeric.shape}")
    gap = np.abs(analytic - numeric)
    if not np.isfinite(gap).all():
        return float("inf")
    larger = np.maximum(np.abs(analytic), np.abs(numeric))
    scale = np.maximum(larger, 1e-3 * larger.max(initial=0.0))
    return float(np.divide(gap, scale, out=np.zeros_like(gap), where=gap > 0).max(initial=0.0))


@takes(params=Params, arrays=("x", "targets", "h0", "c0", "lengths"), functions=("backward",))
def gradcheck(
    params: Params,
    x: npt.ArrayLike,
    targets: npt.ArrayLike,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    *,
    loss: str = "cross_entropy",
    method: str = "complex step",
    step: float | None = None,
    backward: Backward = backward,
) -> dict[str, float]:
    """Compare every gradient of one unroll with a numeric one.

    Parameters
    ----------
    params : Params, float64
    x : array, shape (T, B, D) or tokens (T, B)
    targets : array, as the loss expects
    h0, c0, lengths : as for ``forward``
    loss : "cross_entropy" or "squared_error"
    method : "complex step" or "central differences"
    step : float, optional
        1e-30 for complex step, 1e-5 for central differences. With a step of one's own the errors
        are given as they are.
    backward : function (trace, dlogits) → Gradients
        The backward pass on trial.

    Returns
    -------
    dict name → worst error, see ``worst_error``
        For each weight, for x where it is dense, for h0, and for c0 of an lstm. A right gradient
        stays below 1e-9 by complex step and 1e-6 by central differences: an entry whose error is
        larger counts only where it lies outside the error bar of the best central difference
        (``gradient_verdict.measure_differences``). So tiny entries of saturated cells and kinks of
        relu are no errors.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> errors = rc.gradcheck(params, np.array([[0], [2], [1]]), np.array([[-1], [-1], [1]]))
    >>> list(errors), max(errors.values()) < 1e-9
    (['W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y', 'h0'], True)
    """
    methods = {
        "complex step": (complex_step, COMPLEX_STEP),
        "central differences": (central_differences, CENTRAL_STEP),
    }
    check_choice("method", method, methods)
    check_choice("loss", loss, LOSSES)
    if params.dtype != np.float64:
        raise ValueError(f"params are {params.dtype} but a gradient check needs float64")
    differentiate, usual_step = methods[method]
    size = usual_step if step is None else step
    trace = forward(params, x, h0, c0, lengths)
    if np.iscomplexobj(trace.h):
        raise ValueError(f"x, h0 or c0 is {trace.h.dtype} but real numbers are expected")
    gradients = backward(trace, LOSSES[loss](trace.logits, targets, trace.lengths)[1])
    if not isinstance(gradients, Gradients):
        raise ValueError(
            f"backward gave {type(gradients).__name__} but rnn_core.Gradients is expected"
        )
    arrays = _arrays_of(trace)

    def loss_with(name: str) -> LossAt:
        def loss_at(array: Array) -> Any:
            now = {**arrays, name: array}
            weights = {weight: now[weight] for weight in params.arrays()}
            dtype = np.result_type(*weights.values())
            moved = params.with_arrays({key: a.astype(dtype) for key, a in weights.items()})
            again = forward(moved, now["x"], now["h0"], now.get("c0"), lengths)
            return LOSSES[loss](again.logits, targets, trace.lengths)[0]

        return loss_at

    worst: dict[str, float] = {}
    for name, analytic in _gradients_of(gradients).items():
        loss_at, array = loss_with(name), arrays[name]

        def loss_of_entry(
            place: tuple[int, ...], value: float, at: LossAt = loss_at, start: Array = array
        ) -> float:
            moved = np.array(start, np.float64)
            moved[place] = value
            return float(at(moved))

        numeric = differentiate(loss_at, array, size)
        worst_error(analytic, numeric)  # refuses shapes that differ
        exact = method == "complex step"
        bound = EXPLAINED[method] if step is None else np.inf
        worst[name] = unexplained_error(analytic, numeric, loss_of_entry, array, bound, exact)[0]
    return worst


def _arrays_of(trace: Trace) -> dict[str, Array]:
    arrays = {**trace.params.arrays(), "x": trace.x, "h0": trace.h0}
    if trace.c is not None:
        arrays["c0"] = trace.c[0]
    return arrays


def _gradients_of(gradients: Gradients) -> dict[str, Array]:
    arrays = dict(gradients.total.arrays())
    if gradients.dx is not None and not is_tokens(gradients.trace.x):
        arrays["x"] = gradients.dx
    arrays["h0"] = gradients.dh0
    if gradients.dc0 is not None:
        arrays["c0"] = gradients.dc0
    return arrays
