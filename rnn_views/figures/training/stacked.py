"""Loss, validation metric and gradient norm of training, one above the other over the same updates.

One figure instead of three: while a network trains it is drawn ten times a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from rnn_views.figures.figure import Drawing, Figure
from rnn_views.figures.training.gradient_norm import gradient_norm
from rnn_views.figures.training.loss import loss_curve
from rnn_views.figures.training.metric import metric_curve
from rnn_views.figures.training.run_curves import RunCurves

GAP = 0.11


def training_curves(
    runs: Sequence[RunCurves],
    metric: str,
    *,
    unit: str = "nats",
    target: float | None = None,
    clip: float | None = None,
    updates: int | None = None,
    held_out: str = "validation",
    norms: bool = True,
    height: int = 470,
) -> Figure:
    """Draw the curves of one or more runs in panels that share their time axis.

    Parameters
    ----------
    runs : sequence of RunCurves
    metric : str
    unit : str
        Of the loss.
    target : float, optional
        Of the metric.
    clip : float, optional
        Of the gradient norm.
    updates : int, optional
        Updates planned.
    held_out : str
        What the data are called that runs are measured on.
    norms : bool
        Whether the panel of the gradient norm is drawn.
    height : int
    """
    panels = [
        loss_curve(runs, unit=unit, updates=updates, held_out=held_out),
        metric_curve(runs, metric, target=target, updates=updates, held_out=held_out),
    ]
    if norms:
        panels.append(gradient_norm(runs, clip=clip, updates=updates))
    return Figure(
        name="training",
        spec=stack([panel.spec for panel in panels], height),
        alt=" ".join(panel.alt for panel in panels),
        to_table=lambda: join([panel.table for panel in panels]),
    )


def stack(panels: Sequence[Drawing], height: int) -> Drawing:
    """Return drawings one above the other, first on top, on the time axis of the last."""
    share = (1 - GAP * (len(panels) - 1)) / len(panels)
    layout: Drawing = {**panels[0]["layout"], "height": height, "shapes": [], "annotations": []}
    data: list[dict[str, Any]] = []
    for number, panel in enumerate(panels):
        suffix = str(number + 1) if number else ""
        top = 1 - number * (share + GAP)
        for drawn in panel["data"]:
            data.append(drawn | {"yaxis": f"y{suffix}", "showlegend": number == 0})
        axis = panel["layout"]["yaxis"]
        layout["annotations"].append(_head(axis["title"]["text"], top))
        layout[f"yaxis{suffix}"] = axis | {"domain": [max(top - share, 0), top], "title": None}
        for shape in panel["layout"].get("shapes", ()):
            layout["shapes"].append(shape | {"yref": f"y{suffix}"})
        for note in panel["layout"].get("annotations", ()):
            layout["annotations"].append(note | {"yref": f"y{suffix}"})
    layout["xaxis"] = panels[-1]["layout"]["xaxis"] | {"anchor": f"y{len(panels)}"}
    layout["showlegend"] = True
    # A long legend stands above the first heading, a short one beside it.
    long = sum(drawn["showlegend"] for drawn in data) > 2
    place = {"y": 1 + 26 / height} if long else {"x": 1, "xanchor": "right"}
    layout["legend"] = {**layout["legend"], **place}
    return {"data": data, "layout": layout}


def _head(text: str, top: float) -> Drawing:
    """Return a panel's heading: upright, where a title along so low an axis would not fit."""
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": top,
        "xanchor": "left",
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": {"size": 13},
    }


def join(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return one long table: run, update, what, value."""
    long = []
    for table in tables:
        what = table.columns[-1]
        part = table.rename(columns={what: "value"}).assign(what=what)
        if "data" in part:
            part["what"] = part.pop("data") + " " + what
        long.append(part[["run", "update", "what", "value"]])
    return pd.concat(long, ignore_index=True)
