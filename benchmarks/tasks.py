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
import sys
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


from rnn_core.params import GATES  # noqa: E402
from rnn_core.tasks import TASKS, Task  # noqa: E402
from rnn_core.training.trainer import Trainer  # noqa: E402
from scripts.report.tables import describe_machine  # noqa: E402

SEEDS = 5
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
