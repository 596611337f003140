"""Arrays of other frameworks, read as NumPy's without importing any of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn_core.params import Array

EXACT = ("float32", "float64")


def read_array(name: str, given: Any) -> Array:
    """Return a tensor or array as float32 or float64.

    A PyTorch tensor is detached from its gradient and brought to the CPU; a Keras variable is asked
    for its ``numpy()``. Narrower floats (half, bfloat16) become float32, which holds them exactly.

    Parameters
    ----------
    name : str
        What messages call it.
    given : array, or tensor of any framework that NumPy can read

    Raises
    ------
    ValueError
        For what is no array of floats, or cannot be read; with the reason.

    Examples
    --------
    >>> read_array("weight", np.ones(2, np.float16)).dtype
    dtype('float32')
    >>> read_array("weight", None)
    Traceback (most recent call last):
    ValueError: weight is NoneType but an array of floats is expected
    """
    try:
        array = np.asarray(_on_the_cpu(given))
    except Exception as error:  # whatever a foreign class raises: no device, no storage, no NumPy
        raise ValueError(
            f"{name} is {type(given).__name__} and cannot be read as an array: {error}"
        ) from error
    if array.dtype.name in EXACT:
        return array
    if array.dtype.kind == "O" or array.dtype.kind in "USMm":
        raise ValueError(f"{name} is {type(given).__name__} but an array of floats is expected")
    narrow = (array.dtype.kind == "f" and array.dtype.itemsize < 4) or "float" in array.dtype.name
    if not narrow or array.dtype.itemsize > 4 or array.dtype.kind == "c":
        raise ValueError(f"{name} has dtype {array.dtype} but float32 or float64 is expected")
    return array.astype(np.float32)


def _on_the_cpu(given: Any) -> Any:
    """Return what NumPy can read: without a gradient, on the CPU, in a type that NumPy has."""
    for method in ("detach", "cpu"):
        if hasattr(given, method):
            given = getattr(given, method)()
    kind = str(getattr(given, "dtype", ""))
    if kind.startswith("torch.") and kind.endswith(("float16", "half")):
        given = given.float()
    if hasattr(given, "numpy") and not isinstance(given, np.ndarray):
        given = given.numpy()
    return given
