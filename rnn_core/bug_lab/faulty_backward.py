"""Backward passes with one named fault each, as beginners write them.

They wrap the engine, which has no faults to switch on: each is made of right passes over a trace or
weights that were tampered with, or of a cell whose derivative is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from rnn_core.cells import (
    Cell,
    CellState,
    GRUCell,
    LSTMCell,
    Step,
    StepGradient,
    VanillaCell,
)
from rnn_core.params import Array, Params
from rnn_core.record import ReadOnly, read_only
from rnn_core.trace import Trace
from rnn_core.unroll import backward

FaultyBackward = Callable[[Trace, Array], dict[str, Array]]


def drop_dh_next(trace: Trace, dlogits: Array) -> dict[str, Array]:
    """Forget what the next step sends back to h: ``dh[t]`` is the read-out's share alone.

    An lstm still sends back through c, which is a line of its own.
    """
    if trace.params.cell == "lstm":
        cut = replace(trace.params, W_hh=np.zeros_like(trace.params.W_hh))
        return backward(replace(trace, params=cut), dlogits).total.arrays()
    return backward(trace, dlogits, truncate=1).total.arrays()


def forget_to_transpose(trace: Trace, dlogits: Array) -> dict[str, Array]:
    """Send back ``da W_hh`` in the place of ``da W_hhᵀ``; of gated cells, gate by gate."""
    params = trace.params
    gates = np.split(params.W_hh, params.W_hh.shape[1] // params.hidden, axis=1)
    turned = replace(params, W_hh=np.hstack([gate.T for gate in gates]))
    return backward(replace(trace, params=turned), dlogits).total.arrays()


def keep_last_step_only(trace: Trace, dlogits: Array) -> dict[str, Array]:
    """Take the last step's share of each gradient in the place of the sum over all steps."""
    shares = backward(trace, dlogits).by_step.arrays()
    return {name: share[-1] for name, share in shares.items()}


class VanillaWithoutSlope(VanillaCell):
    """The vanilla cell with tanh′ taken for 1."""

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        """da = dh, where it should be dh ⊙ (1 − h'²)."""
        return StepGradient(dh, dh @ params.W_hh.T, None, None)


class GRUWithoutSlope(GRUCell):
    """The gru with tanh′ of the candidate n taken for 1."""

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        """da_n = dh ⊙ (1 − z), where it should be multiplied by 1 − n²."""
        z, n, slopes = now.gates["z"], now.gates["n"], now.slopes
        da_n = dh * slopes["1 − z"]
        da_z = dh * (h - n) * slopes["z"]
        da_r = da_n * now.n_recurrent * slopes["r"]
        da = np.concatenate([da_r, da_z, da_n], axis=1)
        dh_before = dh * z + self.da_recurrent(da, now.gates) @ params.W_hh.T
        return StepGradient(da, dh_before, None, None)


class LSTMWithoutSlope(LSTMCell):
    """The lstm with both its tanh′, of g and of c, taken for 1."""

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        """dc = dc + dh ⊙ o and da_g = dc ⊙ i, without 1 − tanh²(c) and 1 − g²."""
        i, f, g, o = (now.gates[name] for name in "ifgo")
        dc_here = dc + dh * o
        da_i = dc_here * g * now.slopes["i"]
        da_f = dc_here * c * now.slopes["f"]
        da_o = dh * np.tanh(now.c) * now.slopes["o"]
        da = np.concatenate([da_i, da_f, dc_here * i, da_o], axis=1)
        return StepGradient(da, da @ params.W_hh.T, dc_here, dc_here * f)


WITHOUT_SLOPE: Mapping[str, Cell] = ReadOnly(
    {"rnn": VanillaWithoutSlope(), "gru": GRUWithoutSlope(), "lstm": LSTMWithoutSlope()}
)


def leave_out_slope(trace: Trace, dlogits: Array) -> dict[str, Array]:
    """Send gradients back through tanh as if it were the identity."""
    params = trace.params
    cell = WITHOUT_SLOPE[params.cell]
    dh_local = dlogits @ params.W_hy.T
    da = np.empty_like(trace.from_x)
    dh_next = np.zeros_like(trace.h[0])
    dc_next = None if trace.c is None else np.zeros_like(trace.c[0])
    slopes = trace.slopes()
    for t in range(trace.steps - 1, -1, -1):
        c = None if trace.c is None else trace.c[t]
        dh = dh_local[t] + dh_next
        now = trace.step_at(t, slopes)
        back = cell.step_backward(params, trace.h[t], c, now, dh, dc_next)
        da[t], dh_next, dc_next = back.da, back.dh, back.dc
    wrong = replace(backward(trace, dlogits), da=read_only(da))
    return {name: share.sum(axis=0) for name, share in wrong.by_step.arrays().items()}


FAULTY_BACKWARD: Mapping[str, FaultyBackward] = ReadOnly(
    {
        "dh_next dropped": drop_dh_next,
        "dh_next not transposed": forget_to_transpose,
        "tanh' missing": leave_out_slope,
        "not summed": keep_last_step_only,
    }
)
