"""One training run as the figures read it, and the lines every curve is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rnn_views.figures import ink

if TYPE_CHECKING:
    from rnn_core.trainer import Progress

HUES = {"rnn": ink.W_HH, "feed-forward": ink.W_XH, "yardstick": ink.QUIET}
"""A network wears the hue of the weight that sets it apart: only the RNN has a W_hh."""

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
    """

    name: str
    hue: str = "rnn"
    loss: Points = ()
    gradient_norm: Points = ()
    validation_loss: Points = ()
    metric: Points = ()


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


def first_lost(points: Points) -> int | None:
    """Return the first update whose value is not finite, None if all are."""
    return next((update for update, value in points if not math.isfinite(value)), None)


def tell_change(name: str, points: Points, digits: str = ".3g") -> str:
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


def run_of(name: str, hue: str, history: Sequence[Progress]) -> RunCurves:
    """Return a run from its trainer's reports."""
    made = [report for report in history if report.update > 0]
    return RunCurves(
        name=name,
        hue=hue,
        loss=tuple((report.update, report.loss) for report in made),
        gradient_norm=tuple((report.update, report.gradient_norm) for report in made),
        validation_loss=tuple(
            (report.update, report.validation_loss)
            for report in made
            if report.validation_loss is not None
        ),
        metric=tuple(
            (report.update, report.validation) for report in made if report.validation is not None
        ),
    )
