"""The sunspots and their forecasts, running free from a chosen year on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rnn_core.tasks.generated.sunspots import TRAIN, Forecast, load_years
from rnn_views import colour_names
from rnn_views.cell_style import CELL_LOOKS
from rnn_views.figures.figure import TICK, Figure, base_layout
from rnn_views.number_format import format_fixed

BEFORE = 45
"""Years before the forecast that are drawn."""
BASELINE_LOOKS = {
    "AR(9)": (colour_names.W_XH, "dashdot"),
    "persistence": (colour_names.MUTED, "dot"),
}
LOOKS = {**{look.name: (look.colour, look.dash) for look in CELL_LOOKS.values()}, **BASELINE_LOOKS}


def forecast_curves(forecasts: Mapping[str, Forecast], *, truth: bool, height: int = 380) -> Figure:
    """Draw what happened before a year, and what each forecaster says from there on.

    Parameters
    ----------
    forecasts : mapping of name to Forecast
        Of the same years.
    truth : bool
        Whether what really happened in those years is drawn as well.
    height : int
    """
    ahead = next(iter(forecasts.values()))
    start, end = int(ahead.years[0]), int(ahead.years[-1])
    series = load_years()
    past = (series.years >= start - BEFORE) & (series.years < start)
    lines = [_line("known", series.years[past], series.values[past], colour_names.ACCENT, "solid")]
    if truth:
        known = np.isfinite(ahead.values)
        name = "what happened"
        happened = _line(
            name, ahead.years[known], ahead.values[known], colour_names.ACCENT, "solid"
        )
        lines.append(
            happened
            | {"mode": "lines+markers", "marker": {"size": 6, "color": colour_names.ACCENT}}
        )
    for name, one in forecasts.items():
        lines.append(_line(name, one.years, one.predicted, *LOOKS[name]))
    layout = base_layout(
        x="year",
        y="sunspot number",
        height=height,
        xaxis={"range": [start - BEFORE, end + 1], "tickformat": "d"},
    )
    layout["shapes"] = [_rule(start - 0.5)]
    if start - BEFORE < TRAIN[1] < end:
        layout["shapes"].append(
            _rule(TRAIN[1] + 0.5) | {"line": {"color": colour_names.MUTED, "width": 3}}
        )
        layout["annotations"] = [_note(TRAIN[1] + 0.5, "learned from ←")]
    return Figure(
        name=f"sunspots-{start}",
        spec={"data": lines, "layout": layout},
        alt=_tell(forecasts, start, end, truth),
        to_table=lambda: _table(forecasts, truth),
    )


def _line(name: str, x: Any, y: Any, colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [int(year) for year in x],
        "y": [float(value) if np.isfinite(value) else None for value in y],
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "hovertemplate": "%{y:.0f}",
    }


def _rule(at: float) -> dict[str, Any]:
    return {
        "type": "line",
        "yref": "paper",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "line": {"color": colour_names.MUTED, "width": 1, "dash": "dash"},
    }


def _note(at: float, text: str) -> dict[str, Any]:
    return {
        "yref": "paper",
        "x": at,
        "y": 0,
        "xanchor": "right",
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": {"color": colour_names.MUTED, "size": TICK},
    }


def _table(forecasts: Mapping[str, Forecast], truth: bool) -> pd.DataFrame:
    ahead = next(iter(forecasts.values()))
    table = pd.DataFrame({"year": ahead.years})
    if truth:
        table["what happened"] = ahead.values
    for name, one in forecasts.items():
        table[name] = one.predicted
    return table


def _tell(forecasts: Mapping[str, Forecast], start: int, end: int, truth: bool) -> str:
    told = " ".join(
        f"{name} predicts {format_fixed(one.predicted[0], 0)} for {start} and "
        f"{format_fixed(one.predicted[-1], 0)} for {end}."
        for name, one in forecasts.items()
    )
    ahead = next(iter(forecasts.values()))
    if truth and np.isfinite(ahead.values[0]):
        told += f" What happened in {start}: {ahead.values[0]:.0f}."
    return f"Line chart of yearly sunspot numbers and of forecasts from {start} to {end}. {told}"
