"""The loss of one example at each scored step, before and after an update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.number_format import format_fixed, format_number

if TYPE_CHECKING:
    from rnn_core.tasks.prediction import ExampleRun


def step_losses(before: ExampleRun, after: ExampleRun, *, height: int = 260) -> Figure:
    """Draw the loss at each scored step, before and after.

    Parameters
    ----------
    before, after : ExampleRun
        The same example, fed the same, read by two networks.
    height : int
    """
    table = loss_table(before, after)
    what = f"−log p ({before.unit})" if before.classes else before.unit
    steps = [f"{t} · {word}" for t, word in zip(table["t"], table["target"], strict=True)]
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": steps,
            "y": list(table[column]),
            "marker": {
                "color": colour_names.FAINT if name == "before" else colour,
                "line": {"color": colour, "width": 1.5},
            },
            "hovertemplate": f"%{{y:.4g}} {before.unit}",
        }
        for name, column, colour in (
            ("before", f"before, {before.unit}", colour_names.MUTED),
            ("after", f"after, {before.unit}", colour_names.ACCENT),
        )
    ]
    layout = base_layout(
        x="scored step and its target",
        y=what,
        height=height,
        xaxis={"type": "category"},
    )
    layout["bargap"] = 0.35
    mean_before, mean_after = before.loss, after.loss
    return Figure(
        name="loss-before-and-after",
        spec={"data": bars, "layout": layout},
        alt=(
            f"Bar chart of {what} at {len(table)} scored steps before and after one update. "
            f"The mean goes from {format_number(mean_before, 4)} to {format_number(mean_after, 4)} "
            f"{before.unit}."
        ),
        to_table=lambda: table,
    )


def loss_table(before: ExampleRun, after: ExampleRun) -> pd.DataFrame:
    """Return each scored step with its target and both losses.

    Raises
    ------
    ValueError
        When the two are not scored at the same steps.
    """
    if not np.array_equal(before.targets, after.targets, equal_nan=not before.classes):
        raise ValueError("the two readings are not scored on the same targets")
    earlier = sum(len(words) for words in before.inputs[:-1])
    rows = [
        (earlier + t + 1, name_target(before, t), float(before.losses[t]), float(after.losses[t]))
        for t in np.flatnonzero(before.scored).tolist()
    ]
    columns = ["t", "target", f"before, {before.unit}", f"after, {before.unit}"]
    return pd.DataFrame(rows, columns=columns)


def name_target(example_run: ExampleRun, t: int) -> str:
    """Return the right answer at a scored step (from 0) of the last segment, in words."""
    target = example_run.targets[t, 0]
    return (
        example_run.classes[int(target)]
        if example_run.classes
        else format_fixed(float(target[0]), 2)
    )
