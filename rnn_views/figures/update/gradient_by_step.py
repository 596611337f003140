"""How far the gradient reaches back: at each step, from its own output and from the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rnn_core.norms import safe_norm
from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.log_axis import log_axis
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.tasks.prediction import ExampleRun


def gradient_reach(example_run: ExampleRun, *, height: int = 260) -> Figure:
    """Draw ‖dh‖ at each step, split by where it came from, on a logarithmic axis.

    Parameters
    ----------
    example_run : ExampleRun
        With gradients.
    height : int

    Raises
    ------
    ValueError
        When the reading has no gradients.
    """
    table = reach_table(example_run)
    steps = [f"{t} · {word}" for t, word in zip(table["t"], table["input"], strict=True)]
    parts = (
        ("from its own output", "own output", colour_names.W_HY, "circle", "solid"),
        ("from the future, through W_hh", "future", colour_names.W_HH, "diamond", "dot"),
    )
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": steps,
            "y": [value if value > 0 else None for value in table[column]],
            "line": {"color": colour, "width": 2, "dash": dash},
            "marker": {"color": colour, "size": 8, "symbol": symbol},
            "hovertemplate": "%{y:.3g}",
        }
        for name, column, colour, symbol, dash in parts
    ]
    layout = base_layout(
        x="time step and what it read",
        y="norm of dh",
        height=height,
        xaxis={"type": "category", "categoryorder": "array", "categoryarray": steps},
        yaxis=log_axis(value for _, column, *_ in parts for value in table[column]),
    )
    return Figure(
        name="gradient-by-step",
        spec={"data": lines, "layout": layout},
        alt=_tell(table),
        to_table=lambda: table,
    )


def reach_table(example_run: ExampleRun) -> pd.DataFrame:
    """Return the norms of dh at each step: local part, recurrent part, and their sum as vectors."""
    if example_run.gradients is None:
        raise ValueError("the reading has no gradients; pass it through backward first")
    rows, t = [], 0
    for words, gradients in zip(example_run.inputs, example_run.gradients.segments, strict=True):
        for step, word in enumerate(words, start=1):
            t += 1
            local, future, whole = (
                safe_norm(part[step, 0])
                for part in (gradients.dh_local, gradients.dh_recurrent, gradients.dh)
            )
            rows.append((t, word, local, future, whole))
    return pd.DataFrame(rows, columns=["t", "input", "own output", "future", "dh"])


def _tell(table: pd.DataFrame) -> str:
    first, last = table.iloc[0], table.iloc[-1]
    return (
        "Line chart, logarithmic, of the norm of dh at each time step, split into the part from "
        "the step's own output and the part from the future. "
        f"At the last step, {last['t']} ({last['input']}), dh has norm "
        f"{format_number(last['dh'], 3)}; "
        f"at the first ({first['input']}) {format_number(first['dh'], 3)}."
    )
