"""An unroll that does not share: a W_hh of its own for each of its steps.

It is the counter-case to the recurrent network. T copies of W_hh are T · H · G·H numbers instead
of H · G·H, each learns from its own step alone, and a step T + 1 has no W_hh: the network can read
no longer sequence than it was made for.

An untied unroll is T unrolls of one step in a row, each handing its state to the next, so its steps
are the tied cell's own (``unroll.forward`` and ``unroll.backward``). With equal copies it computes
what the tied network computes, and the tied gradient is the sum of the copies' gradients (the chain
rule for one weight used in many places; Werbos 1990).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rnn_core.input_validation import check_array, check_input
from rnn_core.params import Array, Params
from rnn_core.record import ReadOnly, read_only, read_only_copy
from rnn_core.trace import Gradients, Trace
from rnn_core.unroll import backward, forward
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_whole


@dataclass(frozen=True, eq=False)
class UntiedTrace(Trace):
    """A forward pass through copies of W_hh; ``params.W_hh`` counts nowhere in it.

    Attributes
    ----------
    copies : array, shape (T, H, G·H)
        The W_hh of each step.
    """

    copies: Array


def check_copies(params: Params, copies: npt.ArrayLike) -> Array:
    """Return copies of W_hh read-only.

    Raises
    ------
    ValueError
        When they are not (n, H, G·H) with n ≥ 1 in the dtype of the weights.
    """
    held = read_only_copy(copies)
    if held.ndim != 3 or not len(held) or held.shape[1:] != params.W_hh.shape:
        raise ValueError(
            f"copies have shape {held.shape} but (n, {', '.join(map(str, params.W_hh.shape))}) "
            f"with n ≥ 1 is expected by W_hh"
        )
    if held.dtype != params.dtype:
        raise ValueError(f"copies have dtype {held.dtype} but W_hh has {params.dtype}")
    return held


@takes(params=Params)
def untie(params: Params, steps: int) -> Array:
    """Return ``steps`` copies of W_hh, all equal.

    >>> import rnn_core as rc
    >>> rc.untie(rc.init("gru", inputs=3, hidden=4, outputs=2), steps=5).shape
    (5, 4, 12)
    """
    steps = check_whole("steps", steps, least=1)
    return read_only(np.repeat(params.W_hh[None], steps, axis=0))


@takes(params=Params, arrays=("copies", "x", "h0", "c0"))
def forward_untied(
    params: Params,
    copies: npt.ArrayLike,
    x: npt.ArrayLike,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
) -> UntiedTrace:
    """Run an unroll whose step t uses ``copies[t]`` in the place of W_hh.

    ``a[t] = x[t] W_xh + h[t] copies[t] + b_h``.

    Parameters
    ----------
    params : Params
        All weights but W_hh.
    copies : array, shape (n, H, G·H)
    x : array, shape (T, B, D), float; or (T, B), whole-number tokens; T ≤ n
    h0, c0 : array, shape (B, H), optional

    Returns
    -------
    UntiedTrace

    Raises
    ------
    ValueError
        When a step has no W_hh, shapes do not fit, or a state that is handed on is not finite.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward_untied(params, rc.untie(params, 5), np.zeros((4, 1), int))
    >>> trace.h.shape, trace.copies.shape
    ((5, 1, 4), (4, 4, 4))
    """
    held, given = check_copies(params, copies), check_input(params, x)
    T = len(given)
    if len(held) < T:
        raise ValueError(
            f"step {len(held) + 1} has no W_hh: x has T={T} steps but there are {len(held)} copies"
        )
    steps: list[Trace] = []
    h, c = h0, c0
    for t in range(T):
        steps.append(forward(replace(params, W_hh=held[t]), given[t : t + 1], h, c))
        h, c = steps[-1].h[-1], None if steps[-1].c is None else steps[-1].c[-1]
    first = steps[0]
    names = tuple(first.gates)
    n_recurrent = [one.n_recurrent for one in steps if one.n_recurrent is not None]
    x_kept = _joined([one.x for one in steps])
    return UntiedTrace(
        params=params,
        x=x_kept,
        lengths=None,
        tokens=None if first.tokens is None else x_kept,
        from_x=_joined([one.from_x for one in steps]),
        from_h=_joined([one.from_h for one in steps]),
        a=_joined([one.a for one in steps]),
        h=_joined([first.h[:1], *(one.h[1:] for one in steps)]),
        c=None if first.c is None else _joined([first.c[:1], *_states(steps)]),
        gates=ReadOnly({name: _joined([one.gates[name] for one in steps]) for name in names}),
        n_recurrent=_joined(n_recurrent) if n_recurrent else None,
        logits=_joined([one.logits for one in steps]),
        copies=read_only(held[:T].copy()),
    )


def _joined(parts: list[Array]) -> Array:
    return read_only(np.concatenate(parts))


def _states(steps: list[Trace]) -> list[Array]:
    return [one.c[1:] for one in steps if one.c is not None]


@takes(trace=UntiedTrace, arrays=("dlogits", "dh_last", "dc_last"))
def backward_untied(
    trace: UntiedTrace,
    dlogits: npt.ArrayLike | None = None,
    *,
    dh_last: npt.ArrayLike | None = None,
    dc_last: npt.ArrayLike | None = None,
    truncate: int | None = None,
) -> Gradients:
    """Send loss gradients back through the copies, as ``unroll.backward`` does through one W_hh.

    Parameters
    ----------
    trace : UntiedTrace
    dlogits : array, shape (T, B, C), optional
    dh_last, dc_last : array, shape (B, H), optional
    truncate : int ≥ 1, optional
        Nothing is sent back across t = k, 2k, …

    Returns
    -------
    Gradients
        ``by_step.W_hh[t]`` is the gradient of copy t. ``total.W_hh`` is their sum, which is the
        gradient of a tied W_hh where all copies are equal.

    Raises
    ------
    ValueError
        When no gradient is given, or a shape does not fit.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward_untied(params, rc.untie(params, 5), np.zeros((5, 1), int))
    >>> loss, dlogits = rc.cross_entropy(trace.logits, np.zeros((5, 1), int))
    >>> rc.backward_untied(trace, dlogits).by_step.W_hh.shape
    (5, 4, 4)
    """
    if dlogits is None and dh_last is None and dc_last is None:
        raise ValueError("no gradient is given; expected dlogits, dh_last or dc_last")
    if truncate is not None:
        truncate = check_whole("truncate", truncate, least=1)
    dy = None if dlogits is None else check_array("dlogits", dlogits, trace.logits.shape)
    steps = [_one_step(trace, t) for t in range(trace.steps)]
    found: list[Gradients] = []
    dh, dc = dh_last, dc_last
    for t in range(trace.steps - 1, -1, -1):
        if truncate is not None and t + 1 < trace.steps and (t + 1) % truncate == 0:
            dh, dc = np.zeros_like(trace.h[0]), None
        here = None if dy is None else dy[t : t + 1]
        found.insert(0, backward(steps[t], here, dh_last=dh, dc_last=dc))
        dh, dc = found[0].dh0, found[0].dc0
    return _gathered(trace, found, truncate)


def backward_any(
    trace: Trace,
    dlogits: npt.ArrayLike | None,
    dh_last: npt.ArrayLike | None,
    dc_last: npt.ArrayLike | None,
    truncate: int | None,
) -> Gradients:
    """Send loss gradients back through a trace, tied or untied."""
    if isinstance(trace, UntiedTrace):
        return backward_untied(trace, dlogits, dh_last=dh_last, dc_last=dc_last, truncate=truncate)
    return backward(trace, dlogits, dh_last=dh_last, dc_last=dc_last, truncate=truncate)


def weight_gradients(gradients: Gradients) -> dict[str, Array]:
    """Return name → gradient of what is learned: of an untied W_hh, of each copy that was used."""
    arrays = gradients.total.arrays()
    if isinstance(gradients.trace, UntiedTrace):
        arrays["W_hh"] = gradients.by_step.W_hh
    return arrays


def _one_step(trace: UntiedTrace, t: int) -> Trace:
    """Return step t of a trace as a trace of its own."""
    here, states = slice(t, t + 1), slice(t, t + 2)
    return Trace(
        params=replace(trace.params, W_hh=trace.copies[t]),
        x=trace.x[here],
        lengths=None,
        tokens=None if trace.tokens is None else trace.tokens[here],
        from_x=trace.from_x[here],
        from_h=trace.from_h[here],
        a=trace.a[here],
        h=trace.h[states],
        c=None if trace.c is None else trace.c[states],
        gates={name: gate[here] for name, gate in trace.gates.items()},
        n_recurrent=None if trace.n_recurrent is None else trace.n_recurrent[here],
        logits=trace.logits[here],
    )


def _gathered(trace: UntiedTrace, steps: list[Gradients], truncate: int | None) -> Gradients:
    """Put the gradients of single steps, first to last, into one record."""
    first, dc = steps[0], None
    dc_parts = [one.dc[1:] for one in steps if one.dc is not None]
    dc_behind = [one.dc_recurrent[1:] for one in steps if one.dc_recurrent is not None]
    dc_recurrent = None
    if first.dc is not None:
        dc, dc_recurrent = _joined([first.dc[:1], *dc_parts]), _joined([first.dc[:1], *dc_behind])
    dx = [one.dx for one in steps if one.dx is not None]
    local, recurrent = np.zeros_like(trace.h), np.zeros_like(trace.h)
    recurrent[0] = first.dh0
    for t, one in enumerate(steps):
        local[t + 1], recurrent[t + 1] = one.dh_local[1], one.dh_recurrent[1]
    shares = [one.total.arrays() for one in steps]
    total = {name: np.sum([share[name] for share in shares], axis=0) for name in shares[0]}
    return Gradients(
        trace=trace,
        dlogits=_joined([one.dlogits for one in steps]),
        dh=read_only(local + recurrent),
        dh_local=read_only(local),
        dh_recurrent=read_only(recurrent),
        dc=dc,
        dc_recurrent=dc_recurrent,
        da=_joined([one.da for one in steps]),
        dx=_joined(dx) if dx else None,
        total=trace.params.with_arrays(total),
        truncate=truncate,
    )
