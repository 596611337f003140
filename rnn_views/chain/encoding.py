"""Arrays, pictures and edits as plain data for the browser (docs/payload.md)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from rnn_core.network import Segment
    from rnn_views.edits.result import Edited

Data = dict[str, Any]


def pack(array: Any) -> Data:
    """Return an array as {"shape", "f32"}: base64 of little-endian float32.

    >>> pack(np.ones((1, 1)))
    {'shape': [1, 1], 'f32': 'AACAPw=='}
    """
    values = np.ascontiguousarray(array, dtype="<f4")
    return {"shape": list(values.shape), "f32": base64.b64encode(values.tobytes()).decode()}


def pack_or_none(array: Any) -> Data | None:
    """Return a traced array (T+1, 1, H) without its batch axis, None where the cell has none."""
    return None if array is None else pack(array[:, 0])


def finite(value: Any) -> float | None:
    """Return a number as JSON can carry it: None where it is absent or not finite.

    >>> finite(0.5), finite(float("nan")), finite(None)
    (0.5, None, None)
    """
    return float(value) if value is not None and np.isfinite(value) else None


def pack_picture(picture: Any) -> Data | None:
    """Return a picture in 0…1 as {"shape", "u8"}, shape (rows, columns) or (rows, columns, 3)."""
    if picture is None:
        return None
    levels = np.ascontiguousarray(np.clip(np.asarray(picture) * 255 + 0.5, 0, 255), dtype="u1")
    return {"shape": list(levels.shape), "u8": base64.b64encode(levels.tobytes()).decode()}


def pack_copies(segment: Segment, steps: int) -> Data | None:
    """Return the untied W_hh of each step (T, H, G·H), None where one serves all steps."""
    return None if segment.copies is None else pack(segment.copies[:steps])


def pack_edited(edited: Edited) -> Data:
    """Return what was changed by hand, old and new, and each W_hh before the factor on its wire."""
    segments = []
    parts = zip(edited.example_run.network.segments, edited.recurrences, edited.moved, strict=True)
    for segment, one, moved in parts:
        tied = segment.params.W_hh.size
        copies = None if segment.copies is None else len(segment.copies)
        segments.append(
            {
                "factor": one.factor,
                "base": None if one.factor == 1.0 else pack(one.base),
                "copies": copies,
                "tied": tied,
                "untied": tied if segment.copies is None else segment.copies.size,
                "parameters": segment.size,
                "moved": [finite(distance) for distance in moved],
            }
        )
    return {
        "changes": [
            {
                "kind": change.edit.kind,
                "segment": change.edit.segment,
                "place": list(change.edit.place),
                "old": finite(change.old),
                "new": change.edit.value,
            }
            for change in edited.changes
        ],
        "segments": segments,
        "largest": finite(edited.largest),
        "largest_c": finite(edited.largest_c),
    }
