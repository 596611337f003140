"""A storm: all visitors lose their connection in one moment, and all come back at once.

    PYTHONPATH=. python benchmarks/load.py storm --visitors 300

Streamlit keeps 128 disconnected sessions. A visitor beyond those gets a new session, and her place
from the address; both must answer with the visitor's own word.
"""

from __future__ import annotations

import argparse
import asyncio
import time

import websockets

from benchmarks.load_visitor import Tally, Visitor, cpu_seconds, spread, together
from scripts.app_server import serve_app


async def storm(address: str, pid: int, visitors: int, page: str, away: float) -> dict[str, object]:
    """Let all arrive one after the other, drop them, and let them come back.

    Parameters
    ----------
    pid
        Of the server.
    away
        Seconds between the drop and the return.

    Returns
    -------
    dict
        Among others "back_ms", from the return of each to her answer, "all_back_s", from the
        first return to the last answer, "cpu_ms_per_return", what the server spent on each, and
        "resumed", who got her old session.
    """
    tally = Tally()
    everyone = [Visitor(number, address, page, tally) for number in range(visitors)]
    for visitor in everyone:
        await visitor.tab.connect()
        tally.first.append(await visitor.run())
    before = [visitor.tab.session for visitor in everyone]
    await together(visitors, lambda number: everyone[number].tab.drop())
    await asyncio.sleep(away)

    async def come_back(number: int) -> None:
        begun = time.perf_counter()
        try:
            await everyone[number].tab.connect()
            await everyone[number].run()
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            tally.errors.append(f"visitor {number}: {error!r}")
        tally.later.append((time.perf_counter() - begun) * 1000)

    begun, used = time.perf_counter(), cpu_seconds(pid)
    await together(visitors, come_back)
    all_back, used = time.perf_counter() - begun, cpu_seconds(pid) - used
    resumed = sum(
        visitor.tab.session == session for visitor, session in zip(everyone, before, strict=True)
    )
    await together(visitors, lambda number: everyone[number].tab.close())
    return {
        "visitors": visitors,
        "first_ms": spread(tally.first),
        "back_ms": spread(tally.later),
        "all_back_s": all_back,
        "cpu_ms_per_return": 1000 * used / visitors,
        "resumed": resumed,
        "wrong": tally.wrong,
        "errors": tally.errors,
    }


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Serve, let the storm pass, and return the report."""
    with serve_app() as server:
        return asyncio.run(
            storm(server.address, server.pid, arguments.visitors, arguments.page, arguments.away)
        )
