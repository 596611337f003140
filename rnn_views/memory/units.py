"""What the page Memory shows of single units: their values, a changed input, and their silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

import rnn_core as rc
from rnn_core.analysis.ablation import Ablation, ablate, ablate_each, ablate_network
from rnn_core.analysis.gradient_flow import scale_recurrent
from rnn_core.analysis.state_distance import NearestStates, distances, nearest_pair
from rnn_core.losses import log_softmax
from rnn_core.network import run
from rnn_core.params import Array
from rnn_core.tasks import TASKS
from rnn_core.tasks.generated.memory import ADDING
from rnn_views.memory.cases import Case, Pass, run_case, task_network
from rnn_views.number_format import format_fixed
from rnn_views.typed_numbers import read_typed

PASTS: Final = 300
"""Held-out inputs whose last states are compared."""
LARGEST_TYPED: Final = 10
"""Largest size of a number that a visitor puts in the place of another."""
TENTH: Final = 0.1
"""By how much a number that is said must move to count as another answer."""
TWO: Final = 2
"""Units of the network whose states are drawn in a plane."""


def change_input(case: Case, read: Pass, cell: str, at: int, word: str) -> Pass:
    """Read the same sequence with another input at one step.

    Parameters
    ----------
    case : Case
    read : Pass
        The sequence as it is.
    cell : str
    at : int
        The step, from 1.
    word : str
        What is read there instead: a word, a letter, or a number.

    Raises
    ------
    ValueError
        When that cannot be read there; the message says what can.
    """
    if not 1 <= at <= read.trace.steps:
        raise ValueError(f"there is no step {at}: the sequence has {read.trace.steps}")
    if case.is_drawn:
        return _change_number(read, at, word)
    if case.source == "names" and at == 1:
        raise ValueError("the first step reads the sign that starts every name")
    if len(word.split()) != 1 or (case.source == "names" and len(word) != 1):
        raise ValueError(f"exactly one {noun_of(case)} is expected")
    words = list(read.words)
    words[at - 1] = word.strip()
    text = "".join(words[1:]) if case.source == "names" else " ".join(words)
    after = run_case(replace(case, text=text), cell)
    if after.trace.steps != read.trace.steps:
        raise ValueError(f"“{word}” is not one {noun_of(case)} to this task")
    return replace(after, targets=read.targets)


def _change_number(read: Pass, at: int, word: str) -> Pass:
    wanted = f"a number from −{LARGEST_TYPED} to {LARGEST_TYPED} is expected"
    try:
        value = read_typed(word)
    except ValueError as problem:
        raise ValueError(f"{problem}; {wanted}") from None
    if abs(value) > LARGEST_TYPED:
        raise ValueError(f"“{word.strip()}” is outside: {wanted}")
    x = np.array(read.trace.x)
    x[at - 1, 0, 0] = value
    words = list(read.words)
    mark = ", marked" if words[at - 1].endswith("marked") else ""
    words[at - 1] = f"{format_fixed(value, 2)}{mark}"
    return replace(read, trace=rc.forward(read.params, x), words=tuple(words))


def noun_of(case: Case) -> str:
    """Return what one step of a case reads.

    >>> noun_of(Case("names")), noun_of(Case("sentiment")), noun_of(Case())
    ('letter', 'word', 'number')
    """
    return {"names": "letter", "sentiment": "word"}.get(case.source, "number")


def read_out(read: Pass) -> Array:
    """Return the steps at which the network is read out, from 0."""
    last = read.trace.steps - 1
    return np.arange(last + 1) if read.says == "each" else np.array([last])


def measure_ablations(read: Pass) -> Ablation:
    """Silence each unit in turn; see `ablate_each`."""
    return ablate_each(read.trace, read_out(read), classes=bool(read.classes))


def format_answer(read: Pass, logits: Array) -> str:
    """Return what logits of the last step, shape (C,), say, as a reader takes it.

    >>> read = run_case(Case("sentiment", trained=True), "rnn")
    >>> format_answer(read, np.array([0.0, 9.0]))
    '“positive”, probability 1.00'
    >>> format_answer(replace(read, classes=()), np.array([1.0]))
    '1.00'
    """
    if not read.classes:
        return format_fixed(float(logits[0]), 2)
    best = int(logits.argmax())
    return f"“{read.classes[best]}”, probability {np.exp(log_softmax(logits)[best]):.2f}"


def answers_changed(read: Pass, found: Ablation) -> Array:
    """Return, per unit, whether its silence changes the likeliest answer of the last step, (H,).

    Of numbers, whether the answer moves by more than a tenth.
    """
    last = found.logits[:, -1]
    if not read.classes:
        return np.asarray(np.abs(last[:, 0] - read.trace.logits[-1, 0, 0]) > TENTH)
    return np.asarray(last.argmax(axis=-1) != read.trace.logits[-1, 0].argmax())


def units_until_changed(read: Pass, found: Ablation) -> int | None:
    """Return how many units must be silent together, the strongest first, to change the answer.

    Returns
    -------
    int or None
        None where the answer stays even with all of them silent.
    """
    for count in range(1, len(found.effect) + 1):
        silent = ablate(read.params, [int(unit) for unit in found.order[:count]])
        logits = rc.forward(silent, read.trace.x).logits[-1, 0]
        if not read.classes:
            moved = abs(float(logits[0] - read.trace.logits[-1, 0, 0])) > TENTH
        else:
            moved = int(logits.argmax()) != int(read.trace.logits[-1, 0].argmax())
        if moved:
            return count
    return None


def held_out_without(case: Case, cell: str, units: Sequence[int]) -> float:
    """Return the metric of the case's network on held-out data with some units silenced.

    Raises
    ------
    ValueError
        When the case has no trained network, for which alone that is worth measuring.
    """
    if not case.pretrained:
        raise ValueError("only a trained network is measured on held-out data")
    if case.source == ADDING.key:
        network = ADDING.pretrained(cell)
        return ADDING.evaluate(ablate_network(_scaled(network, case.factor), units))
    network = _scaled(task_network(case, cell), case.factor)
    return TASKS[case.source].evaluate(ablate_network(network, units), "test")


def _scaled(network: rc.Network, factor: float) -> rc.Network:
    segments = (
        replace(segment, params=scale_recurrent(segment.params, factor))
        for segment in network.segments
    )
    return replace(network, segments=tuple(segments))


def units_table(read: Pass, found: Ablation) -> pd.DataFrame:
    """Return every unit with what its silence does, that with the largest effect first."""
    changed = answers_changed(read, found)
    rows = [
        (
            int(unit) + 1,
            float(read.trace.h[-1, 0, unit]),
            float(found.effect[unit]),
            format_answer(read, found.logits[unit, -1]),
            "yes" if changed[unit] else "no",
        )
        for unit in found.order
    ]
    columns = ["unit", "its last value", "effect", "answer without it", "another answer"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True, eq=False)
class Pasts:
    """Many inputs read by one network, and their last states.

    Attributes
    ----------
    texts : tuple of str
    states : array, shape (N, H)
    answers : tuple of str
        What is right for each, by which points are told apart.
    pair : NearestStates
    apart : float
        The largest difference between the probabilities that are given from the pair's two states.
    own : tuple of int, float, or None
        Where a further input is given: which of the others ends nearest to it, and how far.
    own_state : array, shape (H,), or None
    """

    texts: tuple[str, ...]
    states: Array
    answers: tuple[str, ...]
    pair: NearestStates
    apart: float = float("nan")
    own: tuple[int, float] | None = None
    own_state: Array | None = None


def measure_pasts(case: Case, cell: str, hidden: int | None = TWO) -> Pasts:
    """Read held-out sentences or names, and find two that end in nearly the same state.

    Parameters
    ----------
    case : Case
        Of a task; its own input is compared with the others as well.
    cell : str
    hidden : int or None
        Units of an untrained network; None takes the case's network as it is.
    """
    task = TASKS[case.source]
    network = task_network(case, cell) if hidden is None else task.network(cell, hidden, case.seed)
    test = task.data().test
    batch = test.batch(list(range(min(PASTS, test.size))))
    trace = run(network, batch.inputs, batch.lengths)[0]
    texts = task.data().texts["test"][: batch.size]
    states = trace.h[-1]  # of a shorter sequence: its last real state, which waits there
    named = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    kinds = np.array([named[text] for text in texts])
    pair = nearest_pair(states, kinds)
    example = task.encode(case.text) if case.text else task.example(case.example)
    own = run(network, example.batch.inputs)[0].h[-1, 0]
    gaps = distances(np.vstack([own, states]))[0, 1:]
    gaps = np.where([text == example.text for text in texts], np.inf, gaps)
    near = int(gaps.argmin())
    answers = tuple(
        task.data().classes[int(number)] if number >= 0 else "" for number in batch.targets[-1]
    )
    params = network.segments[0].params
    two = states[[pair.first, pair.second]] @ params.W_hy + params.b_y
    one, other = np.exp(log_softmax(two))
    apart = float(np.abs(one - other).max())
    return Pasts(tuple(texts), states, answers, pair, apart, (near, float(gaps[near])), own)
