"""Recorded runs of the bug lab: what each program does in training, and under each instrument.

Some of these runs take seconds, and a class asks for them all at once. So `make models` makes them
from their seeds, and pages read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from rnn_core.bug_lab.diagnostics import CheckRow
from rnn_core.bug_lab.experiment import gradcheck_variants, run_diagnostics, train_and_record
from rnn_core.bug_lab.faults import FAULTS
from rnn_core.record import ReadOnly
from rnn_core.record_files import read_records, write_records
from rnn_core.tasks.paths import ASSETS

RECORDS = ASSETS / "models" / "bugs.json"
SEEDS = 3
RIGHT = ""
"""The key of the program without a fault."""
PROGRAMS = (RIGHT, *FAULTS)
EVERY = 10
"""Of learning one example by heart every so many updates are recorded."""
DIGITS = 6


@dataclass(frozen=True)
class Check:
    """A gradient check: its rows, and whether all of them passed; no rows where nothing is scored.

    Attributes
    ----------
    rows : tuple of CheckRow
    passed : bool
    """

    rows: tuple[CheckRow, ...]
    passed: bool


@dataclass(frozen=True)
class BugRecord:
    """One program of the lab, examined; numbers have six digits.

    Attributes
    ----------
    cell, fault : str
        The fault is "" where there is none.
    seed : int
    updates : tuple of int, length K
    losses, held_out_losses, accuracy, gradient_norms : tuple of float, length K
        As in `TrainingRecord`.
    checks : mapping variant → Check
    overfit_updates : tuple of int, length N
    overfit_losses, overfit_true_losses : tuple of float, length N
        What the program sees of its one example, and the truth about the same outputs, in nats.
    said, wanted : tuple of int, length T
    difference : tuple of float, length T
        Largest |difference| of the logits after the batch was permuted.
    counts : tuple of (str, int, int)
        A weight, its numbers at T and at T + 1.
    failed : tuple of str
        The instruments that found something wrong.
    """

    cell: str
    fault: str
    seed: int
    updates: tuple[int, ...]
    losses: tuple[float, ...]
    held_out_losses: tuple[float, ...]
    accuracy: tuple[float, ...]
    gradient_norms: tuple[float, ...]
    checks: Mapping[str, Check]
    overfit_updates: tuple[int, ...]
    overfit_losses: tuple[float, ...]
    overfit_true_losses: tuple[float, ...]
    said: tuple[int, ...]
    wanted: tuple[int, ...]
    difference: tuple[float, ...]
    counts: tuple[tuple[str, int, int], ...]
    failed: tuple[str, ...]


def make_record(cell: str, fault: str, seed: int) -> BugRecord:
    """Train and examine one program.

    Parameters
    ----------
    cell : {"rnn", "gru", "lstm"}
    fault : str
        A key of ``FAULTS``, or "".
    seed : int
    """
    symptoms = train_and_record(cell, fault or None, seed)
    found, variants = (
        run_diagnostics(cell, fault or None, seed),
        gradcheck_variants(cell, fault or None, seed),
    )
    learnt = np.arange(0, len(found.overfit.losses), EVERY)
    return BugRecord(
        cell=cell,
        fault=fault,
        seed=seed,
        updates=tuple(int(n) for n in symptoms.updates),
        losses=rounded(symptoms.losses),
        held_out_losses=rounded(symptoms.held_out_losses),
        accuracy=rounded(symptoms.accuracy),
        gradient_norms=rounded(symptoms.gradient_norms),
        checks={
            name: Check(() if check is None else check.rows, check is None or check.passed)
            for name, check in variants.items()
        },
        overfit_updates=tuple(int(n) for n in learnt),
        overfit_losses=rounded(found.overfit.losses[learnt]),
        overfit_true_losses=rounded(found.overfit.true_losses[learnt]),
        said=found.overfit.said,
        wanted=found.overfit.wanted,
        difference=rounded(found.permutation.difference),
        counts=found.count.rows,
        failed=found.failed,
    )


def rounded(values: Sequence[float] | np.ndarray[Any, Any]) -> tuple[float, ...]:
    """Return numbers with six digits.

    >>> rounded([1 / 3, 12345678.0])
    (0.333333, 12345700.0)
    """
    return tuple(float(f"{value:.{DIGITS}g}") for value in values)


def save_records(records: Sequence[BugRecord]) -> None:
    """Write the records to assets/models."""
    write_records(RECORDS, records)


@cache
def load_records() -> Mapping[tuple[str, str, int], BugRecord]:
    """Return (cell, fault, seed) → record, of all that are stored.

    >>> len(load_records()) == 3 * len(PROGRAMS) * SEEDS  # of three cells
    True
    """
    records = read_records(RECORDS, BugRecord)
    return ReadOnly({(one.cell, one.fault, one.seed): one for one in records})
