"""What a changed input does to the states: two readings of one network side by side."""

from __future__ import annotations

import pandas as pd

from rnn_core.norms import safe_norms
from rnn_core.tasks import ExampleRun

COLUMNS = ("t", "before", "after", "change of h")


def state_changes(before: ExampleRun, after: ExampleRun) -> tuple[float, ...]:
    """Return ‖h_t' − h_t‖ for t = 1…T of the first segment, exactly 0 where nothing changed.

    Raises
    ------
    ValueError
        When the readings have different numbers of steps.
    """
    old, new = before.traces[0].h[1:, 0], after.traces[0].h[1:, 0]
    if old.shape != new.shape:
        raise ValueError(f"states have shapes {old.shape} and {new.shape}, the same is expected")
    return tuple(float(change) for change in safe_norms(new - old))


def describe_changes(before: ExampleRun, after: ExampleRun) -> pd.DataFrame:
    """Return both inputs step by step with the change of the state, as a table."""
    changes = state_changes(before, after)
    rows = zip(range(1, len(changes) + 1), before.inputs[0], after.inputs[0], changes, strict=True)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def steps_changed(before: ExampleRun, after: ExampleRun) -> tuple[int, ...]:
    """Return the steps t, counted from 1, at which the state is another one."""
    changes = state_changes(before, after)
    return tuple(t for t, change in enumerate(changes, start=1) if change > 0)
