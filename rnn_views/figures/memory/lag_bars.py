"""What each lag adds to dW: along dW, where the parts add up, and its own length, where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.analysis.gradient_flow import LagSplit


def lag_bars(split: LagSplit, *, height: int = 340) -> Figure:
    """Draw one bar per lag that says how far it moves dW, and a mark at its own length.

    Parameters
    ----------
    split : LagSplit
    height : int
    """
    lags = list(range(len(split.norms)))
    along, norms = split.along.tolist(), split.norms.tolist()
    bars = {
        "type": "bar",
        "name": f"along d{split.name} (adds up)",
        "x": lags,
        "y": along,
        "marker": {
            "color": [
                colour_names.GRAD_POSITIVE if value >= 0 else colour_names.GRAD_NEGATIVE
                for value in along
            ]
        },
        "hovertemplate": "%{y:.3g}",
    }
    marks = {
        "type": "scatter",
        "mode": "markers",
        "name": "its own length (does not)",
        "x": lags,
        "y": norms,
        "marker": {
            "symbol": "line-ew-open",
            "size": 10,
            "color": colour_names.MUTED,
            "line": {"width": 2, "color": colour_names.MUTED},
        },
        "hovertemplate": "%{y:.3g}",
    }
    layout = base_layout(
        x="lag: steps back",
        y=f"share of d{split.name}",
        height=height,
        yaxis={"rangemode": "tozero"},
    )
    table = pd.DataFrame({"lag": lags, f"along d{split.name}": along, "its own length": norms})
    return Figure(
        name=f"lag-bars-{split.name}",
        spec={"data": [bars, marks], "layout": layout},
        alt=(
            f"Bar chart of what each lag adds to d{split.name}. Along d{split.name}: "
            f"{format_number(along[0], 3)} from lag 0, {format_number(along[-1], 3)} from lag "
            f"{lags[-1]}; all together "
            f"{format_number(sum(along), 3)}, its norm. The lengths of the parts add up to "
            f"{format_number(sum(norms), 3)}."
        ),
        to_table=lambda: table,
    )
