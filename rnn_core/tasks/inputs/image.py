"""Pictures a visitor gives: an array that was drawn, or the number of a test picture."""

from __future__ import annotations

import numpy as np

from rnn_core.params import Array
from rnn_core.record import read_only


def picture_index(value: object, size: int) -> int | None:
    """The value as the number of a test picture; None when it is not a whole number.

    Raises
    ------
    ValueError
        When there is no picture of that number.
    """
    if isinstance(value, str) and value.strip().isdecimal():
        text = value.strip()
        value = int(text) if len(text) <= 9 else size
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        return None
    if not 0 <= value < size:
        raise ValueError(f"there is no picture {value}: choose one from 0 to {size - 1}")
    return int(value)


def check_picture(value: object, shape: tuple[int, ...]) -> Array:
    """The value as a picture of that shape with values 0..1, read-only.

    Raises
    ------
    ValueError
        When it is not one.
    """
    size = "×".join(str(n) for n in shape)
    wanted = (
        f"a picture of {size} numbers from 0 to 1, or the number of a test picture, is expected"
    )
    if isinstance(value, str):
        raise ValueError(f"{wanted}, but text was given")
    try:
        picture = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{wanted}, but a {type(value).__name__} was given") from None
    if picture.shape != shape:
        given = "×".join(str(n) for n in picture.shape) or "a single number"
        raise ValueError(f"{wanted}, but {given} was given")
    if not np.isfinite(picture).all() or picture.min() < 0 or picture.max() > 1:
        raise ValueError(f"{wanted}, but some are outside 0 to 1")
    if picture.max() == picture.min():
        raise ValueError("the picture is blank: draw something first")
    return read_only(picture)


def strongest(names: tuple[str, ...], logits: Array) -> str:
    """The likeliest class of the last step with its probability: “7 (0.98)”.

    Parameters
    ----------
    names : tuple of str
    logits : array, shape (T, 1, C)
    """
    last = logits[-1, 0] - logits[-1, 0].max()
    p = np.exp(last) / np.exp(last).sum()
    best = int(p.argmax())
    return f"{names[best]} ({p[best]:.2f})"
