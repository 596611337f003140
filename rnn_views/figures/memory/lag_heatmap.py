"""What each scored step adds to dW from each lag, as a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import TICK, Figure, base_layout
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.analysis.gradient_flow import LagSplit

DECADES = 6
"""Powers of ten below the largest norm that the colours span."""


def lag_map(split: LagSplit, *, height: int = 340) -> Figure:
    """Draw ‖what the loss at step s adds through the use of W k steps before‖, coloured by log₁₀.

    Parameters
    ----------
    split : LagSplit
    height : int
    """
    scored = np.flatnonzero(~np.isnan(split.cells[:, 0]))
    cells = split.cells[scored]
    largest = float(np.nanmax(cells))
    with np.errstate(divide="ignore"):
        powers = np.log10(cells)
    top = float(np.log10(largest)) if largest > 0 else 0.0
    shown = np.where(np.isnan(cells), np.nan, np.maximum(powers, top - DECADES))
    steps = (scored + 1).tolist()
    drawn = {
        "type": "heatmap",
        "x": list(range(split.cells.shape[1])),
        "y": steps,
        "z": [[None if np.isnan(cell) else float(cell) for cell in row] for row in shown],
        "customdata": [[None if np.isnan(c) else float(c) for c in row] for row in cells],
        "zmin": top - DECADES,
        "zmax": top,
        "colorscale": [[0, colour_names.FAINT], [1, colour_names.GRAD_POSITIVE]],
        "hoverongaps": False,
        "xgap": 1,
        "ygap": 1,
        "colorbar": _scale(top, largest),
        "hovertemplate": "scored step %{y}, %{x} steps back: %{customdata:.3g}<extra></extra>",
    }
    layout = base_layout(
        x=f"lag: steps between the loss and that use of {split.name}",
        y="scored step",
        height=height,
        xaxis={"dtick": _spacing(split.cells.shape[1]), "showgrid": False, "zeroline": False},
        # Rows of a single scored step are as high as any other, and wear its number.
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False, "nticks": 10},
    )
    layout["hovermode"] = "closest"
    return Figure(
        name=f"lags-{split.name}",
        spec={"data": [drawn], "layout": layout},
        alt=_tell(split, scored, largest),
        to_table=lambda: _table(split, scored),
    )


def _scale(top: float, largest: float) -> dict[str, object]:
    ticks = [top - back for back in range(0, DECADES + 1, 2)]
    texts = [format_number(10**tick) for tick in ticks]
    texts[-1] = f"≤ {texts[-1]}"
    return {
        "thickness": 12,
        "tickvals": ticks,
        "ticktext": texts if largest > 0 else ["0"] * len(ticks),
        "tickfont": {"size": TICK},
        "title": {"text": "norm", "font": {"size": TICK}},
        "outlinewidth": 0,
    }


def _spacing(lags: int) -> int:
    return next(step for step in (1, 2, 5, 10) if lags <= 12 * step or step == 10)


def _table(split: LagSplit, scored: np.ndarray) -> pd.DataFrame:
    rows = [
        (int(s) + 1, lag, float(split.cells[s, lag])) for s in scored for lag in range(int(s) + 1)
    ]
    return pd.DataFrame(rows, columns=["scored step", "lag", f"norm of its share of d{split.name}"])


def _tell(split: LagSplit, scored: np.ndarray, largest: float) -> str:
    s, lag = np.unravel_index(int(np.nanargmax(split.cells)), split.cells.shape)
    last = int(scored[-1])
    return (
        f"Heat map of what each of {len(scored)} scored steps adds to d{split.name} from each "
        f"lag. The largest is {format_number(largest, 3)}, of step {int(s) + 1} from lag "
        f"{int(lag)}; "
        f"step {last + 1} adds {format_number(split.cells[last, 0], 3)} from lag 0 and "
        f"{format_number(split.cells[last, last], 3)} from lag {last}."
    )
