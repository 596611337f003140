"""The loss at each step of a decoder that is fed the right words, its own, or a mixture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.tasks.prediction import ExampleRun

LOOKS: Final = {
    "right words": (colour_names.ACCENT, "circle", "solid"),
    "own output": (colour_names.W_HH, "diamond", "dot"),
    "as chosen": (colour_names.W_HY, "square", "dash"),
}
"""How each way of feeding is drawn: colour, mark and dash."""


def feeding_losses(example_runs: Mapping[str, ExampleRun], *, height: int = 260) -> Figure:
    """Draw −log p of the right word at each step, a line for each way of feeding.

    Parameters
    ----------
    example_runs : mapping of str to ExampleRun
        One example by one network, under names of ``LOOKS``.
    height : int
    """
    table = feeding_table(example_runs)
    steps = [f"{t} · {word}" for t, word in zip(table["t"], table["right word"], strict=True)]
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": steps,
            "y": list(table[f"{name}: loss, nats"]),
            "customdata": list(table[f"{name}: fed"]),
            "line": {"color": LOOKS[name][0], "width": 2, "dash": LOOKS[name][2]},
            "marker": {"color": LOOKS[name][0], "size": 8, "symbol": LOOKS[name][1]},
            "hovertemplate": "fed “%{customdata}”: %{y:.3g} nats",
        }
        for name in example_runs
    ]
    layout = base_layout(
        x="time step and its right word",
        y="−log p (nats)",
        height=height,
        xaxis={"type": "category", "categoryorder": "array", "categoryarray": steps},
    )
    means = "; ".join(
        f"fed {name}: {format_number(example_run.loss, 4)}"
        for name, example_run in example_runs.items()
    )
    return Figure(
        name="losses-by-feeding",
        spec={"data": lines, "layout": layout},
        alt=f"Line chart of −log p of the right word at each step. Means in nats: {means}.",
        to_table=lambda: table,
    )


def feeding_table(example_runs: Mapping[str, ExampleRun]) -> pd.DataFrame:
    """Return each scored step with its right word and, for each way, what was fed and the loss."""
    first = next(iter(example_runs.values()))
    earlier = sum(len(words) for words in first.inputs[:-1])
    scored = np.flatnonzero(first.targets[:, 0] >= 0)
    columns: dict[str, list[object]] = {
        "t": [earlier + int(t) + 1 for t in scored],
        "right word": [first.classes[int(first.targets[t, 0])] for t in scored],
    }
    for name, example_run in example_runs.items():
        columns[f"{name}: fed"] = [example_run.inputs[-1][t] for t in scored]
        columns[f"{name}: loss, nats"] = [float(example_run.losses[t]) for t in scored]
    return pd.DataFrame(columns)
