"""All hidden units through a sequence as a heat map; or how far a changed input moves each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import TICK, Figure, base_layout
from rnn_views.figures.memory.unit_trace import step_axis
from rnn_views.number_format import format_fixed

if TYPE_CHECKING:
    from rnn_views.memory.cases import Pass


def unit_map(read: Pass, after: Pass | None = None, *, height: int = 320) -> Figure:
    """Draw every unit's value at every step, or with `after` how far the change moves it.

    Parameters
    ----------
    read : Pass
    after : Pass, optional
        The same sequence with another input at one step.
    height : int
    """
    values = read.trace.h[1:, 0].astype(float)
    what = "value"
    if after is not None:
        values, what = after.trace.h[1:, 0].astype(float) - values, "change"
    peak = float(np.abs(values).max(initial=0.0))
    T, H = values.shape
    drawn = {
        "type": "heatmap",
        "x": list(range(1, T + 1)),
        "y": list(range(1, H + 1)),
        "z": values.T.tolist(),
        "zmin": -(peak or 1.0),
        "zmax": peak or 1.0,
        "colorscale": [
            [0, colour_names.NEGATIVE],
            [0.5, colour_names.FAINT],
            [1, colour_names.POSITIVE],
        ],
        "xgap": 1 if T <= 60 else 0,
        "ygap": 1 if H <= 40 else 0,
        "colorbar": {
            "thickness": 12,
            "outlinewidth": 0,
            "tickfont": {"size": TICK},
            "title": {"text": what, "font": {"size": TICK}},
        },
        "hovertemplate": f"step %{{x}}, unit %{{y}}: {what} %{{z:.3f}}<extra></extra>",
    }
    layout = base_layout(
        x="time step and what it read",
        y="unit",
        height=height,
        xaxis={**step_axis(read.words, 1), "showgrid": False, "zeroline": False},
        yaxis={"showgrid": False, "zeroline": False, "autorange": "reversed"},
    )
    layout["hovermode"] = "closest"
    return Figure(
        name="units" if after is None else "units-changed",
        spec={"data": [drawn], "layout": layout},
        alt=_tell(values, what, peak),
        to_table=lambda: _table(read, values, what),
    )


def _table(read: Pass, values: np.ndarray, what: str) -> pd.DataFrame:
    rows = [
        (t + 1, read.words[t], unit + 1, float(values[t, unit]))
        for t in range(values.shape[0])
        for unit in range(values.shape[1])
    ]
    return pd.DataFrame(rows, columns=["t", "input", "unit", what])


def _tell(values: np.ndarray, what: str, peak: float) -> str:
    T, H = values.shape
    if not peak:
        return f"Heat map of {H} units over {T} steps: nothing differs from 0."
    t, unit = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    return (
        f"Heat map of the {what} of {H} hidden units over {T} steps. The largest in size is "
        f"{format_fixed(values[t, unit], 3)}, of unit {int(unit) + 1} at t = {int(t) + 1}."
    )
