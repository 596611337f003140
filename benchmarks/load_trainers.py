"""Visitors who train beside visitors who look around: how long do those wait?

    PYTHONPATH=. python benchmarks/load.py trainers --trainers 0,20,50 --rounds 3

Each round plays every number of trainers in turn, in one server and within minutes, so what else
the machine does weighs on all of them alike. Quoted are ratios to the phases without trainers.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from dataclasses import dataclass, field

import websockets

from benchmarks.load_visitor import Tab, Tally, Visitor, spread, together
from scripts.app_server import serve_app

LONGEST = 600.0
"""Seconds until a run that does not end counts as starved."""


@dataclass
class Runs:
    """What became of the runs of training."""

    begun: int = 0
    ended: int = 0
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def train(number: int, address: str, task: str, runs: Runs, until: asyncio.Event) -> None:
    """Open the training page and train one run after the other until it is time to go.

    The last run is waited for: one that never ends is a fault.
    """
    tab = Tab(address, "train")
    query = {"view": "live", "task": task, "seed": str(number % 10)}
    try:
        await tab.connect()
        await tab.ask(query, keep=False)
        await tab.answer(LONGEST)
        while not until.is_set():
            runs.begun += 1
            begun = time.perf_counter()
            await tab.ask(query, press="live-go", keep=False)
            well, _ = await tab.answer(LONGEST)
            runs.seconds.append(time.perf_counter() - begun)
            if well:
                runs.ended += 1
            else:
                runs.errors.append(f"trainer {number}: the script failed")
        await tab.close()
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        runs.errors.append(f"trainer {number}: {error!r}")


async def phase(
    address: str, trainers: int, arguments: argparse.Namespace
) -> tuple[list[float], Runs, list[str]]:
    """Let some train while the others look around; return the others' waits, and the runs."""
    runs, tally, until = Runs(), Tally(), asyncio.Event()
    everyone = [Visitor(n, address, arguments.page, tally) for n in range(arguments.visitors)]
    for visitor in everyone:
        await visitor.tab.connect()
        await visitor.run()
    tasks = [
        asyncio.create_task(train(n, address, arguments.task, runs, until)) for n in range(trainers)
    ]
    while runs.begun < trainers:
        await asyncio.sleep(0.1)
    leave = time.monotonic() + arguments.stay

    async def look_around(number: int) -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, arguments.think))
        while time.monotonic() < leave:
            tally.later.append(await everyone[number].run())
            await asyncio.sleep(chance.uniform(0.5, 1.5) * arguments.think)

    await together(arguments.visitors, look_around)
    until.set()
    await together(arguments.visitors, lambda number: everyone[number].tab.close())
    await asyncio.gather(*tasks)
    return tally.later, runs, tally.wrong + tally.errors


async def rounds(address: str, arguments: argparse.Namespace) -> dict[str, object]:
    """Play all phases, round by round."""
    counts = [int(part) for part in arguments.trainers.split(",")]
    waits: dict[int, list[list[float]]] = {count: [] for count in counts}
    runs: dict[int, list[Runs]] = {count: [] for count in counts}
    wrong: list[str] = []
    for _ in range(arguments.rounds):
        for count in counts:
            waited, made, bad = await phase(address, count, arguments)
            waits[count].append(waited)
            runs[count].append(made)
            wrong += bad
    report: dict[str, object] = {"visitors": arguments.visitors, "task": arguments.task}
    for count in counts:
        report[f"others_ms_{count}"] = spread([wait for one in waits[count] for wait in one])
        done = runs[count]
        if count:
            report[f"runs_{count}"] = (
                f"{sum(one.ended for one in done)} of {sum(one.begun for one in done)} ended, "
                f"median {statistics.median(s for one in done for s in one.seconds):.1f} s"
            )
        wrong += [error for one in done for error in one.errors]
    base = [spread(one) for one in waits[counts[0]]]
    for count in counts[1:]:
        for name in ("p50", "p95"):
            ratios = [
                spread(one)[name] / alone[name]
                for one, alone in zip(waits[count], base, strict=True)
            ]
            report[f"{name}_ratio_{count}"] = (
                f"{statistics.median(ratios):.2f}  ({', '.join(f'{r:.2f}' for r in ratios)})"
            )
    return report | {"wrong": wrong}


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Serve, play all rounds, and return the report."""
    with serve_app() as server:
        return asyncio.run(rounds(server.address, arguments))
