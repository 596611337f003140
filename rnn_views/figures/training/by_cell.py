"""The held-out error of the three cells over their updates, beside that of guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from rnn_core.training.protocols import Progress
from rnn_views.cell_style import CELL_LOOKS, cell_line
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.training.metric import rule, rule_label
from rnn_views.figures.training.run_curves import Points, describe_change, time_span
from rnn_views.figures.training.stacked import stack


def cell_curves(
    histories: Mapping[str, Sequence[Progress]],
    metric: str,
    *,
    guess: float,
    updates: int,
    constant: str = "always the same answer",
    data: str = "held-out sequences",
    height: int = 340,
) -> Figure:
    """Draw one line per cell, and a rule at what the best constant answer reaches.

    Parameters
    ----------
    histories : mapping of cell to reports
    metric : str
    guess : float
        The metric of an answer that ignores what is read.
    constant : str
        What answer that is.
    updates : int
        Updates planned.
    data : str
        What the metric is measured on.
    height : int
    """
    points = {cell: measured(history) for cell, history in histories.items()}
    lines = [
        cell_line(cell, [update for update, _ in line], [value for _, value in line])
        for cell, line in points.items()
    ]
    layout = base_layout(
        x="update",
        y=f"{metric} on {data}",
        height=height,
        xaxis=time_span(updates),
        yaxis={"rangemode": "tozero"},
    )
    layout["shapes"] = [rule(guess)]
    layout["annotations"] = [rule_label(guess, f"{constant}: {guess:.3f}")]
    told = [describe_change(CELL_LOOKS[cell].name, line) for cell, line in points.items()]
    rows = [
        (CELL_LOOKS[cell].name, update, value)
        for cell, line in points.items()
        for update, value in line
    ]
    return Figure(
        name="three-cells",
        # In the form of stacked panels, which the curves of a run in progress are drawn from.
        spec=stack([{"data": lines, "layout": layout}], height),
        alt=f"Line chart of the {metric} on {data} over the updates. "
        + " ".join(told)
        + f" For comparison, {constant}: {guess:.3f}.",
        to_table=lambda: pd.DataFrame(rows, columns=["cell", "update", f"held-out {metric}"]),
    )


def measured(history: Sequence[Progress]) -> Points:
    """Return the updates at which a run was measured on held-out data, with what came out."""
    return tuple(
        (report.update, report.validation) for report in history if report.validation is not None
    )
