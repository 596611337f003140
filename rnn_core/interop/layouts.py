"""Weights in the layouts of PyTorch and Keras, and back: plain arrays, neither is imported.

docs/rosetta.md says the same in one table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_core.interop.arrays import read_array
from rnn_core.params import GATES, Array, Params
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_choice, check_whole

CELL_BY_BLOCKS = {max(1, len(gates)): cell for cell, gates in GATES.items()}


@takes(params=Params, rnn=str, readout=str, reverse=bool)
def to_torch_state_dict(
    params: Params, *, rnn: str = "", readout: str = "", layer: int = 0, reverse: bool = False
) -> dict[str, Array]:
    """Return weights as ``torch.nn.RNN``, ``GRU`` or ``LSTM``, and a ``Linear``, name and lay them.

    PyTorch multiplies from the left, so matrices are transposed; its gate orders are ours. It adds
    two biases where one is enough: ours goes to ``bias_ih``, and ``bias_hh`` is zero but for gru's
    b_hn, which PyTorch too keeps inside the reset product.

    Parameters
    ----------
    params : Params
    rnn, readout : str
        Put before the names of the cell and of the ``Linear``, as "encoder." and "head.".
    layer : int ≥ 0
    reverse : bool
        The layer that reads backwards in a bidirectional module.

    Returns
    -------
    dict name → array
        "weight_ih_l0" (G·H, D), "weight_hh_l0" (G·H, H), "bias_ih_l0" and "bias_hh_l0" (G·H,); and
        "weight" (C, H), "bias" (C,) where C > 0. Copies, contiguous and writable.

    Examples
    --------
    >>> import rnn_core as rc
    >>> state = to_torch_state_dict(rc.init("gru", inputs=3, hidden=4, outputs=2))
    >>> {name: array.shape for name, array in state.items()}
    {'weight_ih_l0': (12, 3), 'weight_hh_l0': (12, 4), 'bias_ih_l0': (12,), 'bias_hh_l0': (12,),
     'weight': (2, 4), 'bias': (2,)}
    """
    end = _torch_end(layer, reverse)
    bias_hh = np.zeros_like(params.b_h)
    if params.b_hn is not None:
        bias_hh[2 * params.hidden :] = params.b_hn
    state = {
        f"{rnn}weight_ih{end}": params.W_xh.T.copy(),
        f"{rnn}weight_hh{end}": params.W_hh.T.copy(),
        f"{rnn}bias_ih{end}": params.b_h.copy(),
        f"{rnn}bias_hh{end}": bias_hh,
    }
    if params.outputs:
        state[f"{readout}weight"] = params.W_hy.T.copy()
        state[f"{readout}bias"] = params.b_y.copy()
    return state


@takes(rnn=str, readout=str, reverse=bool)
def from_torch_state_dict(
    state: Mapping[str, Any],
    *,
    activation: str = "tanh",
    rnn: str = "",
    readout: str = "",
    layer: int = 0,
    reverse: bool = False,
) -> Params:
    """Return the weights of one PyTorch layer, and of its ``Linear``, as ours.

    Shapes tell the cell: weight_hh has H, 3·H or 4·H rows. The two biases are added, which changes
    nothing they compute (Adam moves them apart from one, though: PyTorch trains two). Missing
    biases (``bias=False``) are zero; without "weight" there is no read-out (C = 0).

    Parameters
    ----------
    state : mapping name → array or PyTorch tensor
        A ``state_dict()``, or ``dict(named_parameters())``. ``nn.RNNCell``, ``GRUCell`` and
        ``LSTMCell`` are read too, whose names have no "_l0". Tensors may be on any device and
        carry gradients; half and bfloat16 are read as float32, which holds them exactly. Entries
        of other modules are not looked at.
    activation : "tanh" or "relu"
        PyTorch's ``nonlinearity``, which its state does not hold.
    rnn, readout, layer, reverse
        As for ``to_torch_state_dict``.

    Raises
    ------
    ValueError
        When it is no mapping, a weight is missing, misshapen or no array of floats, for projections
        (``proj_size``), and for a read-out of another layer or of both directions.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("lstm", inputs=3, hidden=4, outputs=2, seed=1)
    >>> again = from_torch_state_dict(to_torch_state_dict(params))
    >>> again.cell, all(np.array_equal(a, again.arrays()[n]) for n, a in params.arrays().items())
    ('lstm', True)
    """
    if not isinstance(state, Mapping):
        raise ValueError(f"state is {type(state).__name__} but a mapping name → array is expected")
    end = _torch_end(layer, reverse)
    if f"{rnn}weight_hh{end}" not in state and not layer and not reverse:
        end = "" if f"{rnn}weight_hh" in state else end
    if f"{rnn}weight_hr{end}" in state:
        raise ValueError(f"{rnn}weight_hr{end} is a projection (proj_size); no cell here has one")
    weight_hh = _matrix(state, f"{rnn}weight_hh{end}")
    cell = _cell_of(f"{rnn}weight_hh{end}", weight_hh.T)
    wide, H = weight_hh.shape
    weight_ih = _matrix(state, f"{rnn}weight_ih{end}")
    bias_ih, bias_hh = (
        _vector(state, f"{rnn}bias_{side}{end}", wide, weight_hh.dtype) for side in ("ih", "hh")
    )
    kernel, bias = None, None
    if f"{readout}weight" in state:
        kernel = _matrix(state, f"{readout}weight").T
        _check_readout(state, rnn, f"{readout}weight", kernel, H, layer)
        bias = _vector(state, f"{readout}bias", kernel.shape[1], weight_hh.dtype)
    b_h = bias_ih + bias_hh
    if cell == "gru":
        b_h[2 * H :] = bias_ih[2 * H :]
    b_hn = bias_hh[2 * H :] if cell == "gru" else None
    return _params(cell, activation, (weight_ih.T, weight_hh.T, b_h, b_hn), (kernel, bias))


def _check_readout(
    state: Mapping[str, Any], rnn: str, name: str, kernel: Array, hidden: int, layer: int
) -> None:
    """Refuse a read-out that reads more than this layer: another one above, or both directions."""
    if f"{rnn}weight_hh_l{layer + 1}" in state:
        raise ValueError(
            f"{name} reads the last layer, and {rnn}weight_hh_l{layer + 1} is above layer {layer}; "
            "read the layers below without a read-out"
        )
    both = f"{rnn}weight_hh_l{layer}_reverse" in state
    if both and kernel.shape[0] == 2 * hidden:
        raise ValueError(
            f"{name} reads both directions (2·H = {2 * hidden} columns); no read-out here does"
        )


@takes(params=Params)
def to_keras_weights(params: Params) -> tuple[list[Array], list[Array]]:
    """Return weights as ``keras.layers.SimpleRNN``, ``GRU`` or ``LSTM``, and ``Dense``, take them.

    Rows times matrices, as here. Keras orders gru's gates z, r, h (its h is our n) and lstm's
    i, f, c, o (its c is our g). Its GRU with ``reset_after=True`` (the default) is ours, with two
    rows of biases: the input's, and the recurrent ones, of which only gru's b_hn is needed.

    Parameters
    ----------
    params : Params

    Returns
    -------
    rnn : list of array
        Kernel (D, G·H), recurrent kernel (H, G·H), bias (G·H,), for gru (2, 3·H): what the layer's
        ``set_weights`` takes.
    dense : list of array
        Kernel (H, C) and bias (C,); empty where C = 0.

    Examples
    --------
    >>> import rnn_core as rc
    >>> rnn, dense = to_keras_weights(rc.init("gru", inputs=3, hidden=4, outputs=2))
    >>> [array.shape for array in rnn], [array.shape for array in dense]
    ([(3, 12), (4, 12), (2, 12)], [(4, 2), (2,)])
    """
    bias = _swap_gru(params.cell, params.b_h)
    if params.b_hn is not None:
        recurrent = np.zeros_like(params.b_h)
        recurrent[2 * params.hidden :] = params.b_hn
        bias = np.stack([bias, recurrent])
    rnn = [_swap_gru(params.cell, params.W_xh), _swap_gru(params.cell, params.W_hh), bias]
    return rnn, [params.W_hy.copy(), params.b_y.copy()] if params.outputs else []


@takes(reset_after=bool)
def from_keras_weights(
    rnn: Sequence[Any],
    dense: Sequence[Any] = (),
    *,
    activation: str = "tanh",
    recurrent_activation: str = "sigmoid",
    reset_after: bool = True,
) -> Params:
    """Return the weights of a Keras layer, and of its ``Dense``, as ours.

    Parameters
    ----------
    rnn : sequence of array
        What ``get_weights`` of SimpleRNN, GRU or LSTM gives; without a bias, two arrays.
    dense : sequence of array
        What ``get_weights`` of Dense gives; empty for no read-out.
    activation : "tanh" or "relu"
        Of SimpleRNN.
    recurrent_activation : "sigmoid"
        Of GRU and LSTM. The weights do not hold it: give the layer's own, so that "hard_sigmoid",
        which is another cell, is refused.
    reset_after : bool
        Of GRU. Without a bias the weights do not show it: give the layer's own.

    Raises
    ------
    ValueError
        When a number of arrays or a shape does not fit, for the layouts of ``CuDNNGRU`` and
        ``CuDNNLSTM``, for gates that are no sigmoid, and for a GRU with ``reset_after=False``,
        which resets before the product and is another cell.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("gru", inputs=3, hidden=4, outputs=2, seed=1)
    >>> again = from_keras_weights(*to_keras_weights(params))
    >>> all(np.array_equal(a, again.arrays()[n]) for n, a in params.arrays().items())
    True
    """
    for name, given in (("rnn", rnn), ("dense", dense)):
        if not isinstance(given, list | tuple):
            raise ValueError(f"{name} is {type(given).__name__} but a list of arrays is expected")
    if len(rnn) not in (2, 3) or len(dense) not in (0, 1, 2):
        raise ValueError(
            f"rnn has {len(rnn)} arrays and dense {len(dense)}; expected kernel, recurrent kernel "
            "and bias, and kernel and bias"
        )
    check_choice("recurrent_activation", recurrent_activation, ("sigmoid",))
    kernels = {"kernel": rnn[0], "recurrent kernel": rnn[1], "dense kernel": (*dense, None)[0]}
    recurrent = _matrix(kernels, "recurrent kernel")
    cell = _cell_of("recurrent kernel", recurrent)
    if cell == "gru" and reset_after is not True:
        raise ValueError(
            f"reset_after is {reset_after!r} but True is expected; "
            "reset_after=False is another cell"
        )
    H, wide = recurrent.shape
    rows = np.zeros(wide, recurrent.dtype) if len(rnn) == 2 else read_array("bias", rnn[2])
    if cell != "rnn" and rows.shape == (2 * wide,):
        raise ValueError(
            f"bias has shape {rows.shape}, the layout of CuDNN{cell.upper()}; load the weights "
            f"into keras.layers.{cell.upper()} first, which turns them round"
        )
    b_hn = None
    if cell == "gru":
        rows = np.zeros((2, wide), recurrent.dtype) if len(rnn) == 2 else rows
        if rows.shape != (2, wide):
            raise ValueError(
                f"bias has shape {rows.shape} but a GRU with reset_after=True has (2, {wide}); "
                "reset_after=False is another cell"
            )
        b_hn = rows[1, 2 * H :]
        rows = rows[0] + np.concatenate([rows[1, : 2 * H], np.zeros(H, rows.dtype)])
    elif rows.shape != (wide,):
        raise ValueError(f"bias has shape {rows.shape} but ({wide},) is expected")
    readout: tuple[Array | None, Array | None] = (None, None)
    if dense:
        head = _matrix(kernels, "dense kernel")
        size = head.shape[1]
        bias = {"dense bias": dense[1]} if len(dense) == 2 else {}
        readout = (head, _vector(bias, "dense bias", size, head.dtype))
    kernel = _swap_gru(cell, _matrix(kernels, "kernel"))
    ours = (kernel, _swap_gru(cell, recurrent), _swap_gru(cell, rows), b_hn)
    return _params(cell, activation, ours, readout)


def _torch_end(layer: int, reverse: bool) -> str:
    check_whole("layer", layer, least=0)
    return f"_l{layer}{'_reverse' if reverse else ''}"


def _swap_gru(cell: str, columns: Array) -> Array:
    """Change gru's column blocks r, z, n to z, r, n, or back; other cells keep theirs. A copy."""
    if cell != "gru" or columns.shape[-1] % 3:
        return columns.copy()
    first, second, third = np.split(columns, 3, axis=-1)
    return np.concatenate([second, first, third], axis=-1)


def _cell_of(name: str, W_hh: Array) -> str:
    H, wide = W_hh.shape
    blocks = wide // H if H and wide % H == 0 else 0
    if blocks not in CELL_BY_BLOCKS:
        raise ValueError(
            f"{name} has shape {W_hh.shape} (ours: H, G·H) but G = 1 (rnn), 3 (gru) or 4 (lstm) "
            "is expected"
        )
    return CELL_BY_BLOCKS[blocks]


def _matrix(state: Mapping[str, Any], name: str) -> Array:
    if state.get(name) is None:
        given = ", ".join(map(str, state)) or "no weights"
        raise ValueError(f"{name} is missing; given are {given}")
    array = read_array(name, state[name])
    if array.ndim != 2:
        raise ValueError(f"{name} has shape {array.shape} but a matrix with 2 axes is expected")
    return array


def _vector(state: Mapping[str, Any], name: str, size: int, dtype: npt.DTypeLike) -> Array:
    array = read_array(name, state[name]) if name in state else np.zeros(size, dtype)
    if array.shape != (size,):
        raise ValueError(f"{name} has shape {array.shape} but ({size},) is expected")
    return array


def _params(
    cell: str,
    activation: str,
    recurrent: tuple[Array, Array, Array, Array | None],
    readout: tuple[Array | None, Array | None],
) -> Params:
    W_xh, W_hh, b_h, b_hn = recurrent
    W_hy, b_y = readout
    return Params(
        cell=cell,
        activation=activation,
        W_xh=W_xh,
        W_hh=W_hh,
        b_h=b_h,
        b_hn=b_hn,
        W_hy=np.zeros((len(W_hh), 0), W_hh.dtype) if W_hy is None else W_hy,
        b_y=np.zeros(0, W_hh.dtype) if b_y is None else b_y,
    )
