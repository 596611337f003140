"""What a pass shows when one looks closer: norms by step, norms by lag, and what-if.

All gradients are those of the loss they were made from; a mean loss carries its 1/N.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rnn_core.analysis.contributions import Contributions
from rnn_core.input_validation import (
    check_array,
    check_finite,
    check_input,
    check_tokens,
    is_tokens,
    writable,
)
from rnn_core.losses import log_softmax
from rnn_core.norms import safe_norms
from rnn_core.params import Array
from rnn_core.record import ReadOnly, Record, read_only, read_only_copy
from rnn_core.trace import Gradients, Trace
from rnn_core.unroll import forward
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_whole


@dataclass(frozen=True, eq=False)
class GradientNorms(Record):
    """Euclidean norms of the gradients of one backward pass, by time step.

    Attributes
    ----------
    dh, dh_local, dh_recurrent : array, shape (T+1, B)
        Of each state's gradient; ``dh`` ≤ ``dh_local + dh_recurrent``.
    dc : array, shape (T+1, B), lstm only
    da : array, shape (T, B)
    weights : mapping name → array, shape (T,)
        Of each step's share of a weight's gradient, over the whole batch.
    """

    dh: Array
    dh_local: Array
    dh_recurrent: Array
    dc: Array | None
    da: Array
    weights: Mapping[str, Array]


@takes(gradients=Gradients)
def gradient_norms(gradients: Gradients) -> GradientNorms:
    """Measure the gradients of each time step.

    Parameters
    ----------
    gradients : Gradients

    Returns
    -------
    GradientNorms

    Examples
    --------
    >>> import rnn_core as rc
    >>> trace = rc.forward(rc.init("gru", inputs=3, hidden=4, outputs=2), np.ones((5, 1, 3)))
    >>> grads = rc.backward(trace, dh_last=np.ones((1, 4)))
    >>> norms = gradient_norms(grads)
    >>> norms.dh.shape, norms.weights["W_hh"].shape
    ((6, 1), (5,))
    >>> float(norms.dh[5, 0])
    2.0
    """
    by_step = gradients.by_step.arrays()
    return GradientNorms(
        dh=_norms(gradients.dh),
        dh_local=_norms(gradients.dh_local),
        dh_recurrent=_norms(gradients.dh_recurrent),
        dc=None if gradients.dc is None else _norms(gradients.dc),
        da=_norms(gradients.da),
        weights=ReadOnly(
            {name: _norms(array.reshape(len(array), -1)) for name, array in by_step.items()}
        ),
    )


@dataclass(frozen=True, eq=False)
class LagNorms(Record):
    """How far back a gradient reaches: lag k is k steps before the step that is scored.

    Attributes
    ----------
    name : str
        The weight that is split.
    norm : array, shape (T,)
        ‖contribution of lag k to the weight's gradient‖.
    share : array, shape (T,)
        What lag k adds along the gradient that is really taken, as a fraction of it:
        ⟨contribution, total⟩ / ‖total‖². Sums to 1; negative where lag k pulls the other way; all
        zero where the total is.
    dh : array, shape (T, T, B)
        ``dh[s, k]`` = ‖∂L_s / ∂h[s+1−k]‖, the gradient of the loss at step s alone; zero where s is
        not scored or k > s.
    mean_dh : array, shape (T,)
        Mean of ``dh`` over the scored entries (s, b) that have a lag k; NaN where there is none.
    """

    name: str
    norm: Array
    share: Array
    dh: Array
    mean_dh: Array


@takes(split=Contributions)
def lag_norms(split: Contributions, name: str = "W_hh") -> LagNorms:
    """Measure what each lag contributes to one weight's gradient.

    Parameters
    ----------
    split : Contributions
    name : "W_xh", "W_hh", "b_h", "b_hn", "W_hy" or "b_y"

    Returns
    -------
    LagNorms

    Raises
    ------
    ValueError
        When there is no such weight.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward(params, np.array([[0], [2], [1]]))
    >>> lags = lag_norms(rc.contributions(trace, np.array([[-1], [0], [1]])))
    >>> lags.norm.shape, round(float(lags.share.sum()), 12)
    ((3,), 1.0)
    """
    by_lag = split.by_lag(name).reshape(split.trace.steps, -1)
    total = by_lag.sum(axis=0)
    share = _along(by_lag, total)
    T, B = split.trace.steps, split.trace.batch
    dh = np.zeros((T, T, B), split.trace.h.dtype)
    counted = np.zeros((T, B))
    for s, gradients in zip(split.scored, split.by_scored, strict=True):
        dh[s, : s + 1] = _norms(gradients.dh[s + 1 : 0 : -1])
        counted[: s + 1] += gradients.dlogits[s].any(axis=-1)
    entries = counted.sum(axis=1)
    mean = np.full(T, np.nan)
    np.divide(dh.sum(axis=(0, 2)), entries, out=mean, where=entries > 0)
    return LagNorms(name, _norms(by_lag), read_only(share), read_only(dh), read_only(mean))


@dataclass(frozen=True, eq=False)
class Counterfactual(Record):
    """What changes when one input is another.

    Attributes
    ----------
    old, new : Trace
        The pass as it was, and with the changed input.
    step : int
        The step whose input is changed, from 0; nothing differs before it.
    h : array, shape (T+1, B)
        ‖new.h[t] − old.h[t]‖.
    c : array, shape (T+1, B), lstm only
    logits : array, shape (T, B)
    p : array, shape (T, B)
        How much probability moves to other classes, 0 to 1: ½ Σ |new p − old p|.
    """

    old: Trace
    new: Trace
    step: int
    h: Array
    c: Array | None
    logits: Array
    p: Array


@takes(trace=Trace, arrays=("x", "embedding"))
def counterfactual(
    trace: Trace, step: int, x: npt.ArrayLike, embedding: npt.ArrayLike | None = None
) -> Counterfactual:
    """Change the input of one step, run again, and follow the difference.

    Parameters
    ----------
    trace : Trace
    step : int
        From 0.
    x : array, shape (B,), tokens; or (B, D), float
        What is read there instead, of the kind that was read.
    embedding : array, shape (V, D), optional
        Where the pass read rows of an embedding: tokens (B,) are looked up in it.

    Returns
    -------
    Counterfactual

    Raises
    ------
    ValueError
        When the step is not one of the pass, or x does not fit.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward(params, np.array([[0], [2], [1]]))
    >>> changed = counterfactual(trace, 1, np.array([0]))
    >>> (changed.h[:, 0] > 0).tolist(), changed.new.x[:, 0].tolist()
    ([False, False, True, True], [0, 0, 1])
    """
    step = check_whole("step", step, least=0, most=trace.steps - 1)
    given = np.asarray(x)
    tokens = None
    if embedding is not None and is_tokens(given):
        embedding = check_array("embedding", embedding, np.shape(embedding))
        check_tokens("x", given, len(embedding))
        if given.shape == (trace.batch,) and trace.tokens is not None:
            tokens = writable(trace.tokens)
            tokens[step] = given
        given = embedding[given]
    put = check_input(trace.params, given, axes="B")
    # Any whole number fits among tokens, and a complex one never among real numbers.
    alike = is_tokens(put) == is_tokens(trace.x) and (
        is_tokens(put) or np.can_cast(put.dtype, trace.x.dtype, "same_kind")
    )
    if put.shape != trace.x[step].shape or not alike:
        raise ValueError(
            f"x is {put.dtype} of shape {put.shape} but step {step} reads {trace.x.dtype} "
            f"of shape {trace.x[step].shape}"
        )
    changed = writable(trace.x)
    with np.errstate(over="ignore"):
        changed[step] = put
    if not is_tokens(changed):
        check_finite("x", changed[step])  # a float64 may be too large for float32
    c0 = None if trace.c is None else trace.c[0]
    new = forward(trace.params, changed, trace.h0, c0, trace.lengths)
    if tokens is not None:
        new = replace(new, tokens=read_only_copy(tokens))
    return Counterfactual(
        old=trace,
        new=new,
        step=int(step),
        h=_norms(new.h - trace.h),
        c=None if new.c is None or trace.c is None else _norms(new.c - trace.c),
        logits=_norms(new.logits - trace.logits),
        p=_moved_probability(new.logits, trace.logits),
    )


def _along(vectors: Array, total: Array) -> Array:
    """Return ⟨vector, total⟩ / ‖total‖² of each row; 0 where the total is 0.

    Both are divided by the largest entry of the total first: its square may underflow.
    """
    peak = np.abs(total).max(initial=0.0)
    if not (peak > 0 and np.isfinite(peak)):
        return np.full(len(vectors), 0.0 if peak == 0 else np.nan, vectors.dtype)
    unit = total / peak
    return np.asarray((vectors / peak) @ unit / (unit @ unit))


def _norms(vectors: Array) -> Array:
    return read_only(safe_norms(vectors))


def _moved_probability(new: Array, old: Array) -> Array:
    if new.shape[-1] == 0:
        return read_only(np.zeros(new.shape[:-1], new.dtype))
    gap = np.exp(log_softmax(new)) - np.exp(log_softmax(old))
    return read_only(np.asarray(0.5 * np.abs(gap).sum(axis=-1)))
