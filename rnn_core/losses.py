"""Losses: which steps count, how wrong they are, and the gradient they send back."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_core.padding import IGNORE_INDEX, ignore_padding
from rnn_core.params import Array
from rnn_core.record import read_only
from rnn_core.validation.arguments import takes

__all__ = [
    "IGNORE_INDEX",
    "LOSSES",
    "cross_entropy",
    "is_counted",
    "log_softmax",
    "squared_error",
    "token_losses",
]


@takes(arrays=("logits", "targets", "lengths"))
def cross_entropy(
    logits: npt.ArrayLike, targets: npt.ArrayLike, lengths: npt.ArrayLike | None = None
) -> tuple[float, Array]:
    """Return the mean cross entropy in nats over the N counted entries, and its gradient.

    ``loss = −1/N Σ log softmax(logits)[target]``; ``dlogits = (softmax(logits) − onehot) / N``.
    At the target that is minus the sum of the other classes' probabilities, and is worked out so.

    Parameters
    ----------
    logits : array, shape (T, B, C)
    targets : array, shape (T, B), whole numbers; −1 means "no loss here"
    lengths : array, shape (B,), optional
        Targets beyond a sequence's length count nowhere, see ``padding.ignore_padding``.

    Returns
    -------
    loss : float, in nats (complex when the logits carry a complex step)
    dlogits : array, shape (T, B, C), read-only

    Raises
    ------
    ValueError
        When shapes differ, a target is no class, or no entry counts.

    Examples
    --------
    >>> loss, dlogits = cross_entropy(np.zeros((3, 1, 4)), np.array([[-1], [2], [0]]))
    >>> round(loss, 4), dlogits.shape, float(dlogits[1, 0, 2])
    (1.3863, (3, 1, 4), -0.375)
    """
    scores, classes = _check_classes(logits, ignore_padding(targets, lengths))
    wanted = classes.reshape(-1)
    counted = wanted != IGNORE_INDEX
    N = int(np.count_nonzero(counted))
    # Where each row's target stands in the flat array; what it does to unscored rows goes below.
    shown = wanted if wanted.size == N else wanted * counted
    places = np.arange(wanted.size) * scores.shape[2] + shown
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z = scores.reshape(wanted.size, -1)
        z = z - _largest(z)
        dlogits = np.exp(z)
        entries = dlogits.reshape(-1)
        own, z_own = entries.take(places), z.take(places)
        # Near p = 1 both log(sum) and p − 1 would be what rounding leaves. So the others are
        # summed alone: where the target is the largest, z_own is 0 and own is 1.
        entries[places] = 0
        others = np.add.reduce(dlogits, axis=-1)
        scale = N * (own + others)
        losses = log1p(others + (own - 1.0)) - z_own
        dlogits /= scale[:, None]
        entries[places] = -others / scale
        if wanted.size > N:
            losses, dlogits[~counted] = losses[counted], 0
        loss = mean_loss(losses, N)
    return loss, read_only(dlogits.reshape(scores.shape))


def mean_loss(losses: Array, count: int) -> Any:
    """Return Σ losses / count: a Python float, or complex where they carry a complex step.

    Summed in float64, and after the division where the sum would overflow. Whoever calls it
    silences the overflow.

    >>> mean_loss(np.full(4, 3e38, np.float32), 4) < 3.1e38
    True
    """
    if losses.dtype.kind == "c":
        return losses.sum() / count
    loss = float(np.add.reduce(losses, dtype=np.float64)) / count
    return loss if isfinite(loss) else float((losses / count).sum(dtype=np.float64))


@takes(arrays=("logits", "targets", "lengths"))
def token_losses(
    logits: npt.ArrayLike, targets: npt.ArrayLike, lengths: npt.ArrayLike | None = None
) -> Array:
    """Return −log p(target) in nats of each entry, NaN where the target is −1.

    Parameters
    ----------
    logits : array, shape (T, B, C)
    targets : array, shape (T, B), whole numbers
    lengths : array, shape (B,), optional
        Targets beyond a sequence's length count nowhere, see ``padding.ignore_padding``.

    Returns
    -------
    array, shape (T, B)
    """
    scores, classes = _check_classes(logits, ignore_padding(targets, lengths), needs_one=False)
    at, which = np.nonzero(classes != IGNORE_INDEX)
    losses = np.full(classes.shape, np.nan, scores.dtype)
    losses[at, which] = -log_softmax(scores)[at, which, classes[at, which]]
    return losses


@takes(arrays=("predictions", "targets", "lengths"))
def squared_error(
    predictions: npt.ArrayLike, targets: npt.ArrayLike, lengths: npt.ArrayLike | None = None
) -> tuple[float, Array]:
    """Return the mean of ½(ŷ − y)² over the N counted entries, and its gradient (ŷ − y) / N.

    Pages and tables report MSE or RMSE, without the ½.

    Parameters
    ----------
    predictions : array, shape (T, B, C)
    targets : array, shape (T, B, C), float; NaN means "no loss here"
    lengths : array, shape (B,), optional
        Targets beyond a sequence's length count nowhere, see ``padding.ignore_padding``.

    Returns
    -------
    loss : float
    dpredictions : array, shape (T, B, C), read-only

    Raises
    ------
    ValueError
        When shapes differ, a target is infinite, or no entry counts.

    Examples
    --------
    >>> loss, dy = squared_error(np.ones((2, 1, 1)), np.array([[[3.0]], [[np.nan]]]))
    >>> loss, dy.shape, float(dy[0, 0, 0])
    (2.0, (2, 1, 1), -2.0)
    """
    scores, wanted = np.asarray(predictions), ignore_padding(targets, lengths)
    _check_floats("predictions", scores)
    if wanted.shape != scores.shape:
        raise ValueError(f"targets have shape {wanted.shape} but predictions have {scores.shape}")
    if not np.issubdtype(wanted.dtype, np.floating):
        raise ValueError(f"targets have dtype {wanted.dtype} but floats are expected")
    if np.isinf(wanted).any():
        raise ValueError("targets hold an infinite value; expected finite, or NaN for no loss")
    counted = ~np.isnan(wanted)
    N = int(counted.sum())
    if N == 0:
        raise ValueError(f"all {wanted.size} targets are NaN; at least one must be scored")
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.where(counted, scores - np.where(counted, wanted, 0.0), 0.0)
        loss = half_mean_square(error, N)
        dpredictions = (error / N).astype(scores.dtype, copy=False)
    return loss, read_only(dpredictions)


def half_mean_square(error: Array, count: int) -> Any:
    """Return ½ Σ error² / count; the squares are taken in float64, where float32 would lose them.

    A Python float, or complex where the error carries a complex step.

    >>> half_mean_square(np.full(2, 1e-30, np.float32), 2) > 0
    True
    """
    if np.iscomplexobj(error):
        return 0.5 * (error**2).sum() / count
    wide = error.astype(np.float64, copy=False).reshape(-1)
    loss = 0.5 * float(wide.dot(wide)) / count
    if isfinite(loss):
        return loss
    # The sum of squares can be too large where their mean is not.
    peak = float(np.abs(wide).max())
    scaled = wide / peak if isfinite(peak) else wide
    mean = 0.5 * float(scaled.dot(scaled)) / count
    return peak * mean * peak if isfinite(peak) else mean


def is_counted(targets: Array) -> Array:
    """Return which steps of which sequences are scored, shape (T, B).

    >>> is_counted(np.array([[-1], [2]])).tolist()
    [[False], [True]]
    >>> is_counted(np.array([[[np.nan]], [[0.5]]])).tolist()
    [[False], [True]]
    """
    if targets.ndim == 2:
        return np.asarray(targets != IGNORE_INDEX)
    return np.asarray(~np.isnan(targets).all(axis=-1))


def unscored(targets: Array, steps: int | None = None) -> Array:
    """Return targets of the same kind of which none is scored, perhaps for another T.

    >>> unscored(np.zeros((2, 1), np.uint8)).tolist(), unscored(np.zeros((1, 1, 1))).tolist()
    ([[-1], [-1]], [[[nan]]])
    """
    shape = (len(targets) if steps is None else steps, *targets.shape[1:])
    if targets.dtype.kind in "iu":  # an unsigned type has no −1
        return np.full(shape, IGNORE_INDEX, np.intp)
    return np.full(shape, np.nan, targets.dtype)


LOSSES = {"cross_entropy": cross_entropy, "squared_error": squared_error}


def log_softmax(logits: Array) -> Array:
    """Return log softmax over the last axis, shifted by the row's maximum so it cannot overflow.

    The largest term of the sum is then 1 and the others are summed alone: near p = 1 the log of
    the whole sum would be what rounding leaves.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        shifted = logits - _largest(logits)
        others = np.exp(shifted)
        largest = logits.real.argmax(axis=-1)[..., None]
        # Minus 1, not put to 0: a row that is not finite stays so.
        np.put_along_axis(others, largest, np.take_along_axis(others, largest, -1) - 1, -1)
        return np.asarray(shifted - log1p(others.sum(axis=-1, keepdims=True)))


def _largest(logits: Array) -> Array:
    """Return each row's largest logit, shape (..., 1); a complex one with its complex step.

    So the largest of the shifted row is exactly 0, whatever moves, and so are its exponential's
    digits: 1 + iδ would leave δ to cancel.
    """
    if logits.dtype.kind != "c":
        return np.asarray(np.maximum.reduce(logits, axis=-1, keepdims=True))
    return np.take_along_axis(logits, logits.real.argmax(axis=-1)[..., None], -1)


def log1p(x: Array) -> Array:
    """Return log(1 + x), to the last digits for a small x; complex as well.

    >>> log1p(np.array([1e-20, 1e-20 + 1e-30j])).tolist() == [1e-20, 1e-20 + 1e-30j]
    True
    """
    if x.dtype.kind != "c":
        return np.asarray(np.log1p(x))
    # NumPy's own takes the log of |1 + x|, in which a small real part is lost.
    real, imaginary = x.real, x.imag
    size = 0.5 * np.log1p(real * (2.0 + real) + imaginary * imaginary)
    return np.asarray(size + 1j * np.arctan2(imaginary, 1.0 + real))


def _check_floats(name: str, scores: Array) -> None:
    if scores.dtype.kind not in "fc":
        raise ValueError(f"{name} have dtype {scores.dtype} but floats are expected")


def _check_classes(
    logits: npt.ArrayLike, targets: npt.ArrayLike, needs_one: bool = True
) -> tuple[Array, Array]:
    scores, classes = np.asarray(logits), np.asarray(targets)
    if scores.ndim != 3 or scores.size == 0:
        raise ValueError(
            f"logits have shape {scores.shape} but (T, B, C) with T, B, C ≥ 1 is expected"
        )
    _check_floats("logits", scores)
    if classes.shape != scores.shape[:2]:
        raise ValueError(
            f"targets have shape {classes.shape} but logits {scores.shape} expect "
            f"{scores.shape[:2]}"
        )
    if classes.dtype.kind not in "iu":
        raise ValueError(f"targets have dtype {classes.dtype} but whole numbers are expected")
    # By argmax, which takes a third of the time of max.
    most = classes.item(classes.argmax())
    if classes.item(classes.argmin()) < IGNORE_INDEX or most >= scores.shape[2]:
        bad = (classes < IGNORE_INDEX) | (classes >= scores.shape[2])
        raise ValueError(
            f"targets hold {int(classes[bad][0])} but expect 0 to {scores.shape[2] - 1}, "
            f"or -1 for no loss"
        )
    if needs_one and most == IGNORE_INDEX:
        raise ValueError(f"all {classes.size} targets are -1; at least one must be scored")
    # An index is made of them: of uint64 and int64 NumPy would make a float.
    return scores, classes.astype(np.intp, copy=False)
