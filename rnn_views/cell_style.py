"""How the three cells are told apart in every figure: by name, colour, dash and marker."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from rnn_views import colour_names


class CellLook(NamedTuple):
    """The name a cell has in a legend, and how its line is drawn."""

    name: str
    colour: str
    dash: str
    symbol: str


CELL_LOOKS: Final = {
    "rnn": CellLook("Vanilla", colour_names.W_HH, "solid", "circle"),
    "gru": CellLook("GRU", colour_names.GRAD_POSITIVE, "dash", "diamond"),
    "lstm": CellLook("LSTM", colour_names.GRAD_NEGATIVE, "dot", "square"),
}
MOST_MARKERS: Final = 25
"""Points up to which each is marked; beyond, the markers would be a band."""


def cell_line(cell: str, x: list[Any], y: list[float | None], *, name: str = "") -> dict[str, Any]:
    """Return one cell's line; a gap where there is nothing to draw."""
    look = CELL_LOOKS[cell]
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(x) <= MOST_MARKERS else "lines",
        "name": name or look.name,
        "x": x,
        "y": y,
        "line": {"color": look.colour, "width": 2.5, "dash": look.dash},
        "marker": {"color": look.colour, "size": 7, "symbol": look.symbol},
        "hovertemplate": "%{y:.3g}",
    }
