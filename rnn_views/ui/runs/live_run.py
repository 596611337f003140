"""A training run of one visitor: begun, going on, paused, stopped, resumed; never two at once.

The run lives in the visitor's own store. The page's script makes the updates, so a run goes on only
while its page is open; what interrupts the script interrupts it between two updates, and the next
run of the script finds it whole.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Protocol

import pandas as pd

from rnn_core.network import Network
from rnn_core.trace import NonFiniteError
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.trainer import Trainer
from rnn_views.turns import TRAINING, measuring
from rnn_views.ui.state import settings

CHUNK = 0.025
"""Seconds of updates between two looks at the visitor's requests."""
SHORT = 0.008
"""The same where others train too: a page that is asked for waits for the chunk in progress."""
HEARTBEAT_TIMEOUT = 2.0
"""Seconds without a sign of life after which a running run counts as interrupted."""
VISITED = 4
"""Moments of a run whose networks are kept."""
KEPT = 6
"""Runs that are remembered, one per setup."""


class RunPlan(Protocol):
    """All that decides how a run goes; equal plans make equal runs, so runs are kept by them."""

    @property
    def seed(self) -> int:
        """Of the weights and the order of the examples."""

    @property
    def recipe(self) -> Any:
        """With the learning rate `lr` and the clipping norm `clip`."""

    @property
    def is_recipe(self) -> bool:
        """Whether nothing was changed, so that the task's target holds."""

    @property
    def updates(self) -> int:
        """Updates that a whole run makes."""

    def start(self) -> tuple[Any, ...]:
        """Begin the run: the trainers of all its networks, the first of which sets the pace."""

    def describe(self) -> str:
        """How updates are made, in words."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network answered to a few examples, ready to be shown.

    Parameters
    ----------
    table : DataFrame
        One row per example.
    names : mapping of str to tuple of str
        Names it made up, where that is its task, by the moment: "now".
    """

    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Run:
    """One run and what the page must know of it.

    Parameters
    ----------
    setup : RunPlan
    trainers : tuple of Trainer
        The recurrent network's, then the feed-forward one's where they train side by side.
    running : bool
    stopped : bool
        The visitor ended it before its last update.
    interrupted : bool
        It was going on when its page was left or the connection broke.
    goal : int
        Update to be reached at full speed, and to wait at: where a link was made, an epoch's end.
    failure : str
        Why it cannot go on.
    paused_at : int
        Update at which it last rested: what pictures show while it goes on.
    moved : bool
        Updates were made since the time machine last looked at where the run rests.
    beat, answered : float
        When it last gave a sign of life, and when its answers were last worked out.
    answers : Answers
    tested : mapping of int to tuple of float
        Test results by update, one per network.
    visited : mapping of int to Network
        The moments that were looked at last.
    """

    setup: RunPlan
    trainers: tuple[Trainer, ...]
    running: bool = False
    stopped: bool = False
    interrupted: bool = False
    goal: int = 0
    failure: str = ""
    paused_at: int = 0
    moved: bool = False
    heartbeat: float = 0.0
    answered: float = 0.0
    answers: Answers = field(default_factory=Answers)
    tested: dict[int, tuple[float, ...]] = field(default_factory=dict)
    visited: dict[int, Network] = field(default_factory=dict)
    _update_debt: float = 0.0
    _clock: float = 0.0
    # A press is answered by another thread than the one that trains, which may be in mid-update.
    _turn: RLock = field(default_factory=RLock, repr=False)

    @property
    def trainer(self) -> Trainer:
        """Of the recurrent network."""
        return self.trainers[0]

    @property
    def update(self) -> int:
        """Updates made so far."""
        return self.trainer.updates_made

    @property
    def done(self) -> bool:
        """Whether all updates are made."""
        return all(trainer.done for trainer in self.trainers)

    @property
    def epochs(self) -> int:
        """Passes over the training split in all."""
        return self.trainer.schedule.updates // self.trainer.schedule.per_epoch

    @property
    def over(self) -> bool:
        """Whether no further update will be made."""
        return self.done or self.stopped or bool(self.failure)

    def begin(self) -> None:
        """Let it go on."""
        with self._turn:
            self.running, self.interrupted, self.stopped = not self.done, False, False
            self.heartbeat = self._clock = time.monotonic()
            self._update_debt = 0.0

    def pause(self) -> None:
        """Let it wait, once the updates that are being made are made."""
        with self._turn:
            self.running, self.paused_at, self.goal = False, self.update, 0

    def stop(self) -> None:
        """End it here."""
        self.pause()
        self.stopped = True

    def check(self) -> None:
        """Notice that it was interrupted: running, yet without a sign of life."""
        if self.running and time.monotonic() - self.heartbeat > HEARTBEAT_TIMEOUT:
            self.interrupt()

    def interrupt(self) -> None:
        """Let it wait: the script that made its updates ended without being asked to."""
        with self._turn:
            if self.running:
                self.pause()
                self.interrupted = True

    def is_due(self, pace: str) -> bool:
        """Whether an update is to be made now; asking is a sign of life."""
        now = self.heartbeat = time.monotonic()
        if self.update < self.goal or pace == "full":
            return True
        self._update_debt = min(self._update_debt + (now - self._clock) * float(pace), float(pace))
        self._clock = now
        return self._update_debt >= 1

    def advance(self, pace: str) -> None:
        """Make the updates that are due now, for at most `CHUNK` seconds."""
        with self._turn:
            if self.running and self.is_due(pace):
                self._advance(pace)

    def _advance(self, pace: str) -> None:
        if self.update < self.goal:
            self._make(self.goal - self.update)
        elif pace == "full":
            self._make(None)
        else:
            due = int(self._update_debt)
            self._update_debt -= due
            self._make(due)
        there = bool(self.goal) and self.update >= self.goal
        if self.done or self.failure or there:
            self.pause()

    def make_one(self) -> None:
        """Make exactly one update."""
        with self._turn:
            if not self.over:
                self._make(1)
                self.pause()

    def begin_epoch(self) -> None:
        """Let it go on to the end of the present pass over the examples, and wait there."""
        with self._turn:
            if self.over:
                return
            self.begin()
            self.goal = self.update + self.trainer.updates_to_epoch

    def network_at(self, update: int) -> Network:
        """Return the network as it was after so many updates: the last few looked at are kept."""
        if update not in self.visited:
            while len(self.visited) >= VISITED:
                self.visited.pop(next(iter(self.visited)))
            with measuring():
                self.visited[update] = self.trainer.at(update)
        return self.visited[update]

    def rewind(self, update: int) -> None:
        """Take the run back to a moment; it can go on from there, whatever ended it."""
        with measuring(), self._turn:
            self._rewind(update)

    def _rewind(self, update: int) -> None:
        self.pause()
        for trainer in self.trainers:
            trainer.rewind(min(update, trainer.updates_made))
        self.stopped, self.interrupted, self.failure = False, False, ""
        self.paused_at = self.update
        self.answers, self.answered = Answers(), 0.0
        for kept in (self.tested, self.visited):
            for later in [moment for moment in kept if moment > update]:
                del kept[later]

    def _make(self, updates: int | None) -> None:
        self.moved = True
        chunk = SHORT if TRAINING.others > 0 else CHUNK
        share = chunk / len(self.trainers) if updates != 1 else 60.0
        self._try(self.trainer, share, updates)
        for other in self.trainers[1:]:
            self._try(other, CHUNK, self.update - other.updates_made)

    def _try(self, trainer: Trainer, seconds: float, updates: int | None) -> None:
        if trainer.done or updates == 0:
            return
        try:
            trainer.run(seconds, max_updates=updates)
        except NonFiniteError as problem:
            self.failure = str(problem)
            trainer.run(seconds=0)  # reports the updates made before it
            self.visited.clear()

    def test(self) -> tuple[float, ...]:
        """The metric of each network on held-out test data as it is now, worked out once."""
        if self.update not in self.tested:
            with measuring():
                self.tested[self.update] = tuple(
                    one.evaluate() if isinstance(one, GeneratedTrainer) else one.evaluate("test")
                    for one in self.trainers
                )
        return self.tested[self.update]


def run_for(setup: RunPlan) -> Run | None:
    """Return the visitor's run of this setup, if there is one."""
    return _runs().get(setup)


def is_running(setup: RunPlan) -> bool:
    """Whether a run of this setup is going on."""
    run = run_for(setup)
    return run is not None and run.running


def restart_run(setup: RunPlan, replay: int = 0) -> Run:
    """Begin a run of this setup at update 0, forgetting an earlier one."""
    runs = _runs()
    runs.pop(setup, None)
    while len(runs) >= KEPT:
        runs.pop(next(iter(runs)))
    run = runs[setup] = Run(setup, setup.start(), goal=replay)
    settings.session_set("training runs", runs)
    return run


def pause_others(setup: RunPlan) -> None:
    """Let every run wait but that of this setup."""
    for other, run in _runs().items():
        if other != setup:
            run.pause()


def _runs() -> dict[RunPlan, Run]:
    runs: dict[RunPlan, Run] = settings.session_get("training runs", {})
    return runs


def any_runs() -> bool:
    """Return whether this session has a run of any setup."""
    return bool(_runs())
