"""Instruments of the bug lab: each gives numbers, and says whether a right program shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_core.analysis.gradcheck import complex_step
from rnn_core.analysis.gradient_verdict import unexplained_error
from rnn_core.bug_lab.faults import Program
from rnn_core.losses import IGNORE_INDEX, cross_entropy
from rnn_core.params import Array
from rnn_core.record import ReadOnly, Record, read_only

TOLERANCE = 1e-9
LEARNT = 0.1
"""Nats per answer below which one example counts as learnt by heart."""
SAME = 1e-9
"""Largest difference between outputs that counts as none: sums in another order differ by 1e-15."""


@dataclass(frozen=True)
class CheckRow:
    """One weight of a gradient check.

    Attributes
    ----------
    name : str
    shape : tuple of int
    error : float
        The largest |a − n| / max(|a|, |n|, 1e-3 · ‖array‖∞) over its entries; one above 1e-9 counts
        only where it lies outside the error bar of the numeric gradient.
    place : tuple of int
        Where that is.
    analytic, numeric : float
        The program's gradient and the derivative of its loss, there.
    passed : bool
    """

    name: str
    shape: tuple[int, ...]
    error: float
    place: tuple[int, ...]
    analytic: float
    numeric: float
    passed: bool


@dataclass(frozen=True)
class GradientCheck:
    """Is the program's gradient the derivative of the loss it computes?"""

    rows: tuple[CheckRow, ...]
    tolerance: float
    passed: bool


def check_gradients(program: Program, x: npt.ArrayLike, targets: npt.ArrayLike) -> GradientCheck:
    """Compare the program's gradients with complex-step derivatives of its own loss.

    Parameters
    ----------
    program : Program
    x : array, shape (T, B, D) or tokens (T, B)
    targets : array, shape (T, B), whole numbers; −1 = not scored

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> x, targets = np.array([[0], [2], [1], [1]]), np.array([[1], [0], [1], [1]])
    >>> check_gradients(Program(params), x, targets).passed
    True
    >>> check_gradients(Program(params, "not summed"), x, targets).passed
    False
    """
    _, gradients = program.gradients(x, targets)
    rows = []
    for name, array in program.weights.items():
        loss_at: Callable[[Array], Any] = partial(_loss_at, program, name, x, targets)
        numeric = complex_step(loss_at, array)
        rows.append(_row(name, np.asarray(gradients[name]), numeric, loss_at, array))
    return GradientCheck(tuple(rows), TOLERANCE, all(row.passed for row in rows))


def _loss_at(
    program: Program, name: str, x: npt.ArrayLike, targets: npt.ArrayLike, array: Array
) -> Any:
    return program.loss_with(name, array, x, targets)


def _row(
    name: str, analytic: Array, numeric: Array, loss_at: Callable[[Array], Any], array: Array
) -> CheckRow:
    def loss_of_entry(place: tuple[int, ...], value: float) -> float:
        moved = array.copy()
        moved[place] = value
        return float(loss_at(moved))

    error, place = unexplained_error(analytic, numeric, loss_of_entry, array, TOLERANCE, True)
    return CheckRow(
        name=name,
        shape=analytic.shape,
        error=error,
        place=place,
        analytic=float(analytic[place]),
        numeric=float(numeric[place]),
        passed=error < TOLERANCE,
    )


@dataclass(frozen=True, eq=False)
class Overfit(Record):
    """Can the program learn one example by heart, and is it that example?

    Attributes
    ----------
    losses : array, shape (U + 1,)
        What the program itself sees before each update, and after the last; in nats.
    true_losses : array, shape (U + 1,)
        Of the same outputs, against the example's targets as they are.
    said, wanted : tuple of int
        The class chosen at each step in the end, and the target; −1 where none is.
    right : float
        Share of the scored steps where they are the same.
    passed : bool
        Whether all are, and the true loss is below 0.1 nats.
    """

    losses: Array
    true_losses: Array
    said: tuple[int, ...]
    wanted: tuple[int, ...]
    right: float
    passed: bool


def overfit_one(
    program: Program, x: npt.ArrayLike, targets: npt.ArrayLike, updates: int = 300
) -> Overfit:
    """Train a copy of the program on one example again and again.

    Parameters
    ----------
    program : Program
    x : array, shape (T, 1, D) or tokens (T, 1)
    targets : array, shape (T, 1), whole numbers
    updates : int ≥ 1

    Raises
    ------
    ValueError
        When there is more than one example.
    """
    wanted = np.asarray(targets)
    if wanted.shape[1] != 1:
        raise ValueError(f"targets have B={wanted.shape[1]} but one example is expected")
    learner = program.copy()
    losses, true = np.zeros(updates + 1), np.zeros(updates + 1)
    for n in range(updates):
        true[n] = cross_entropy(learner.copy().run(x), wanted)[0]
        losses[n] = learner.update(x, wanted)
    losses[updates] = learner.loss(x, wanted)
    logits = learner.run(x)
    true[updates] = cross_entropy(logits, wanted)[0]
    said, scored = logits.argmax(axis=-1), wanted != IGNORE_INDEX
    right = float((said == wanted)[scored].mean())
    return Overfit(
        losses=read_only(losses),
        true_losses=read_only(true),
        said=tuple(int(k) for k in said[:, 0]),
        wanted=tuple(int(k) for k in wanted[:, 0]),
        right=right,
        passed=right == 1.0 and bool(true[updates] < LEARNT),
    )


@dataclass(frozen=True, eq=False)
class Permutation(Record):
    """Does an example's output depend on its place in the batch?

    Attributes
    ----------
    order : tuple of int
        Row b of the second batch is row ``order[b]`` of the first.
    outputs, permuted : array, shape (T, B, C)
        Logits of the batch, and of the permuted batch with its rows put back.
    difference : array, shape (T,)
        Largest |difference| at each step.
    largest : float
    passed : bool
        Whether none is above 1e-9.
    """

    order: tuple[int, ...]
    outputs: Array
    permuted: Array
    difference: Array
    largest: float
    passed: bool


def permute_batch(
    program: Program, x: npt.ArrayLike, order: npt.ArrayLike, before: npt.ArrayLike
) -> Permutation:
    """Run a batch, and again with its rows in another order, each time after the same other batch.

    Parameters
    ----------
    program : Program
    x : array, shape (T, B, D) or tokens (T, B)
    order : array, shape (B,), whole numbers
        A permutation of 0 … B − 1.
    before : array, like x
        The batch that is run before, as in training one batch comes before another.

    Raises
    ------
    ValueError
        When the order is no permutation, or leaves all in place.
    """
    given, rows = np.asarray(x), np.asarray(order)
    batch = given.shape[1]
    if sorted(rows.tolist()) != list(range(batch)) or (rows == np.arange(batch)).all():
        raise ValueError(f"order is {rows.tolist()} but a real permutation of {batch} is expected")
    logits = []
    for batch_now in (given, given[:, rows]):
        trial = program.copy()
        trial.run(before)
        logits.append(trial.run(batch_now))
    put_back = np.empty_like(logits[1])
    put_back[:, rows] = logits[1]
    difference = np.abs(logits[0] - put_back).max(axis=(1, 2))
    largest = float(difference.max())
    return Permutation(
        order=tuple(int(b) for b in rows),
        outputs=read_only(logits[0]),
        permuted=read_only(put_back),
        difference=read_only(difference),
        largest=largest,
        passed=largest <= SAME,
    )


@dataclass(frozen=True)
class ParameterCount:
    """Does a longer sequence need more parameters?

    Attributes
    ----------
    steps : int
        T.
    rows : tuple of (str, int, int)
        Name of a weight, its numbers at T and at T + 1.
    now, longer : int
        All parameters at T and at T + 1.
    passed : bool
        Whether they are as many.
    """

    steps: int
    rows: tuple[tuple[str, int, int], ...]
    now: int
    longer: int
    passed: bool


def count_parameters(program: Program, steps: int) -> ParameterCount:
    """Count the parameters of the program made for T and for T + 1 steps.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> count_parameters(Program(params), steps=5).passed
    True
    """
    now, longer = program.fresh(steps), program.fresh(steps + 1)
    rows = tuple(
        (name, array.size, longer.weights[name].size) for name, array in now.weights.items()
    )
    return ParameterCount(steps, rows, now.size, longer.size, now.size == longer.size)


INSTRUMENTS: Mapping[str, Callable[..., Any]] = ReadOnly(
    {
        "gradient check": check_gradients,
        "overfit one example": overfit_one,
        "permute the batch": permute_batch,
        "count parameters": count_parameters,
    }
)
