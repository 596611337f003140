"""How much the answer moves when one unit after the other is silenced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.memory.units import answers_changed, units_table
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.analysis.ablation import Ablation
    from rnn_views.memory.cases import Pass

MOST = 16


def ablation_bars(
    read: Pass, found: Ablation, unit: int | None = None, *, height: int = 320
) -> Figure:
    """Draw one bar per unit, that with the largest effect first.

    Parameters
    ----------
    read : Pass
    found : Ablation
    unit : int, optional
        From 1; its bar is outlined, and drawn also where it is not among the first.
    height : int
    """
    changed = answers_changed(read, found)
    shown = [int(one) for one in found.order[:MOST]]
    if unit is not None and unit - 1 not in shown:
        shown = [*shown[: MOST - 1], unit - 1]
    other = "another answer" if read.classes else "it moves by more than 0.1"
    same = "the same answer" if read.classes else "it moves less"
    bars = [
        {
            "type": "bar",
            "name": f"✗ {other}" if mark else same,
            "x": [str(one + 1) for one in kind],
            "y": [float(found.effect[one]) for one in kind],
            "text": [mark] * len(kind),
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {
                "color": colour,
                "line": {
                    "color": colour_names.ACCENT,
                    "width": [3 if one + 1 == unit else 0 for one in kind],
                },
            },
            "hovertemplate": "unit %{x}: %{y:.3g}<extra></extra>",
        }
        for mark, colour, kind in (
            ("✗", colour_names.NEGATIVE, [one for one in shown if changed[one]]),
            ("", colour_names.W_HH, [one for one in shown if not changed[one]]),
        )
    ]
    what = "probability that moves" if read.classes else "how far the number moves"
    layout = base_layout(
        x="unit that is silenced, the strongest first",
        y=what,
        height=height,
        xaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [str(one + 1) for one in shown],
        },
        yaxis={"rangemode": "tozero"},
    )
    layout["showlegend"] = True
    layout["barmode"] = "overlay"
    first = int(found.order[0])
    return Figure(
        name="knockouts",
        spec={"data": bars, "layout": layout},
        alt=f"Bar chart of how far the answer moves when a unit is silenced: {len(shown)} of "
        f"{len(found.effect)} units. The strongest is unit {first + 1} with "
        f"{format_number(found.effect[first], 3)}; {int(changed.sum())} units change the answer "
        "alone.",
        to_table=lambda: units_table(read, found),
    )
