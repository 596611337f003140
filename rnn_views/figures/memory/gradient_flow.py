"""The gradient of the state by how many steps it has gone back, for the three cells at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

import pandas as pd

from rnn_core.analysis.gradient_flow import clip_factor
from rnn_views import colour_names
from rnn_views.cell_style import CELL_LOOKS, cell_line
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.log_axis import log_axis
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_views.memory.measurements import CellReach

BEFORE, AFTER = "gradient norm", "after clipping"


def gradient_distance(
    found: Sequence[CellReach],
    *,
    clip: float | None = None,
    span: tuple[float, float] | None = None,
    height: int = 360,
) -> Figure:
    """Draw ‖∂L / ∂state‖ by distance from the last step, on a logarithmic axis.

    Parameters
    ----------
    found : sequence of CellReach
    clip : float, optional
        Gradients of all weights whose norm is above are scaled down to it; where that happens to a
        cell, its line is drawn a second time, thinner, after clipping.
    span : tuple of float, optional
        Lowest and highest norm of the axis, so that figures can be compared; else what is drawn
        decides. A line that goes beyond leaves the figure.
    height : int
    """
    table = distance_table(found, clip)
    lines = []
    for one in found:
        rows = table[table["cell"] == CELL_LOOKS[one.cell].name]
        x = rows["steps back"].tolist()
        lines.append(cell_line(one.cell, x, drawable(rows[BEFORE])))
        if clip_factor(one.reach.weights_norm, clip) < 1:
            name = f"{CELL_LOOKS[one.cell].name}, clipped"
            clipped = cell_line(one.cell, x, drawable(rows[AFTER]), name=name)
            lines.append(clipped | {"mode": "lines", "opacity": 0.75})
            clipped["line"]["width"] = 1
    layout = base_layout(
        x="steps back from the scored step",
        y="‖∂L / ∂state‖",
        height=height,
        yaxis=log_axis((value for drawn in lines for value in drawn["y"]), fixed=span),
    )
    layout["shapes"] = [_first_step(max(one.reach.step for one in found))]
    return Figure(
        name="gradient-by-distance",
        spec={"data": lines, "layout": layout},
        alt="Line chart, logarithmic, of the norm of the gradient of the state against the number "
        "of steps it has gone back. " + " ".join(_tell(one) for one in found),
        to_table=lambda: table,
    )


def drawable(values: pd.Series) -> list[float | None]:
    """Return what a logarithmic axis can show: a gap for 0 and for what is not finite."""
    return [value if isfinite(value) and value > 0 else None for value in values]


def distance_table(found: Sequence[CellReach], clip: float | None) -> pd.DataFrame:
    """Return each cell's norms by distance, before and after clipping."""
    rows = []
    for one in found:
        factor = clip_factor(one.reach.weights_norm, clip)
        for back, norm in enumerate(one.reach.norms.tolist()):
            remark = _remark(one, back)
            rows.append((CELL_LOOKS[one.cell].name, back, norm, norm * factor, remark))
    return pd.DataFrame(rows, columns=["cell", "steps back", BEFORE, AFTER, "remark"])


def _remark(one: CellReach, back: int) -> str:
    if one.reach.exact_zero[back]:
        return "exactly 0"
    if one.reach.denormal[back]:
        return "denormal"
    return "" if isfinite(one.reach.norms[back]) else "not finite"


def _first_step(back: int) -> dict[str, object]:
    """Return a rule where the first step stands; beyond it is only the state before it."""
    return {
        "type": "line",
        "yref": "paper",
        "x0": back,
        "x1": back,
        "y0": 0,
        "y1": 1,
        "line": {"color": colour_names.MUTED, "width": 1, "dash": "dash"},
    }


def _tell(one: CellReach) -> str:
    reach, name = one.reach, CELL_LOOKS[one.cell].name
    if reach.overflow:
        return f"{name}: not finite ({reach.overflow})."
    first, last = float(reach.norms[reach.step]), float(reach.norms[0])
    return (
        f"{name}: {format_number(last, 3)} at the scored step, {format_number(first, 3)} after "
        f"{reach.step} steps back."
    )
