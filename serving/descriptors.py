"""File descriptors: how many connections fit, and what the others are told.

Each visitor holds a connection open, and a system gives a process few: macOS 256 at first, many
Linux systems 1,024. Where they run out, asyncio cannot accept, says so in the log thousands of
times a second, and nobody is answered any more. So the limit is raised as far as it goes, and some
descriptors are kept back to tell newcomers in a sentence that there is no room.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment,unused-ignore]

WANTED: Final = 1_200
"""Descriptors with which 300 visitors fit, each with a browser's usual connections."""
FOR_PAGES: Final = 48
"""Kept free of new visitors: for files the server reads, and for pages of those who are in."""
FOR_REFUSALS: Final = 16
"""Kept free of all: to say that there is no room."""
AT_ONCE: Final = 16
"""Connections that are accepted before those who wait for an answer come first again."""
LINGER: Final = 2.0
"""Seconds after which a connection that was turned away is cut."""
OPEN_FILES: Final = "/dev/fd"  # Linux and macOS list what this process has open
FULL: Final = (
    "Unrolled is full: no connection is left for one more visitor. Please try again in a minute. "
    "Whoever runs the server can raise its limit of open files (ulimit -n).\n"
)
REFUSAL: Final = (
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    f"Content-Length: {len(FULL)}\r\n"
    "Retry-After: 60\r\n"
    "Connection: close\r\n\r\n"
    f"{FULL}"
).encode()
_logger = logging.getLogger("unrolled")


def raise_limit() -> int | None:
    """Raise the soft limit of open files to the hard one; return it, or None without a limit."""
    if resource is None:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS takes no more than this, whatever the hard limit says; more than enough everywhere.
    for wanted in (hard, 65_536, 10_240):
        if wanted != resource.RLIM_INFINITY and (soft == resource.RLIM_INFINITY or wanted <= soft):
            break
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            break
    return limit()


def limit() -> int | None:
    """Return how many files may be open at once, or None where nothing limits them."""
    if resource is None:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else int(soft)


def left() -> int | None:
    """Return how many files can still be opened, or None where that cannot be known."""
    most = limit()
    if most is None:
        return None
    try:
        return most - len(os.listdir(OPEN_FILES))
    except OSError as error:  # none is left to look with
        return 0 if error.errno in (errno.EMFILE, errno.ENFILE) else None


def warn_if_few() -> str:
    """Return the sentence for whoever starts the server, or "" where there is room enough.

    A visitor costs one descriptor, and up to six more while her browser loads the page.
    """
    free = left()
    if free is None or free >= WANTED:
        return ""
    visitors = max(free - FOR_PAGES - FOR_REFUSALS, 0)
    return (
        f"This system lets the server open {free} more files, so about {visitors} visitors fit; "
        f"for 300 raise the limit to {WANTED:,} or more (ulimit -n)."
    )


class Room:
    """Middleware that refuses a visitor for whom no descriptor is left, in a sentence.

    A new websocket is one more visitor. Those who are in keep what they have, and pages and files
    are answered until even `guard_accept` has to turn connections away.
    """

    def __init__(self, app: ASGIApp, free: Callable[[], int | None] = left) -> None:
        self.app = app
        self.budget = Budget(free, FOR_PAGES + FOR_REFUSALS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not self.budget.take():
            warn_now_and_then("full", FULL.splitlines()[0])
            await refuse_websocket(scope, receive, send, FULL, 503, 1013)
            return
        await self.app(scope, receive, send)


class Budget:
    """Counts connections against the descriptors left; looks at them as seldom as it can.

    Parameters
    ----------
    free
        Returns how many are left.
    reserve
        How many are not to be used.
    """

    def __init__(self, free: Callable[[], int | None], reserve: int) -> None:
        self.free, self.reserve = free, reserve
        self.granted = 0

    def room(self) -> int:
        """Return for how many more there is room by what is known; it looks when that is none."""
        if self.granted < 1:
            free = self.free()
            # Half of the room is given before the next look: others open files meanwhile.
            self.granted = 1_000 if free is None else (free - self.reserve + 1) // 2
        return max(self.granted, 0)

    def take(self, count: int = 1) -> bool:
        """Take room for so many; return whether there was any."""
        if self.room() < count:
            self.granted = 0
            return False
        self.granted -= count
        return True


async def refuse_websocket(
    scope: Scope, receive: Receive, send: Send, sentence: str, status: int, code: int
) -> None:
    """Refuse a websocket before it opens, with a status and a sentence where that can be said.

    Parameters
    ----------
    sentence
        What is wrong, for the body, or for the reason of the close.
    status
        Of the answer to the handshake.
    code
        With which it is closed by a server that cannot answer a handshake with a text.
    """
    await receive()  # websocket.connect
    if "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(sentence, status, {"Connection": "close"})(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": code, "reason": sentence[:120]})


def guard_accept(loop: asyncio.AbstractEventLoop) -> bool:
    """Let an event loop accept only as many connections as there are descriptors for.

    asyncio takes up to 2,048 connections at once, before any of them can be answered. Where they
    do not fit, this takes them one by one out of a reserve, says why, and hangs up.

    Parameters
    ----------
    loop
        That of the server. One that accepts by itself (uvloop, Windows) is left as it is.

    Returns
    -------
    bool
        Whether it is guarded.
    """
    accept = getattr(loop, "_accept_connection", None)
    start = getattr(loop, "_start_serving", None)
    if accept is None or start is None or limit() is None:
        return False
    budget = Budget(left, FOR_REFUSALS)
    porter = Porter(loop)

    def accept_some(factory: Any, listening: Any, tls: Any, server: Any, backlog: int, *rest: Any):
        room = min(budget.room(), AT_ONCE)
        if room:
            budget.take(room)
            accept(factory, listening, tls, server, room, *rest)
            return
        warn_now_and_then("full", FULL.splitlines()[0])
        if not porter.turn_away(listening, plain=tls is None):
            # Too many are being turned away: those who knock wait in the system's own queue.
            loop.remove_reader(listening.fileno())

            def again() -> None:
                if listening.fileno() != -1:
                    start(factory, listening, tls, server, backlog, *rest)

            loop.call_later(0.1, again)

    loop._accept_connection = accept_some  # type: ignore[attr-defined]
    return True


class Porter:
    """Turns connections away: takes one, says why, waits for the other side to read it."""

    MOST = FOR_REFUSALS - 4

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.leaving: set[socket.socket] = set()

    def turn_away(self, listening: socket.socket, *, plain: bool) -> bool:
        """Take the next connection and refuse it; return False where that has to wait.

        Parameters
        ----------
        listening
            Where somebody knocks.
        plain
            Whether the other side can read what is said before it is encrypted.
        """
        if len(self.leaving) >= self.MOST:
            return False
        try:
            connection, _ = listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return True
        except OSError:
            return False
        connection.setblocking(False)
        self.leaving.add(connection)
        if plain:
            with suppress(OSError):
                connection.send(REFUSAL)
                connection.shutdown(socket.SHUT_WR)
        # Closed with its request unread, it would be reset and the sentence be lost.
        self.loop.add_reader(connection.fileno(), self._read, connection)
        self.loop.call_later(LINGER, self._hang_up, connection)
        return True

    def _read(self, connection: socket.socket) -> None:
        with suppress(BlockingIOError, InterruptedError):
            try:
                if connection.recv(65_536):
                    return
            except ConnectionError:
                pass
            self._hang_up(connection)

    def _hang_up(self, connection: socket.socket) -> None:
        if connection in self.leaving:
            self.leaving.remove(connection)
            self.loop.remove_reader(connection.fileno())
            connection.close()


def quiet_exceptions(loop: asyncio.AbstractEventLoop) -> None:
    """Say once a minute, in a line, that descriptors ran out; all else is said as ever."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            warn_now_and_then("descriptors", f"No file descriptor is left: {error}.")
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


_said: dict[str, float] = {}


def warn_now_and_then(kind: str, sentence: str, every: float = 60.0) -> None:
    """Write a line to the log, of each kind one a minute."""
    now = time.monotonic()
    if now - _said.get(kind, -every) >= every:
        _said[kind] = now
        _logger.warning("%s", sentence)


def announce() -> None:
    """Raise the limit; where little is left even so, say it to whoever started the server."""
    raise_limit()
    if sentence := warn_if_few():
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()
