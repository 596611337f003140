"""The three cells: one time step of each, and beside it its derivative.

All take what needs no loop over time ready made: ``offset = x W_xh + b_h``, the input's share and
the bias, so that ``a = offset + from_h``.
Every function works on rows (one sequence per row) and lets complex128 through, so that the
complex-step check differentiates the very code that runs. Products are written ``h.dot(W)``, which
is ``h @ W``, because NumPy starts them in half the time, and these are small.

The derivative of a nonlinearity is taken at its pre-activation, never from its value: a gate of
1 − 1e-18 is kept as 1, and ``1 − gate`` would be 0 (``cell_derivatives.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from rnn_core.activations import both_sigmoids, relu, sigmoid
from rnn_core.params import Array, Params
from rnn_core.record import ReadOnly

CellState = Any  # array (B, H) for lstm, None for cells that have no c


class Step(NamedTuple):
    """What one time step computed.

    Attributes
    ----------
    from_h : array, shape (B, G·H)
        The state's share of the pre-activation ``a = from_x + from_h + b_h``.
    h : array, shape (B, H)
        The new hidden state.
    c : array, shape (B, H), lstm only
        The new cell state.
    gates : dict of arrays, shape (B, H)
        By the names of the literature: r, z, n for gru; i, f, g, o for lstm; none for rnn.
    n_recurrent : array, shape (B, H), gru only
        ``h W_hn + b_hn``, before the reset gate.
    slopes : dict of arrays, shape (B, H)
        As ``cell_derivatives.py`` gives them; filled in for the way back.
    """

    from_h: Array
    h: Array
    c: CellState
    gates: dict[str, Array]
    n_recurrent: Any
    slopes: Mapping[str, Array] = ReadOnly({})


class StepGradient(NamedTuple):
    """What one time step gives back.

    Attributes
    ----------
    da : array, shape (B, G·H)
        Loss gradient of the pre-activation.
    dh : array, shape (B, H)
        What the previous hidden state receives through this step.
    dc_here : array, shape (B, H), lstm only
        Total loss gradient of this step's own cell state.
    dc : array, shape (B, H), lstm only
        What the previous cell state receives through this step.
    """

    da: Array
    dh: Array
    dc_here: CellState
    dc: CellState


class Cell(Protocol):
    """A cell: a step, its derivative, and what its recurrent product takes of ``da``."""

    def step(self, params: Params, offset: Array, h: Array, c: CellState) -> Step:
        """One time step forward."""

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        """One time step backward: ``h``, ``c`` as before the step, ``now`` as it computed."""

    def da_recurrent(self, da: Array, gates: dict[str, Array]) -> Array:
        """Loss gradient of the product ``h W_hh``, shape (..., G·H)."""


class VanillaCell:
    """h' = tanh(a) or relu(a), with a = x W_xh + h W_hh + b_h (Elman 1990)."""

    def step(self, params: Params, offset: Array, h: Array, c: CellState) -> Step:
        """One time step forward."""
        from_h = h.dot(params.W_hh)
        a = offset + from_h
        h_new = np.tanh(a) if params.activation == "tanh" else relu(a)
        return Step(from_h, h_new, None, {}, None)

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        """da = dh ⊙ φ'(a); dh = da W_hhᵀ."""
        da = dh * now.slopes["h"]
        return StepGradient(da, da.dot(params.W_hh.T), None, None)

    def da_recurrent(self, da: Array, gates: dict[str, Array]) -> Array:
        """The recurrent product enters ``a`` as it is."""
        return da


class GRUCell:
    """r, z = σ(a_r), σ(a_z); n = tanh(a_n); h' = (1 − z) ⊙ n + z ⊙ h (Cho et al. 2014).

    The reset gate acts after the product, a_n = x W_xn + b_n + r ⊙ (h W_hn + b_hn), as in PyTorch
    and cuDNN.
    """

    def step(self, params: Params, offset: Array, h: Array, c: CellState) -> Step:
        """One time step forward."""
        H = params.hidden
        from_h = h.dot(params.W_hh)
        n_recurrent = from_h[:, 2 * H :] + params.b_hn
        a = offset[:, : 2 * H] + from_h[:, : 2 * H]
        opened, closed = both_sigmoids(a)
        r, z, one_minus_z = opened[:, :H], opened[:, H:], closed[:, H:]
        from_h[:, 2 * H :] = r * n_recurrent
        n = np.tanh(offset[:, 2 * H :] + from_h[:, 2 * H :])
        h_new = one_minus_z * n + z * h
        return Step(from_h, h_new, None, {"r": r, "z": z, "n": n}, n_recurrent)

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        """Gates in the order of the blocks r, z, n; z also passes dh straight on."""
        z, n, slopes = now.gates["z"], now.gates["n"], now.slopes
        da_n = dh * slopes["1 − z"] * slopes["n"]
        da_z = dh * (h - n) * slopes["z"]
        da_r = da_n * now.n_recurrent * slopes["r"]
        da = np.concatenate([da_r, da_z, da_n], axis=1)
        dh_before = dh * z + self.da_recurrent(da, now.gates).dot(params.W_hh.T)
        return StepGradient(da, dh_before, None, None)

    def da_recurrent(self, da: Array, gates: dict[str, Array]) -> Array:
        """The n block of the recurrent product stands behind the reset gate: r ⊙ da_n."""
        H = da.shape[-1] // 3
        return np.concatenate([da[..., : 2 * H], gates["r"] * da[..., 2 * H :]], axis=-1)


class LSTMCell:
    """i, f, o = σ(a); g = tanh(a_g); c' = f ⊙ c + i ⊙ g; h' = o ⊙ tanh(c').

    Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """

    def step(self, params: Params, offset: Array, h: Array, c: CellState) -> Step:
        """One time step forward."""
        H = params.hidden
        from_h = h.dot(params.W_hh)
        a = offset + from_h
        opened = sigmoid(a[:, : 2 * H])
        i, f = opened[:, :H], opened[:, H:]
        g, o = np.tanh(a[:, 2 * H : 3 * H]), sigmoid(a[:, 3 * H :])
        c_new = f * c + i * g
        gates = {"i": i, "f": f, "g": g, "o": o}
        return Step(from_h, o * np.tanh(c_new), c_new, gates, None)

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        """Gates in the order of the blocks i, f, g, o; f also passes dc straight on."""
        i, f, g, o = (now.gates[name] for name in "ifgo")
        slopes = now.slopes
        dc_here = dc + dh * o * slopes["c"]
        da_i = dc_here * g * slopes["i"]
        da_f = dc_here * c * slopes["f"]
        da_g = dc_here * i * slopes["g"]
        da_o = dh * slopes["tanh c"] * slopes["o"]
        da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
        return StepGradient(da, da.dot(params.W_hh.T), dc_here, dc_here * f)

    def da_recurrent(self, da: Array, gates: dict[str, Array]) -> Array:
        """The recurrent product enters ``a`` as it is."""
        return da


CELLS: dict[str, Cell] = {"rnn": VanillaCell(), "gru": GRUCell(), "lstm": LSTMCell()}
