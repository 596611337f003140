"""A digit drawn by a visitor, as it comes from the browser and as it stands in a link.

The browser sends the points of each stroke; `rnn_core.tasks.inputs.handwriting` makes of
them what the network reads. In a link it is "ink:" and 64 letters, a (0) to q (16), row by row.
"""

from __future__ import annotations

import re

import numpy as np

from rnn_core.params import Array
from rnn_core.tasks.inputs.handwriting import LEVELS, SIDE

PREFIX = "ink:"
FORM = re.compile(PREFIX + r"[a-q]{64}")
STROKES = re.compile(r"(?:[0-9a-f]{4})+(?: (?:[0-9a-f]{4})+)*")
POINTS_AT_MOST = 600
LETTERS_AT_MOST = 40_000


def read_strokes(text: str) -> list[Array]:
    """Return the strokes of a drawing; a very long one is followed at fewer points.

    Parameters
    ----------
    text : str
        Strokes parted by blanks, each point as two bytes in hexadecimal: x to the right and y
        downward, 0 to 255 over the pad.

    Returns
    -------
    list of array, shape (points, 2)

    Raises
    ------
    ValueError
        When it is no such text, or far too long.

    Examples
    --------
    >>> read_strokes("0010ff10 8000")[0].tolist()
    [[0.0, 16.0], [255.0, 16.0]]
    """
    if len(text) > LETTERS_AT_MOST or not STROKES.fullmatch(text):
        raise ValueError("strokes of a pen are expected, two bytes a point")
    strokes = [
        np.frombuffer(bytes.fromhex(part), dtype=np.uint8).reshape(-1, 2).astype(float)
        for part in text.split(" ")
    ]
    every = -(-sum(map(len, strokes)) // POINTS_AT_MOST)
    return [np.concatenate([stroke[:-1:every], stroke[-1:]]) for stroke in strokes]


def write_ink(cells: Array) -> str:
    """Return 8×8 counts as they stand in a link.

    >>> write_ink(np.full((8, 8), 16)) == "ink:" + 64 * "q"
    True
    """
    return PREFIX + "".join(chr(ord("a") + int(count)) for count in cells.ravel())


def read_ink(text: str) -> Array | None:
    """Return the picture that a link holds, values 0…1, or None if it holds none.

    >>> read_ink("ink:" + 64 * "i")[0, 0], read_ink("7")
    (np.float64(0.5), None)
    """
    if not FORM.fullmatch(text):
        return None
    letters = np.frombuffer(text.removeprefix(PREFIX).encode("ascii"), dtype=np.uint8)
    return (letters.astype(float) - ord("a")).reshape(SIDE, SIDE) / LEVELS
