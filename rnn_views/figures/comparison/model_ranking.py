"""Held-out results of all models on one axis, with the visitor's guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.share_axis import share_ticks
from rnn_views.figures.training.metric import is_share, show_metric
from rnn_views.figures.training.run_curves import HUES


@dataclass(frozen=True)
class ModelScore:
    """One model and how well it does on data it has not seen.

    Parameters
    ----------
    name : str
    sees : str
        What it is given of the sequence: "the last 5 words".
    value : float
        Of the task's metric on the test split.
    parameters : int or None
    hue : str
        Key of `runs.HUES`.
    """

    name: str
    sees: str
    value: float
    parameters: int | None
    hue: str = "baseline"


def model_ranking(
    models: Sequence[ModelScore],
    metric: str,
    *,
    target: float | None = None,
    guess: float | None = None,
    better: str = "higher",
) -> Figure:
    """Draw one dot per model, best on top, and the visitor's guess as an open diamond.

    Parameters
    ----------
    models : sequence of ModelScore
    metric : str
    target : float, optional
        What the task asks for; drawn as a rule.
    guess : float, optional
        What the visitor guessed of the feed-forward network.
    better : "higher" or "lower"
    """
    ranked = rank(models, better)
    drawn = list(reversed(ranked))
    data = [_dots(drawn, metric)]
    feedforward = next((model.name for model in models if model.hue == "feed-forward"), None)
    if guess is not None and feedforward is not None:
        data.append(_guess(guess, feedforward, metric))
    layout = _layout(drawn, metric, target)
    layout["showlegend"] = guess is not None
    return Figure(
        name="held-out",
        spec={"data": data, "layout": layout},
        alt=_tell(ranked, metric, target, guess),
        to_table=lambda: ranking_table(ranked, metric),
    )


def rank(models: Sequence[ModelScore], better: str) -> list[ModelScore]:
    """Return the models from best to worst."""
    return sorted(models, key=lambda model: model.value, reverse=better == "higher")


def ranking_table(models: Sequence[ModelScore], metric: str) -> pd.DataFrame:
    """Return the models with what they see, their size and their result."""
    return pd.DataFrame(
        {
            "model": [model.name for model in models],
            "what it sees": [model.sees for model in models],
            "parameters": [model.parameters for model in models],
            f"test {metric}": [model.value for model in models],
        }
    )


def _dots(drawn: Sequence[ModelScore], metric: str) -> dict[str, Any]:
    # In per cent the axis ends at 100, so a label beside a good result stands to its left.
    beside = ["middle left" if model.value > 0.8 else "middle right" for model in drawn]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": f"test {metric}",
        "x": [model.value for model in drawn],
        "y": [model.name for model in drawn],
        "text": [show_metric(model.value, metric) for model in drawn],
        "textposition": beside if is_share(metric) else "middle right",
        "textfont": {"size": 13},
        "marker": {"size": 13, "color": [HUES[model.hue] for model in drawn]},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "cliponaxis": False,
    }


def _guess(guess: float, feedforward: str, metric: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "your guess",
        "x": [guess],
        "y": [feedforward],
        "marker": {
            "symbol": "diamond-open",
            "size": 15,
            "color": colour_names.ACCENT,
            "line": {"width": 2},
        },
        "hovertemplate": f"your guess: {show_metric(guess, metric)}<extra></extra>",
    }


def _layout(drawn: Sequence[ModelScore], metric: str, target: float | None) -> dict[str, Any]:
    values = [model.value for model in drawn]
    room = 0.18 * ((max(values) - min(values)) or 1.0)
    xaxis: dict[str, Any] = (
        {"range": [-0.03, 1.03]} | share_ticks()
        if is_share(metric)
        else {"range": [min(values) - room / 2, max(values) + 2 * room]}
    )
    layout = base_layout(
        x=f"test {metric}",
        y="",
        height=90 + 34 * len(drawn),
        xaxis=xaxis,
        yaxis={"type": "category", "categoryorder": "array"}
        | {"categoryarray": [model.name for model in drawn]},
    )
    layout["hovermode"] = "closest"
    if target is not None:
        layout["shapes"] = [
            {
                "type": "line",
                "yref": "paper",
                "x0": target,
                "x1": target,
                "y0": 0,
                "y1": 1,
                "line": {"color": colour_names.MUTED, "width": 1, "dash": "dash"},
            }
        ]
    return layout


def _tell(
    ranked: Sequence[ModelScore], metric: str, target: float | None, guess: float | None
) -> str:
    told = "; ".join(f"{model.name} {show_metric(model.value, metric)}" for model in ranked)
    parts = [f"Dot chart of the test {metric}, best first: {told}."]
    if target is not None:
        parts.append(f"The target of the task is {show_metric(target, metric)}.")
    if guess is not None:
        parts.append(f"You guessed {show_metric(guess, metric)} for the feed-forward network.")
    return " ".join(parts)
