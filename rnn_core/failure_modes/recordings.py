"""Recorded runs of the extremes: curves of three seeds, and the network that the first ended with.

A class asks for them all at once and is not to wait, so `make models` makes them from their seeds,
with the trainers of the live page, and pages read them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rnn_core.failure_modes.runs import RUNS, measure_reach, outcome_of
from rnn_core.network import Network
from rnn_core.record import ReadOnly
from rnn_core.record_files import read_records, write_records
from rnn_core.tasks import NamesTask
from rnn_core.tasks.checkpoint import MODELS, load_network, save_network
from rnn_core.trace import NonFiniteError
from rnn_core.training.snapshots import Divergence
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.trainer import Trainer

RECORDS = MODELS / "extremes.json"
SEEDS = 3
POINTS = 150
"""Of each curve at most; a point is the mean of neighbouring updates."""
DIGITS = 5
WRITTEN = 40
"""Names that a network makes up, to see how many it learned by heart."""
Numbers = tuple[float, ...]


@dataclass(frozen=True)
class FailureModeRecord:
    """One run of one seed; numbers have five digits, and NaN stands for what is not finite.

    Attributes
    ----------
    key : str
        Of `RUNS`.
    seed : int
    made, planned : int
        Updates.
    untrained : float
        The loss that the first update met.
    updates : tuple of int, length K
        The last update of each group.
    losses, gradient_norms : tuple of float, length K
        Means over the groups; norms before clipping.
    held_out_updates : tuple of int, length N
    held_out_losses, metric : tuple of float, length N
    training_metric : tuple of float, length N
        On as many training examples; empty where every update draws fresh ones.
    result : float
        The metric on test examples at the end.
    reach_before, reach_after : tuple of float, length T
        `measure_reach` of the untrained network, and of the one at the end.
    explosion : Divergence or None
        Where the run broke down.
    copied : int
        Of 40 names that the network makes up, so many it had learned from, letter for letter; 0
        where it writes none.
    """

    key: str
    seed: int
    made: int
    planned: int
    untrained: float
    updates: tuple[int, ...]
    losses: Numbers
    gradient_norms: Numbers
    held_out_updates: tuple[int, ...]
    held_out_losses: Numbers
    metric: Numbers
    training_metric: Numbers
    result: float
    reach_before: Numbers
    reach_after: Numbers
    explosion: Divergence | None
    copied: int

    @property
    def outcome(self) -> str:
        """What its losses did, one of `OUTCOMES`."""
        broke = self.explosion is not None
        return outcome_of(self.untrained, self.losses, self.held_out_losses, broke=broke)


def run_extreme(key: str, seed: int) -> Trainer | GeneratedTrainer:
    """Make a whole run, or as much of it as can be made before numbers overflow."""
    trainer = RUNS[key].begin(seed)
    try:
        while not trainer.done:
            trainer.run(math.inf, max_updates=trainer.updates_to_epoch)
    except NonFiniteError:
        trainer.run(seconds=0)  # reports the updates before
    return trainer


def record_run(key: str, trainer: Trainer | GeneratedTrainer) -> FailureModeRecord:
    """Return what is kept of a run."""
    extreme, size = RUNS[key], max(math.ceil(trainer.updates_made / POINTS), 1)
    starts = np.arange(0, trainer.updates_made, size)
    ends = np.minimum(starts + size, trainer.updates_made)
    seen = [report for report in trainer.history if report.validation_loss is not None]
    training = [report.training for report in seen if report.training is not None]
    result = trainer.evaluate("test") if isinstance(trainer, Trainer) else trainer.evaluate()
    with np.errstate(all="ignore"):
        after = measure_reach(extreme, trainer.network)
    return FailureModeRecord(
        key=key,
        seed=trainer.seed,
        made=trainer.updates_made,
        planned=trainer.schedule.updates,
        untrained=rounded(trainer.losses[:1])[0],
        updates=tuple(int(end) for end in ends),
        losses=rounded(np.add.reduceat(trainer.losses, starts) / (ends - starts)),
        gradient_norms=rounded(np.add.reduceat(trainer.gradient_norms, starts) / (ends - starts)),
        held_out_updates=tuple(report.update for report in seen),
        held_out_losses=rounded([report.validation_loss or 0.0 for report in seen]),
        metric=rounded([report.validation or 0.0 for report in seen]),
        training_metric=rounded(training),
        result=rounded([result])[0],
        reach_before=rounded(measure_reach(extreme, trainer.at(0))),
        reach_after=rounded(after),
        explosion=trainer.explosion,
        copied=count_copies(trainer),
    )


def count_copies(trainer: Trainer | GeneratedTrainer) -> int:
    """Return how many of the names that a network makes up now it had learned from."""
    task = trainer.task
    if not isinstance(task, NamesTask) or not isinstance(trainer, Trainer):
        return 0
    known = {task.data().texts["train"][number] for number in trainer.schedule.share}
    return sum(task.sample(trainer.network, seed=seed) in known for seed in range(WRITTEN))


def rounded(values: Sequence[float] | np.ndarray[Any, Any]) -> Numbers:
    """Return numbers with five digits; what is not finite becomes NaN.

    >>> rounded([1 / 3, float("inf")])
    (0.33333, nan)
    """
    return tuple(
        float(f"{value:.{DIGITS}g}") if math.isfinite(value) else math.nan for value in values
    )


def network_path(key: str) -> Path:
    """Where the network is kept that a run of seed 0 ended with."""
    return MODELS / f"extreme-{key}.npz"


def save_last(key: str, trainer: Trainer | GeneratedTrainer) -> None:
    """Keep the network with which a run ended."""
    facts = {"extreme": key, "seed": trainer.seed, "updates": trainer.updates_made}
    save_network(network_path(key), trainer.network, facts)


@cache
def load_last(key: str) -> Network:
    """Return the network with which the recorded run of seed 0 ended.

    >>> load_last("over-fitted").cell
    'rnn'
    """
    return load_network(network_path(key))


def save_records(records: Sequence[FailureModeRecord]) -> None:
    """Write the records to assets/models, one to a line; NaN is written as null."""
    write_records(RECORDS, records)
    load_records.cache_clear()


@cache
def load_records() -> Mapping[tuple[str, int], FailureModeRecord]:
    """Return (key, seed) → record, of all that are stored.

    >>> len(load_records()) == len(RUNS) * SEEDS
    True
    """
    records = read_records(RECORDS, FailureModeRecord)
    return ReadOnly({(one.key, one.seed): one for one in records})
