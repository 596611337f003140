"""One row of docs/results.md: a model of a task, measured over its seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One model of one task, over its seeds.

    Parameters
    ----------
    task, model : str
    hidden, parameters : int or None
    figures : dict of split to tuple of float
        Per seed.
    seconds : float or None
        Processor seconds of one whole run, median.
    kind : {"cell", "rival", "start", "size"}
        "size": a vanilla cell with another number of units than its task gives it.
    """

    task: str
    model: str
    hidden: int | None
    parameters: int | None
    figures: Mapping[str, tuple[float, ...]]
    seconds: float | None = None
    kind: str = "cell"

    @property
    def test(self) -> tuple[float, ...]:
        """The metric on test data, per seed."""
        return self.figures["test"]
