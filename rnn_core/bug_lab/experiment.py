"""The bug lab's little task, and what each fault looks like in training.

The task: say the symbol that was read two steps ago, and "nothing" where none was. It needs memory,
scores every step, and depends on a start from zero: each fault has something to spoil.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rnn_core.bug_lab.diagnostics import (
    GradientCheck,
    Overfit,
    ParameterCount,
    Permutation,
    check_gradients,
    count_parameters,
    overfit_one,
    permute_batch,
)
from rnn_core.bug_lab.faults import Program
from rnn_core.params import Array, init, num_gates
from rnn_core.record import Record, read_only

SYMBOLS = ("a", "b", "c", "d")
CLASSES = ("nothing", *SYMBOLS)
DELAY = 2
STEPS = 8
BATCH = 16
HELD_OUT = 200
REPORTS = 25
RATE = 1e-2
VARIANTS = ("as it is", "one step", "symmetric W_hh")
"""Ways to take the gradient check, which tell the gradient faults apart."""


def make_batch(seed: int = 0, batch: int = BATCH, steps: int = STEPS) -> tuple[Array, Array]:
    """Draw sequences of symbols, and what is to be said.

    Parameters
    ----------
    seed : int
        The same seed gives the same batch.
    batch, steps : int

    Returns
    -------
    x, targets : arrays, shape (T, B), whole numbers
        Symbols 0 to 3, and classes 0 ("nothing") to 4.

    Examples
    --------
    >>> x, targets = make_batch(batch=3)
    >>> x.shape, targets[:2].tolist(), bool((targets[2:] == x[:-2] + 1).all())
    ((8, 3), [[0, 0, 0], [0, 0, 0]], True)
    """
    x = np.random.default_rng(seed).integers(0, len(SYMBOLS), (steps, batch))
    targets = np.zeros_like(x)
    targets[DELAY:] = x[:-DELAY] + 1
    return read_only(x), read_only(targets)


def make_program(
    cell: str = "rnn",
    fault: str | None = None,
    seed: int = 0,
    hidden: int = 16,
    steps: int = STEPS,
    lr: float = RATE,
) -> Program:
    """Return an untrained program for the lab's task, right or with one fault.

    >>> make_program("gru", "weights untied").weights["W_hh"].shape
    (8, 16, 48)
    """
    params = init(cell, inputs=len(SYMBOLS), hidden=hidden, outputs=len(CLASSES), seed=seed)
    return Program(params, fault, steps, lr)


@dataclass(frozen=True, eq=False)
class TrainingRecord(Record):
    """How training goes with a fault; all arrays have shape (K,).

    Attributes
    ----------
    updates : array
        Made by then.
    losses : array
        Mean training loss since the report before, as the program sees it, in nats.
    held_out_losses, accuracy : array
        On sequences that were never trained on, judged rightly: h₀ zero, targets in their places.
    gradient_norms : array
        Of the last update, before clipping.
    """

    updates: Array
    losses: Array
    held_out_losses: Array
    accuracy: Array
    gradient_norms: Array


def train_and_record(
    cell: str = "rnn",
    fault: str | None = None,
    seed: int = 0,
    updates: int = 400,
    hidden: int = 16,
    report: Callable[[int], None] | None = None,
) -> TrainingRecord:
    """Train a program on fresh batches, and watch it from outside.

    Parameters
    ----------
    cell : {"rnn", "gru", "lstm"}
    fault : str, optional
        None for the right program, to compare with.
    seed : int
        Of weights and batches: programs with the same seed differ in the fault alone.
    updates : int
    hidden : int
    report : function of the number of updates made, optional

    Returns
    -------
    Symptoms
    """
    program = make_program(cell, fault, seed, hidden)
    x, targets = make_batch(seed=10**6 + seed, batch=HELD_OUT)
    every = max(updates // REPORTS, 1)
    rows, losses = [], []
    for n in range(1, updates + 1):
        losses.append(program.update(*make_batch(seed=(seed + 1) * 10**7 + n)))
        if n % every == 0 or n == updates:
            rows.append((n, np.mean(losses), *program.measure(x, targets), program.gradient_norm))
            losses = []
            if report is not None:
                report(n)
    columns = [read_only(np.array(column)) for column in zip(*rows, strict=True)]
    return TrainingRecord(*columns)


@dataclass(frozen=True, eq=False)
class DiagnosticReport:
    """What every instrument says about one program."""

    gradient_check: GradientCheck
    overfit: Overfit
    permutation: Permutation
    count: ParameterCount

    @property
    def failed(self) -> tuple[str, ...]:
        """The instruments that found something wrong."""
        passed = {
            "gradient check": self.gradient_check.passed,
            "overfit one example": self.overfit.passed,
            "permute the batch": self.permutation.passed,
            "count parameters": self.count.passed,
        }
        return tuple(name for name, good in passed.items() if not good)


def run_diagnostics(cell: str = "rnn", fault: str | None = None, seed: int = 0) -> DiagnosticReport:
    """Hold all instruments against a fresh program of the lab's task.

    The gradient check takes a smaller network, of 5 units, because it runs the network once per
    parameter.

    Examples
    --------
    >>> run_diagnostics("rnn").failed
    ()
    >>> run_diagnostics("rnn", "h0 not reset").failed
    ('permute the batch',)
    """
    program, small = make_program(cell, fault, seed), make_program(cell, fault, seed, hidden=5)
    one = make_batch(seed=seed, batch=1)
    x, _ = make_batch(seed=seed + 1, batch=4)
    before, _ = make_batch(seed=seed + 2, batch=4)
    return DiagnosticReport(
        gradient_check=check_gradients(small, *make_batch(seed=seed + 3, batch=3)),
        overfit=overfit_one(program, *one),
        permutation=permute_batch(program, x, np.array([2, 0, 3, 1]), before),
        count=count_parameters(program, STEPS),
    )


def gradcheck_variants(
    cell: str = "rnn", fault: str | None = None, seed: int = 0
) -> dict[str, GradientCheck | None]:
    """Take the gradient check as it is, on sequences of one step, and with a symmetric W_hh.

    With one step there is no way back through time, so what is wrong on that way cannot show; where
    W_hh is its own transpose (of gated cells, gate by gate), a forgotten transpose cannot.

    Returns
    -------
    dict variant → GradientCheck
        None where nothing is scored, so that there is no loss to differentiate.

    Examples
    --------
    >>> found = gradcheck_variants("rnn", "dh_next not transposed")
    >>> [check.passed for check in found.values()]
    [False, True, True]
    """
    small = make_program(cell, fault, seed, hidden=5)
    gates = np.split(small.params.W_hh, num_gates(cell), axis=1)
    even = replace(small.params, W_hh=np.hstack([(gate + gate.T) / 2 for gate in gates]))
    x, targets = make_batch(seed=seed + 3, batch=3)
    programs = (small, small, Program(even, fault, STEPS, RATE))
    found: dict[str, GradientCheck | None] = {}
    for name, program, steps in zip(VARIANTS, programs, (STEPS, 1, STEPS), strict=True):
        nothing = fault == "targets shifted" and steps == 1  # its first step has no target
        given = (x[:steps], targets[:steps])
        found[name] = None if nothing else check_gradients(program, *given)
    return found
