"""How far a central difference is from backpropagation, by the size of its step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.log_axis import log_axis
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.analysis.weight_gradcheck import WeightGradcheck

FLOOR = 1e-16
"""Where an error of exactly zero is drawn: a logarithmic axis has no place for it."""


def gradient_error(probe: WeightGradcheck, label: str, *, height: int = 260) -> Figure:
    """Draw the relative error of the numeric gradient over the step ε, both on log scales.

    Parameters
    ----------
    probe : WeightGradcheck
    label : str
        The weight, as visitors read it: "W_hh[3 → 5]".
    height : int
    """
    errors, best = probe.errors, int(np.argmin(probe.errors))
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "relative error",
        "x": probe.steps.tolist(),
        "y": np.maximum(errors, FLOOR).tolist(),
        "line": {"color": colour_names.ACCENT, "width": 2},
        "marker": {"size": 7},
        "customdata": probe.numeric.tolist(),
        "hovertemplate": "ε = %{x:.0e}: n = %{customdata:.6g}, error %{y:.1e}<extra></extra>",
    }
    layout = base_layout(
        x="step ε of the central difference",
        y="|a − n| / max(|a|, |n|)",
        height=height,
        xaxis=log_axis(line["x"]),
        yaxis=log_axis(line["y"]),
    )
    layout["showlegend"] = False
    return Figure(
        name="gradient-check",
        spec={"data": [line], "layout": layout},
        alt=(
            f"Relative error between the gradient of {label} by backpropagation and by central "
            f"differences, for steps from {format_number(probe.steps.max(), 1)} to "
            f"{format_number(probe.steps.min(), 1)}. It "
            f"is smallest, {format_number(errors[best])}, at a step of "
            f"{format_number(probe.steps[best], 1)}."
        ),
        to_table=lambda: pd.DataFrame(
            {"ε": probe.steps, "numeric gradient": probe.numeric, "relative error": errors}
        ),
    )
