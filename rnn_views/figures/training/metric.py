"""How well each run does on validation data, beside the target of the task."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import TICK, Figure, base_layout
from rnn_views.figures.share_axis import hover_shares, share_ticks
from rnn_views.figures.training.run_curves import (
    HUES,
    RunCurves,
    describe_change,
    line,
    tall_axis,
    time_span,
)
from rnn_views.number_format import format_percent


def metric_curve(
    runs: Sequence[RunCurves],
    metric: str,
    *,
    target: float | None = None,
    updates: int | None = None,
    held_out: str = "validation",
    height: int = 260,
) -> Figure:
    """Draw the validation metric against update, with the target as a rule.

    Parameters
    ----------
    runs : sequence of RunCurves
    metric : str
        "accuracy" and "exact match" are shares and shown in per cent; others as they are.
    target : float, optional
    updates : int, optional
        Updates planned.
    held_out : str
        What the data are called that runs are measured on.
    height : int
    """
    share = is_share(metric)
    lines = []
    for run in runs:
        validation = line(run.name, run.metric, HUES[run.hue], dashed=bool(run.training_metric))
        lines.append(validation | {"mode": "lines+markers"})
        if run.training_metric:
            training = line(f"{run.name}, training", run.training_metric, HUES[run.hue])
            lines.append(training | {"mode": "lines"})
    yaxis: dict[str, object] = {"range": [0, 1.04]} | share_ticks()
    if not share:
        seen = [value for run in runs for _, value in run.metric]
        yaxis = tall_axis(seen if target is None else [*seen, target])
    for drawn in lines:
        drawn["hovertemplate"] = "%{hovertext}" if share else "%{y:.3f}"
        if share:
            drawn["hovertext"] = hover_shares(drawn["y"])
    layout = base_layout(
        x="update",
        y=format_axis(runs, metric, held_out),
        height=height,
        xaxis=time_span(updates),
        yaxis=yaxis,
    )
    layout["showlegend"] = len(runs) > 1
    told = [describe_change(run.name, run.metric) for run in runs]
    told += [
        describe_change(f"{run.name}, training examples", run.training_metric)
        for run in runs
        if run.training_metric
    ]
    if target is not None:
        text = f"target {show_metric(target, metric)}"
        layout["shapes"] = [rule(target)]
        place = log10(target) if yaxis.get("type") == "log" else target
        layout["annotations"] = [rule_label(place, text)]
        told.append(f"The target is {show_metric(target, metric)}.")
    rows = [
        (run.name, data, update, value)
        for run in runs
        for data, points in ((held_out, run.metric), ("training", run.training_metric))
        for update, value in points
    ]
    return Figure(
        name="validation",
        spec={"data": lines, "layout": layout},
        alt=f"Line chart of the {held_out} {metric} over the updates. " + " ".join(told),
        to_table=lambda: pd.DataFrame(rows, columns=["run", "data", "update", metric]),
    )


def format_axis(runs: Sequence[RunCurves], metric: str, held_out: str) -> str:
    """Return what the axis measures, and on which examples."""
    both = any(run.training_metric for run in runs)
    return f"{metric} on {'training and ' if both else ''}{held_out} data"


def is_share(metric: str) -> bool:
    """Whether a metric lies between 0 and 1 and reads best in per cent."""
    return metric in ("accuracy", "exact match")


def show_metric(value: float, metric: str) -> str:
    """Return a value of a metric as it is read.

    >>> show_metric(0.984, "accuracy"), show_metric(1.984, "nats per character")
    ('98.4\\xa0%', '1.984 nats')
    """
    if is_share(metric):
        return format_percent(value)
    return f"{value:.3f} nats" if metric.startswith("nats") else f"{value:.3f}"


def rule(value: float) -> dict[str, object]:
    """Return a dashed line across the figure at a value."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": colour_names.MUTED, "width": 1, "dash": "dash"},
    }


def rule_label(value: float, text: str) -> dict[str, object]:
    """Return what is written at the end of such a line."""
    return {
        "xref": "paper",
        "x": 1,
        "y": value,
        "xanchor": "right",
        "yanchor": "top",
        "text": text,
        "showarrow": False,
        "font": {"color": colour_names.MUTED, "size": TICK},
    }
