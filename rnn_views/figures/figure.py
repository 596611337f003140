"""A figure and its twins: the drawing, a sentence for who cannot see it, a table, a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

Drawing = dict[str, Any]

TICK = 13  # pixels
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, eq=False)
class Figure:
    """One Plotly figure with what stands in for it.

    Parameters
    ----------
    name : str
        Of the file to download, without ending.
    drawing : dict
        Plotly's data and layout. A plain dict: building a `go.Figure` takes thirty times as long.
    alt : str
        What the figure shows, in one or two sentences with its numbers.
    to_table : function
        Makes the table of every number that is drawn; only when asked, since a figure that is
        redrawn ten times a second needs none.
    """

    name: str
    spec: Drawing
    alt: str
    to_table: Callable[[], pd.DataFrame]

    @property
    def table(self) -> pd.DataFrame:
        """Every number that is drawn."""
        return self.to_table()

    def csv(self) -> bytes:
        """The table as a CSV file that is safe to open in a spreadsheet."""
        return write_csv(self.table)


def write_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8, with no cell that a spreadsheet would run as a formula.

    A text that starts like a formula gets an apostrophe in front (OWASP, "CSV injection");
    numbers stay numbers, negative ones too.

    >>> write_csv(pd.DataFrame({"word": ["=1+1", "good"], "loss": [-0.5, 2.0]})).decode("utf-8-sig")
    "word,loss\\r\\n'=1+1,-0.5\\r\\ngood,2.0\\r\\n"
    """
    safe = table.rename(columns=disarm)
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(disarm)
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def disarm(cell: object) -> object:
    """Return a cell so that a spreadsheet takes it for text."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def base_layout(
    *,
    x: str,
    y: str,
    height: int = 260,
    xaxis: Mapping[str, Any] | None = None,
    yaxis: Mapping[str, Any] | None = None,
) -> Drawing:
    """Return the layout all figures share: titled axes, legend above, nothing to drag."""
    axis = {"automargin": True, "tickfont": {"size": TICK}}
    title = {"font": {"size": 13}, "standoff": 6}
    # Plotly reckons too little room for labels that are given to it.
    beside = {**title, "standoff": 16} if (yaxis or {}).get("type") == "log" else title
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 34, "b": 8},
        "hovermode": "x unified",
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 13},
        },
        "xaxis": {**axis, "title": {"text": x, **title}, **(xaxis or {})},
        "yaxis": {**axis, "title": {"text": y, **beside}, **(yaxis or {})},
        "dragmode": False,
    }
