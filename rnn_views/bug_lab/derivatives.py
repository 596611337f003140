"""What a gradient check compares, and what it never sees: three slopes of one weight."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rnn_core.analysis.gradcheck import complex_step
from rnn_core.bug_lab.experiment import make_batch, make_program
from rnn_core.bug_lab.faults import Program
from rnn_core.params import Array
from rnn_views.bug_lab.cases import SLUGS, fault_of
from rnn_views.number_format import format_number

UNITS = 5


class DerivativeComparison(NamedTuple):
    """Three slopes of one entry of W_hh.

    Attributes
    ----------
    place : str
        The entry, as visitors read it.
    program : float
        By the program's own backward pass.
    own : float
        The derivative of the loss that the program computes.
    true : float
        The derivative of the loss that was meant, at the same weights and examples.
    """

    place: str
    program: float
    own: float
    true: float


@lru_cache(maxsize=100)
def compare_sides(cell: str, slug: str, seed: int) -> DerivativeComparison:
    """Return three slopes of one entry of W_hh, that of the program's largest gradient.

    They are taken in the middle of a run: another batch has gone through before.

    Of a program whose weights are not shared it is an entry of one step's copy, and the slope that
    was meant is that of the shared weight.

    >>> sides = compare_sides("rnn", "targets", 0)
    >>> abs(sides.program - sides.own) < 1e-12, abs(sides.own - sides.true) > 0.01
    (True, True)
    """
    program = make_program(cell, SLUGS[slug] or None, seed, hidden=UNITS)
    program.run(make_batch(seed=seed + 2, batch=3)[0])
    meant = make_program(cell, None, seed, hidden=UNITS)
    x, targets = make_batch(seed=seed + 3, batch=3)
    gradient = program.gradients(x, targets)[1]["W_hh"]
    place = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    entry = tuple(int(n) for n in place)
    row, column = entry[-2:]
    copy = f" of step {entry[0] + 1}" if gradient.ndim > 2 else ""
    return DerivativeComparison(
        f"W_hh[{row + 1} → {column + 1}]{copy}",
        float(gradient[place]),
        _slope(program, entry, x, targets),
        _slope(meant, (row, column), x, targets),
    )


def _slope(program: Program, place: tuple[int, ...], x: Array, targets: Array) -> float:
    """Return the slope of a program's own loss by one entry of its W_hh."""

    def loss(entry: Array) -> Any:
        moved = program.weights["W_hh"].astype(entry.dtype)
        moved[place] = entry[0]
        return program.loss_with("W_hh", moved, x, targets)

    return float(complex_step(loss, program.weights["W_hh"][place].reshape(1))[0])


def table_sides(sides: DerivativeComparison) -> pd.DataFrame:
    """Return the three slopes as they are read."""
    return pd.DataFrame(
        {"slope": [format_number(value, 4) for value in sides[1:]]},
        index=[
            "what the program’s backward pass says",
            "what the loss that it computes has",
            "what the loss that was meant has",
        ],
    )


def describe_sides(slug: str) -> str:
    """Say what the gradient check sees of the three slopes.

    >>> describe_sides("none")
    'All three agree: the gradient is right, and so is the loss.'
    """
    fault = fault_of(slug)
    if fault is None:
        return "All three agree: the gradient is right, and so is the loss."
    if fault.kind == "gradient":
        return (
            "The loss is the one that was meant, and the backward pass is not its slope. The check "
            "compares the first two, so it **finds** this fault."
        )
    return (
        "The first two agree: the backward pass is right, for a wrong loss. The check compares "
        "just these two, so it **passes**, and never sees the third."
    )
