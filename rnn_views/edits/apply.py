"""The desk on which edits are applied: a network's and an example's numbers, open to change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from rnn_core.generation.free_running import decode
from rnn_core.generation.teacher_forcing import run_partly_taught
from rnn_core.losses import IGNORE_INDEX, is_counted
from rnn_core.network import Network, Segment, look_up, run
from rnn_core.record import read_only_copy
from rnn_core.tasks import Example, ExampleRun, Task
from rnn_core.tasks.base import START
from rnn_core.tasks.prediction import score
from rnn_core.topology import ALIGNED
from rnn_core.trace import Trace
from rnn_views.edits.edit import Edit

MOST_COPIED: Final = 300_000
"""So many numbers may the copies of one W_hh hold, to be drawn."""


@dataclass(frozen=True)
class Change:
    """An edit that counts, beside the number that stood there before."""

    edit: Edit
    old: float


@dataclass(frozen=True, eq=False)
class RecurrentEdit:
    """What was done to one segment's W_hh as a whole.

    Attributes
    ----------
    factor : float
        What W_hh was multiplied with; 1 where the wire is whole.
    base : array, shape (H, G·H)
        W_hh before that; the copies, (n, H, G·H), where it is untied.
    """

    factor: float
    base: Any


class EditedSegment:
    """The numbers of one segment while edits are applied to them."""

    def __init__(self, segment: Segment, given: Any, first: int) -> None:
        self.segment, self.given, self.first = segment, given, first
        self.arrays = {name: array.copy() for name, array in segment.params.arrays().items()}
        self.x = np.array(look_up(segment, given))
        self.copies = None if segment.copies is None else segment.copies.copy()
        self.factor, self.input_edited = 1.0, False

    def rebuilt(self) -> Segment:
        """Return the segment with the numbers as they are now."""
        arrays, copies = dict(self.arrays), self.copies
        factor = arrays["W_hh"].dtype.type(self.factor)
        if self.factor != 1.0:
            arrays["W_hh"] = arrays["W_hh"] * factor
            copies = None if copies is None else copies * factor
        return replace(self.segment, params=self.segment.params.with_arrays(arrays), copies=copies)

    def recurrence(self) -> RecurrentEdit:
        """Return what was done to W_hh."""
        return RecurrentEdit(
            self.factor, self.arrays["W_hh"] if self.copies is None else self.copies
        )


class EditSession:
    """The numbers of one network and one example while edits are applied to them."""

    def __init__(self, task: Task, network: Network, example: Example) -> None:
        self.task, self.network, self.example = task, network, example
        inputs = [np.asarray(x) for x in example.batch.inputs]
        first = np.cumsum([0, *map(len, inputs)])
        parts = zip(network.segments, inputs, first, strict=False)
        self.parts = [EditedSegment(segment, x, int(start)) for segment, x, start in parts]
        params = network.segments[0].params
        self.starts = {name: np.zeros((1, params.hidden), params.dtype) for name in ("h0", "c0")}
        if params.cell != "lstm":
            del self.starts["c0"]
        self.targets = np.array(example.batch.targets)
        self.unscored = IGNORE_INDEX if self.targets.ndim == 2 else np.nan
        self.ports_moved = False
        self.changes: list[Change] = []
        self.problems: list[str] = []
        self.waiting: list[Edit] = []
        self.unchanged: list[Edit] = []

    def take(self, edit: Edit) -> None:
        """Apply one edit, or say why it cannot be applied."""
        if edit.segment >= len(self.parts):
            self.problems.append(f"{edit.name}: there is no decoder here; it is left out.")
            return
        part = self.parts[edit.segment]
        if edit.kind == "loop":
            self._note(edit, 1.0)
            part.factor = edit.value
        elif edit.kind == "flag":
            self._flag(edit)
        elif edit.kind == "untie":
            self._untie(edit, part)
        elif edit.kind == "copy" and part.copies is None:
            self.waiting.append(edit)
        else:
            self._set(edit, part)

    def _untie(self, edit: Edit, part: EditedSegment) -> None:
        n, size = int(edit.value), part.arrays["W_hh"].size
        if n * size > MOST_COPIED:
            self.problems.append(
                f"{n} copies of W_hh are {n * size:,} numbers, more than the {MOST_COPIED:,} that "
                "are drawn here; it stays tied."
            )
        elif self._note(edit, 0.0):
            part.copies = np.repeat(part.arrays["W_hh"][None], n, axis=0)

    def _set(self, edit: Edit, part: EditedSegment) -> None:
        array, why = self._array(edit, part)
        if array is None:
            self.problems.append(f"{edit.name} cannot be edited: {why}; it is left out.")
            return
        place = list(edit.place)
        if edit.kind in ("x", "copy"):
            place[0] -= part.first
        if any(not 1 <= p <= size for p, size in zip(place, array.shape, strict=True)):
            self.problems.append(
                f"{edit.name} lies outside {edit.kind} of shape {array.shape}; it is left out."
            )
            return
        at = tuple(p - 1 for p in place)
        if self._note(edit, float(array[at])):
            array[at] = edit.value
            part.input_edited = part.input_edited or edit.kind == "x"

    def _array(self, edit: Edit, part: EditedSegment) -> tuple[Any, str]:
        if edit.kind in ("h0", "c0"):
            if edit.segment:
                return None, "the encoder hands it over"
            found = self.starts.get(edit.kind)
            return (None if found is None else found[0]), f"only lstm has {edit.kind}"
        if edit.kind == "x":
            if part.segment.ports.reads == "feedback":
                return None, "a decoder reads its own words"
            return (part.x[:, 0] if part.x.ndim == 3 else None), "no vector is read there"
        if edit.kind == "copy":
            return part.copies, ""
        return part.arrays.get(edit.kind), f"the {part.segment.params.cell} cell has none"

    def _flag(self, edit: Edit) -> None:
        targets = self.example.batch.targets
        t, known = edit.place[0] - self.parts[-1].first, is_counted(targets)[:, 0]
        if not 1 <= t <= len(known) or not known.any():
            steps = self.parts[-1].first + len(known)
            why = f"there are {steps} steps" if t > len(known) else "nothing is said there"
            if not known.any():
                why = "no right answer is known"
            self.problems.append(f"{edit.name} cannot stand there: {why}; it is left out.")
            return
        if self._note(edit, float(known[t - 1])):
            answer = targets[t - 1] if known[t - 1] else targets[-1]
            self.targets[t - 1] = answer if edit.value else self.unscored
            self.ports_moved = self.ports_moved or bool(edit.value)

    def _note(self, edit: Edit, old: float) -> bool:
        if old == edit.value:
            self.unchanged.append(edit)
            return False
        self.changes.append(Change(edit, old))
        return True

    def read(self, teacher: bool, own: Collection[int] = ()) -> ExampleRun:
        """Return what the engine makes of the numbers as they are now.

        A taught decoder is fed its own output at the steps `own`, counted from 1 over all segments.
        """
        network = self._network()
        self._shorten(network)
        traces, source = self._run(network, teacher, own)
        example_run = self.task.record(network, self.example, traces, source)
        targets = np.full_like(example_run.targets, self.unscored)
        targets[: len(self.targets)] = self.targets[: len(targets)]
        losses, loss = score(traces[-1].logits, targets)
        return replace(example_run, targets=read_only_copy(targets), losses=losses, loss=loss)

    def _network(self) -> Network:
        network = replace(self.network, segments=tuple(part.rebuilt() for part in self.parts))
        if not self.ports_moved or network.topology.segments[-1].says != "last":
            return network
        # A loss at an earlier step needs an answer there: the network speaks at every step.
        (segment,) = network.segments
        segment = replace(segment, ports=ALIGNED.segments[0])
        return replace(network, topology=ALIGNED, segments=(segment,))

    def _shorten(self, network: Network) -> None:
        """Where a step has no W_hh, nothing more can be read."""
        last = network.segments[-1]
        inputs, labels = list(self.example.batch.inputs), list(self.example.inputs)
        for number, (segment, part) in enumerate(zip(network.segments, self.parts, strict=True)):
            steps = len(part.given)
            n = steps if segment.copies is None else len(segment.copies)
            if segment.ports.reads == "data" and n < steps:
                self.problems.append(
                    f"Step {n + 1} has no W_hh: there are {n} copies, so this network reads no "
                    f"more than {n} of these {steps} steps."
                )
            part.given, part.x = part.given[:n], part.x[:n]
            inputs[number], labels[number] = part.given, labels[number][:n]
            if segment is last and n < len(self.targets):
                whole = segment.ports.says == "each"
                self.targets = self.targets[:n] if whole else self.targets[-n:]
        batch = replace(self.example.batch, inputs=tuple(inputs), targets=self.targets)
        self.example = replace(self.example, batch=batch, inputs=tuple(labels))

    def _run(
        self, network: Network, teacher: bool, own: Collection[int]
    ) -> tuple[tuple[Trace, ...], str | tuple[str, ...]]:
        inputs = [part.x if part.input_edited else part.given for part in self.parts]
        h0, c0 = self.starts["h0"], self.starts.get("c0")
        feedback = network.segments[-1].ports.reads == "feedback"
        free = feedback and not (teacher and self.example.target)
        if free:
            start, steps = np.array([START]), self.task.steps_at_most
            traces = decode(network, inputs[:-1], start, steps, stop=START, h0=h0, c0=c0)
        elif feedback:
            first, steps = self.parts[-1].first, len(inputs[-1])
            fed_own = {t - first - 1 for t in own if 1 < t - first <= steps}
            traces = run_partly_taught(network, inputs, fed_own, h0, c0)
        else:
            traces = run(network, inputs, h0=h0, c0=c0)
        source: str | tuple[str, ...] = "own" if free else "target"
        if feedback and not free:
            source = tuple("own" if t in fed_own else "target" for t in range(1, steps))
        named = tuple(
            replace(trace, tokens=read_only_copy(part.given))
            if part.input_edited and part.given.ndim == 2
            else trace
            for trace, part in zip(traces, self.parts, strict=True)
        )
        return named, source
