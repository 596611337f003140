"""A browser tab without the browser: what the load benchmarks and the hostile tests play.

It speaks Streamlit's protocol over a websocket: ask for a page, wait until its script has
finished, press a button, drop the connection and come back to the same session.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol

MARK = re.compile(rb"visitor(\d+)x")
WORDS = ("film", "book", "food", "service", "was", "not", "good", "bad", "never", "boring")
PATIENCE = 60.0
"""Seconds until an answer counts as missing."""


@dataclass
class Tally:
    """What all visitors together met, times in milliseconds."""

    first: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    received: int = 0
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Tab:
    """One connection to the app, and what its browser would remember."""

    def __init__(self, address: str, page: str = "unroll") -> None:
        self.address = address.replace("http", "ws", 1) + "/_stcore/stream"
        self.page = page
        self.session = ""
        self.known: dict[str, None] = {}  # hashes of messages the browser would have kept
        self.buttons: dict[str, str] = {}  # ids of widgets by their keys
        self.components: dict[str, str] = {}  # ids of components by their keys
        self.socket: websockets.ClientConnection | None = None
        self.received = 0

    async def connect(self) -> None:
        """Open the websocket; a session that was there before is asked for again."""
        protocols = ["streamlit", *(["none", self.session] if self.session else [])]
        self.socket = await websockets.connect(
            self.address,
            subprotocols=[Subprotocol(name) for name in protocols],
            max_size=None,
            open_timeout=PATIENCE,
            ping_interval=None,  # a server that is busy is waited for, and measured
        )

    async def drop(self) -> None:
        """Cut the connection without a word, as a network does that goes away."""
        assert self.socket is not None
        self.socket.transport.abort()
        await self.socket.wait_closed()
        self.socket = None

    async def close(self) -> None:
        """Close the connection."""
        if self.socket is not None:
            await self.socket.close()

    async def ask(self, query: dict[str, str], press: str = "", keep: bool = True) -> None:
        """Ask for the page with a query, or press a button on it.

        Parameters
        ----------
        query
            What the address bar says.
        press
            Key of a button.
        keep
            Whether messages that are known need not be sent again.
        """
        request = BackMsg()
        request.rerun_script.query_string = urlencode(query)
        request.rerun_script.page_name = self.page
        if keep:
            request.rerun_script.cached_message_hashes.extend(self.known)
        if press:
            state = request.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[press], True
        await self.send(request)

    async def send(self, message: BackMsg) -> None:
        """Send a message as it is."""
        assert self.socket is not None
        await self.socket.send(message.SerializeToString())

    async def answer(self, patience: float = PATIENCE) -> tuple[bool, set[bytes]]:
        """Wait until the script has finished.

        Returns
        -------
        well : bool
            Whether it finished without an error.
        seen : set of bytes
            The numbers of the visitors whose words came.
        """
        assert self.socket is not None
        seen: set[bytes] = set()
        async with asyncio.timeout(patience):
            while True:
                data = await self.socket.recv(decode=False)
                self.received += len(data)
                seen.update(MARK.findall(data))
                message = ForwardMsg.FromString(data)
                if self._take(message):
                    return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY, seen

    def _take(self, message: ForwardMsg) -> bool:
        """Remember what a browser would; return whether the script is at its end."""
        if message.metadata.cacheable and message.hash:
            self.known[message.hash] = None
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id
            case "delta":
                element = message.delta.new_element
                if element.WhichOneof("type") == "bidi_component":
                    self.components[key_of(element.bidi_component.id)] = element.bidi_component.id
                if element.WhichOneof("type") == "button":
                    self.buttons[key_of(element.button.id)] = element.button.id
            case "script_finished":
                return bool(message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)
        return False


def key_of(widget: str) -> str:
    """Return the key that a page gave to a widget, from the id that Streamlit made of it.

    >>> key_of("$$ID-3f2a-live-go")
    'live-go'
    """
    return widget.split("-", 2)[-1]


class Visitor:
    """One who types a word that is hers alone, and checks that it comes back."""

    def __init__(self, number: int, address: str, page: str, tally: Tally) -> None:
        self.number, self.tally = number, tally
        self.tab = Tab(address, page)
        self.chance = random.Random(number)

    async def visit(self, delay: float, stay: float, think: float) -> None:
        """Arrive after a delay, look around for a while, leave."""
        await asyncio.sleep(delay)
        try:
            await self.tab.connect()
            self.tally.first.append(await self.run())
            leave = time.monotonic() + stay
            while time.monotonic() < leave:
                await asyncio.sleep(self.chance.uniform(0.5, 1.5) * think)
                self.tally.later.append(await self.run())
            await self.tab.close()
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            self.tally.errors.append(f"visitor {self.number}: {error!r}")

    async def run(self) -> float:
        """Ask for the page with a new input; return the milliseconds until it has finished."""
        words = [*self.chance.choices(WORDS, k=5), f"visitor{self.number}x"]
        received, begun = self.tab.received, time.perf_counter()
        await self.tab.ask({"input": " ".join(words)})
        well, seen = await self.tab.answer()
        waited = (time.perf_counter() - begun) * 1000
        self.tally.received += self.tab.received - received
        if not well or seen != {str(self.number).encode()}:
            self.tally.wrong.append(f"visitor {self.number} saw {seen or 'nothing of hers'}")
        return waited


async def together(count: int, act: Callable[[int], object]) -> None:
    """Let `count` visitors act at once; `act` returns what the visitor of a number awaits."""
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(act(number))  # type: ignore[arg-type]


def cpu_seconds(pid: int) -> float:
    """Return the CPU time a process has used, user and system; NaN on a system without /proc."""
    if not Path("/proc/self/stat").exists():
        return float("nan")
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    """Return the memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def spread(times: list[float]) -> dict[str, float]:
    """Return median, 95th and 99th percentile and maximum."""
    if len(times) < 2:
        return {"p50": times[0] if times else float("nan")}
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(times)}
