"""What the page Memory measures on: one sequence and a network of each cell, from settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np

import rnn_core as rc
from rnn_core.analysis.gradient_flow import scale_recurrent
from rnn_core.network import Network
from rnn_core.params import Array, Params, num_parameters
from rnn_core.tasks import TASKS, ExampleRun, Task
from rnn_core.tasks.generated.memory import ADDING
from rnn_core.trace import Trace
from rnn_views.number_format import format_fixed

RANDOM: Final = "random"
SOURCES: Final = (RANDOM, ADDING.key, "sentiment", "names")
CELLS: Final = ("rnn", "gru", "lstm")
OUTPUTS: Final = 4


@dataclass(frozen=True)
class Case:
    """One sequence and how the networks that read it start.

    Parameters
    ----------
    source : one of SOURCES
        "random": one random number per step. "adding": numbers of which two are marked.
    text : str
        The visitor's own input of a task; "" for the held-out example.
    example, steps, seed : int
        `steps` is the length of a sequence that is drawn; the seed draws it.
    trained : bool
        The shipped networks of the task, where it is one.
    hidden : int
        Of the vanilla network, untrained.
    equal : bool
        Whether the gated networks have as many weights as the vanilla one, or as many units.
    factor : float
        By which W_hh is multiplied.
    start : "orthogonal" or "identity"
        How W_hh begins, untrained.
    activation : "tanh" or "relu"
        Of the untrained vanilla network.
    precision : "float64" or "float32"
    """

    source: str = RANDOM
    text: str = ""
    example: int = 0
    steps: int = 40
    seed: int = 0
    trained: bool = False
    hidden: int = 32
    equal: bool = True
    factor: float = 1.0
    start: str = "orthogonal"
    activation: str = "tanh"
    precision: str = "float64"

    @property
    def is_random(self) -> bool:
        """Whether the sequence is random."""
        return self.source == RANDOM

    @property
    def is_drawn(self) -> bool:
        """Whether the sequence is drawn, as long as one likes."""
        return self.source in (RANDOM, ADDING.key)

    @property
    def pretrained(self) -> bool:
        """Whether the networks are the shipped ones."""
        return self.trained and not self.is_random


@dataclass(frozen=True, eq=False)
class Pass:
    """One network's forward pass over the sequence of a case.

    Parameters
    ----------
    trace : Trace
        B = 1.
    targets : array, shape (T, 1) int; of the squared error (T, 1, 1) float
        −1, or NaN, where nothing is scored.
    words : tuple of str
        What each step reads.
    loss : "cross_entropy" or "squared_error"
    classes : tuple of str
        What can be said; () where a number is.
    says : "last" or "each"
        At which steps it is read out.
    """

    trace: Trace
    targets: Array
    words: tuple[str, ...]
    loss: str = "cross_entropy"
    classes: tuple[str, ...] = ()
    says: str = "last"

    @property
    def params(self) -> Params:
        """The weights."""
        return self.trace.params


def equal_hidden(cell: str, inputs: int, hidden: int, outputs: int) -> int:
    """Return the H with which a cell has about as many weights as a vanilla one of `hidden` units.

    >>> equal_hidden("rnn", 1, 32, 4), equal_hidden("lstm", 1, 32, 4)
    (32, 16)
    """
    wanted = num_parameters("rnn", inputs, hidden, outputs)
    return min(
        range(1, hidden + 1),
        key=lambda units: abs(num_parameters(cell, inputs, units, outputs) - wanted),
    )


def run_case(case: Case, cell: str, *, every: bool = False) -> Pass:
    """Read the sequence of a case with one cell's network.

    Parameters
    ----------
    case : Case
    cell : "rnn", "gru" or "lstm"
    every : bool
        Whether every step of a random sequence is scored, not the last alone.

    Raises
    ------
    ValueError
        When the text cannot be read by the task.
    """
    if case.source == ADDING.key:
        return _run_adding(case, cell)
    return _run_random(case, cell, every) if case.is_random else _run_task(case, cell)


def _run_random(case: Case, cell: str, every: bool) -> Pass:
    rng = np.random.default_rng((case.seed, 1))
    x = rng.standard_normal((case.steps, 1, 1))
    targets = rng.integers(0, OUTPUTS, (case.steps, 1))
    if not every:
        targets[:-1] = -1
    params = rc.init(
        cell,
        inputs=1,
        hidden=_units(case, cell, 1, OUTPUTS),
        outputs=OUTPUTS,
        seed=case.seed,
        recurrent=case.start,
    )
    words = tuple(("+" if value >= 0 else "") + format_fixed(value, 2) for value in x[:, 0, 0])
    classes = tuple(f"class {number + 1}" for number in range(OUTPUTS))
    return Pass(_forward(case, cell, params, x), targets, words, classes=classes)


def _run_adding(case: Case, cell: str) -> Pass:
    task = replace(ADDING, length=case.steps)
    batch = task.draw(np.random.default_rng((case.seed, 1)), 1)
    if case.pretrained:
        params = ADDING.pretrained(cell).segments[0].params
    else:
        units = _units(case, cell, ADDING.inputs, ADDING.outputs)
        params = ADDING.network(cell, units, case.seed, case.start).segments[0].params
    trace = _forward(case, cell, params, batch.inputs[0])
    return Pass(trace, batch.targets, task.describe(batch, 0), loss=ADDING.loss)


def _run_task(case: Case, cell: str) -> Pass:
    example_run = read_task(case, cell)
    targets = np.array(example_run.targets)
    if not (targets >= 0).any():
        # Nobody knows the answer, so there is the network's own to explain.
        targets[-1] = int(example_run.traces[0].logits[-1, 0].argmax())
    says = example_run.network.topology.segments[0].says
    plain = example_run.traces[0]
    trace = _forward(case, cell, plain.params, plain.x)
    return Pass(trace, targets, example_run.inputs[0], classes=example_run.classes, says=says)


def read_task(case: Case, cell: str) -> ExampleRun:
    """Read the input of a case's task with its network as it is, before the dial is turned.

    Raises
    ------
    ValueError
        When the text cannot be read by the task.
    """
    task = TASKS[case.source]
    example = task.encode(case.text) if case.text else task.example(case.example)
    return task.run(task_network(case, cell), example)


def task_network(case: Case, cell: str) -> Network:
    """Return the network with which a case's task is read."""
    task = TASKS[case.source]
    if case.pretrained:
        return task.pretrained(cell)
    plain = task.network("rnn", case.hidden).segments[0].params
    units = _units(case, cell, plain.inputs, plain.outputs)
    return begin_at(task, case.start).network(cell, units, case.seed)


@lru_cache(maxsize=8)
def begin_at(task: Task, start: str) -> Task:
    """Return the task with another start of W_hh; the data is the same."""
    return task.with_recipe(replace(task.recipe, recurrent=start))


def _units(case: Case, cell: str, inputs: int, outputs: int) -> int:
    return equal_hidden(cell, inputs, case.hidden, outputs) if case.equal else case.hidden


def _forward(case: Case, cell: str, params: Params, x: Array) -> Trace:
    """Run the sequence with W_hh scaled and numbers rounded as the case says."""
    if not case.pretrained and cell == "rnn":
        params = replace(params, activation=case.activation)
    dtype: Any = np.dtype(case.precision)
    scaled = scale_recurrent(params.astype(dtype), case.factor)
    with np.errstate(over="ignore", invalid="ignore"):
        return rc.forward(scaled, x if x.dtype.kind in "iu" else x.astype(dtype))
