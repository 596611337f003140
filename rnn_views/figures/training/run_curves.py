"""One training run as the figures read it, and the lines every curve is made of."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_core.params import Array
from rnn_views import colour_names
from rnn_views.figures.log_axis import log_axis

if TYPE_CHECKING:
    from rnn_core.training.run import TrainingRun

HUES = {
    "rnn": colour_names.W_HH,
    "feed-forward": colour_names.W_XH,
    "baseline": colour_names.MUTED,
}
"""A network wears the hue of the weight that sets it apart: only the RNN has a W_hh."""

TALL = 1e3
"""A loss that comes this far has exploded; beside it all others would lie on the axis."""

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class RunCurves:
    """What one run has reported so far.

    Parameters
    ----------
    name : str
        As the legend shows it: "RNN", "feed-forward".
    hue : str
        Key of `HUES`.
    loss, gradient_norm : tuple of (update, value)
        Mean over the updates since the report before; norms before clipping.
    validation_loss, metric : tuple of (update, value)
        On the validation split.
    training_metric : tuple of (update, value)
        On a sample of the training examples.
    """

    name: str
    hue: str = "rnn"
    loss: Points = ()
    gradient_norm: Points = ()
    validation_loss: Points = ()
    metric: Points = ()
    training_metric: Points = ()


def thin_out(points: Points, most: int = 400) -> Points:
    """Return at most so many points: the mean of neighbours, at the last update of each group.

    >>> thin_out(((1, 2.0), (2, 4.0), (3, 1.0), (4, 3.0)), most=2)
    ((2, 3.0), (4, 2.0))
    """
    if len(points) <= most:
        return points
    size = math.ceil(len(points) / most)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return tuple((group[-1][0], sum(v for _, v in group) / len(group)) for group in groups)


def line(name: str, points: Points, colour: str, *, dashed: bool = False) -> dict[str, Any]:
    """Return one line over updates; a gap where a value is not finite."""
    drawn = thin_out(points)
    return {
        "type": "scatter",
        "mode": "lines+markers" if dashed or len(drawn) < 3 else "lines",
        "name": name,
        "x": [update for update, _ in drawn],
        "y": [value if math.isfinite(value) else None for _, value in drawn],
        "line": {"color": colour, "width": 2, "dash": "dot" if dashed else "solid"},
        "marker": {"color": colour, "size": 5},
        "hovertemplate": "%{y:.4g}",
    }


def time_span(updates: int | None) -> dict[str, Any]:
    """Return the full length of the axis from the start, with room for the last mark and label.

    >>> time_span(100), time_span(None)
    ({'range': [0, 102.0]}, {})
    """
    return {"range": [0, 1.02 * updates]} if updates else {}


def tall_axis(values: Iterable[float]) -> dict[str, Any]:
    """Return the axis settings of values that span so many decades that only a power scale tells.

    Empty where a plain axis shows them.

    >>> tall_axis([2.3, 0.1]), tall_axis([0.5, 3e34])["ticktext"][:2]
    ({}, ['1', '10⁶'])
    """
    seen = [value for value in values if math.isfinite(value) and value > 0]
    return log_axis(seen) if seen and max(seen) >= TALL else {}


def first_lost(points: Points) -> int | None:
    """Return the first update whose value is not finite, None if all are."""
    return next((update for update, value in points if not math.isfinite(value)), None)


def describe_change(name: str, points: Points, digits: str = ".3g") -> str:
    """Return a line in words: from which value to which, and where it was lost."""
    finite = [(update, value) for update, value in points if math.isfinite(value)]
    if not finite:
        return f"{name}: nothing yet."
    (first, start), (last, end) = finite[0], finite[-1]
    told = f"{name}: {start:{digits}} at update {first:,}"
    if last > first:
        told += f", {end:{digits}} at update {last:,}"
    lost = first_lost(points)
    return f"{told}." if lost is None else f"{told}. Not a finite number from update {lost:,} on."


def group(values: Array, most: int = 300) -> Points:
    """Return the means of neighbouring updates, counted from 1, in at most so many groups.

    >>> group(np.array([2.0, 4.0, 1.0]), most=2)
    ((2, 3.0), (3, 1.0))
    """
    size = max(math.ceil(len(values) / most), 1)
    starts = np.arange(0, len(values), size)
    if not len(starts):
        return ()
    ends = np.minimum(starts + size, len(values))
    means = np.add.reduceat(values, starts) / (ends - starts)
    return tuple(zip(ends.tolist(), means.tolist(), strict=True))


def run_of(name: str, hue: str, run: TrainingRun) -> RunCurves:
    """Return the curves of a run as far as it has come."""
    seen = [report for report in run.history if report.validation is not None]
    return RunCurves(
        name=name,
        hue=hue,
        loss=group(run.losses),
        gradient_norm=group(run.gradient_norms),
        validation_loss=tuple((one.update, one.validation_loss or 0.0) for one in seen),
        metric=tuple((one.update, one.validation or 0.0) for one in seen),
        training_metric=tuple(
            (one.update, one.training) for one in seen if one.training is not None
        ),
    )
