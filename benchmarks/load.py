"""Load: many visitors at once, each checked for getting its own answers.

    make bench ARGS=load    # or, with other numbers:
    PYTHONPATH=. python benchmarks/load.py --visitors 300 --arrive 60 --stay 60 --think 10

Starts the app in a process of its own and plays the browser's part over websockets: connect, ask
for the page, wait until its script has finished, think, change the input, wait again. Every visitor
types a word that is hers alone; an answer without it, or with somebody else's, counts as wrong.
Reports waiting times, CPU time per run of the script and memory, and writes them as JSON.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import re
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import streamlit
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol

from scripts.live_app import serve_app

MARK = re.compile(rb"visitor(\d+)x")
WORDS = ("film", "book", "food", "service", "was", "not", "good", "bad", "never", "boring")


@dataclass
class Tally:
    """What all visitors together met, times in milliseconds."""

    first: list[float] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    received: int = 0
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Visitor:
    """One browser tab, without the browser."""

    def __init__(self, number: int, address: str, page: str, tally: Tally) -> None:
        self.number, self.page, self.tally = number, page, tally
        self.address = address.replace("http", "ws") + "/_stcore/stream"
        self.known: dict[str, None] = {}  # hashes of messages the browser would have kept
        self.chance = random.Random(number)

    async def visit(self, delay: float, stay: float, think: float) -> None:
        """Arrive after a delay, look around for a while, leave."""
        await asyncio.sleep(delay)
        try:
            async with websockets.connect(
                self.address,
                subprotocols=[Subprotocol("streamlit")],
                max_size=None,
                open_timeout=60,
            ) as socket:
                self.tally.first.append(await self._run(socket))
                leave = time.monotonic() + stay
                while time.monotonic() < leave:
                    await asyncio.sleep(self.chance.uniform(0.5, 1.5) * think)
                    self.tally.later.append(await self._run(socket))
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            self.tally.errors.append(f"visitor {self.number}: {error!r}")

    async def _run(self, socket: websockets.ClientConnection) -> float:
        """Ask for the page with a new input; return the milliseconds until it has finished."""
        words = [*self.chance.choices(WORDS, k=5), f"visitor{self.number}x"]
        request = BackMsg()
        request.rerun_script.query_string = urlencode({"input": " ".join(words)})
        request.rerun_script.page_name = self.page
        request.rerun_script.cached_message_hashes.extend(self.known)
        begun = time.perf_counter()
        await socket.send(request.SerializeToString())
        seen: set[bytes] = set()
        async with asyncio.timeout(60):
            while True:
                data = await socket.recv(decode=False)
                self.tally.received += len(data)
                seen.update(MARK.findall(data))
                answer = ForwardMsg.FromString(data)
                if answer.metadata.cacheable and answer.hash:
                    self.known[answer.hash] = None
                if answer.WhichOneof("type") == "script_finished":
                    break
        waited = (time.perf_counter() - begun) * 1000
        if answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY or seen != {
            str(self.number).encode()
        }:
            self.tally.wrong.append(f"visitor {self.number} saw {seen or 'nothing of hers'}")
        return waited


async def crowd(address: str, arguments: argparse.Namespace) -> Tally:
    """Let all visitors come and go."""
    tally = Tally()
    async with asyncio.TaskGroup() as group:
        for number in range(arguments.visitors):
            delay = arguments.arrive * number / arguments.visitors
            visitor = Visitor(number, address, arguments.page, tally)
            group.create_task(visitor.visit(delay, arguments.stay, arguments.think))
    return tally


def cpu_seconds(pid: int) -> float:
    """Return the CPU time a process has used, user and system."""
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


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Serve, let the crowd in, and return the report."""
    with serve_app() as server:
        pid = server.pid
        asyncio.run(Visitor(10**6, server.address, arguments.page, Tally()).visit(0, 0, 0))
        before, memory = cpu_seconds(pid), resident_megabytes(pid)
        tally = asyncio.run(crowd(server.address, arguments))
        used, grown = cpu_seconds(pid) - before, resident_megabytes(pid) - memory
    runs = len(tally.first) + len(tally.later)
    return {
        "visitors": arguments.visitors,
        "runs": runs,
        "first_ms": spread(tally.first),
        "rerun_ms": spread(tally.later),
        "cpu_ms_per_run": 1000 * used / max(runs, 1),
        "kB_per_run": tally.received / max(runs, 1) / 1000,
        "MB_at_start": memory,
        "MB_per_visitor": grown / arguments.visitors,
        "wrong": tally.wrong,
        "errors": tally.errors,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": f"Python {platform.python_version()}, Streamlit {streamlit.__version__}",
    }


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=300)
    parser.add_argument("--arrive", type=float, default=60, help="seconds in which all come")
    parser.add_argument("--stay", type=float, default=60, help="seconds each one stays")
    parser.add_argument("--think", type=float, default=10, help="seconds between two inputs")
    parser.add_argument("--page", default="unroll", help="a page that shows the input")
    parser.add_argument("--json", type=Path, help="where to write the report")
    arguments = parser.parse_args()
    report = measure(arguments)
    for name, value in report.items():
        shown = value if not isinstance(value, list) else f"{len(value)} {value[:3] or ''}"
        if isinstance(value, dict):
            shown = "  ".join(f"{key} {number:.1f}" for key, number in value.items())
        elif isinstance(value, float):
            shown = f"{value:.2f}"
        print(f"{name:16} {shown}")
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
