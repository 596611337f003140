"""A network and an example after edits by hand, read by the engine."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rnn_core.network import Network
from rnn_core.norms import safe_norms
from rnn_core.params import Array
from rnn_core.record import read_only_copy
from rnn_core.tasks import Example, ExampleRun, Task, backward
from rnn_core.trace import Trace
from rnn_views.edits.apply import Change, EditSession, RecurrentEdit
from rnn_views.edits.edit import Edit, last_of_each

RECURRENT: Final = ("W_hh", "h0", "c0", "loop", "untie", "copy")
"""Edits that mean nothing once the loop is cut."""
OF_THE_EXAMPLE: Final = ("h0", "c0", "x", "flag")
"""Edits that are not of the weights: a network that learned on is read with them again."""


@dataclass(frozen=True, eq=False)
class Edited:
    """A reading after edits.

    Attributes
    ----------
    example_run : ExampleRun
    changes : tuple of Change
        What differs from the network and the example as they were.
    problems : tuple of str
        A sentence for each edit that does not fit this network or this input, or does nothing.
    recurrences : tuple of RecurrentEdit
        One for each segment.
    unchanged : tuple of Edit
        Edits that set a number to what it was before.
    moved : tuple of arrays, each of shape (T+1,)
        How far the edits have moved each state of each segment: the norm of h minus what h was
        before all edits, NaN at a step that was not there before. Empty without changes.
    largest : float or None
        The largest size of an entry of h before all edits, for a scale of colours that an edit
        does not change; None without changes.
    largest_c : float or None
        The same for the cell states of an LSTM.
    """

    example_run: ExampleRun
    changes: tuple[Change, ...]
    problems: tuple[str, ...]
    recurrences: tuple[RecurrentEdit, ...]
    unchanged: tuple[Edit, ...] = ()
    moved: tuple[Array, ...] = ()
    largest: float | None = None
    largest_c: float | None = None

    @property
    def lasting(self) -> tuple[Edit, ...]:
        """The edits with which the same network is read again after an update."""
        edits = (change.edit for change in self.changes)
        return tuple(edit for edit in edits if edit.kind in OF_THE_EXAMPLE)

    def backward(self, truncate: int | None = None) -> ExampleRun:
        """Return the reading with its gradients, cut at chunk boundaries where `truncate` is given.

        An entry of an input that was set by hand stands still: no gradient reaches the embedding
        through it.
        """
        example_run = backward(self.example_run, truncate)
        if example_run.gradients is None:
            return example_run
        embeddings = list(example_run.gradients.embeddings)
        for change in self.changes:
            grads, rows = example_run.gradients.segments[change.edit.segment], embeddings[0]
            tokens = grads.trace.tokens
            if change.edit.kind != "x" or rows is None or tokens is None or grads.dx is None:
                continue
            t, entry = (part - 1 for part in change.edit.place)
            rows = rows.copy()
            rows[tokens[t, 0], entry] -= grads.dx[t, 0, entry]
            embeddings[0] = read_only_copy(rows)
        gradients = replace(example_run.gradients, embeddings=tuple(embeddings))
        return replace(example_run, gradients=gradients)


def run_edited(
    task: Task,
    network: Network,
    example: Example,
    edits: Sequence[Edit],
    *,
    cut: bool = False,
    teacher: bool = False,
    own: Collection[int] = (),
) -> Edited:
    """Apply edits to a network and an example, and let the engine read it.

    Parameters
    ----------
    task : Task
    network : Network
    example : Example
    edits : sequence of Edit
        Those that do not fit are left out and named.
    cut : bool
        The loop is cut: edits of what it carries are left out, and named.
    teacher : bool
        A decoder is fed the right words.
    own : collection of int
        But at these steps, counted from 1 over all segments, its own output.

    Returns
    -------
    Edited
    """
    desk = EditSession(task, network, example)
    final = last_of_each(edits)
    idle = [edit for edit in final if cut and edit.kind in RECURRENT]
    # A copy is edited after it was made.
    for edit in sorted(final, key=lambda edit: edit.kind == "copy"):
        if edit not in idle:
            desk.take(edit)
    if idle:
        names = ", ".join(edit.name for edit in idle)
        desk.problems.append(f"While the loop is cut, this does nothing: {names}.")
    if desk.waiting:
        names = ", ".join(edit.name for edit in desk.waiting)
        desk.problems.append(f"While W_hh is tied, edits of single copies wait: {names}.")
    example_run = desk.read(teacher, own)
    recurrences = tuple(part.recurrence() for part in desk.parts)
    changes = sorted(desk.changes, key=lambda change: final.index(change.edit))
    moved: tuple[Array, ...] = ()
    largest, largest_c = None, None
    if changes:
        before = EditSession(task, network, example).read(teacher, own).traces
        moved = state_displacement(before, example_run.traces)
        largest = max(float(np.abs(trace.h).max()) for trace in before)
        cells = [float(np.abs(trace.c).max()) for trace in before if trace.c is not None]
        largest_c = max(cells, default=None)
    return Edited(
        example_run,
        tuple(changes),
        tuple(desk.problems),
        recurrences,
        tuple(desk.unchanged),
        moved,
        largest,
        largest_c,
    )


def state_displacement(before: Sequence[Trace], after: Sequence[Trace]) -> tuple[Array, ...]:
    """Return the distance of each state from where it was, NaN where there was none."""
    distances = []
    for old, new in zip(before, after, strict=True):
        distance = np.full(len(new.h), np.nan)
        both = min(len(old.h), len(new.h))
        with np.errstate(all="ignore"):  # a state may have overflown
            distance[:both] = safe_norms(new.h[:both, 0] - old.h[:both, 0])
        distances.append(read_only_copy(distance))
    return tuple(distances)
