"""The value of one hidden unit through a sequence, before and after one input is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rnn_views import colour_names
from rnn_views.cell_style import MOST_MARKERS
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.number_format import format_fixed

if TYPE_CHECKING:
    from rnn_views.memory.cases import Pass


def unit_path(read: Pass, unit: int, after: Pass | None = None, *, height: int = 320) -> Figure:
    """Draw h_t of one unit against t, the state before the first step included.

    Parameters
    ----------
    read : Pass
    unit : int
        From 1.
    after : Pass, optional
        The same sequence with another input at one step.
    height : int
    """
    table = path_table(read, unit, after)
    steps = table["t"].tolist()
    lines = [
        _line("as it is", steps, table["value"].tolist(), colour_names.W_HH, "solid", "circle")
    ]
    if after is not None:
        values = table["value after the change"].tolist()
        lines.append(
            _line("after the change", steps, values, colour_names.ACCENT, "dash", "diamond")
        )
    layout = base_layout(
        x="time step and what it read",
        y=f"unit {unit} of h",
        height=height,
        xaxis=step_axis(("h₀", *read.words)),
        yaxis={"zeroline": True},
    )
    return Figure(
        name=f"unit-{unit}",
        spec={"data": lines, "layout": layout},
        alt=_tell(table, unit, after is not None),
        to_table=lambda: table,
    )


def step_axis(words: tuple[str, ...], first: int = 0) -> dict[str, Any]:
    """Return an axis of steps that names what each step reads, where there is room."""
    if len(words) > MOST_MARKERS:
        return {}
    numbers = list(range(first, first + len(words)))
    return {"tickmode": "array", "tickvals": numbers, "ticktext": list(words)}


def path_table(read: Pass, unit: int, after: Pass | None) -> pd.DataFrame:
    """Return the unit's value at each step, before and after the change."""
    table = pd.DataFrame(
        {
            "t": range(len(read.words) + 1),
            "input": ["", *read.words],
            "value": read.trace.h[:, 0, unit - 1].astype(float),
        }
    )
    if after is not None:
        table["input after the change"] = ["", *after.words]
        table["value after the change"] = after.trace.h[:, 0, unit - 1].astype(float)
    return table


def _line(
    name: str, x: list[int], y: list[float], colour: str, dash: str, symbol: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(x) <= MOST_MARKERS + 1 else "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "marker": {"color": colour, "size": 8, "symbol": symbol},
        "hovertemplate": "%{y:.3f}",
    }


def _tell(table: pd.DataFrame, unit: int, changed: bool) -> str:
    values = table["value"].tolist()
    low, high = min(values), max(values)
    told = (
        f"Line chart of hidden unit {unit} over {len(table) - 1} steps. Lowest "
        f"{format_fixed(low, 3)} at t = {values.index(low)}, highest {format_fixed(high, 3)} at "
        "t = "
        f"{values.index(high)}, at the end {format_fixed(values[-1], 3)}."
    )
    if changed:
        end = format_fixed(table["value after the change"].iloc[-1], 3)
        told += f" After the change it ends at {end}."
    return told
