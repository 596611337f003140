"""The loss of each run over its updates, on training and validation data."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.training.run_curves import (
    HUES,
    RunCurves,
    describe_change,
    line,
    tall_axis,
    time_span,
)


def loss_curve(
    runs: Sequence[RunCurves],
    *,
    unit: str = "nats",
    updates: int | None = None,
    held_out: str = "validation",
    height: int = 260,
) -> Figure:
    """Draw loss against update: training solid, validation dotted.

    Parameters
    ----------
    runs : sequence of RunCurves
    unit : str
        Of the loss.
    updates : int, optional
        Updates planned; the axis then has its full length from the start.
    held_out : str
        What the data are called that runs are measured on.
    height : int
        In CSS pixels.
    """
    lines, told, rows = [], [], []
    for run in runs:
        prefix = f"{run.name}, " if len(runs) > 1 else ""
        for split, points, dashed in (
            ("training", run.loss, False),
            (held_out, run.validation_loss, True),
        ):
            name = f"{prefix}{split}"
            if not points and dashed:
                continue
            lines.append(line(name, points, HUES[run.hue], dashed=dashed))
            told.append(describe_change(name, points))
            rows += [(run.name, split, update, value) for update, value in points]
    layout = base_layout(
        x="update",
        y=f"loss ({unit})",
        height=height,
        xaxis=time_span(updates),
        yaxis={"rangemode": "tozero"} | tall_axis(row[3] for row in rows),
    )
    return Figure(
        name="loss",
        spec={"data": lines, "layout": layout},
        alt=f"Line chart of the loss in {unit} over the updates. " + " ".join(told),
        to_table=lambda: pd.DataFrame(rows, columns=["run", "data", "update", f"loss in {unit}"]),
    )
