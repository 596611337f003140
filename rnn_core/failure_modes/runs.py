"""Training runs that go wrong in one way each, and one that goes right: settings, and what to see.

Each extreme is a task's own recipe with a few settings changed, and beside it stands its twin, the
same run without the one setting that does the harm. Both start from the same weights and read the
same examples wherever that setting allows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan
from typing import Any

import numpy as np

from rnn_core.losses import LOSSES, is_counted, unscored
from rnn_core.network import Network
from rnn_core.norms import safe_norms
from rnn_core.params import Array
from rnn_core.record import ReadOnly
from rnn_core.tasks import TASKS
from rnn_core.tasks.base import Task
from rnn_core.tasks.generated.base import GeneratedTask
from rnn_core.tasks.generated.registry import GENERATED_TASKS
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.trainer import Trainer
from rnn_core.unroll import backward, forward

SEQUENCES = 64
"""So many sequences are asked how far their gradient reaches."""


@dataclass(frozen=True)
class FailureMode:
    """One run: its task, and what differs from the task's recipe.

    Parameters
    ----------
    key : str
    task : str
        Of `TASKS` or `GENERATED_TASKS`.
    changes : mapping
        Fields of the recipe.
    twin : str
        The run beside it; "" for none.
    """

    key: str
    task: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    twin: str = ""

    @property
    def subject(self) -> Task | GeneratedTask:
        """What is learned."""
        return GENERATED_TASKS[self.task] if self.task in GENERATED_TASKS else TASKS[self.task]

    @property
    def loss(self) -> str:
        """The loss that is trained on, a key of `LOSSES`."""
        subject = self.subject
        return subject.loss if isinstance(subject, GeneratedTask) else "cross_entropy"

    def begin(self, seed: int = 0) -> Trainer | GeneratedTrainer:
        """Begin the run.

        >>> FAILURE_MODES["high"].begin().recipe.lr
        0.3
        """
        subject = self.subject
        if isinstance(subject, GeneratedTask):
            return GeneratedTrainer(subject, seed=seed, **self.changes)
        return Trainer(subject, seed=seed, **self.changes)


_EXPLODING = {"factor": 2.0, "optimizer": "sgd", "lr": 0.5, "updates": 400}
_VANISHING = {"optimizer": "sgd", "lr": 0.1, "updates": 400}
FAILURE_MODES: Mapping[str, FailureMode] = ReadOnly(
    {
        one.key: one
        for one in (
            FailureMode("low", "digit-rows", {"lr": 1e-5}, "well"),
            FailureMode("high", "digit-rows", {"lr": 0.3}, "well"),
            FailureMode("exploding", "sunspots", {**_EXPLODING, "clip": None}, "clipped"),
            FailureMode("vanishing", "book", {**_VANISHING, "factor": 0.1}, "kept"),
            FailureMode("over-fitted", "names", {"examples": 200, "epochs": 150}, "all-names"),
            FailureMode("well", "digit-rows"),
        )
    }
)
TWINS: Mapping[str, FailureMode] = ReadOnly(
    {
        one.key: one
        for one in (
            FailureMode("clipped", "sunspots", _EXPLODING),
            FailureMode("kept", "book", _VANISHING),
            FailureMode("all-names", "names"),
        )
    }
)
RUNS: Mapping[str, FailureMode] = ReadOnly({**FAILURE_MODES, **TWINS})

OUTCOMES = ("learns", "still", "wild", "breaks", "apart")
"""What the losses of a run can do, told apart by `outcome_of`."""
STILL = 0.15
"""Losses that stay within this share of the untrained network's hardly move."""
REACHES = ("more", "same", "less", "tiny")
"""How much of a gradient comes to the first step, told apart by `reach_of`."""


def outcome_of(
    untrained: float, losses: Sequence[float], held_out: Sequence[float], *, broke: bool
) -> str:
    """Say what the losses of a run did, by its numbers alone.

    Parameters
    ----------
    untrained : float
        The loss that the first update met.
    losses, held_out : sequence of float
        The training loss over the run, and the loss on held-out examples.
    broke : bool
        Whether numbers overflowed.

    Returns
    -------
    str
        "breaks" where a number is not finite. "apart": the held-out loss ends more than a fifth
        above its lowest, the training loss below half of it and below the untrained network's.
        "wild": the training loss rose above the untrained network's by half or more, and neither
        loss ends 15 % below it. "learns": both end below half of the untrained network's. "still":
        neither loss went further than 15 % from it. "" where none of these is true.

    Examples
    --------
    >>> outcome_of(2.3, [2.3, 1.0, 0.1], [1.0, 0.2, 0.2], broke=False)
    'learns'
    >>> outcome_of(2.3, [2.3, 1.0, 0.1], [1.5, 1.0, 2.0], broke=False)
    'apart'
    >>> outcome_of(2.3, [2.3, 2.0, 1.7], [2.2, 1.9, 1.7], broke=False)
    ''
    """
    if broke or not all(map(isfinite, (untrained, *losses, *held_out))):
        return "breaks"
    ends = losses[-1], held_out[-1]
    if ends[1] > 1.2 * min(held_out) and losses[-1] < min(ends[1] / 2, untrained):
        return "apart"
    if max(losses) > 1.5 * untrained and min(ends) > (1 - STILL) * untrained:
        return "wild"
    if max(ends) < untrained / 2:
        return "learns"
    near = all(abs(loss - untrained) <= STILL * untrained for loss in (*losses, *held_out))
    return "still" if near else ""


def reach_of(norms: Sequence[float | None]) -> str:
    """Say how the gradient of the first step's state compares with that of the last, in size.

    Returns
    -------
    str
        "more" above ten times, "same" from there down to a tenth, "tiny" below a millionth, "less"
        between the two. "" where it is not known.

    Examples
    --------
    >>> reach_of([1.0, 0.1, 1e-9, 1e-10])
    'tiny'
    """
    ratio = reach_ratio(norms)
    if isnan(ratio):
        return ""
    if ratio < 1e-6:
        return "tiny"
    if ratio > 10:
        return "more"
    return "same" if ratio >= 0.1 else "less"


def reach_ratio(norms: Sequence[float | None]) -> float:
    """Return the first step's norm over the last step's; NaN where it is not known."""
    last, first = norms[0], norms[-1]
    return float("nan") if last is None or first is None or not last else first / last


def measure_reach(extreme: FailureMode, network: Network) -> Array:
    """Return how much of the gradient of the last scored step's loss comes to each state.

    Parameters
    ----------
    extreme : FailureMode
        Of whose task sequences are read.
    network : Network
        Of one segment.

    Returns
    -------
    array, shape (T,)
        Mean of ‖∂L/∂h‖ over the sequences that are long enough, by the steps gone back: 0 is the
        state that is read out. Each sequence's loss counts by itself.

    Examples
    --------
    >>> extreme = FAILURE_MODES["well"]
    >>> measure_reach(extreme, extreme.begin().network).shape
    (8,)
    """
    subject = extreme.subject
    if isinstance(subject, GeneratedTask):
        batch = subject.draw(np.random.default_rng(0), SEQUENCES)
    else:
        batch = subject.data().validation.batch(np.arange(SEQUENCES))
    params, lengths = network.segments[0].params, batch.lengths[0] if batch.lengths else None
    trace = forward(params, batch.inputs[0], lengths=lengths)
    scored = is_counted(batch.targets)
    last = len(scored) - 1 - scored[::-1].argmax(axis=0)
    alone = unscored(batch.targets)
    sequences = np.arange(len(last))
    alone[last, sequences] = batch.targets[last, sequences]
    dh = backward(trace, LOSSES[extreme.loss](trace.logits, alone)[1]).dh
    norms = safe_norms(dh) * len(last)  # the loss is a mean over the sequences
    # A shorter sequence waits at the end, so what is read out there is its own last state.
    ends = last + 1 if lengths is None else np.minimum(last + 1, lengths)
    gone = [ends - back for back in range(int(ends.max()))]
    return np.array([norms[at[at > 0], sequences[at > 0]].mean() for at in gone])
