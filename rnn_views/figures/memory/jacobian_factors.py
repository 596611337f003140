"""The product of Jacobians of a vanilla cell beside its two factors: W_hh alone, tanh′ alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rnn_views import colour_names
from rnn_views.cell_style import MOST_MARKERS
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.log_axis import log_axis
from rnn_views.figures.memory.gradient_flow import drawable
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_views.memory.measurements import Factors

PRODUCT = "both: the product"


def jacobian_factors(
    found: Factors,
    activation: str,
    *,
    span: tuple[float, float] | None = None,
    height: int = 360,
) -> Figure:
    """Draw ‖∂h[T] / ∂h[T−k]‖ against k with what each factor alone would make of it.

    Parameters
    ----------
    found : Factors
    activation : "tanh" or "relu"
    span : tuple of float, optional
        Lowest and highest factor of the axis, as for `gradient_distance`.
    height : int
    """
    most, typical = (f"{activation}′ alone, {which}" for which in ("at most", "spread evenly"))
    table = pd.DataFrame(
        {
            "steps back": range(len(found.product)),
            PRODUCT: found.product.astype(float),
            "W_hh alone": found.weights.astype(float),
            most: found.slopes.astype(float),
            typical: found.typical.astype(float),
        }
    )
    looks = (
        (PRODUCT, colour_names.MUTED, "solid", "circle"),
        ("W_hh alone", colour_names.W_HH, "dash", "diamond"),
        (most, colour_names.ACCENT, "dot", "square"),
        (typical, colour_names.ACCENT, "dashdot", "triangle-up"),
    )
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(table) <= MOST_MARKERS else "lines",
            "name": name,
            "x": table["steps back"].tolist(),
            "y": drawable(table[name]),
            "line": {"color": colour, "width": 2.5, "dash": dash},
            "marker": {"color": colour, "size": 7, "symbol": symbol},
            "hovertemplate": "%{y:.3g}",
        }
        for name, colour, dash, symbol in looks
    ]
    layout = base_layout(
        x="steps back from the last state",
        y="largest growth factor",
        height=height,
        yaxis=log_axis((value for name, *_ in looks for value in table[name]), fixed=span),
    )
    end = table.iloc[-1]
    told = "; ".join(f"{name} {format_number(end[name], 3)}" for name, *_ in looks)
    return Figure(
        name="jacobian-factors",
        spec={"data": lines, "layout": layout},
        alt=f"Line chart, logarithmic, of how much a small change of the state can grow over k "
        f"steps, with its two factors. Over {len(table) - 1} steps: {told}.",
        to_table=lambda: table,
    )
