"""How a training step is set up, checked once when it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from rnn_core.network import Network


@dataclass(frozen=True)
class StepSettings:
    """How a step trains: checked once, when it is made."""

    loss: str
    lr: float
    optimizer: str
    clip: float | None
    truncate: int | None
    dtype: npt.DTypeLike
    weight_decay: float

    def __post_init__(self) -> None:
        if not isfinite(self.lr) or self.lr < 0:
            raise ValueError(f"lr is {self.lr!r} but a finite number ≥ 0 is expected")
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip is {self.clip!r} but None or a number > 0 is expected")
        if self.truncate is not None and (
            not isinstance(self.truncate, (int, np.integer)) or self.truncate < 1
        ):
            raise ValueError(
                f"truncate is {self.truncate!r} but None or a whole number ≥ 1 is expected"
            )
        if np.dtype(self.dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise ValueError(f"dtype is {np.dtype(self.dtype)} but float32 or float64 is expected")
        if not isfinite(self.weight_decay) or self.weight_decay < 0:
            raise ValueError(
                f"weight_decay is {self.weight_decay!r} but a finite number ≥ 0 is expected"
            )


def check_sizes(network: Network, steps: Sequence[int], batch: int) -> None:
    """Refuse sizes that do not fit the network, and a network that says nothing."""
    if len(steps) != len(network.segments):
        raise ValueError(f"steps {tuple(steps)} but there are {len(network.segments)} segments")
    for name, size in [*(("steps", T) for T in steps), ("batch", batch)]:
        if not isinstance(size, (int, np.integer)) or size < 1:
            raise ValueError(f"{name} is {size!r} but a whole number of at least 1 is expected")
    if network.segments[-1].params.outputs == 0:
        raise ValueError("the last segment has C=0 outputs, so nothing can be scored")
