"""How a vanilla network ends when W_hh begins orthogonal or as the identity."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from rnn_core.tasks import TASKS
from rnn_views import colour_names
from rnn_views.comparison.seeds import Measured
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.share_axis import hover_shares, share_ticks

LOOKS = {
    "orthogonal": ("orthogonal", colour_names.W_HH, "circle"),
    "identity": ("the identity", colour_names.ACCENT, "diamond"),
}


def start_points(found: Sequence[Measured], *, height: int = 300) -> Figure:
    """Draw one point per seed, so that the spread is seen with the difference.

    Parameters
    ----------
    found : sequence of Measured
        Of tasks whose metric is a share.
    height : int
    """
    lines = []
    for start, (name, colour, symbol) in LOOKS.items():
        mine = [one for one in found if one.model == start]
        lines.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": [value for one in mine for value in one.test],
                "y": [TASKS[one.task].title for one in mine for _ in one.test],
                "marker": {"color": colour, "size": 10, "symbol": symbol, "opacity": 0.75},
                "hovertext": hover_shares(value for one in mine for value in one.test),
                "hovertemplate": "%{y}: %{hovertext}<extra></extra>",
            }
        )
    layout = base_layout(
        x="right answers on test data, one point per seed",
        y="",
        height=height,
        xaxis=share_ticks(min(value for one in found for value in one.test)),
        yaxis={"type": "category", "autorange": "reversed"},
    )
    layout["hovermode"] = "closest"
    told = "; ".join(
        f"{TASKS[one.task].title}, {LOOKS[one.model][0]}: mean {one.mean:.3f}" for one in found
    )
    return Figure(
        name="starts-of-W_hh",
        spec={"data": lines, "layout": layout},
        alt=f"Points, one per seed, of the share of right answers by start of W_hh. {told}.",
        to_table=lambda: _table(found),
    )


def _table(found: Sequence[Measured]) -> pd.DataFrame:
    rows = [
        (TASKS[one.task].title, LOOKS[one.model][0], seed, value)
        for one in found
        for seed, value in enumerate(one.test)
    ]
    return pd.DataFrame(rows, columns=["task", "W_hh begins as", "seed", "share right"])
