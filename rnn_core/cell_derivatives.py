"""The derivatives of each cell's nonlinearities, for all steps of a pass in one call.

They depend on nothing that is sent back. None is taken from a value alone: a gate of 1 − 1e-18 is
kept as 1, and ``1 − gate`` would be 0 (``activations.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from rnn_core.activations import (
    drelu,
    dsigmoid,
    dtanh,
    one_minus_sigmoid,
)
from rnn_core.params import Array, Params
from rnn_core.record import ReadOnly

Gates = Mapping[str, Array]
Slopes = Callable[[Params, Array, Array, "Array | None", Gates], dict[str, Array]]


def vanilla_derivatives(
    params: Params, a: Array, h: Array, c: Array | None, gates: Gates
) -> dict[str, Array]:
    """φ'(a), under the name of what it leads to, h."""
    return {"h": dtanh(h, a) if params.activation == "tanh" else drelu(a)}


def gru_derivatives(
    params: Params, a: Array, h: Array, c: Array | None, gates: Gates
) -> dict[str, Array]:
    """σ' of r and z, tanh' of n, and beside them 1 − z = σ(−a_z)."""
    a_r, a_z, a_n = _blocks(a, params.hidden)
    one_minus_z = one_minus_sigmoid(gates["z"], a_z)
    return {
        "r": dsigmoid(gates["r"], a_r),
        "z": gates["z"] * one_minus_z,
        "n": dtanh(gates["n"], a_n),
        "1 − z": one_minus_z,
    }


def lstm_derivatives(
    params: Params, a: Array, h: Array, c: Array | None, gates: Gates
) -> dict[str, Array]:
    """σ' of i, f and o, tanh' of g and of c, and beside them tanh(c)."""
    assert c is not None
    a_i, a_f, a_g, a_o = _blocks(a, params.hidden)
    tanh_c = np.tanh(c)
    return {
        "i": dsigmoid(gates["i"], a_i),
        "f": dsigmoid(gates["f"], a_f),
        "g": dtanh(gates["g"], a_g),
        "o": dsigmoid(gates["o"], a_o),
        "c": dtanh(tanh_c, c),
        "tanh c": tanh_c,
    }


def _blocks(a: Array, hidden: int) -> list[Array]:
    """Return the parts of each gate, views of shape (..., H)."""
    return [a[..., start : start + hidden] for start in range(0, a.shape[-1], hidden)]


CELL_DERIVATIVES: Mapping[str, Slopes] = ReadOnly(
    {"rnn": vanilla_derivatives, "gru": gru_derivatives, "lstm": lstm_derivatives}
)
"""By cell: (params, a (..., G·H), h and c it led to, gates) → name → array, shape (..., H)."""
