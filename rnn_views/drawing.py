"""A digit drawn by a visitor, brought into the form in which its collectors kept theirs.

The digits of the data were scanned at 32×32 points, scaled to fill the height, and counted down to
8×8 cells of 4×4 points with 0 to 16 of them inked (Alpaydin and Kaynak 1998). A drawing takes the
same way. In a link it is "ink:" and 64 letters, a (0) to q (16), row by row.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
GRID = 64
POINTS = 32
SIDE = 8
LEVELS = 16
PREFIX = "ink:"
FORM = re.compile(PREFIX + r"[a-q]{64}")


def read_bits(text: str) -> Array:
    """Return a drawing from its bits in hexadecimal, row by row.

    Returns
    -------
    array, shape (GRID, GRID) bool

    Raises
    ------
    ValueError
        When it is not a drawing of that size, or nothing is drawn.
    """
    if not re.fullmatch(f"[0-9a-f]{{{GRID * GRID // 4}}}", text):
        raise ValueError(f"a drawing of {GRID}×{GRID} points is expected")
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), dtype=np.uint8))
    if not bits.any():
        raise ValueError("nothing is drawn yet")
    return bits.reshape(GRID, GRID).astype(bool)


def count_ink(drawing: Array) -> Array:
    """Return the ink of a drawing in 8×8 cells, scaled to fill the height and centred.

    Parameters
    ----------
    drawing : array, shape (GRID, GRID) bool
        With some ink.

    Returns
    -------
    array, shape (8, 8) int
        0 to 16 inked points per cell.
    """
    rows, columns = (np.flatnonzero(drawing.any(axis=axis)) for axis in (1, 0))
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    step = max(height, width) / POINTS  # points of the drawing per point of the scan
    middle = (rows[0] + rows[-1] + 1) / 2, (columns[0] + columns[-1] + 1) / 2
    offsets = (np.arange(POINTS) + 0.5 - POINTS / 2) * step
    y, x = (np.floor(centre + offsets).astype(int) for centre in middle)
    inside = ((y >= 0) & (y < GRID))[:, None] & ((x >= 0) & (x < GRID))
    scan = drawing[np.clip(y, 0, GRID - 1)[:, None], np.clip(x, 0, GRID - 1)] & inside
    cells = scan.reshape(SIDE, POINTS // SIDE, SIDE, POINTS // SIDE).sum(axis=(1, 3))
    return np.asarray(cells)


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
