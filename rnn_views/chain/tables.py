"""Readings as pandas tables: the twin of the chain, and what a visitor downloads.

Rows are time steps, counted from 1 over all segments as on the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rnn_core.losses import log_softmax
from rnn_core.norms import safe_norm
from rnn_views.chain.payload import spoken

if TYPE_CHECKING:
    from rnn_core.tasks.prediction import ExampleRun

Array = Any


def table_states(example_run: ExampleRun) -> pd.DataFrame:
    """Return the hidden states, one row for each step, one column for each unit.

    Columns are "segment", "input", "fed" and "h[1]" … "h[H]"; row 0 is h₀.
    """
    first = example_run.traces[0]
    rows: list[dict[str, Any]] = [
        {"segment": example_run.network.segments[0].ports.name, "input": "", "fed": ""}
        | name_units("h", first.h[0, 0])
    ]
    for index, trace in enumerate(example_run.traces):
        name = example_run.network.segments[index].ports.name
        for t in range(trace.steps):
            rows.append(
                {
                    "segment": name,
                    "input": example_run.inputs[index][t],
                    "fed": example_run.fed[index][t],
                }
                | name_units("h", trace.h[t + 1, 0])
            )
    return number_steps(rows, begin=0)


def table_addends(example_run: ExampleRun, step: int) -> pd.DataFrame:
    """Return the sum of every unit at one step: from_x + from_h + b_h = a.

    Parameters
    ----------
    example_run : ExampleRun
    step : int
        Counted from 1 over all segments.

    Returns
    -------
    DataFrame
        One row for each entry of a (H of them, G·H for gated cells), and for the vanilla cell "h".

    Raises
    ------
    ValueError
        When there is no such step.
    """
    trace, t = find_step(example_run, step)
    columns: dict[str, Array] = {
        "from_x": trace.from_x[t, 0],
        "from_h": trace.from_h[t, 0],
        "b_h": trace.params.b_h,
        "a": trace.a[t, 0],
    }
    if example_run.network.cell == "rnn":
        columns["h"] = trace.h[t + 1, 0]
    table = pd.DataFrame(columns)
    table.index = pd.RangeIndex(1, len(table) + 1, name="unit")
    return table


def table_outputs(example_run: ExampleRun) -> pd.DataFrame:
    """Return what the network said: a row for each step at which its ports say something.

    Columns are "said", "target", "loss" (NaN where unscored) and "p(name)" for each class.
    """
    if not example_run.classes:
        return _table_numbers(example_run)
    p = np.exp(log_softmax(example_run.traces[-1].logits))[:, 0]
    before = sum(trace.steps for trace in example_run.traces[:-1])
    rows, steps = [], []
    for t, says in enumerate(spoken(example_run)):
        if not says:
            continue
        target = int(example_run.targets[t, 0])
        steps.append(before + t + 1)
        rows.append(
            {
                "said": example_run.said[t],
                "target": example_run.classes[target] if target >= 0 else "",
                "loss": float(example_run.losses[t]),
            }
            | {f"p({name})": float(p[t, c]) for c, name in enumerate(example_run.classes)}
        )
    return pd.DataFrame(rows, index=pd.Index(steps, name="t"))


def _table_numbers(example_run: ExampleRun) -> pd.DataFrame:
    """Return what the network said, what was right and the loss, where it says numbers."""
    steps = np.flatnonzero(spoken(example_run))
    before = sum(trace.steps for trace in example_run.traces[:-1])
    columns = {
        "said": example_run.traces[-1].logits[steps, 0, 0],
        "target": example_run.targets[steps, 0, 0],
        "loss": example_run.losses[steps],
    }
    return pd.DataFrame(columns, index=pd.Index(before + steps + 1, name="t"))


def table_gradients(example_run: ExampleRun) -> pd.DataFrame:
    """Return the gradient of every state, split into its two parts, one row for each step.

    Columns are "segment", "‖dh‖", "‖own output‖", "‖from the future‖" and "dh[1]" … "dh[H]";
    row 0 is dh₀.

    Raises
    ------
    ValueError
        When the reading has no gradients.
    """
    if example_run.gradients is None:
        raise ValueError("the reading has no gradients; make them with rnn_core.tasks.backward")
    rows: list[dict[str, Any]] = []
    for index, gradients in enumerate(example_run.gradients.segments):
        name = example_run.network.segments[index].ports.name
        for t in range(0 if index == 0 else 1, gradients.trace.steps + 1):
            rows.append(
                {
                    "segment": name,
                    "‖dh‖": safe_norm(gradients.dh[t, 0]),
                    "‖own output‖": safe_norm(gradients.dh_local[t, 0]),
                    "‖from the future‖": safe_norm(gradients.dh_recurrent[t, 0]),
                }
                | name_units("dh", gradients.dh[t, 0])
            )
    return number_steps(rows, begin=0)


def find_step(example_run: ExampleRun, step: int) -> tuple[Any, int]:
    """Return the trace and the index (from 0) of a step counted from 1 over all segments."""
    left = step - 1
    for trace in example_run.traces:
        if 0 <= left < trace.steps:
            return trace, left
        left -= trace.steps
    count = sum(trace.steps for trace in example_run.traces)
    raise ValueError(f"step is {step} but 1…{count} is expected")


def name_units(letter: str, values: Array) -> dict[str, float]:
    """Return a vector as named columns.

    >>> name_units("h", [0.5, -0.5])
    {'h[1]': 0.5, 'h[2]': -0.5}
    """
    return {f"{letter}[{unit}]": float(value) for unit, value in enumerate(values, start=1)}


def number_steps(rows: list[dict[str, Any]], begin: int) -> pd.DataFrame:
    """Return rows as a table whose index is the time step."""
    table = pd.DataFrame(rows)
    table.index = pd.RangeIndex(begin, begin + len(table), name="t")
    return table
