"""Strokes of a pen, brought into the form in which the collectors of the digits kept theirs.

They scanned digits at 32×32 points, normalised in size, and counted the inked points in 4×4 blocks
(Alpaydin and Kaynak 1998): 8×8 cells of 0 to 16. Every class of the training split has about as
much ink, a 1 as much as an 8 (302 to 329 of 1,024 points on average): a line of few strokes is
thick. So a drawing is scaled to the height, and its pen is as thick as gives it that ink.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnn_core.params import Array

Strokes = Sequence[Array]
"""Lines of a pen, each an array (points, 2) of x to the right and y downward."""

POINTS = 32
SIDE = 8
LEVELS = 16
INK = 310  # inked points of a digit of the training split, mean over classes
WIDEST = 20.0  # of its inked box, in points; the outer columns of the data are empty
THINNEST, THICKEST = 1.0, 4.6  # radius of the pen in points
ROUNDS = 6


def scan_strokes(strokes: Strokes) -> Array:
    """Return the drawing as a scan, normalised in size and thickness.

    The inked box is as high as the scan and in its middle, not wider than most digits of the data.

    Parameters
    ----------
    strokes : sequence of array, shape (points, 2)
        In any unit; at least one point.

    Returns
    -------
    array, shape (32, 32) bool

    Raises
    ------
    ValueError
        When there is no point.

    Examples
    --------
    >>> scan = scan_strokes([np.array([[5.0, 0.0], [5.0, 90.0]])])
    >>> scan.shape, bool(scan[:, :10].any()), bool(scan[16, 16])
    ((32, 32), False, True)
    """
    lines = [np.asarray(stroke, dtype=np.float64).reshape(-1, 2) for stroke in strokes]
    lines = [line for line in lines if len(line)]
    if not lines:
        raise ValueError("nothing is drawn yet")
    radius = 2.5
    for _ in range(ROUNDS):
        distance = distance_to(normalise(lines, radius))
        radius = float(np.clip(np.partition(distance.ravel(), INK)[INK], THINNEST, THICKEST))
    return np.asarray(distance_to(normalise(lines, radius)) <= radius)


def normalise(lines: Sequence[Array], radius: float) -> list[Array]:
    """Return the lines scaled and moved so that a pen of that radius fills the scan's height."""
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = np.maximum(high - low, 1e-9)
    tall, wide = POINTS - 2 * radius, WIDEST - 2 * radius
    # A dot, or a dash, keeps its shape: what is wider than high is scaled to the width.
    down = min(tall / height, tall / width)
    across = min(down, wide / width)
    middle = (low + high) / 2
    return [(line - middle) * (across, down) + POINTS / 2 for line in lines]


def distance_to(lines: Sequence[Array]) -> Array:
    """Return the distance of each point of the scan from the nearest line.

    Returns
    -------
    array, shape (32, 32)
        In points; row first.
    """
    starts = np.concatenate([line[:-1] if len(line) > 1 else line for line in lines])
    ends = np.concatenate([line[1:] if len(line) > 1 else line for line in lines])
    centres = np.arange(POINTS) + 0.5
    grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 1, 2)
    along = ends - starts
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((grid - starts) * along).sum(axis=2) / square, 0.0, 1.0)
    gap = grid - starts - share[..., None] * along
    return np.asarray(np.sqrt((gap**2).sum(axis=2).min(axis=1)).reshape(POINTS, POINTS))


def count_blocks(scan: Array) -> Array:
    """Return the inked points of each 4×4 block of a scan.

    Parameters
    ----------
    scan : array, shape (32, 32) bool

    Returns
    -------
    array, shape (8, 8) int
        0 to 16.

    Examples
    --------
    >>> count_blocks(np.ones((32, 32), dtype=bool))[0, 0]
    np.int64(16)
    """
    block = POINTS // SIDE
    return np.asarray(np.asarray(scan, dtype=bool).reshape(SIDE, block, SIDE, block).sum((1, 3)))
