"""Curves of the bug lab: training with a fault beside training without; one example by heart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rnn_views import colour_names
from rnn_views.figures.figure import Figure, base_layout
from rnn_views.figures.training.run_curves import Points, RunCurves
from rnn_views.figures.training.stacked import training_curves
from rnn_views.number_format import format_number

if TYPE_CHECKING:
    from rnn_core.bug_lab.recordings import BugRecord

THIS, RIGHT = "this program", "a right program"


def symptom_curves(program: BugRecord, right: BugRecord) -> Figure:
    """Draw how a program trains, beside the right program with the same weights and batches."""
    return training_curves(
        [curves_of(THIS, "rnn", program), curves_of(RIGHT, "baseline", right)],
        "accuracy",
        clip=1.0,
        updates=program.updates[-1],
    )


def curves_of(name: str, hue: str, record: BugRecord) -> RunCurves:
    """Return a record as the curves of a run; its held-out sequences stand for validation data."""

    def points(values: tuple[float, ...]) -> Points:
        return tuple(zip(record.updates, values, strict=True))

    return RunCurves(
        name=name,
        hue=hue,
        loss=points(record.losses),
        gradient_norm=points(record.gradient_norms),
        validation_loss=points(record.held_out_losses),
        metric=points(record.accuracy),
    )


def overfit_curve(record: BugRecord, *, height: int = 230) -> Figure:
    """Draw the loss of one example that is learned again and again: as seen, and in truth."""
    kinds = (
        # Where both are the same, the thin one is seen upon the wide one.
        ("as the program sees it", record.overfit_losses, colour_names.W_HH, "solid", 6),
        ("against the right targets", record.overfit_true_losses, colour_names.ACCENT, "solid", 2),
    )
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": list(record.overfit_updates),
            "y": list(values),
            "line": {"color": colour, "width": width, "dash": dash},
            "hovertemplate": "%{y:.3g} nats",
        }
        for name, values, colour, dash, width in kinds
    ]
    layout = base_layout(x="update", y="loss (nats)", height=height, yaxis={"rangemode": "tozero"})
    layout["showlegend"] = True
    last = record.overfit_updates[-1]
    return Figure(
        name="one-example",
        spec={"data": data, "layout": layout},
        alt=(
            f"Loss of one example over {last} updates: as the program sees it from "
            f"{format_number(record.overfit_losses[0], 3)} to "
            f"{format_number(record.overfit_losses[-1], 3)} nats, against the "
            f"right targets from {format_number(record.overfit_true_losses[0], 3)} to "
            f"{format_number(record.overfit_true_losses[-1], 3)}."
        ),
        to_table=lambda: pd.DataFrame(
            {
                "update": record.overfit_updates,
                "loss, as seen": record.overfit_losses,
                "loss, right targets": record.overfit_true_losses,
            }
        ),
    )
