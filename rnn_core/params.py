"""The weights of one unrolled network: one frozen, validated record, and how it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import prod
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from rnn_core.record import Record, read_only_copy
from rnn_core.validation.arguments import check_readable
from rnn_core.validation.values import check_choice, check_dtype, check_whole

Array = npt.NDArray[Any]
CellName = Literal["rnn", "gru", "lstm"]

GATES: dict[str, tuple[str, ...]] = {
    "rnn": (),
    "gru": ("r", "z", "n"),
    "lstm": ("i", "f", "g", "o"),
}
ACTIVATIONS = ("tanh", "relu")
RECURRENT_INITS = ("orthogonal", "identity")
DTYPES = (np.float32, np.float64, np.complex128)


def num_gates(cell: str) -> int:
    """Return G, the number of H-wide column blocks in ``W_xh`` and ``W_hh``.

    >>> num_gates("rnn"), num_gates("gru"), num_gates("lstm")
    (1, 3, 4)
    """
    if not isinstance(cell, str) or cell not in GATES:
        raise ValueError(f"cell is {cell!r} but the cells are {', '.join(map(repr, GATES))}")
    return max(1, len(GATES[cell]))


def matmul_last_axis(rows: Array, matrix: Array) -> Array:
    """Return ``rows @ matrix`` over the last axis of (…, N): one product, where @ would take one
    per leading index.
    """
    flat: Array = rows.reshape(-1, rows.shape[-1]).dot(matrix)
    return flat.reshape(*rows.shape[:-1], matrix.shape[1])


@dataclass(frozen=True, eq=False)
class Params(Record):
    """The weights of one unroll. A gradient has the type of its parameters.

    Rows times matrices: ``a = x W_xh + h W_hh + b_h`` and ``logits = h W_hy + b_y``, so ``W_xh``
    reads left to right and equals its axis order. G is 1 for rnn; 3 for gru, in the order r, z, n;
    4 for lstm, in the order i, f, g, o.

    Parameters
    ----------
    cell : "rnn", "gru" or "lstm"
    W_xh : array, shape (D, G·H)
    W_hh : array, shape (H, G·H)
    b_h : array, shape (G·H,)
    W_hy : array, shape (H, C); C = 0 is an unroll without a read-out
    b_y : array, shape (C,)
    b_hn : array, shape (H,), gru only: the bias inside the reset product
    activation : "tanh" or "relu" (rnn only)

    Raises
    ------
    ValueError
        When shapes, dtypes or names do not fit together; the message names both sides.

    Examples
    --------
    >>> p = init("lstm", inputs=3, hidden=2, outputs=5)
    >>> p.W_xh.shape, p.W_hh.shape, p.b_h.shape, p.W_hy.shape, p.b_y.shape
    ((3, 8), (2, 8), (8,), (2, 5), (5,))
    >>> p.size
    63
    """

    cell: str
    W_xh: Array
    W_hh: Array
    b_h: Array
    W_hy: Array
    b_y: Array
    b_hn: Array | None = None
    activation: str = "tanh"

    def __post_init__(self) -> None:
        _check_names(self.cell, self.activation)
        for name in WEIGHTS:
            value = getattr(self, name)
            if value is not None:
                check_readable(name, value)
                object.__setattr__(self, name, read_only_copy(value))
            elif name != "b_hn":
                raise ValueError(f"{name} is None but {self.cell} expects an array")
        _check_shapes(self)
        _check_dtypes(self)

    @property
    def inputs(self) -> int:
        """D, the width of the input (or the size of the vocabulary)."""
        return int(self.W_xh.shape[0])

    @property
    def hidden(self) -> int:
        """H, the number of hidden units."""
        return int(self.W_hh.shape[0])

    @property
    def outputs(self) -> int:
        """C, the number of outputs; 0 without a read-out."""
        return int(self.W_hy.shape[1])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype all arrays share."""
        return self.W_hh.dtype

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(array.size for array in self.arrays().values())

    def arrays(self) -> dict[str, Array]:
        """Return name → array, in one fixed order; ``b_hn`` only where the cell has it."""
        held = {name: getattr(self, name) for name in WEIGHTS}
        return {name: array for name, array in held.items() if array is not None}

    def astype(self, dtype: npt.DTypeLike) -> Params:
        """Return a copy whose arrays have another dtype."""
        return self.with_arrays({name: a.astype(dtype) for name, a in self.arrays().items()})

    def _unchecked_like(self, **arrays: Array | None) -> Params:
        """Return a record of this shape around arrays the engine has just made: none is checked.

        Gradients are made so, because the checks would cost as much as the products.
        """
        made = object.__new__(Params)
        made.__dict__.update(self.__dict__)
        made.__dict__.update(arrays)
        return made

    def with_arrays(self, arrays: Mapping[str, Array]) -> Params:
        """Return a record of the same cell that holds these arrays, by their names."""
        if set(arrays) - set(WEIGHTS) or set(WEIGHTS) - set(arrays) - {"b_hn"}:
            raise ValueError(
                f"arrays are given for {', '.join(arrays) or 'nothing'} but the weights are "
                f"{', '.join(self.arrays())}"
            )
        return Params(cell=self.cell, activation=self.activation, **arrays)


WEIGHTS = tuple(f.name for f in fields(Params) if f.name not in ("cell", "activation"))


def expected_shapes(
    cell: str, inputs: int, hidden: int, outputs: int
) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight of a cell of these sizes.

    >>> expected_shapes("gru", inputs=3, hidden=2, outputs=0)["b_hn"]
    (2,)
    """
    wide = num_gates(cell) * hidden
    shapes: dict[str, tuple[int, ...]] = {
        "W_xh": (inputs, wide),
        "W_hh": (hidden, wide),
        "b_h": (wide,),
        "W_hy": (hidden, outputs),
        "b_y": (outputs,),
    }
    if cell == "gru":
        shapes["b_hn"] = (hidden,)
    return shapes


def num_parameters(cell: str, inputs: int, hidden: int, outputs: int) -> int:
    """Return how many weights and biases an unroll of these sizes has.

    >>> num_parameters("gru", 2, 32, 1) == init("gru", inputs=2, hidden=32, outputs=1).size == 3425
    True
    """
    return sum(prod(shape) for shape in expected_shapes(cell, inputs, hidden, outputs).values())


def _check_names(cell: str, activation: str) -> None:
    num_gates(cell)
    check_choice("activation", activation, ACTIVATIONS)
    if activation != "tanh" and cell != "rnn":
        raise ValueError(f"activation is {activation!r} but {cell} has tanh; only rnn has a choice")


def _check_shapes(params: Params) -> None:
    for name in ("W_xh", "W_hh", "W_hy"):
        array = getattr(params, name)
        if array.ndim != 2:
            raise ValueError(f"{name} has shape {array.shape} but a matrix with 2 axes is expected")
    for letter, size in (("D", params.inputs), ("H", params.hidden)):
        if size == 0:
            raise ValueError(f"{letter} = 0 (W_xh {params.W_xh.shape}, W_hh {params.W_hh.shape})")
    shapes = expected_shapes(params.cell, params.inputs, params.hidden, params.outputs)
    for name, array in params.arrays().items():
        if name not in shapes:
            raise ValueError(f"{name} is given but {params.cell} has no such weight")
        if array.shape != shapes[name]:
            raise ValueError(
                f"{name} has shape {array.shape} but {params.cell} with D={params.inputs}, "
                f"H={params.hidden}, C={params.outputs} expects {shapes[name]}"
            )
    missing = sorted(set(shapes) - set(params.arrays()))
    if missing:
        raise ValueError(f"{params.cell} expects {missing[0]} with shape {shapes[missing[0]]}")


def _check_dtypes(params: Params) -> None:
    for name, array in params.arrays().items():
        if array.dtype not in DTYPES:
            raise ValueError(f"{name} has dtype {array.dtype} but float32 or float64 is expected")
    for name, array in params.arrays().items():
        if array.dtype != params.dtype:
            raise ValueError(
                f"{name} has dtype {array.dtype} but W_hh has {params.dtype}; all must agree"
            )


def init(
    cell: str = "rnn",
    *,
    inputs: int,
    hidden: int,
    outputs: int,
    seed: int = 0,
    dtype: npt.DTypeLike = np.float64,
    activation: str = "tanh",
    recurrent: str = "orthogonal",
) -> Params:
    """Draw the starting weights of a cell.

    ``W_xh`` and ``W_hy`` are uniform within ±√(6 / (rows + columns of one block)) (Glorot & Bengio
    2010, eq. 16); each H × H block of ``W_hh`` is a random rotation (Saxe et al. 2014) or the
    identity (Le, Jaitly & Hinton 2015); biases are 0, but for lstm's forget gate, which starts at 1
    (Gers et al. 2000; Jozefowicz et al. 2015).

    Parameters
    ----------
    cell : "rnn", "gru" or "lstm"
    inputs, hidden, outputs : int
        D ≥ 1, H ≥ 1 and C ≥ 0.
    seed : int
        The same seed gives the same weights, up to the last bits on another processor; float32 is
        the rounded float64 draw.
    activation : "tanh" or "relu" (rnn only)
    recurrent : "orthogonal" or "identity"

    Raises
    ------
    ValueError
        For sizes that are not whole numbers in range, and for unknown names.

    Examples
    --------
    >>> p = init("rnn", inputs=4, hidden=3, outputs=2, seed=1)
    >>> bool(np.allclose(p.W_hh @ p.W_hh.T, np.eye(3)))
    True
    """
    _check_names(cell, activation)
    inputs = check_whole("inputs", inputs, least=1)
    hidden = check_whole("hidden", hidden, least=1)
    outputs = check_whole("outputs", outputs, least=0)
    seed = check_whole("seed", seed, least=0)
    check_choice("recurrent", recurrent, RECURRENT_INITS)
    check_dtype(dtype)
    rng = np.random.default_rng(seed)
    blocks = num_gates(cell)
    b_h = np.zeros(blocks * hidden)
    if cell == "lstm":
        b_h[hidden : 2 * hidden] = 1.0
    drawn: dict[str, Array] = {
        "W_xh": np.hstack([_glorot(rng, inputs, hidden) for _ in range(blocks)]),
        "W_hh": np.hstack([_recurrent(rng, hidden, recurrent) for _ in range(blocks)]),
        "b_h": b_h,
        "W_hy": _glorot(rng, hidden, outputs),
        "b_y": np.zeros(outputs),
    }
    if cell == "gru":
        drawn["b_hn"] = np.zeros(hidden)
    cast = {name: array.astype(dtype) for name, array in drawn.items()}
    return Params(cell=cell, activation=activation, **cast)


def _glorot(rng: np.random.Generator, rows: int, columns: int) -> Array:
    limit = np.sqrt(6.0 / (rows + columns))
    return rng.uniform(-limit, limit, size=(rows, columns))


def _recurrent(rng: np.random.Generator, hidden: int, start: str) -> Array:
    if start == "identity":
        return np.eye(hidden)
    q, r = np.linalg.qr(rng.standard_normal((hidden, hidden)))
    # QR leaves the signs of the columns to LAPACK; fixing them makes q uniform and reproducible.
    return np.asarray(q * np.where(np.diag(r) < 0, -1.0, 1.0))
