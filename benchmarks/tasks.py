"""Train every task from scratch on one core, five seeds each, and write docs/results.md.

    python benchmarks/tasks.py                          # all tasks and cells
    python benchmarks/tasks.py --tasks names --cells rnn --keep

Seconds are processor seconds of one whole run: building the network, all updates, and the looks at
the validation split that the page makes too; median of the seeds. Figures are of the test split,
which no setting was chosen by.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from time import process_time
from typing import Any

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from rnn_core.baselines import count_grams, fit_logistic, fit_ngram  # noqa: E402
from rnn_core.params import GATES  # noqa: E402
from rnn_core.tasks import TASKS, Task  # noqa: E402
from rnn_core.tasks.nearest import nearest_neighbour_score  # noqa: E402
from rnn_core.trainer import Trainer  # noqa: E402

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


def yardsticks() -> Iterator[tuple[str, str, str, float]]:
    """Rows (task, method, examples, metric) of methods that are no networks."""
    for key in ("digits", "captions"):
        data = TASKS[key].data()
        for name in ("test", *data.probes):
            score = nearest_neighbour_score(data, name)
            yield key, "nearest training picture, in pixels", name, score
    data = TASKS["names"].data()
    signs = len(data.classes)
    yield "names", "uniform over 27 signs", "test", float(np.log(signs))
    for order in (1, 2, 3, 4):
        ngram = fit_ngram(data.train.inputs[0], data.train.targets, order, signs)
        losses = ngram.losses(data.test.inputs[0], data.test.targets)
        yield "names", f"{order}-gram", "test", float(np.nanmean(losses))
    data = TASKS["sentiment"].data()
    train = data.train
    kinds: dict[str, tuple[int, ...]] = {"bag of words": (1,), "bag of 1–3-grams": (1, 2, 3)}
    for kind, orders in kinds.items():
        bags, known = count_grams(train.inputs[0], train.lengths[0], orders)
        model = fit_logistic(bags, train.targets[-1], len(known), 2)
        for name in ("test", "never seen negated"):
            split = data.split(name)
            bags, _ = count_grams(split.inputs[0], split.lengths[0], orders, known)
            score = model.accuracy(bags, split.targets[-1])
            yield "sentiment", f"{kind}, logistic regression", name, score


def say(task: Task, value: float) -> str:
    """A value of the metric as the tables show it."""
    return f"{100 * value:.1f} %" if task.better == "higher" else f"{value:.3f}"


def table(header: str, rows: list[list[str]]) -> str:
    """A Markdown table; the header's columns are parted by |."""
    columns = header.split("|")
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def network_rows(results: list[Result], cell: str) -> list[list[str]]:
    """Rows of the first table, for one cell."""
    rows = []
    for result in (r for r in results if r["cell"] == cell):
        task, test = TASKS[result["task"]], result["figures"]["test"]
        sign = "≥" if task.better == "higher" else "≤"
        rows.append(
            [
                task.title,
                task.topology.name,
                task.metric,
                f"{sign} {say(task, task.target)}",
                f"**{say(task, test['mean'])}** ({say(task, test['worst'])})",
                f"{result['seconds']:.2f} of {ALLOWED[task.key]:g}",
                f"{result['hidden']}, {result['parameters']:,}",
            ]
        )
    return rows


def probe_rows(results: list[Result]) -> list[list[str]]:
    """Rows of the table of probes: one per probe, one column per cell."""
    rows: dict[tuple[str, str], list[str]] = {}
    for result in results:
        task = TASKS[result["task"]]
        for probe in task.data().probes:
            # Settings were chosen by this one, so it is no result.
            if "validation" not in probe:
                found = result["figures"][probe]
                text = f"{say(task, found['mean'])} ({say(task, found['worst'])})"
                rows.setdefault((task.title, probe), []).append(text)
    return [[*names, *texts] for names, texts in rows.items()]


def report(results: list[Result], about: str) -> str:
    """The text of docs/results.md."""
    header = "task|topology|metric|target|test, mean (worst)|seconds|units, parameters"
    parts = [
        "# Results of the tasks",
        f"`make bench ARGS=tasks`; {about}. Each network is trained from scratch {SEEDS} times, "
        "float32, one core, one thread. Settings were chosen on the validation split; figures are "
        "of the test split (its examples are the same for every seed): mean of the seeds, and the "
        "worst. Seconds are the median, beside those a live run may take. Captions and "
        "translations count when every word is right, running free.",
    ]
    for cell in dict.fromkeys(result["cell"] for result in results):
        title = {"rnn": "Vanilla cell", "gru": "GRU", "lstm": "LSTM"}[cell]
        parts += [f"## {title}", table(header, network_rows(results, cell))]
    cells = list(dict.fromkeys(result["cell"] for result in results))
    parts += [
        "## Probes: where they generalise, and where they do not",
        table("|".join(["task", "examples", *cells]), probe_rows(results)),
        "Unseen pairs are ten pairs of a role and a gender that occur in no training caption, each "
        "part of which does: these networks do not compose. “Never seen negated” are adjectives "
        "that stand in training only where nothing negates them, in negated sentences; “seen only "
        "negated” the reverse; new constructions are outside the grammar of the training "
        "sentences.",
        "## Yardsticks",
        table(
            "task|method|examples|metric",
            [[TASKS[k].title, m, s, say(TASKS[k], v)] for k, m, s, v in yardsticks()],
        ),
        "On names the 4-gram is the better model. The feed-forward rivals are in "
        "`assets/models/rivals.json` and on the page that compares them.",
    ]
    return "\n\n".join(parts) + "\n"


def describe_machine() -> str:
    """Processor, Python and NumPy."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    machine = f"{models[0]}, {len(models)} cores" if models else platform.machine()
    return f"{machine}, Python {platform.python_version()}, NumPy {np.__version__}"


def main() -> None:
    """Measure, print, and write docs/results.md and benchmarks/tasks.json."""
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
        (ROOT / "docs" / "results.md").write_text(report(results, about), encoding="utf-8")


if __name__ == "__main__":
    main()
