"""What the page Memory measures: how far a gradient reaches, by which factors, and by which lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

import rnn_core as rc
from rnn_core.analysis.gradient_flow import GradientFlow, LagSplit, gradient_reach, split_lags
from rnn_core.analysis.jacobians import spectral_radii, typical_slopes
from rnn_core.params import Array
from rnn_core.trace import Trace
from rnn_views.memory.cases import Case, run_case

MOST_SPLIT: Final = 60
"""Steps up to which dW is split by lag: one backward pass for each."""


@dataclass(frozen=True, eq=False)
class CellReach:
    """How far the gradient reaches in one cell's network.

    Parameters
    ----------
    cell : str
    hidden, weights : int
    radius : mapping of str to float
        Spectral radius of W_hh, or of each gate's block of it.
    reach : GradientFlow
    """

    cell: str
    hidden: int
    weights: int
    radius: dict[str, float]
    reach: GradientFlow


def measure_reach(case: Case, cell: str) -> CellReach:
    """Measure one cell's network on the sequence of a case."""
    read = run_case(case, cell)
    return measure_trace(read.trace, read.targets, read.loss)


def measure_trace(trace: Trace, targets: Array, loss: str) -> CellReach:
    """Measure how far back the loss of a pass reaches."""
    return CellReach(
        cell=trace.params.cell,
        hidden=trace.params.hidden,
        weights=trace.params.size,
        radius=spectral_radii(trace.params),
        reach=gradient_reach(trace, targets, loss=loss),
    )


@dataclass(frozen=True, eq=False)
class Factors:
    """The vanilla cell's product of Jacobians and its two factors, by distance from the last state.

    Parameters
    ----------
    product, weights, slopes, typical : array, shape (T+1,)
        ‖∂h[T] / ∂h[T−k]‖; ‖W_hhᵏ‖, as if every slope were 1; the product of each step's largest
        slope, what is left at most if W_hh only turned; and the product of each step's root mean
        square slope, what is left of a change that is spread over all units.
    mean_slope : float
        Mean of φ′ over steps and units.
    """

    product: Array
    weights: Array
    slopes: Array
    typical: Array
    mean_slope: float


def measure_factors(case: Case) -> Factors:
    """Split the vanilla cell's product of Jacobians.

    Raises
    ------
    ValueError
        When the pass overflows.
    """
    found = rc.jacobians(run_case(case, "rnn").trace)
    assert found.weights_alone is not None
    assert found.slopes_alone is not None
    return Factors(
        product=found.norms[::-1, 0],
        weights=found.weights_alone[::-1],
        slopes=found.slopes_alone[::-1, 0],
        typical=typical_slopes(found.slopes)[:, 0],
        mean_slope=float(found.slopes.mean()),
    )


@dataclass(frozen=True, eq=False)
class CellLags:
    """dW of one cell's network, split by lag.

    Parameters
    ----------
    cell : str
    hidden : int
    words : tuple of str
        What each step reads.
    split : LagSplit
    """

    cell: str
    hidden: int
    words: tuple[str, ...]
    split: LagSplit


def measure_lags(case: Case, cell: str, name: str) -> CellLags:
    """Split one weight's gradient; of a random sequence every step is scored.

    Raises
    ------
    ValueError
        When the pass overflows, or the sequence is longer than MOST_SPLIT.
    """
    read = run_case(case, cell, every=True)
    if read.trace.steps > MOST_SPLIT:
        raise ValueError(f"{read.trace.steps} steps but at most {MOST_SPLIT} can be split")
    overflow = read.trace.first_overflow()
    if overflow is not None:
        raise ValueError(f"forward: {overflow}")
    with np.errstate(over="ignore", invalid="ignore"):
        split = split_lags(read.trace, read.targets, name, read.loss)
    if not np.isfinite(split.total):
        raise ValueError("backward: the gradient overflowed")
    return CellLags(cell, read.params.hidden, read.words, split)
