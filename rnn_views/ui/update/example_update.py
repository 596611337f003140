"""One update made from one example, with everything before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnn_core.tasks import Example, ExampleRun, Task
from rnn_core.training.batch_update import BatchUpdate
from rnn_core.training.update import apply_update
from rnn_views.edits.result import Edited, run_edited
from rnn_views.links.fields import steps_of
from rnn_views.ui.runs.config import RunConfig, rule_of
from rnn_views.ui.state import settings
from rnn_views.ui.update.teacher_forcing import LAST


@dataclass(frozen=True, eq=False)
class Update:
    """One example before and after one update.

    Parameters
    ----------
    before, after : ExampleRun
        Both with gradients, both fed the same.
    norm : float
        Joint norm of all gradients, before clipping.
    rate : str
        How the update was made, in words.
    rule : dict
        The same in numbers, as ``chain.payload`` takes it.
    mean : BatchUpdate or None
        Of the batch whose mean made the update; None where the example made it alone.
    """

    before: ExampleRun
    after: ExampleRun
    norm: float
    rate: str
    rule: dict[str, Any]
    mean: BatchUpdate | None = None


def make_update(task: Task, edited: Edited, example: Example, setup: RunConfig) -> Update:
    """Send the loss of an example back, make one update and read the example again.

    The optimiser is fresh, as at the first update of a run. A decoder is fed the right words, as
    in training, but where the visitor has switched to its own output. What was edited by hand is
    what is differentiated, updated and read again.

    Raises
    ------
    NonFiniteError
        When the update overflows.
    """
    chosen = settings.get()
    before = edited.backward(chosen.truncate)
    assert before.gradients is not None
    recipe = setup.recipe
    network, norm = apply_update(
        before.network,
        before.gradients,
        lr=recipe.lr,
        optimizer=recipe.optimizer,
        clip=recipe.clip,
        weight_decay=recipe.weight_decay,
    )
    own = steps_of(chosen.own, LAST)
    again = run_edited(task, network, example, edited.lasting, teacher=True, own=own)
    rule = rule_of(setup, norm)
    return Update(before, again.backward(chosen.truncate), norm, setup.describe(), rule)
