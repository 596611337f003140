"""Which steps of a weight's use each loss reaches, with the chunk boundaries where it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.analysis.loss_attribution import LossReach

DECADES = 6
"""Powers of ten below the largest share that the colours span."""
MOST_WRITTEN = 14
"""Up to so many steps each square wears its number."""


def loss_reach(reach: LossReach, *, height: int = 260) -> Figure:
    """Draw ‖what the loss at step s adds through the use at step t‖ as squares, log-coloured.

    Parameters
    ----------
    reach : LossReach
    height : int
    """
    table = reach_table(reach)
    steps = reach.shares.shape[1]
    largest = float(reach.shares.max()) if reach.shares.size else 0.0
    top = float(np.log10(largest)) if largest > 0 else 0.0
    alive = [[share if share > 0 else None for share in row] for row in reach.shares.tolist()]
    drawn = {
        "type": "heatmap",
        "x": [f"{t + 1}" for t in range(steps)],
        "y": [f"loss {s + 1}" for s in reach.scored],
        "z": [
            [None if share is None else max(float(np.log10(share)), top - DECADES) for share in row]
            for row in alive
        ],
        "text": [
            [_write(share, s, t) for t, share in enumerate(row)]
            for s, row in zip(reach.scored, reach.shares.tolist(), strict=True)
        ],
        "texttemplate": "%{text}" if steps <= MOST_WRITTEN else "",
        "zmin": top - DECADES,
        "zmax": top,
        "colorscale": [[0, colour_names.FAINT], [1, colour_names.GRAD_POSITIVE]],
        "showscale": False,
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{y} adds %{text} through t = %{x}<extra></extra>",
    }
    layout = base_layout(
        x=f"step t at which {reach.name} is used",
        y="",
        height=max(height, 90 + 26 * min(len(reach.scored), 14)),
        xaxis={"type": "category", "showgrid": False},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
    )
    layout["hovermode"] = "closest"
    layout["shapes"] = [_boundary(before) for before in reach.boundaries]
    return Figure(
        name=f"losses-reach-{reach.name}",
        spec={"data": [drawn], "layout": layout},
        alt=_tell(reach),
        to_table=lambda: table,
    )


def reach_table(reach: LossReach) -> pd.DataFrame:
    """Return each scored step, each step of use up to it, and the norm of what is added."""
    rows = [
        (s + 1, t + 1, float(share))
        for s, row in zip(reach.scored, reach.shares, strict=True)
        for t, share in enumerate(row[: s + 1])
    ]
    return pd.DataFrame(rows, columns=["loss at t", "use at t", f"norm added to d{reach.name}"])


def _write(share: float, s: int, t: int) -> str:
    if t > s:
        return ""
    return format_number(share)


def _boundary(before: int) -> dict[str, object]:
    at = before - 0.5
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "line": {"color": colour_names.MUTED, "width": 2, "dash": "dash"},
    }


def _tell(reach: LossReach) -> str:
    cuts = ", ".join(f"between t = {t} and t = {t + 1}" for t in reach.boundaries)
    told = f"Chunk boundaries: {cuts}. " if cuts else "No chunk boundary. "
    rows = []
    for s, row in zip(reach.scored, reach.shares, strict=True):
        alive = np.flatnonzero(row > 0)
        span = f"t = {alive[0] + 1} to {alive[-1] + 1}" if len(alive) else "no step"
        rows.append(f"the loss at t = {s + 1} reaches {span}")
    return (
        f"Map of which uses of {reach.name} each loss reaches. {told}"
        f"{'; '.join(rows[:8])}{'; …' if len(rows) > 8 else ''}.".replace(". the", ". The")
    )
