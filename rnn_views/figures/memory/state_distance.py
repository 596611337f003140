"""Where many pasts end: last states of two units, and the two that lie nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_views.memory.units import Pasts

LOOKS = ((colour_names.POSITIVE, "circle"), (colour_names.NEGATIVE, "x"))


def pasts_map(found: Pasts, *, height: int = 400) -> Figure:
    """Draw the last state of each past as a point, the nearest pair ringed.

    Parameters
    ----------
    found : Pasts
        Of a network with two units.
    height : int
    """
    kinds = list(dict.fromkeys(found.answers))
    told_apart = len(kinds) == len(LOOKS) and all(kinds)
    drawn = []
    for kind, (colour, symbol) in zip(sorted(kinds, reverse=True), LOOKS, strict=False):
        chosen = [n for n, one in enumerate(found.answers) if one == kind or not told_apart]
        name = kind if told_apart else "held-out inputs"
        drawn.append(_points(found, chosen, name, colour, symbol))
        if not told_apart:
            break
    pair = [found.pair.first, found.pair.second]
    ring = {
        "color": colour_names.ACCENT,
        "size": 16,
        "symbol": "circle-open",
        "line": {"width": 2.5},
    }
    drawn.append(
        _points(found, pair, "the nearest two", colour_names.ACCENT, "circle") | {"marker": ring}
    )
    if found.own_state is not None:
        star = {"color": colour_names.W_HH, "size": 13, "symbol": "star"}
        drawn.append(
            {
                **_points(found, [], "your input", colour_names.W_HH, "star"),
                "x": [float(found.own_state[0])],
                "y": [float(found.own_state[1])],
                "text": ["your input"],
                "marker": star,
            }
        )
    layout = base_layout(x="unit 1", y="unit 2", height=height)
    layout["hovermode"] = "closest"
    pair_told = f"“{found.texts[pair[0]]}” and “{found.texts[pair[1]]}”"
    return Figure(
        name="pasts",
        spec={"data": drawn, "layout": layout},
        alt=f"Scatter plot of the last states of {len(found.texts)} inputs in a network with two "
        f"units. The nearest two are {pair_told}, {format_number(found.pair.distance, 3)} apart; "
        "two "
        f"states are typically {format_number(found.pair.typical, 3)} apart.",
        to_table=lambda: _table(found),
    )


def _points(found: Pasts, chosen: list[int], name: str, colour: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [float(found.states[n, 0]) for n in chosen],
        "y": [float(found.states[n, 1]) for n in chosen],
        "text": [found.texts[n] for n in chosen],
        "marker": {"color": colour, "size": 7, "symbol": symbol, "opacity": 0.75},
        "hovertemplate": "%{text}<br>(%{x:.3f}, %{y:.3f})<extra></extra>",
    }


def _table(found: Pasts) -> pd.DataFrame:
    table = pd.DataFrame({"input": found.texts, "right answer": found.answers})
    for unit in range(found.states.shape[1]):
        table[f"unit {unit + 1}"] = found.states[:, unit].astype(float)
    return table
