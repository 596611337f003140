"""The records of a pass: everything forward computed, everything backward computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnn_core.cell_derivatives import CELL_DERIVATIVES
from rnn_core.cells import CELLS, Step
from rnn_core.params import Array, Params
from rnn_core.record import ReadOnly, Record, read_only

NO_SLOPES: Mapping[str, Array] = ReadOnly({})


@dataclass(frozen=True)
class Overflow:
    """Where numbers first stopped being finite: an array of the record and a time step (from 0)."""

    array: str
    step: int

    def __str__(self) -> str:
        return f"{self.array} overflowed at step {self.step + 1}"


class NonFiniteError(FloatingPointError):
    """A training step met numbers that are not finite; the weights were left as they were.

    Attributes
    ----------
    segment : str
        The name of the segment it began in.
    overflow : Overflow
        The array and the time step (from 0) where it began.
    """

    def __init__(self, segment: str, overflow: Overflow) -> None:
        super().__init__(f"{segment}: {overflow}")
        self.segment, self.overflow = segment, overflow


@dataclass(frozen=True, eq=False)
class Trace(Record):
    """Everything one forward pass computed. All arrays are read-only.

    Attributes
    ----------
    params : Params
    x : array, shape (T, B, D) or tokens (T, B)
    lengths : array, shape (B,), or None where all sequences are full
    tokens : array, shape (T, B), or None
        The tokens that were looked up: ``x`` itself, or, inside a network with a learned
        embedding, what the rows of the dense ``x`` were looked up by.
    from_x, from_h : array, shape (T, B, G·H)
        The input's and the state's share. For gru's n block ``from_h`` is r ⊙ (h W_hn + b_hn).
    a : array, shape (T, B, G·H)
        The pre-activation ``from_x + from_h + b_h``.
    h : array, shape (T+1, B, H)
        ``h[0]`` is h0; ``h[-1]`` is always the last real state.
    c : array, shape (T+1, B, H), lstm only
    gates : mapping of arrays, shape (T, B, H)
    n_recurrent : array, shape (T, B, H), gru only: h W_hn + b_hn
    logits : array, shape (T, B, C)
    """

    params: Params
    x: Array
    lengths: Array | None
    tokens: Array | None
    from_x: Array
    from_h: Array
    a: Array
    h: Array
    c: Array | None
    gates: Mapping[str, Array]
    n_recurrent: Array | None
    logits: Array

    @property
    def steps(self) -> int:
        """T, the number of time steps."""
        return int(self.from_x.shape[0])

    @property
    def batch(self) -> int:
        """B, the number of sequences."""
        return int(self.from_x.shape[1])

    @property
    def h0(self) -> Array:
        """The state before the first step, shape (B, H)."""
        return np.asarray(self.h[0])

    @cached_property
    def real(self) -> Array | None:
        """Which steps are real, bool, shape (T, B); None where all are."""
        if self.lengths is None:
            return None
        return read_only(np.arange(self.steps)[:, None] < self.lengths)

    def slopes(self) -> dict[str, Array]:
        """Return the derivatives of the nonlinearities at every step, shape (T, B, H).

        By the name of what they lead to: h for rnn; the gates; for lstm c, which means
        tanh'(c). Beside them is what goes with them: 1 − z for gru, tanh(c) for lstm. At padded
        steps they say nothing.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.slopes_now()
        return {name: read_only(slope) for name, slope in found.items()}

    def slopes_now(self) -> dict[str, Array]:
        """Return ``slopes`` to whoever has silenced overflow and keeps them to itself."""
        c = None if self.c is None else self.c[1:]
        return CELL_DERIVATIVES[self.params.cell](self.params, self.a, self.h[1:], c, self.gates)

    def step_at(self, t: int, slopes: Mapping[str, Array] = NO_SLOPES) -> Step:
        """Return what the cell computed at step t (from 0), with that step's ``slopes``."""
        c = None if self.c is None else self.c[t + 1]
        gates = {name: gate[t] for name, gate in self.gates.items()} if self.gates else {}
        n_recurrent = None if self.n_recurrent is None else self.n_recurrent[t]
        here = {name: slope[t] for name, slope in slopes.items()} if slopes else NO_SLOPES
        return Step(self.from_h[t], self.h[t + 1], c, gates, n_recurrent, here)

    def first_overflow(self) -> Overflow | None:
        """Return the first step, and there the first array, that is not finite; None if all are."""
        arrays: list[tuple[str, Array | None]] = [
            ("from_x", self.from_x),
            ("from_h", self.from_h),
            ("a", self.a),
            ("c", None if self.c is None else self.c[1:]),
            ("h", self.h[1:]),
            ("logits", self.logits),
        ]
        # What is fed behind the end of a sequence counts nowhere.
        return first_overflow(arrays, range(self.steps), self.real)


@dataclass(frozen=True, eq=False)
class StepGradients(Record):
    """Weight gradients of each time step: each array is a weight's with a leading T axis."""

    cell: str
    W_xh: Array
    W_hh: Array
    b_h: Array
    W_hy: Array
    b_y: Array
    b_hn: Array | None = None

    def arrays(self) -> dict[str, Array]:
        """Return name → array, in the order of ``Params.arrays``."""
        held = {
            "W_xh": self.W_xh,
            "W_hh": self.W_hh,
            "b_h": self.b_h,
            "W_hy": self.W_hy,
            "b_y": self.b_y,
            "b_hn": self.b_hn,
        }
        return {name: array for name, array in held.items() if array is not None}


@dataclass(frozen=True, eq=False)
class Gradients(Record):
    """Everything one backward pass computed: loss gradients, read-only.

    Attributes
    ----------
    trace : Trace
        The forward pass they belong to.
    dlogits : array, shape (T, B, C); zeros where none was given
    dh : array, shape (T+1, B, H)
        ``dh_local + dh_recurrent``; ``dh[0]`` is dh0.
    dh_local : array, shape (T+1, B, H)
        Through the step's own read-out, and what came in by the ``dh`` port.
    dh_recurrent : array, shape (T+1, B, H)
        Through step t+1; ``dh_last`` lands in ``dh_recurrent[T]``.
    dc : array, shape (T+1, B, H), lstm only: the total gradient of c
    dc_recurrent : array, shape (T+1, B, H), lstm only
        The part of ``dc`` that comes through step t+1; ``dc_last`` lands in ``dc_recurrent[T]``.
    da : array, shape (T, B, G·H)
        Zero at padded steps.
    dx : array, shape (T, B, D); None for tokens
    total : Params
        Gradients of the weights, summed over steps and batch.
    """

    trace: Trace
    dlogits: Array
    dh: Array
    dh_local: Array
    dh_recurrent: Array
    dc: Array | None
    dc_recurrent: Array | None
    da: Array
    dx: Array | None
    total: Params
    truncate: int | None = field(default=None)

    @property
    def dh0(self) -> Array:
        """Gradient of the starting state, shape (B, H)."""
        return np.asarray(self.dh[0])

    @property
    def dc0(self) -> Array | None:
        """Gradient of lstm's starting cell state, shape (B, H)."""
        return None if self.dc is None else np.asarray(self.dc[0])

    @cached_property
    def da_recurrent(self) -> Array:
        """Gradient of the product h W_hh, shape (T, B, G·H): ``da``, but r ⊙ da_n for gru."""
        cell = CELLS[self.trace.params.cell]
        return read_only(cell.da_recurrent(self.da, dict(self.trace.gates)))

    @cached_property
    def by_step(self) -> StepGradients:
        """Each step's share of ``total``, arrays with a leading T axis; made when first asked for.

        ``W_hh[t] = h[t]ᵀ da[t]``: an outer product per step, T of them for the one matrix.
        """
        trace, H = self.trace, self.trace.params.hidden
        # What has overflowed is for `first_overflow` to name.
        with np.errstate(over="ignore", invalid="ignore"):
            return StepGradients(
                cell=trace.params.cell,
                W_xh=read_only(self._input_products()),
                W_hh=read_only(trace.h[:-1].transpose(0, 2, 1) @ self.da_recurrent),
                b_h=read_only(self.da.sum(axis=1)),
                W_hy=read_only(trace.h[1:].transpose(0, 2, 1) @ self.dlogits),
                b_y=read_only(self.dlogits.sum(axis=1)),
                b_hn=read_only(self.da_recurrent[:, :, 2 * H :].sum(axis=1))
                if trace.params.b_hn is not None
                else None,
            )

    def _input_products(self) -> Array:
        x = self.trace.x
        if x.ndim == 3:
            return np.asarray(x.transpose(0, 2, 1) @ self.da)
        products = np.zeros((len(x), *self.trace.params.W_xh.shape), self.da.dtype)
        np.add.at(products, (np.arange(len(x))[:, None], x), self.da)
        return products

    def first_overflow(self) -> Overflow | None:
        """Return the latest step, and there the first array, that is not finite; None if all are.

        Backward runs from the last step to the first, so the latest step is where it began.
        """
        arrays: list[tuple[str, Array | None]] = [
            ("dlogits", self.dlogits),
            ("dh", self.dh[1:]),
            ("dc", None if self.dc is None else self.dc[1:]),
            ("da", self.da),
        ]
        return first_overflow(arrays, range(self.trace.steps - 1, -1, -1))


def first_overflow(
    arrays: list[tuple[str, Array | None]], order: range, real: Array | None = None
) -> Overflow | None:
    """Return the first non-finite place, steps in the given order, then arrays in theirs.

    ``real``, bool, shape (T, B), says which places count; all where left out.
    """
    present = [(name, array) for name, array in arrays if array is not None]
    finite = [np.asarray(np.isfinite(array).all(axis=2)) for _, array in present]
    if real is not None:
        finite = [np.asarray(good | ~real) for good in finite]
    finite = [np.asarray(good.all(axis=1)) for good in finite]
    for step in order:
        for (name, _), good in zip(present, finite, strict=True):
            if not good[step]:
                return Overflow(name, step)
    return None
