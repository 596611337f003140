"""A network and an example after edits by hand, read by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from rnn_core.network import Network, look_up, run
from rnn_core.params import frozen
from rnn_core.tasks import Example, Reading, Task
from rnn_core.tasks.reading import score
from rnn_core.topology import ALIGNED
from rnn_views.edits import Edit, last_of_each

RECURRENT: Final = ("W_hh", "h0", "loop")
"""Edits that mean nothing once the loop is cut."""


@dataclass(frozen=True)
class Change:
    """An edit that counts, beside the number that stood there before."""

    edit: Edit
    old: float


@dataclass(frozen=True, eq=False)
class Edited:
    """A reading after edits.

    Attributes
    ----------
    reading : Reading
    changes : tuple of Change
        What differs from the network and the example as they were.
    problems : tuple of str
        A sentence for each edit that does not fit this network or this input.
    factor : float
        What W_hh was multiplied with; 1 where the wire is whole.
    base : array, shape (H, G·H)
        W_hh before that.
    """

    reading: Reading
    changes: tuple[Change, ...]
    problems: tuple[str, ...]
    factor: float
    base: Any


def read_edited(
    task: Task, network: Network, example: Example, edits: Sequence[Edit], *, cut: bool = False
) -> Edited:
    """Apply edits to a network of one segment and an example, and let the engine read it.

    Parameters
    ----------
    task : Task
    network : Network
    example : Example
    edits : sequence of Edit
        Those that do not fit are left out and named.
    cut : bool
        The loop is cut: edits of what it carries are left out.

    Returns
    -------
    Edited
    """
    desk = _Desk(task, network, example)
    for edit in last_of_each(edits):
        if not (cut and edit.kind in RECURRENT):
            desk.take(edit)
    return Edited(
        desk.read(), tuple(desk.changes), tuple(desk.problems), desk.factor, desk.arrays["W_hh"]
    )


class _Desk:
    """The numbers of one network and one example while edits are applied to them."""

    def __init__(self, task: Task, network: Network, example: Example) -> None:
        if len(network.segments) != 1:
            raise ValueError(
                f"{network.topology.name} has {len(network.segments)} segments; edits expect one"
            )
        self.task, self.network, self.example = task, network, example
        params = network.segments[0].params
        self.arrays = {name: array.copy() for name, array in params.arrays().items()}
        self.h0 = np.zeros((1, params.hidden), params.dtype)
        given = np.asarray(example.batch.inputs[0])
        self.x = np.array(look_up(network.segments[0], given))
        self.targets = np.array(example.batch.targets)
        self.factor, self.fed_anew, self.ports_moved = 1.0, False, False
        self.changes: list[Change] = []
        self.problems: list[str] = []

    def take(self, edit: Edit) -> None:
        """Apply one edit, or say why it cannot be applied."""
        if edit.kind == "loop":
            self._note(edit, 1.0)
            self.factor = edit.value
        elif edit.kind == "flag":
            self._flag(edit)
        else:
            self._set(edit)

    def _set(self, edit: Edit) -> None:
        array, place = self._array(edit)
        shape = () if array is None else array.shape
        if array is None or any(p > size for p, size in zip(place, shape, strict=True)):
            sizes = f" of shape {shape}" if array is not None else ", which no vector is read into"
            self.problems.append(f"{edit.name} lies outside {edit.kind}{sizes}; it is left out.")
            return
        at = tuple(p - 1 for p in place)
        if self._note(edit, float(array[at])):
            array[at] = edit.value
            self.fed_anew = self.fed_anew or edit.kind == "x"

    def _array(self, edit: Edit) -> tuple[Any, tuple[int, ...]]:
        if edit.kind == "h0":
            return self.h0[0], edit.place
        if edit.kind == "x":
            return (self.x[:, 0] if self.x.ndim == 3 else None), edit.place
        return self.arrays[edit.kind], edit.place

    def _flag(self, edit: Edit) -> None:
        t, known = edit.place[0], self.example.batch.targets[:, 0]
        if t > len(known) or known.max() < 0:
            why = f"there are {len(known)} steps" if t > len(known) else "no right answer is known"
            self.problems.append(f"{edit.name} cannot stand there: {why}; it is left out.")
            return
        here = int(known[t - 1])
        if self._note(edit, float(here >= 0)):
            self.targets[t - 1] = (here if here >= 0 else known[-1]) if edit.value else -1
            self.ports_moved = self.ports_moved or bool(edit.value)

    def _note(self, edit: Edit, old: float) -> bool:
        if old == edit.value:
            return False
        self.changes.append(Change(edit, old))
        return True

    def read(self) -> Reading:
        """Return what the engine makes of the numbers as they are now."""
        segment = self.network.segments[0]
        arrays = dict(self.arrays)
        if self.factor != 1.0:
            arrays["W_hh"] = arrays["W_hh"] * arrays["W_hh"].dtype.type(self.factor)
        params = segment.params.with_arrays(arrays)
        network = replace(self.network, segments=(replace(segment, params=params),))
        if self.ports_moved and network.topology.segments[-1].says == "last":
            # A loss at an earlier step needs an answer there: the network speaks at every step.
            ports = ALIGNED.segments[0]
            network = replace(
                network,
                topology=ALIGNED,
                segments=(replace(network.segments[0], ports=ports),),
            )
        given = np.asarray(self.example.batch.inputs[0])
        traces = run(network, (self.x if self.fed_anew else given,), h0=self.h0)
        if self.fed_anew and given.ndim == 2:
            traces = (replace(traces[0], tokens=frozen(given)),)
        reading = self.task.record(network, self.example, traces)
        losses, loss = score(traces[0].logits, self.targets)
        return replace(reading, targets=frozen(self.targets), losses=losses, loss=loss)
