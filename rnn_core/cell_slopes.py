"""The derivatives of each cell's nonlinearities, for all steps of a pass in one call.

They depend on nothing that is sent back. All are taken at the pre-activation, never from a value:
a gate of 1 − 1e-18 is kept as 1, and ``1 − gate`` would be 0 (``activations.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rnn_core.activations import sigmoid, slope_of_relu, slope_of_sigmoid, slope_of_tanh
from rnn_core.params import Array, Params

Slopes = Callable[[Params, Array, Array | None], dict[str, Array]]


def vanilla_slopes(params: Params, a: Array, c: Array | None) -> dict[str, Array]:
    """φ'(a), under the name of what it leads to, h."""
    return {"h": slope_of_tanh(a) if params.activation == "tanh" else slope_of_relu(a)}


def gru_slopes(params: Params, a: Array, c: Array | None) -> dict[str, Array]:
    """σ' of r and z, tanh' of n, and beside them 1 − z = σ(−a_z)."""
    H = params.hidden
    opened = slope_of_sigmoid(a[..., : 2 * H])
    return {
        "r": opened[..., :H],
        "z": opened[..., H:],
        "n": slope_of_tanh(a[..., 2 * H :]),
        "1 − z": sigmoid(-a[..., H : 2 * H]),
    }


def lstm_slopes(params: Params, a: Array, c: Array | None) -> dict[str, Array]:
    """σ' of i, f and o, tanh' of g, and tanh'(c')."""
    assert c is not None
    H = params.hidden
    opened = slope_of_sigmoid(a[..., : 2 * H])
    return {
        "i": opened[..., :H],
        "f": opened[..., H:],
        "g": slope_of_tanh(a[..., 2 * H : 3 * H]),
        "o": slope_of_sigmoid(a[..., 3 * H :]),
        "c": slope_of_tanh(c),
    }


CELL_SLOPES: Mapping[str, Slopes] = MappingProxyType(
    {"rnn": vanilla_slopes, "gru": gru_slopes, "lstm": lstm_slopes}
)
"""By cell: (params, a (..., G·H), the c it led to) → name → derivative, shape (..., H)."""
