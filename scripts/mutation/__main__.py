"""How many small faults in the engine's maths do the tests find? (mutation testing)

    make mutation ARGS="500"                 run 500 mutants, or go on to 500
    make mutation ARGS="500 --seed 1"        another sample
    make mutation ARGS="--survivors"         run those again that survived
    make mutation ARGS="0 --list"            print what is known

A mutant is one small change of one function ("+" for "−", a number plus one, an argument left
out; scripts/mutation/mutants.py makes them). NumPy, pytest and the tests are loaded once. For each
mutant the process forks, puts the change into the running functions, and runs the tests that pass
through the changed lines, the quickest first, until one fails. docs/mutation.md tells the figures
and explains the survivors. What is known is kept in .mutation/, so that a run can be stopped at
any time. The environment of the tests is not touched; mutmut gets one of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from math import sqrt
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".mutation"
MUTMUT = "mutmut==3.8.1"
# All of the engine that computes: rnn_core without tasks/ (data, its reading, its words), without
# the list of names it offers and without records that are only read.
NOT_MATHS = {"bug_lab/recordings.py"}
FOUND, BY_TIME, SURVIVED, SAME, NOT_RUN = "found", "by time", "survived", "same code", "not run"


def maths() -> list[Path]:
    """Return the modules whose functions are changed."""
    engine = ROOT / "rnn_core"
    return [
        path
        for path in sorted(engine.rglob("*.py"))
        if not path.is_relative_to(engine / "tasks")
        and path.name != "__init__.py"
        and path.relative_to(engine).as_posix() not in NOT_MATHS
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=0, help="mutants of the sample")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--survivors", action="store_true", help="run again what survived")
    parser.add_argument("--list", action="store_true", help="print each survivor's change")
    parser.add_argument("--only", default="", help="mutants whose name begins so, all of them")
    options = parser.parse_args()
    if options.count or options.survivors or options.only:
        python = environment(KEPT / "env")
        words = ["--seed", options.seed, "--count", options.count, "--only", options.only]
        words += ["--survivors"] if options.survivors else []
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
        command = [str(python), "-m", "scripts.mutation.runner", *map(str, words)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **threads, "CI": "1"}, check=True)
    results = read(KEPT / f"seed-{options.seed}.jsonl")
    print(table(results))
    if options.list:
        for result in results:
            if result["outcome"] == SURVIVED:
                change = "\n".join(result["change"])
                print(f"\n{result['mutant']} ({result['seconds']:.1f} s)\n{change}")


def environment(folder: Path) -> Path:
    """Return the Python of an environment with mutmut and the versions the tests run with here."""
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        frozen = subprocess.run(
            [sys.executable, "-m", "pip", "freeze"], capture_output=True, text=True, check=True
        )
        tools = [
            line
            for line in frozen.stdout.splitlines()
            if line.lower().startswith(("numpy==", "pytest==", "hypothesis=="))
        ]
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", MUTMUT, *tools]
        subprocess.run(install, check=True)
        (folder / "ready").touch()
    return python


def read(path: Path) -> list[dict[str, Any]]:
    """Return what is known of a sample: the last word on each mutant, in the sample's order."""
    known: dict[str, dict[str, Any]] = {}
    if path.exists():
        for line in path.read_text().splitlines():
            result = json.loads(line)
            known[result["fingerprint"]] = result
    return list(known.values())


def interval(found: int, run: int) -> tuple[float, float]:
    """Return the 95 % interval of a share that was sampled (Wilson 1927).

    >>> [round(end, 3) for end in interval(90, 100)]
    [0.826, 0.945]
    """
    z, share = 1.96, found / run
    middle = share + z * z / (2 * run)
    width = z * sqrt(share * (1 - share) / run + z * z / (4 * run * run))
    scale = 1 + z * z / run
    return (middle - width) / scale, (middle + width) / scale


def table(results: Iterable[dict[str, Any]]) -> str:
    """Return the figures as a Markdown table."""
    counts: dict[str, Counter[str]] = {}
    for result in results:
        counts.setdefault(result["mutant"].split(".")[0], Counter())[result["outcome"]] += 1
    rows = ["| module | run | found | by time | survived | share found | 95 % |"]
    rows.append("|---|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for module in sorted(counts):
        total += counts[module]
        rows.append(row(module, counts[module]))
    rows.append(row("**all**", total))
    rows.append("")
    rows.append(f"Left out: {total[SAME]} that compile to the same code, {total[NOT_RUN]} not run.")
    return "\n".join(rows)


def row(name: str, count: Counter[str]) -> str:
    """Return one line of the table."""
    caught = count[FOUND] + count[BY_TIME]
    run = caught + count[SURVIVED]
    if not run:
        return f"| {name} | 0 | | | | | |"
    low, high = interval(caught, run)
    return (
        f"| {name} | {run} | {count[FOUND]} | {count[BY_TIME]} | {count[SURVIVED]} "
        f"| {caught / run:.1%} | {low:.1%} to {high:.1%} |"
    )


if __name__ == "__main__":
    main()
