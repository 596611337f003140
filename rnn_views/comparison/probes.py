"""Two inputs with the same last step and different pasts: what differs in the answer is memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rnn_core.losses import log_softmax
from rnn_core.network import Network
from rnn_core.tasks import Example, ExampleRun, Task

TYPED = {
    "sentiment": ("the film was good", "the film was not good"),
    "names": ("christ", "mat"),
    "french": ("71", "20"),
    "german": ("26", "91"),
}


@dataclass(frozen=True, eq=False)
class Probe:
    """Two examples and the step at which they are compared.

    Parameters
    ----------
    examples : pair of Example
    steps : pair of int
        Of the last segment, counted from 0.
    same : str
        What both are given at that step.
    """

    examples: tuple[Example, Example]
    steps: tuple[int, int]
    same: str


def probe_for(task: Task) -> Probe | None:
    """Return a task's probe; None where a network sees everything in its only step."""
    if task.key in TYPED:
        first, second = (task.encode(text) for text in TYPED[task.key])
    elif task.key == "digit-rows":
        first, second = (task.example(index) for index in same_last_row(task))
    elif len(task.topology.segments) > 1:
        first, second = (task.example(index) for index, _ in task.pick[:2])
    else:
        return None
    if task.topology.segments[-1].reads == "feedback":
        return Probe((first, second), (0, 0), "the start sign")
    steps = (len(first.inputs[-1]) - 1, len(second.inputs[-1]) - 1)
    return Probe((first, second), steps, first.inputs[-1][-1])


def same_last_row(task: Task) -> tuple[int, int]:
    """Return two test pictures of different digits whose last rows are equal.

    Raises
    ------
    ValueError
        When there are none.
    """
    test = task.data().test
    rows, labels = test.inputs[-1][-1], test.targets[-1]
    _, group = np.unique(rows, axis=0, return_inverse=True)
    for second in range(test.size):
        for first in range(second):
            if group[first] == group[second] and labels[first] != labels[second]:
                return first, second
    raise ValueError("no two test pictures of different digits share their last row")


def answer_at(example_run: ExampleRun, t: int) -> tuple[str, float]:
    """Return the likeliest class of a step and its probability."""
    p = np.exp(log_softmax(example_run.traces[-1].logits[t, 0]))
    best = int(p.argmax())
    return example_run.classes[best], float(p[best])


def agree(first: ExampleRun, second: ExampleRun, steps: tuple[int, int]) -> bool:
    """Return whether two readings give the same numbers at their steps, to the last bit."""
    one, other = (
        example_run.traces[-1].logits[t]
        for example_run, t in zip((first, second), steps, strict=True)
    )
    return bool(np.array_equal(one, other))


def probe_table(
    task: Task, probe: Probe, networks: dict[str, Network]
) -> tuple[pd.DataFrame, dict[str, bool]]:
    """Return the answers of each network to both inputs, and which networks cannot tell them apart.

    Returns
    -------
    table : DataFrame
        One row per input, one column per network.
    same : mapping of name to bool
        Whether a network gives both exactly the same numbers.
    """
    columns: dict[str, list[str]] = {"input": [example.text for example in probe.examples]}
    same = {}
    for name, network in networks.items():
        example_runs = tuple(task.run(network, example) for example in probe.examples)
        said = (
            answer_at(example_run, t)
            for example_run, t in zip(example_runs, probe.steps, strict=True)
        )
        columns[name] = [f"{label} ({p:.3f})" for label, p in said]
        same[name] = agree(example_runs[0], example_runs[1], probe.steps)
    return pd.DataFrame(columns), same
