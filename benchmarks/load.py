"""Load: many visitors at once, each checked for getting its own answers.

    make bench ARGS=load    # or, with other numbers:
    PYTHONPATH=. python benchmarks/load.py --visitors 300 --arrive 60 --stay 60 --think 10
    PYTHONPATH=. python benchmarks/load.py storm        # all drop out and come back at once
    PYTHONPATH=. python benchmarks/load.py trainers     # some train; how long do the others wait?

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
from pathlib import Path

import streamlit

from benchmarks import load_storm, load_trainers
from benchmarks.load_visitor import (
    Tally,
    Visitor,
    cpu_seconds,
    resident_megabytes,
    spread,
)
from scripts.app_server import serve_app


async def crowd(address: str, arguments: argparse.Namespace) -> Tally:
    """Let all visitors come and go."""
    tally = Tally()
    async with asyncio.TaskGroup() as group:
        for number in range(arguments.visitors):
            delay = arguments.arrive * number / arguments.visitors
            visitor = Visitor(number, address, arguments.page, tally)
            group.create_task(visitor.visit(delay, arguments.stay, arguments.think))
    return tally


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
    }


MODES = {"crowd": measure, "storm": load_storm.measure, "trainers": load_trainers.measure}
VISITORS = {"crowd": 300, "storm": 300, "trainers": 30}
SECONDS = {"crowd": (60.0, 10.0), "storm": (0.0, 0.0), "trainers": (20.0, 3.0)}


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", nargs="?", choices=MODES, default="crowd")
    parser.add_argument("--visitors", type=int, help="300; beside trainers 30")
    parser.add_argument("--arrive", type=float, default=60, help="seconds in which all come")
    parser.add_argument("--stay", type=float, help="seconds each one stays, or a phase lasts")
    parser.add_argument("--think", type=float, help="seconds between two inputs")
    parser.add_argument("--away", type=float, default=2, help="seconds a storm keeps all away")
    parser.add_argument("--trainers", default="0,20,50", help="how many train; the first is held")
    parser.add_argument("--rounds", type=int, default=3, help="how often each number of trainers")
    parser.add_argument("--task", default="names", help="what the trainers train")
    parser.add_argument("--page", default="unroll", help="a page that shows the input")
    parser.add_argument("--json", type=Path, help="where to write the report")
    arguments = parser.parse_args()
    stay, think = SECONDS[arguments.mode]
    arguments.visitors = arguments.visitors or VISITORS[arguments.mode]
    arguments.stay = stay if arguments.stay is None else arguments.stay
    arguments.think = think if arguments.think is None else arguments.think
    report = MODES[arguments.mode](arguments) | {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": f"Python {platform.python_version()}, Streamlit {streamlit.__version__}",
    }
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
