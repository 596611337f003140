"""One update of one weight matrix: old, step, new."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rnn_core.params import Array
from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.number_format import format_number

MOST_ROWS = 40


def weight_step(
    name: str,
    old: Array,
    new: Array,
    *,
    rows: tuple[str, ...] = (),
    height: int = 330,
) -> Figure:
    """Draw a matrix before, what is added, and after, as three heat maps.

    Old and new share one colour scale; the step has its own, since it is far smaller. Of a matrix
    with more than 40 rows, those that moved most are drawn; the table says of how many.

    Parameters
    ----------
    name : str
        "W_hh"
    old, new : array, shape (rows, columns)
    rows : tuple of str
        What each row belongs to (a word of the vocabulary); numbers from 1 if not given.
    height : int

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    if old.shape != new.shape or old.ndim != 2:
        raise ValueError(
            f"old has shape {old.shape} and new {new.shape}; two equal matrices needed"
        )
    step = new - old
    shown = _moved_most(step)
    labels = [_label(rows, row) for row in shown]
    scale, reach = float(np.abs([old, new]).max()), float(np.abs(step).max())
    columns = [str(unit + 1) for unit in range(old.shape[1])]
    maps = []
    for number, (title, matrix, limit, gradient) in enumerate(
        (("old", old, scale, False), ("step", step, reach, True), ("new", new, scale, False))
    ):
        maps.append(
            _heat_map(matrix[shown], labels, columns, limit, gradient)
            | {"name": title, "xaxis": f"x{number + 1}", "yaxis": f"y{number + 1}"}
        )
    spec = {"data": maps, "layout": _three(name, scale, reach, height)}
    counted = f"{len(shown)} of {len(old)} rows" if len(shown) < len(old) else f"{len(old)} rows"
    moved = int((step != 0).sum())
    return Figure(
        name=f"update-{name}",
        spec=spec,
        alt=(
            f"Three heat maps of {name}, {counted} by {old.shape[1]} columns: old, step and new. "
            f"Weights reach ±{format_number(scale, 3)}, steps ±{format_number(reach, 3)}; "
            f"{moved:,} of "
            f"{step.size:,} weights "
            "move."
        ),
        to_table=lambda: _table(old, step, new, shown, labels),
    )


def _moved_most(step: Array) -> list[int]:
    if len(step) <= MOST_ROWS:
        return list(range(len(step)))
    order = np.argsort(-np.abs(step).max(axis=1), kind="stable")[:MOST_ROWS]
    return sorted(int(row) for row in order)


def _label(rows: tuple[str, ...], row: int) -> str:
    return rows[row] if rows else str(row + 1)


def _heat_map(
    matrix: Array,
    rows: list[str],
    columns: list[str],
    limit: float,
    gradient: bool,
) -> dict[str, Any]:
    ends = (
        (colour_names.GRAD_NEGATIVE, colour_names.FAINT, colour_names.GRAD_POSITIVE)
        if gradient
        else (colour_names.NEGATIVE, colour_names.FAINT, colour_names.POSITIVE)
    )
    return {
        "type": "heatmap",
        "z": matrix.tolist(),
        "x": columns,
        "y": list(range(1, len(rows) + 1)),
        "customdata": [[row] * len(columns) for row in rows],
        "zmin": -limit,
        "zmax": limit,
        "zmid": 0,
        "colorscale": [[0, ends[0]], [0.5, ends[1]], [1, ends[2]]],
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "row %{customdata}, column %{x}: %{z:.4g}<extra>%{fullData.name}</extra>",
    }


def _three(name: str, scale: float, reach: float, height: int) -> dict[str, Any]:
    layout = base_layout(x="", y="", height=height)
    layout["hovermode"] = "closest"
    titles = (
        f"old {name}  (±{format_number(scale, 3)})",
        f"step  (±{format_number(reach)})",
        f"new {name}  (±{format_number(scale, 3)})",
    )
    layout["annotations"] = []
    base_x, base_y = layout.pop("xaxis"), layout.pop("yaxis")
    for number, text in enumerate(titles, start=1):
        left = (number - 1) * 0.345
        domain = [left, left + 0.31]
        suffix = "" if number == 1 else str(number)
        # Ticks would crowd three small maps; hovering and the table name row and column.
        quiet: dict[str, Any] = {"showticklabels": False, "showgrid": False, "zeroline": False}
        quiet |= {"title": None, "ticks": ""}
        layout[f"xaxis{suffix}"] = base_x | quiet | {"domain": domain, "anchor": f"y{number}"}
        layout[f"yaxis{suffix}"] = (
            base_y | quiet | {"autorange": "reversed", "anchor": f"x{number}"}
        )
        layout["annotations"].append(
            {
                "xref": "paper",
                "yref": "paper",
                "x": sum(domain) / 2,
                "y": 1,
                "xanchor": "center",
                "yanchor": "bottom",
                "text": text,
                "showarrow": False,
                "font": {"size": 13},
            }
        )
    return layout


def _table(
    old: Array, step: Array, new: Array, shown: list[int], labels: list[str]
) -> pd.DataFrame:
    units = old.shape[1]
    return pd.DataFrame(
        {
            "row": np.repeat(labels, units),
            "column": np.tile(np.arange(1, units + 1), len(shown)),
            "old": old[shown].ravel(),
            "step": step[shown].ravel(),
            "new": new[shown].ravel(),
        }
    )
