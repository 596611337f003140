"""What `make results` measured and pages show: starts of W_hh, and baselines on the streams."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from statistics import mean
from typing import Final

from rnn_core.tasks.checkpoint import MODELS

MEASURED: Final = MODELS / "measured.json"


@dataclass(frozen=True)
class Measured:
    """One model of one task over several seeds.

    Parameters
    ----------
    task, model : str
    kind : {"cell", "rival", "start", "size"}
        Of a start, `model` is how W_hh of the vanilla cell began. "size": a vanilla cell with
        fewer units than the task gives it.
    parameters : int or None
    test : tuple of float
        The metric on data that nothing was chosen by, per seed.
    """

    task: str
    model: str
    kind: str
    parameters: int | None
    test: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the seeds."""
        return mean(self.test)


@lru_cache(maxsize=1)
def load_measured() -> tuple[Measured, ...]:
    """Read the record.

    >>> {one.model for one in starts_of("french")} == {"orthogonal", "identity"}
    True
    """
    held = json.loads(MEASURED.read_text(encoding="utf-8"))
    return tuple(Measured(**{**one, "test": tuple(one["test"])}) for one in held)


def starts_of(task: str) -> tuple[Measured, ...]:
    """Return what a task's vanilla cell reached with each start of W_hh; () where not measured."""
    return tuple(one for one in load_measured() if (one.task, one.kind) == (task, "start"))


def baselines_of(stream: str) -> tuple[Measured, ...]:
    """Return the feed-forward networks that were measured on a stream."""
    return tuple(
        one
        for one in load_measured()
        if (one.task, one.kind) == (stream, "rival") and len(one.test) > 1
    )


def smaller_of(stream: str) -> tuple[Measured, ...]:
    """Return the smaller vanilla networks that were measured on a stream, the smallest first.

    >>> [one.model for one in smaller_of("adding")]
    ['vanilla, 16 units', 'vanilla, 32 units']
    """
    return tuple(one for one in load_measured() if (one.task, one.kind) == (stream, "size"))
