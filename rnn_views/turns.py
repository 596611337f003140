"""Whose turn it is: visitors who compute share the processor, first come, first served.

A script runs in a thread of its own. Twenty threads that train fight for Python's one interpreter
lock, and nobody orders that fight: who only wants a page drawn waits for all of them. Here they
wait in a queue. It is first in, first out, so nobody starves; and whatever ends a script, an
error or a press on Stop, ends its turn.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LOOK: Final = 0.1
"""Seconds between two looks of one who waits at whether waiting still makes sense."""
PATIENCE: Final = 0.1
"""Seconds for which who computes lets those go first whose pages are being drawn."""
IN_A_ROW: Final = 8
"""Turns that go to those ahead before one goes to the others, so that these do not starve."""


class Turns:
    """A lock that is given in the order in which it was asked for, to `most` threads at a time.

    Parameters
    ----------
    most : int
        Threads that may have a turn at the same time, 1 or more.

    Examples
    --------
    >>> turns = Turns()
    >>> with turns.turn():
    ...     turns.taken
    1
    >>> turns.taken
    0
    """

    def __init__(self, most: int = 1) -> None:
        if most < 1:
            raise ValueError(f"most is {most}; expected 1 or more")
        self.most = most
        self._guard = threading.Lock()
        self._first: deque[threading.Event] = deque()  # goes before those below
        self._waiting: deque[threading.Event] = deque()
        self._in_a_row = 0
        self._taken = 0
        self._mine = threading.local()

    @property
    def taken(self) -> int:
        """Turns that are taken now."""
        return self._taken

    @property
    def waiting(self) -> int:
        """Threads that wait now."""
        return len(self._first) + len(self._waiting)

    @contextmanager
    def turn(
        self, meanwhile: Callable[[], None] | None = None, *, ahead: bool = False
    ) -> Iterator[None]:
        """Wait for a turn, and have it until the block ends, however it ends.

        A thread that has a turn already goes on in it.

        Parameters
        ----------
        meanwhile : callable, optional
            Called now and then while it waits. What it raises ends the waiting.
        ahead : bool
            Goes before those who wait without it: for what comes seldom, beside what never ends.
            Of `IN_A_ROW` + 1 turns one goes to the others.
        """
        if self._has():
            yield
            return
        self._take(meanwhile, ahead)
        try:
            yield
        finally:
            self.leave()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Give this thread's turn to others until the block ends; then wait for one again.

        An error that ends the block is raised at once, without another turn.
        """
        if not self._has():
            yield
            return
        self._give()
        yield
        self._take()

    def leave(self) -> None:
        """Give this thread's turn, if it has one, to others for good."""
        if self._has():
            self._give()

    def _has(self) -> bool:
        return bool(getattr(self._mine, "turn", False))

    def _take(self, meanwhile: Callable[[], None] | None = None, ahead: bool = False) -> None:
        with self._guard:
            called = None
            if self._taken < self.most:
                self._taken += 1
            else:
                called = threading.Event()
                (self._first if ahead else self._waiting).append(called)
        if called is not None:
            self._wait(called, meanwhile)
        self._mine.turn = True

    def _wait(self, called: threading.Event, meanwhile: Callable[[], None] | None) -> None:
        try:
            while not called.wait(LOOK if meanwhile else None):
                if meanwhile:
                    meanwhile()
        except BaseException:
            with self._guard:
                if called.is_set():
                    self._pass_on()
                else:
                    (self._first if called in self._first else self._waiting).remove(called)
            raise

    def _give(self) -> None:
        self._mine.turn = False
        with self._guard:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give a turn that is over to the first who waits."""
        others_first = not self._first or self._in_a_row >= IN_A_ROW
        queue = (self._waiting if others_first else self._first) or self._first
        if not queue:
            self._taken -= 1
            return
        self._in_a_row = self._in_a_row + 1 if queue is self._first else 0
        queue.popleft().set()


class Crowd:
    """Counts the threads that are at something; one that is at it twice counts once.

    Examples
    --------
    >>> crowd = Crowd()
    >>> with crowd.joined():
    ...     crowd.count, crowd.others
    (1, 0)
    >>> crowd.wait_until_none(seconds=1)
    True
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._mine = threading.local()

    @property
    def count(self) -> int:
        """How many are at it now."""
        return self._count

    @property
    def others(self) -> int:
        """How many besides the thread that asks."""
        return self._count - self._is_in()

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Count this thread until the block ends."""
        with self._being(True):
            yield

    @contextmanager
    def left(self) -> Iterator[None]:
        """Count this thread no more until the block ends."""
        with self._being(False):
            yield

    def wait_until_none(self, seconds: float) -> bool:
        """Wait until nobody is at it, so long at most; return whether that came true."""
        if not self._count:
            return True
        with self._changed:
            return self._changed.wait_for(lambda: not self._count, seconds)

    @contextmanager
    def _being(self, inside: bool) -> Iterator[None]:
        before = self._is_in()
        self._move(inside)
        try:
            yield
        finally:
            self._move(before)

    def _is_in(self) -> bool:
        return bool(getattr(self._mine, "inside", False))

    def _move(self, inside: bool) -> None:
        if inside == self._is_in():
            return
        self._mine.inside = inside
        with self._changed:
            self._count += 1 if inside else -1
            if not self._count:
                self._changed.notify_all()


COMPUTING: Final = Turns()
"""For what computes longer than a frame lasts: a chunk of updates, a whole test set."""
DRAWING: Final = Turns(most=3)
"""For a script that draws a page, or what moves on it."""
TRAINING: Final = Crowd()
"""Who has a run going on."""
PAGES: Final = Crowd()
"""Whose page is being drawn."""


@contextmanager
def drawing_page() -> Iterator[None]:
    """Draw a page: one of a few at a time and before the frames of those who train."""
    with PAGES.joined(), DRAWING.turn(ahead=True):
        yield


@contextmanager
def training() -> Iterator[None]:
    """Train, in a script that was drawing its page until now."""
    with TRAINING.joined(), PAGES.left(), DRAWING.away():
        yield


@contextmanager
def computing(meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
    """Compute for long, alone among all visitors, when no page is being drawn.

    It begins after `PATIENCE` at the latest, so that many who look around do not stop it.

    Parameters
    ----------
    meanwhile : callable, optional
        As in `Turns.turn`.
    """
    with COMPUTING.turn(meanwhile):
        PAGES.wait_until_none(PATIENCE)
        yield


@contextmanager
def measuring() -> Iterator[None]:
    """Measure something for a page, such as a metric over a test set: before those who train.

    The page gives its turn to draw away for good: it may hold a lock of a cache for which other
    pages wait that have a turn, and would wait for one of theirs. What is measured here must ask
    no other cache whose content is measured here, for the same reason.
    """
    DRAWING.leave()
    with PAGES.left(), COMPUTING.turn(ahead=True):
        yield


def describe_others(others: int) -> str:
    """Say how many train beside this visitor; nothing where nobody does.

    >>> describe_others(0), describe_others(1), describe_others(12)
    ('', 'One other is training; yours takes turns.', '12 others are training; yours takes turns.')
    """
    if others < 1:
        return ""
    who = "One other is" if others == 1 else f"{others} others are"
    return f"{who} training; yours takes turns."
