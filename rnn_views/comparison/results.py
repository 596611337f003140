"""What the models of each task reach on held-out data, as measured by `make models`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from rnn_core.baselines.feedforward import FeedForward, feedforward
from rnn_core.record import ReadOnly
from rnn_core.record_files import from_json, to_json
from rnn_core.tasks import Task
from rnn_core.tasks.checkpoint import MODELS

RESULTS = MODELS / "rivals.json"


@dataclass(frozen=True)
class ModelResult:
    """One model of a task and its held-out results.

    Parameters
    ----------
    kind : str
        "rnn", a kind of `rnn_core.baselines.feedforward.KINDS`, or "baseline".
    name, sees : str
        What it is, and what it is given of the sequence.
    hidden, parameters : int or None
    lr : float or None
        Chosen on the validation split; None where nothing is learned by steps.
    seeds : int
        Over how many seeds the results are means.
    test, worst : float
        The task's metric on the test split: mean and worst seed.
    probes : mapping of str to float
        The same on further held-out splits.
    """

    kind: str
    name: str
    sees: str
    hidden: int | None
    parameters: int | None
    lr: float | None
    seeds: int
    test: float
    worst: float
    probes: dict[str, float] = field(default_factory=dict)


def save_model_results(found: dict[str, list[ModelResult]]) -> None:
    """Write the results of all tasks."""
    text = json.dumps(to_json(found), indent=1, ensure_ascii=False)
    RESULTS.write_text(text + "\n", encoding="utf-8")


@cache
def load_model_results() -> Mapping[str, tuple[ModelResult, ...]]:
    """Return the results by task; the recurrent network comes first."""
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    return ReadOnly(
        {key: tuple(from_json(one, ModelResult) for one in held) for key, held in stored.items()}
    )


def save_feedforward(trained: FeedForward) -> None:
    """Write the weights of a task's per-step network, float32."""
    arrays: dict[str, Any] = {
        name: array.astype(np.float32) for name, array in trained.arrays().items()
    }
    np.savez_compressed(MODELS / f"{trained.task.key}-rival.npz", **arrays)


def load_feedforward(task: Task) -> FeedForward:
    """Read the trained per-step network of a task, float64."""
    with np.load(MODELS / f"{task.key}-rival.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float64) for name in stored.files}
    return feedforward(task, hidden=len(arrays["b_h"])).with_arrays(arrays)
