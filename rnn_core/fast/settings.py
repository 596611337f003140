"""How a training step is set up, checked once when it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy.typing as npt

from rnn_core.losses import LOSSES
from rnn_core.network import Network
from rnn_core.optim import OPTIMIZERS
from rnn_core.validation.values import check_choice, check_dtype, check_number, check_whole


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
        check_choice("loss", self.loss, LOSSES)
        check_choice("optimizer", self.optimizer, OPTIMIZERS)
        self._keep("lr", check_number("lr", self.lr))
        self._keep("weight_decay", check_number("weight_decay", self.weight_decay))
        if self.clip is not None:
            self._keep("clip", check_number("clip", self.clip, positive=True, endless=True))
        if self.truncate is not None:
            self._keep("truncate", check_whole("truncate", self.truncate, least=1))
        check_dtype(self.dtype)

    def _keep(self, name: str, value: float) -> None:
        """Keep a setting as a Python number, whatever kind of number was given."""
        object.__setattr__(self, name, value)


def check_sizes(network: Network, steps: Sequence[int], batch: int) -> tuple[tuple[int, ...], int]:
    """Return the sizes as Python ints; refuse a network that says nothing.

    Raises
    ------
    ValueError
        When a size is no whole number ≥ 1, or there is not one ``steps`` per segment.
    """
    if isinstance(steps, (str, Mapping)) or not hasattr(steps, "__len__"):
        raise ValueError(
            f"steps is {steps!r} but a number for each of the {len(network.segments)} segments "
            "is expected"
        )
    if len(steps) != len(network.segments):
        raise ValueError(f"steps {tuple(steps)} but there are {len(network.segments)} segments")
    sizes = tuple(check_whole("steps", T, least=1) for T in steps)
    rows = check_whole("batch", batch, least=1)
    if network.segments[-1].params.outputs == 0:
        raise ValueError("the last segment has C=0 outputs, so nothing can be scored")
    return sizes, rows
