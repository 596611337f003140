"""The norm of the gradient over the updates, and where clipping begins."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.log_axis import log_axis
from rnn_views.figures.training.metric import rule, rule_label
from rnn_views.figures.training.run_curves import HUES, RunCurves, describe_change, line, time_span
from rnn_views.number_format import format_setting


def gradient_norm(
    runs: Sequence[RunCurves],
    *,
    clip: float | None = None,
    updates: int | None = None,
    height: int = 260,
) -> Figure:
    """Draw the joint norm of all gradients against update, on a logarithmic axis.

    Parameters
    ----------
    runs : sequence of RunCurves
    clip : float, optional
        Norms above are scaled down to this value before the update.
    updates : int, optional
        Updates planned.
    height : int
    """
    # One run wears the gradient's colour; of several each wears its own, as in the other panels.
    colours = [colour_names.GRAD_NEGATIVE] if len(runs) == 1 else [HUES[run.hue] for run in runs]
    lines = [
        line(run.name, run.gradient_norm, colour) for run, colour in zip(runs, colours, strict=True)
    ]
    layout = base_layout(
        x="update",
        y="gradient norm before clipping",
        height=height,
        xaxis=time_span(updates),
        yaxis=log_axis([clip, *(value for run in runs for _, value in run.gradient_norm)]),
    )
    layout["showlegend"] = len(runs) > 1
    told = [describe_change(run.name, run.gradient_norm) for run in runs]
    if clip is not None:
        layout["shapes"] = [rule(clip)]
        # Plotly wants the exponent where a label stands on a logarithmic axis.
        layout["annotations"] = [rule_label(log10(clip), f"clipped at {format_setting(clip)}")]
        told.append(f"Norms above {format_setting(clip)} are scaled down to it.")
    rows = [(run.name, update, value) for run in runs for update, value in run.gradient_norm]
    return Figure(
        name="gradient-norm",
        spec={"data": lines, "layout": layout},
        alt="Line chart, logarithmic, of the gradient norm before clipping. " + " ".join(told),
        to_table=lambda: pd.DataFrame(
            rows, columns=["run", "update", "gradient norm before clipping"]
        ),
    )
