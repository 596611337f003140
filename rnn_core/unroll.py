"""The unrolled network: forward through time, and backward through time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnn_core.buffers import keep_malloc_arena
from rnn_core.cells import CELLS
from rnn_core.input_validation import (
    check_array,
    check_input,
    check_lengths,
    check_state,
    common_dtype,
    is_tokens,
)
from rnn_core.params import GATES, Array, Params, matmul_last_axis
from rnn_core.record import ReadOnly, read_only, read_only_copy
from rnn_core.trace import Gradients, Trace
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_whole

NO_GATES: ReadOnly[str, Array] = ReadOnly({})

keep_malloc_arena()


def input_projection(params: Params, x: Array) -> Array:
    """Return ``x W_xh``; tokens pick rows of W_xh, which is the product with one-hot rows."""
    # A product for each step: one for all would round a step's share by how many steps there are.
    return params.W_xh[x] if is_tokens(x) else np.asarray(x @ params.W_xh)


@takes(params=Params, arrays=("x", "h0", "c0", "lengths"))
def forward(
    params: Params,
    x: npt.ArrayLike,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
) -> Trace:
    """Run the unroll over a batch of sequences and keep everything it computed.

    ``a[t] = x[t] W_xh + h[t] W_hh + b_h``, ``h[t+1] = cell(a[t])``,
    ``logits[t] = h[t+1] W_hy + b_y`` (Elman 1990).

    Parameters
    ----------
    params : Params
    x : array, shape (T, B, D), float; or (T, B), whole-number tokens that pick rows of W_xh
    h0, c0 : array, shape (B, H), optional
        Starting state, zero unless given; ``c0`` is for lstm only.
    lengths : array, shape (B,), optional
        After its length a sequence's state is copied and nothing it is fed counts.

    Returns
    -------
    Trace
        Non-finite results are kept, and named by ``Trace.first_overflow``.

    Raises
    ------
    ValueError
        When shapes do not fit, tokens are out of range, or what is fed is not finite.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward(params, np.zeros((5, 1, 3)))
    >>> trace.h.shape, trace.from_h.shape, trace.logits.shape
    ((6, 1, 4), (5, 1, 4), (5, 1, 2))
    """
    given = check_input(params, x)
    T, B, H = given.shape[0], given.shape[1], params.hidden
    h_start, c_start = check_state("h0", h0, (B, H)), check_state("c0", c0, (B, H))
    if c_start is not None and params.cell != "lstm":
        raise ValueError(f"c0 is given but {params.cell} has no cell state c; only lstm has one")
    limits = check_lengths(lengths, T, B)
    dtype = common_dtype(params, params.W_hh, given, h_start, c_start)
    fed = given if is_tokens(given) else given.astype(dtype, copy=False)

    h = np.zeros((T + 1, B, H), dtype)
    c = np.zeros((T + 1, B, H), dtype) if params.cell == "lstm" else None
    if h_start is not None:
        h[0] = h_start
    if c is not None and c_start is not None:
        c[0] = c_start
    with np.errstate(over="ignore", invalid="ignore"):
        from_x = input_projection(params, fed).astype(dtype, copy=False)
        a, from_h, gates, n_recurrent = _run_steps(params, from_x, h, c, limits)
        logits = h[1:] @ params.W_hy + params.b_y
    x_kept = read_only_copy(fed)
    return Trace(
        params=params,
        x=x_kept,
        lengths=None if limits is None else read_only_copy(limits),
        tokens=x_kept if is_tokens(x_kept) else None,
        from_x=read_only(from_x),
        from_h=read_only(from_h),
        a=read_only(a),
        h=read_only(h),
        c=None if c is None else read_only(c),
        gates=ReadOnly({name: read_only(gate) for name, gate in gates.items()})
        if gates
        else NO_GATES,
        n_recurrent=None if n_recurrent is None else read_only(n_recurrent),
        logits=read_only(logits),
    )


def _run_steps(
    params: Params, from_x: Array, h: Array, c: Array | None, lengths: Array | None
) -> tuple[Array, Array, dict[str, Array], Array | None]:
    """Fill h and c step by step; return a, from_h, the gates and gru's n_recurrent."""
    cell = CELLS[params.cell]
    offsets, from_h = from_x + params.b_h, np.empty_like(from_x)
    gates = {name: np.empty_like(h[1:]) for name in GATES[params.cell]}
    n_recurrent = np.empty_like(h[1:]) if params.cell == "gru" else None
    for t in range(len(from_x)):
        now = cell.step(params, offsets[t], h[t], None if c is None else c[t])
        from_h[t], h[t + 1] = now.from_h, now.h
        for name, gate in now.gates.items():
            gates[name][t] = gate
        if n_recurrent is not None:
            n_recurrent[t] = now.n_recurrent
        if c is not None:
            c[t + 1] = now.c
        if lengths is not None:
            ended = lengths <= t
            h[t + 1, ended] = h[t, ended]
            if c is not None:
                c[t + 1, ended] = c[t, ended]
    # In the order the cells add them, to the last bit.
    return np.add(offsets, from_h, out=offsets), from_h, gates, n_recurrent


@takes(trace=Trace, arrays=("dlogits", "dh", "dh_last", "dc_last"))
def backward(
    trace: Trace,
    dlogits: npt.ArrayLike | None = None,
    *,
    dh: npt.ArrayLike | None = None,
    dh_last: npt.ArrayLike | None = None,
    dc_last: npt.ArrayLike | None = None,
    truncate: int | None = None,
) -> Gradients:
    """Send loss gradients back through time (BPTT, Werbos 1990).

    ``dh[t] = dh_local[t] + dh_recurrent[t]``: through the read-out of the same step, and through
    the next step. For the vanilla cell ``da[t] = dh[t+1] ⊙ tanh'(a[t])`` and
    ``dh_recurrent[t] = da[t] W_hhᵀ``; ``dW_hh = Σ_t h[t]ᵀ da[t]``.

    Parameters
    ----------
    trace : Trace
    dlogits : array, shape (T, B, C), optional
    dh : array, shape (T, B, H), optional
        A gradient arriving at each ``h[1:]``, as from a layer above.
    dh_last, dc_last : array, shape (B, H), optional
        A gradient arriving at the last state, as from a decoder behind; ``dc_last`` for lstm only.
    truncate : int ≥ 1, optional
        Chunk boundaries at t = k, 2k, …: nothing is sent back across them. ``dh_last`` is not cut.

    Returns
    -------
    Gradients

    Raises
    ------
    ValueError
        When no gradient is given, or a shape does not fit.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward(params, np.ones((5, 1, 3)))
    >>> loss, dlogits = rc.cross_entropy(trace.logits, np.zeros((5, 1), int))
    >>> grads = rc.backward(trace, dlogits)
    >>> grads.dh.shape, grads.da.shape, grads.by_step.W_hh.shape, grads.total.W_hh.shape
    ((6, 1, 4), (5, 1, 4), (5, 4, 4), (4, 4))
    """
    if dlogits is None and dh is None and dh_last is None and dc_last is None:
        raise ValueError("no gradient is given; expected dlogits, dh, dh_last or dc_last")
    if truncate is not None:
        truncate = check_whole("truncate", truncate, least=1)
    params, dtype = trace.params, trace.h.dtype
    T, B, H = trace.steps, trace.batch, params.hidden
    if dc_last is not None and params.cell != "lstm":
        raise ValueError(f"dc_last is given but {params.cell} has no cell state c; only lstm has")
    dy = _port("dlogits", dlogits, trace.logits.shape, trace)
    with np.errstate(over="ignore", invalid="ignore"):
        dh_local = np.zeros(trace.h.shape, dtype)
        if dlogits is not None:
            dh_local[1:] = matmul_last_axis(dy, params.W_hy.T)
        if dh is not None:
            dh_local[1:] += _port("dh", dh, (T, B, H), trace)
        dh_recurrent = np.zeros(trace.h.shape, dtype)
        if dh_last is not None:
            dh_recurrent[T] = _port("dh_last", dh_last, (B, H), trace)
        dc = dc_recurrent = None
        if trace.c is not None:
            dc, dc_recurrent = np.zeros(trace.c.shape, dtype), np.zeros(trace.c.shape, dtype)
            if dc_last is not None:
                dc_recurrent[T] = _port("dc_last", dc_last, (B, H), trace)
        da = _run_back(trace, dh_local, dh_recurrent, dc, dc_recurrent, truncate)
        dx = None if is_tokens(trace.x) else read_only(matmul_last_axis(da, params.W_xh.T))
        total = _total(trace, dy, da)
        dh_total = dh_local + dh_recurrent
    return Gradients(
        trace=trace,
        dlogits=dy,
        dh=read_only(dh_total),
        dh_local=read_only(dh_local),
        dh_recurrent=read_only(dh_recurrent),
        dc=None if dc is None else read_only(dc),
        dc_recurrent=None if dc_recurrent is None else read_only(dc_recurrent),
        da=read_only(da),
        dx=dx,
        total=total,
        truncate=truncate,
    )


def _port(name: str, given: npt.ArrayLike | None, shape: tuple[int, ...], trace: Trace) -> Array:
    """Return what arrives at a port in the trace's dtype, read-only; zeros where nothing does."""
    if given is None:
        return read_only(np.zeros(shape, trace.h.dtype))
    array = check_array(name, given, shape)
    if np.iscomplexobj(array) and not np.iscomplexobj(trace.h):
        raise ValueError(f"{name} has dtype {array.dtype} but the pass has {trace.h.dtype}")
    return read_only_copy(array.astype(trace.h.dtype, copy=False))


def _run_back(
    trace: Trace,
    dh_local: Array,
    dh_recurrent: Array,
    dc: Array | None,
    dc_recurrent: Array | None,
    truncate: int | None,
) -> Array:
    """Fill dh_recurrent, dc and dc_recurrent from the last step to the first; return da."""
    cell, params, real = CELLS[trace.params.cell], trace.params, trace.real
    da, slopes = np.empty_like(trace.from_x), trace.slopes_now()
    for t in range(trace.steps - 1, -1, -1):
        dh = dh_local[t + 1] + dh_recurrent[t + 1]
        arriving = None if dc_recurrent is None else dc_recurrent[t + 1]
        c_before = None if trace.c is None else trace.c[t]
        now = trace.step_at(t, slopes)
        back = cell.step_backward(params, trace.h[t], c_before, now, dh, arriving)
        da[t], dh_recurrent[t] = back.da, back.dh
        if dc is not None and dc_recurrent is not None:
            dc[t + 1], dc_recurrent[t] = back.dc_here, back.dc
        if real is not None:
            ended = ~real[t]
            da[t, ended] = 0
            dh_recurrent[t, ended] = dh[ended]
            if dc is not None and dc_recurrent is not None:
                dc[t + 1, ended] = dc_recurrent[t, ended] = dc_recurrent[t + 1, ended]
        if truncate is not None and t > 0 and t % truncate == 0:
            # Behind its last step a sequence has no boundary: padding changes nothing.
            cut = slice(None) if real is None else real[t]
            dh_recurrent[t, cut] = 0
            if dc_recurrent is not None:
                dc_recurrent[t, cut] = 0
    if dc is not None and dc_recurrent is not None:
        dc[0] = dc_recurrent[0]
    return da


def _total(trace: Trace, dy: Array, da: Array) -> Params:
    """Sum the outer products of all steps: one matrix product per weight."""
    params = trace.params
    H, wide = params.hidden, da.shape[-1]
    rows = da.reshape(-1, wide)
    to_h = CELLS[params.cell].da_recurrent(da, dict(trace.gates)).reshape(-1, wide)
    flat_dy = dy.reshape(len(rows), params.outputs)
    if is_tokens(trace.x):
        dW_xh = np.zeros_like(params.W_xh, dtype=da.dtype)
        np.add.at(dW_xh, trace.x.reshape(-1), rows)
    else:
        dW_xh = trace.x.reshape(-1, params.inputs).T.dot(rows)
    return params._unchecked_like(
        W_xh=read_only(dW_xh),
        W_hh=read_only(trace.h[:-1].reshape(-1, H).T.dot(to_h)),
        b_h=read_only(rows.sum(axis=0)),
        W_hy=read_only(trace.h[1:].reshape(-1, H).T.dot(flat_dy)),
        b_y=read_only(flat_dy.sum(axis=0)),
        b_hn=None if params.b_hn is None else read_only(to_h[:, 2 * H :].sum(axis=0)),
    )
