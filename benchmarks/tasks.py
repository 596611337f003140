"""Train every task from scratch on one core, five seeds each: does a live run take long?

    python benchmarks/tasks.py                          # all tasks and cells
    python benchmarks/tasks.py --tasks names --cells rnn --keep

Seconds are processor seconds of one whole run: building the network, all updates, and the looks at
the validation split that the page makes too; median of the seeds. Figures are of the test split,
which no setting was chosen by. `make results` measures more, and writes docs/results.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from rnn_core.params import GATES  # noqa: E402
from rnn_core.tasks import TASKS, Task  # noqa: E402
from rnn_core.training.trainer import Trainer  # noqa: E402

SEEDS = 5
ALLOWED = {  # seconds a live run from scratch may take, the page's own work included
    "digits": 1.0,
    "digit-rows": 1.0,
    "captions": 1.5,
    "sentiment": 4.0,
    "french": 2.0,
    "german": 2.0,
    "names": 2.0,
}
Result = dict[str, Any]


def measure(task: Task, cell: str) -> Result:
    """Train a task from several seeds; the metric on test and probes, and the seconds."""
    seconds: list[float] = []
    figures: dict[str, list[float]] = {}
    for seed in range(SEEDS):
        start = process_time()
        trainer = Trainer(task, cell, seed=seed)
        trainer.run(float("inf"))
        seconds.append(process_time() - start)
        for split in ("validation", "test", *task.data().probes):
            figures.setdefault(split, []).append(trainer.evaluate(split))
    worst = min if task.better == "higher" else max
    return {
        "task": task.key,
        "cell": cell,
        "hidden": trainer.network.hidden,
        "parameters": trainer.network.size,
        "seconds": round(median(seconds), 2),
        "figures": {
            split: {"mean": round(mean(values), 4), "worst": round(worst(values), 4)}
            for split, values in figures.items()
        },
    }


def table(header: str, rows: list[list[str]]) -> str:
    """A Markdown table; the header's columns are parted by |."""
    columns = header.split("|")
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def describe_machine() -> str:
    """Processor, Python and NumPy."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    machine = f"{models[0]}, {len(models)} cores" if models else platform.machine()
    return f"{machine}, Python {platform.python_version()}, NumPy {np.__version__}"


def main() -> None:
    """Measure, print, and write benchmarks/tasks.json."""
    parser = argparse.ArgumentParser(description="Train every task from scratch and measure it.")
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--cells", default=",".join(GATES))
    parser.add_argument("--keep", action="store_true", help="do not write the results down")
    options = parser.parse_args()
    results = []
    for cell in options.cells.split(","):
        for key in options.tasks.split(","):
            results.append(measure(TASKS[key], cell))
            test, seconds = results[-1]["figures"]["test"], results[-1]["seconds"]
            print(f"{key:12} {cell:5} {test['mean']:.4f} ({test['worst']:.4f}) {seconds:.2f} s")
    if not options.keep:
        about = describe_machine()
        stored = {"about": about, "results": results}
        (ROOT / "benchmarks" / "tasks.json").write_text(json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    main()
