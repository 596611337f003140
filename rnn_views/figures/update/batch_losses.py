"""The loss of each example of a batch, before and after the update that their mean made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import TICK, Figure, base_layout
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.training.batch_update import BatchUpdate


def batch_losses(update: BatchUpdate, number: int, *, height: int = 280) -> Figure:
    """Draw each example's own loss before and after, the one that is looked at marked.

    Parameters
    ----------
    update : BatchUpdate
    number : int
        Which example is looked at, from 1.
    height : int
    """
    table = batch_table(update)
    before, after = table["before, nats"], table["after, nats"]
    stems: dict[str, list[float | None]] = {"x": [], "y": []}
    for example, old, new in zip(table["example"], before, after, strict=True):
        stems["x"] += [example, example, None]
        stems["y"] += [old, new, None]
    lines: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            **stems,
            "line": {"color": colour_names.MUTED, "width": 1},
            "hoverinfo": "skip",
            "showlegend": False,
        },
        _dots("before", table["example"], before, colour_names.MUTED, "circle-open"),
        _dots("after", table["example"], after, colour_names.ACCENT, "circle"),
    ]
    layout = base_layout(x="example of the batch", y="its own loss (nats)", height=height)
    layout["shapes"] = [
        {
            "type": "rect",
            "yref": "paper",
            "x0": number - 0.5,
            "x1": number + 0.5,
            "y0": 0,
            "y1": 1,
            "line": {"width": 0},
            "fillcolor": colour_names.faint(colour_names.ACCENT),
        }
    ]
    layout["annotations"] = [
        {
            "text": "this one",
            "x": number,
            "y": 1,
            "yref": "paper",
            "yanchor": "top",
            "showarrow": False,
            "font": {"size": TICK},
        }
    ]
    better = int((after < before).sum())
    return Figure(
        name="loss-of-each-example",
        spec={"data": lines, "layout": layout},
        alt=(
            f"The loss of each of {len(table)} examples before and after one update; it falls for "
            f"{better} of them. The batch goes from {format_number(update.before, 4)} to "
            f"{format_number(update.after, 4)} nats."
        ),
        to_table=lambda: table,
    )


def _dots(name: str, x: pd.Series, y: pd.Series, colour: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": list(x),
        "y": list(y),
        "marker": {"color": colour, "size": 7, "symbol": symbol},
        "hovertemplate": "%{y:.4g} nats",
    }


def batch_table(update: BatchUpdate) -> pd.DataFrame:
    """Return each example's scored steps and its own mean loss before and after."""
    scored = update.example_run.scored
    return pd.DataFrame(
        {
            "example": np.arange(1, len(scored) + 1),
            "scored steps": scored,
            "before, nats": update.example_run.losses,
            "after, nats": update.again.losses,
        }
    )
