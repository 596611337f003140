"""Digits as people draw them: lines of a pen, in several forms, sizes, places and slants."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = tuple[Array, ...]


def line(*points: tuple[float, float]) -> Array:
    """Straight pieces through points, in a box of 1 by 1, y downward."""
    return np.array(points, dtype=float)


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Array:
    """Part of an ellipse around (x, y), angles in degrees, 0 to the right and 90 downward."""
    angle = np.radians(np.linspace(start, end, 25))
    return np.stack([x + wide * np.cos(angle), y + high * np.sin(angle)], axis=1)


def join(*parts: Array) -> Array:
    """One line through several parts without lifting the pen."""
    return np.concatenate(parts)


# Two hands: the first was looked at while the scan was designed, the second only to report.
FIRST: dict[int, tuple[Shape, ...]] = {
    0: ((arc(0.5, 0.5, 0.35, 0.5, -90, 270),),),
    1: ((line((0.5, 0), (0.5, 1)),), (line((0.25, 0.25), (0.55, 0), (0.55, 1)),)),
    2: ((join(arc(0.5, 0.28, 0.35, 0.28, -170, 40), line((0.1, 1), (0.9, 1))),),),
    3: ((join(arc(0.45, 0.25, 0.35, 0.25, -150, 90), arc(0.45, 0.75, 0.4, 0.25, -90, 150)),),),
    4: ((line((0.6, 0), (0.1, 0.65), (0.9, 0.65)), line((0.65, 0.35), (0.65, 1))),),
    5: ((join(line((0.85, 0), (0.25, 0), (0.2, 0.45)), arc(0.45, 0.7, 0.4, 0.3, -110, 150)),),),
    6: ((join(line((0.7, 0), (0.3, 0.35)), arc(0.5, 0.72, 0.35, 0.28, 180, 540)),),),
    7: ((line((0.1, 0), (0.9, 0), (0.4, 1)),),),
    8: ((join(arc(0.5, 0.26, 0.3, 0.26, 90, 450), arc(0.5, 0.75, 0.37, 0.25, -90, 270)),),),
    9: ((join(arc(0.5, 0.28, 0.33, 0.28, 0, -360), line((0.83, 0.28), (0.75, 1))),),),
}
SECOND: dict[int, tuple[Shape, ...]] = {
    0: ((arc(0.5, 0.5, 0.42, 0.5, -60, -430),), (arc(0.5, 0.5, 0.28, 0.5, -110, 255),)),
    1: (
        (line((0.55, 0), (0.45, 1)),),
        (line((0.2, 0.3), (0.5, 0), (0.5, 1)),),
        (line((0.3, 0.2), (0.5, 0), (0.5, 1)), line((0.25, 1), (0.75, 1))),
    ),
    2: (
        (join(arc(0.5, 0.3, 0.33, 0.3, -180, 30), line((0.15, 0.97), (0.85, 0.97))),),
        (
            join(
                arc(0.45, 0.3, 0.35, 0.3, -160, 60),
                arc(0.3, 0.88, 0.18, 0.12, 0, -260),
                line((0.45, 0.95), (0.95, 1)),
            ),
        ),
    ),
    3: (
        (join(arc(0.5, 0.24, 0.32, 0.24, -170, 80), arc(0.48, 0.74, 0.38, 0.26, -80, 165)),),
        (join(line((0.1, 0), (0.85, 0), (0.45, 0.4)), arc(0.45, 0.7, 0.4, 0.3, -90, 150)),),
    ),
    4: (
        (line((0.25, 0), (0.1, 0.55), (0.85, 0.55)), line((0.75, 0.15), (0.7, 1))),
        (line((0.7, 1), (0.7, 0), (0.05, 0.7), (0.95, 0.7)),),
    ),
    5: (
        (
            join(line((0.2, 0), (0.2, 0.42)), arc(0.42, 0.69, 0.42, 0.31, -120, 140)),
            line((0.2, 0), (0.85, 0.02)),
        ),
    ),
    6: (
        (join(arc(0.75, 0.55, 0.6, 0.55, -100, -190), arc(0.5, 0.73, 0.34, 0.27, 200, 560)),),
        (join(line((0.45, 0), (0.2, 0.7)), arc(0.47, 0.75, 0.3, 0.25, 190, 530)),),
    ),
    7: (
        (line((0.12, 0.05), (0.88, 0), (0.45, 1)),),
        (line((0.1, 0), (0.85, 0), (0.4, 1)), line((0.3, 0.5), (0.8, 0.5))),
    ),
    8: (
        (
            join(
                arc(0.5, 0.25, 0.32, 0.25, -30, -270),
                arc(0.5, 0.75, 0.36, 0.25, -90, 270),
                arc(0.5, 0.25, 0.32, 0.25, 90, -30),
            ),
        ),
        (arc(0.5, 0.25, 0.28, 0.25, 0, 360), arc(0.5, 0.75, 0.33, 0.25, 0, 360)),
    ),
    9: (
        (join(arc(0.48, 0.27, 0.34, 0.27, -20, -380), line((0.8, 0.3), (0.6, 1))),),
        (
            join(
                arc(0.5, 0.27, 0.32, 0.27, 0, -360),
                line((0.82, 0.27), (0.82, 0.75)),
                arc(0.5, 0.75, 0.32, 0.25, 0, 130),
            ),
        ),
    ),
}


def draw_digits(
    hand: dict[int, tuple[Shape, ...]], copies: int, seed: int
) -> Iterator[tuple[int, Shape]]:
    """Drawings on a pad of 256 by 256: each form of each digit with its own size, place, slant."""
    rng = np.random.default_rng(seed)
    for digit, shapes in hand.items():
        for shape in shapes:
            for _ in range(copies):
                high = rng.uniform(70, 220)
                wide = high * rng.uniform(0.55, 0.95)
                slant, bend = rng.uniform(-0.05, 0.3), rng.normal(0, 0.02, (2, 2))
                place = rng.uniform(0.1, 0.9, 2) * (250 - np.array([wide, high]))
                yield (
                    digit,
                    tuple(place_line(part, wide, high, slant, bend, place, rng) for part in shape),
                )


def place_line(
    part: Array, wide: float, high: float, slant: float, bend: Array, place: Array, rng
) -> Array:
    """One line of a drawing, sheared, slightly bent and unsteady."""
    leaning = part + part @ bend + np.stack([slant * (0.5 - part[:, 1]), 0 * part[:, 0]], axis=1)
    return leaning * (wide, high) + place + rng.normal(0, 0.012 * high, part.shape)
