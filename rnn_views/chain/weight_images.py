"""The weights from a picture to each unit, small enough to travel, to be drawn as pictures."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

LEVELS = 7
"""Shades on either side of zero: what fits into four bits, and enough for a small picture."""


def pack_weight_pictures(weights: Any) -> dict[str, Any]:
    """Return W_xh as {"shape", "u4", "limits"}: base64 of levels 1 to 15, two in a byte, 8 is zero.

    `limits` tells of each column what level 15 stands for there: every unit's picture uses the
    whole scale, however small its weights are. The first of two stands in the upper half of their
    byte. For drawing only: numbers that are read come from the rows that travel whole.

    Parameters
    ----------
    weights : array, shape (D, G·H)

    Examples
    --------
    >>> pack_weight_pictures(np.array([[0.5, -0.02], [-0.25, 0.02]]))
    {'shape': [2, 2], 'u4': '8U8=', 'limits': [0.5, 0.02]}
    """
    values = np.asarray(weights, dtype=float)
    limits = np.abs(values).max(axis=0)
    scaled = values * (LEVELS / np.where(limits > 0, limits, 1.0))
    levels = (np.rint(scaled) + LEVELS + 1).astype("u1").ravel()
    if levels.size % 2:
        levels = np.append(levels, np.uint8(0))
    packed = (levels[0::2] << 4) | levels[1::2]
    return {
        "shape": list(np.shape(weights)),
        "u4": base64.b64encode(packed.tobytes()).decode(),
        "limits": [float(f"{limit:.4g}") for limit in limits],
    }
