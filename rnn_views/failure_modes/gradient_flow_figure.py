"""How much of a gradient comes to each state, of a prepared run and its twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rnn_views.failure_modes.cases import THIS, difference_of, finite_reach
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.log_axis import log_axis
from rnn_views.figures.training.run_curves import HUES
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_views.failure_modes.cases import FailureModeCase

BEFORE, AFTER = "before training", "at its end"


def extreme_reach(case: FailureModeCase, *, height: int = 300) -> Figure:
    """Draw ‖∂L / ∂h‖ by the steps it has gone back, before training and at the end of the run.

    Parameters
    ----------
    case : FailureModeCase
        Its twin is drawn where it starts otherwise.
    height : int
    """
    lines, rows, told = [], [], []
    for name, when, values, hue, dash in _lines(case):
        label, drawn = f"{name}, {when}", finite_reach(values)
        lines.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": label,
                "x": list(range(len(values))),
                "y": drawn,
                "line": {"color": HUES[hue], "width": 2, "dash": dash},
                "marker": {"color": HUES[hue], "size": 4},
                "hovertemplate": "%{y:.2e}",
            }
        )
        rows += [(name, when, back, value) for back, value in enumerate(values)]
        told.append(
            f"{label}: {format_number(values[0], 3)} at the last step, "
            f"{format_number(values[-1], 3)} at the first."
        )
    layout = base_layout(
        x="steps back from the last scored step",
        y="‖∂L / ∂h‖",
        height=height,
        yaxis=log_axis(
            value for _, _, values, _, _ in _lines(case) for value in finite_reach(values)
        ),
    )
    layout["showlegend"] = True
    return Figure(
        name="gradient-by-distance",
        spec={"data": lines, "layout": layout},
        alt="Line chart, logarithmic, of the norm of the gradient of the state against the steps "
        "it has gone back. " + " ".join(told),
        to_table=lambda: pd.DataFrame(rows, columns=["run", "when", "steps back", "norm"]),
    )


def _lines(case: FailureModeCase) -> list[tuple[str, str, tuple[float, ...], str, str]]:
    """Return name, moment, norms, hue and dash of each line that has something to show."""
    lines = [(THIS, BEFORE, case.record.reach_before, "rnn", "solid")]
    if all(finite_reach(case.record.reach_after)):
        lines.append((THIS, AFTER, case.record.reach_after, "rnn", "dot"))
    twin = case.twin
    if twin is not None and twin.reach_before != case.record.reach_before:
        name = difference_of(case)
        lines.append((name, BEFORE, twin.reach_before, "baseline", "solid"))
        lines.append((name, AFTER, twin.reach_after, "baseline", "dot"))
    return lines
