"""Where the data files and the trained checkpoints are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def read_arrays(name: str) -> dict[str, NDArray[Any]]:
    """The arrays of assets/data/<name>, an .npz file without pickled objects."""
    with np.load(ASSETS / "data" / name, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def read_text(name: str) -> str:
    """The text of assets/data/<name>."""
    return (ASSETS / "data" / name).read_text(encoding="utf-8")
