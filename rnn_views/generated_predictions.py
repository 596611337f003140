"""What a network answers to sequences of a stream: what it read, what it says, what is right."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rnn_core.losses import is_counted, log_softmax
from rnn_core.network import Batch, Network, run
from rnn_core.params import Array
from rnn_core.tasks.generated.base import HELD_OUT_SEED, GeneratedTask
from rnn_core.tasks.generated.memory import TokenTask
from rnn_core.tasks.generated.sunspots import SCALE, TEST, TRAIN, SunspotsTask
from rnn_views.number_format import format_fixed, format_number

SHOWN = 6
MARKED = ", marked"
"""How the adding problem tells a number that counts."""
LAST_READ = 12
"""So many of the steps that were read last are told of a long sequence."""


def stream_table(task: GeneratedTask, network: Network) -> pd.DataFrame:
    """Return a few sequences that no run draws, with the network's answer at the last scored step.

    Of the sunspots, whose held-out sequence is one, a few of its years.

    >>> from rnn_core.tasks.generated.registry import GENERATED_TASKS
    >>> task = GENERATED_TASKS["book"]
    >>> list(stream_table(task, task.network()))
    ['input', 'the network says', 'sure', 'right answer']
    """
    if isinstance(task, SunspotsTask):
        return _years_table(task, network)
    batch = task.draw(np.random.default_rng(HELD_OUT_SEED), SHOWN)
    logits = run(network, batch.inputs, batch.lengths)[-1].logits
    scored = is_counted(batch.targets)
    last = len(scored) - 1 - scored[::-1].argmax(axis=0)
    return pd.DataFrame(
        [
            {"input": _tell_read(task, batch, which)}
            | _answer(task, logits[step, which], batch.targets[step, which])
            for which, step in enumerate(last)
        ]
    )


def _years_table(task: SunspotsTask, network: Network) -> pd.DataFrame:
    batch = task.held_out
    logits = run(network, batch.inputs, batch.lengths)[-1].logits
    rows = []
    for year in np.linspace(TEST[0], TEST[1], SHOWN).astype(int).tolist():
        step = year - TRAIN[0] - 1
        row = _answer(task, logits[step, 0], batch.targets[step, 0])
        rows.append({"input": f"all years up to {year - 1}"} | row)
    return pd.DataFrame(rows)


def _answer(task: GeneratedTask, logits: Array, target: Array) -> dict[str, str]:
    if isinstance(task, TokenTask):
        said, right = int(logits.argmax()), int(target)
        icon = ":material/check:" if said == right else ":material/close:"
        return {
            "the network says": f"{icon} {task.answers[said]}",
            "sure": f"{np.exp(log_softmax(logits).max()):.2f}",
            "right answer": task.answers[right],
        }
    return {
        "the network says": format_output(task, float(logits[0])),
        "right answer": format_output(task, float(target[0])),
    }


def format_output(task: GeneratedTask, value: float) -> str:
    """Return an output of a network that says numbers, as it is read: sunspots, not their scale.

    >>> from rnn_core.tasks.generated.sunspots import SUNSPOTS
    >>> format_output(SUNSPOTS, 0.25)
    '50'
    """
    shown = value * SCALE if isinstance(task, SunspotsTask) else value
    if abs(shown) >= 1e5:
        return format_number(shown)
    return format_fixed(shown, 0 if isinstance(task, SunspotsTask) else 2)


def _tell_read(task: GeneratedTask, batch: Batch, which: int) -> str:
    told = task.describe(batch, which)
    if batch.lengths and batch.lengths[0] is not None:
        told = told[: int(batch.lengths[0][which])]
    if any(MARKED in one for one in told):
        return "marked: " + ", ".join(one.removesuffix(MARKED) for one in told if MARKED in one)
    return " ".join(told if len(told) <= 2 * LAST_READ else ("…", *told[-LAST_READ:]))
