"""What may be fed to an unroll: each check names what was given and what is expected."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_core.params import Array, Params
from rnn_core.validation.arguments import check_readable


def is_tokens(x: Array) -> bool:
    """Tell whole-number tokens from dense input."""
    return x.dtype.kind in "iu"


def writable(x: Array) -> Array:
    """Return a copy to put other inputs into: tokens in int64, so that every token fits.

    >>> writable(np.array([1, 2], np.int8)).dtype, writable(np.zeros(1, np.float32)).dtype
    (dtype('int64'), dtype('float32'))
    """
    return np.array(x, np.int64 if is_tokens(x) else x.dtype)


def common_dtype(params: Params, *arrays: Array | None) -> np.dtype[Any]:
    """Return the dtype of the weights, or complex128 where any array carries a complex step."""
    if any(array is not None and array.dtype.kind == "c" for array in arrays):
        return np.dtype(np.complex128)
    return params.dtype


def check_finite(name: str, array: Array) -> None:
    """Refuse NaN and infinity in what is fed, naming the first place."""
    flat = array.reshape(-1)
    # One product finds what is not finite; large finite numbers overflow in it and are looked at.
    with np.errstate(over="ignore", invalid="ignore"):
        seems_finite = isfinite(abs(flat.dot(flat)))
    if not seems_finite and not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} holds {array[place]} at index {place} but must be finite")


def check_tokens(name: str, tokens: Array, vocabulary: int) -> None:
    """Refuse tokens outside 0 … vocabulary − 1, naming the first."""
    if ((tokens < 0) | (tokens >= vocabulary)).any():
        place = tuple(int(i) for i in np.argwhere((tokens < 0) | (tokens >= vocabulary))[0])
        raise ValueError(
            f"{name} has token {tokens[place]} at index {place} "
            f"but tokens 0 to {vocabulary - 1} are expected"
        )


def check_input(params: Params, x: npt.ArrayLike, *, name: str = "x", axes: str = "T, B") -> Array:
    """Return one input as an array: (T, B, D) float, or (T, B) tokens that pick rows of W_xh."""
    given = np.asarray(x)
    lead = len(axes.split(", "))
    dense = f"({axes}, D) floats or ({axes}) whole-number tokens"
    if given.ndim == lead and is_tokens(given):
        _check_not_empty(name, given, axes)
        check_tokens(name, given, params.inputs)
        # They are kept as indices: another token put among int8 ones would wrap around.
        return given.astype(np.intp, copy=False)
    if given.ndim != lead + 1 or given.dtype.kind not in "fc":
        raise ValueError(f"{name} is {given.dtype} of shape {given.shape}; expected {dense}")
    if given.shape[-1] != params.inputs:
        raise ValueError(
            f"{name} has D={given.shape[-1]} but W_xh expects D={params.inputs} "
            f"({name} {given.shape}, W_xh {params.W_xh.shape})"
        )
    _check_not_empty(name, given, axes)
    check_finite(name, given)
    return given


def _check_not_empty(name: str, given: Array, axes: str) -> None:
    for letter, size in zip(axes.split(", "), given.shape, strict=False):
        if size == 0:
            raise ValueError(f"{name} has {letter}=0 (shape {given.shape}); at least 1 is expected")


def check_array(name: str, given: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return an array of exactly this shape; never a silent broadcast."""
    check_readable(name, given)
    array = np.asarray(given)
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape} but {shape} is expected")
    if array.dtype.kind not in "fc":
        raise ValueError(f"{name} has dtype {array.dtype} but floats are expected")
    return array


def check_state(name: str, given: npt.ArrayLike | None, shape: tuple[int, int]) -> Array | None:
    """Return a starting state (B, H), or None for the zero state."""
    if given is None:
        return None
    state = check_array(name, given, shape)
    check_finite(name, state)
    return state


def check_lengths(lengths: npt.ArrayLike | None, steps: int, batch: int) -> Array | None:
    """Return the lengths (B,), each 1 … T, or None where all sequences are full."""
    if lengths is None:
        return None
    check_readable("lengths", lengths)
    given = np.asarray(lengths)
    if given.shape != (batch,) or not is_tokens(given):
        raise ValueError(
            f"lengths is {given.dtype} of shape {given.shape} but whole numbers of shape "
            f"({batch},) are expected"
        )
    if (given < 1).any() or (given > steps).any():
        worst = int(given[(given < 1) | (given > steps)][0])
        raise ValueError(f"lengths holds {worst} but each is 1 to T={steps}")
    return given.astype(np.intp, copy=False)
