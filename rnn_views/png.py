"""Pictures from the data as images a browser can show."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def png(picture: NDArray[np.floating]) -> bytes:
    """Return a picture as a PNG file.

    Parameters
    ----------
    picture : array, shape (rows, columns) or (rows, columns, 3)
        Grey or red, green, blue; 0 is dark, 1 is light, values outside are clipped.

    Raises
    ------
    ValueError
        For an array of another shape.
    """
    if picture.ndim not in (2, 3) or picture.shape[2:] not in ((), (3,)):
        raise ValueError(f"picture has shape {picture.shape}, expected (rows, columns[, 3])")
    pixels = np.round(np.clip(picture, 0.0, 1.0) * 255).astype(np.uint8)
    rows, columns = pixels.shape[:2]
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    )


def picture_url(picture: NDArray[np.floating]) -> str:
    """Return a picture as a data URL (see `png`)."""
    return "data:image/png;base64," + base64.b64encode(png(picture)).decode("ascii")
