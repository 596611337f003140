"""Train every task, cell and baseline from scratch, five seeds each, and write docs/results.md.

    python scripts/report/measure.py                   # all: about ten minutes on one core
    python scripts/report/measure.py names adding      # some, printed and not written
    python scripts/report/measure.py --jobs 4          # four processes, each on one thread

Behind `make results`. Nothing is read back from an earlier run but the learning rates of the
feed-forward networks, which `make models` chose on validation data. Figures are of data that no
setting was chosen by: the test splits, fresh sequences, and the sunspots' test years.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median
from time import process_time

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rnn_core.baselines.feedforward_training import FeedForwardTrainer  # noqa: E402
from rnn_core.params import GATES  # noqa: E402
from rnn_core.tasks import TASKS, Task  # noqa: E402
from rnn_core.tasks.generated.base import GeneratedTask  # noqa: E402
from rnn_core.tasks.generated.registry import GENERATED_TASKS  # noqa: E402
from rnn_core.tasks.generated.sunspots import SUNSPOTS, fit_ar, forecast_next, persistence  # noqa: E402
from rnn_core.tasks.generated.windowed import windowed  # noqa: E402
from rnn_core.training.stream_trainer import GeneratedTrainer  # noqa: E402
from rnn_core.training.trainer import Trainer  # noqa: E402
from rnn_views.comparison.results import load_model_results  # noqa: E402
from scripts.baselines.fit import fit_baselines  # noqa: E402
from scripts.build.feedforward import list_baselines  # noqa: E402
from scripts.report.render import write_results  # noqa: E402
from scripts.report.row import Row  # noqa: E402
from scripts.report.tables import describe_machine  # noqa: E402

SEEDS = range(5)

CELL_NAMES = {"rnn": "vanilla", "gru": "GRU", "lstm": "LSTM"}
WINDOWS = {
    "adding": (1, 15, 30),
    "echo": (1, 3, 4),
    "parity": (1, 4),
    "sine": (1, 2),
    "brackets": (1, 5),
    "temporal-order": (1, 5),
    "book": (1, 5, 13),
    "sunspots": (1, 12),
}
SMALLER = {"adding": (16, 32)}
"""Units of smaller vanilla networks, where a smaller one does better than the task's own."""
STARTS = ("orthogonal", "identity")
STARTED = ("sentiment", "french", "german", "names", "digit-rows", "captions")


def measure_cell(task: Task, cell: str) -> Row:
    """Train a task's recipe from each seed; measure test data and probes."""
    seconds: list[float] = []
    figures: dict[str, list[float]] = {}
    for seed in SEEDS:
        start = process_time()
        trainer = Trainer(task, cell, seed=seed)
        trainer.run(float("inf"))
        seconds.append(process_time() - start)
        for split in ("test", *(name for name in task.data().probes if "validation" not in name)):
            figures.setdefault(split, []).append(trainer.evaluate(split))
    network = trainer.network
    kept = {split: tuple(values) for split, values in figures.items()}
    return Row(task.key, CELL_NAMES[cell], network.hidden, network.size, kept, median(seconds))


def measure_baselines(task: Task) -> Iterator[Row]:
    """Train the feed-forward networks from each seed, then fit the methods without a network."""
    rates = {model_result.name: model_result.lr for model_result in load_model_results()[task.key]}
    for kind, name, _, how in list_baselines(task):
        values, seconds = [], []
        for seed in SEEDS:
            start = process_time()
            trainer = FeedForwardTrainer(task, kind, seed=seed, lr=rates[name], **how)
            trainer.run(float("inf"))
            seconds.append(process_time() - start)
            values.append(trainer.evaluate("test"))
        model, test = trainer.feedforward, {"test": tuple(values)}
        yield Row(task.key, name, model.hidden, model.size, test, median(seconds), "rival")
    for method in fit_baselines(task):
        test = {"test": (method.measure("test"),)}
        yield Row(task.key, method.name, None, method.parameters, test, kind="rival")


def measure_starts(task: Task) -> Iterator[Row]:
    """Train the vanilla cell with both starts of W_hh, all else as the recipe says."""
    for start in STARTS:
        begun = task.with_recipe(replace(task.recipe, recurrent=start))
        row = measure_cell(begun, "rnn")
        yield replace(row, model=start, kind="start")


def measure_stream(task: GeneratedTask) -> Iterator[Row]:
    """Train the three cells, then feed-forward networks that see a window, on one stream."""
    for cell in GATES:
        yield _run_stream(task, task.key, CELL_NAMES[cell], cell)
    for hidden in SMALLER.get(task.key, ()):
        smaller = replace(task, recipe=replace(task.recipe, hidden=hidden))
        row = _run_stream(smaller, task.key, f"vanilla, {hidden} units", "rnn")
        yield replace(row, kind="size")
    for window in WINDOWS[task.key]:
        room = None if task.budget else task.network("rnn").size
        feedforward = windowed(task, window, room)
        row = _run_stream(feedforward, task.key, f"feed-forward, window of {window}", "rnn")
        yield replace(row, parameters=feedforward.parameters, kind="rival")
    if task is SUNSPOTS:
        for name, method in (("persistence", persistence()), ("AR(9)", fit_ar(9))):
            test = {"test": (forecast_next(method).error(),)}
            size = 0 if name == "persistence" else method.size
            yield Row(task.key, name, None, size, test, kind="rival")


def _run_stream(task: GeneratedTask, key: str, model: str, cell: str) -> Row:
    seconds, values = [], []
    for seed in SEEDS:
        start = process_time()
        trainer = GeneratedTrainer(task, cell, seed=seed)
        trainer.run(float("inf"))
        seconds.append(process_time() - start)
        values.append(trainer.evaluate())
    network = trainer.network
    test = {"test": tuple(values)}
    return Row(key, model, network.hidden, network.size, test, median(seconds))


def parts_of(keys: list[str]) -> list[tuple[str, str]]:
    """Return what there is to measure about some tasks, in the order of the report.

    >>> parts_of(["digits", "adding", "german"])[2:]
    [('adding', 'stream'), ('german', 'cells'), ('german', 'rivals'), ('german', 'starts')]
    """
    parts = []
    for key in keys:
        mine = ("stream",) if key in GENERATED_TASKS else ("cells", "rivals", "starts")
        parts += [(key, part) for part in mine if part != "starts" or key in STARTED]
    return parts


def measure(part: tuple[str, str]) -> list[Row]:
    """Measure one part of one task."""
    key, what = part
    if what == "stream":
        return list(measure_stream(GENERATED_TASKS[key]))
    if what == "cells":
        return [measure_cell(TASKS[key], cell) for cell in GATES]
    return list((measure_baselines if what == "rivals" else measure_starts)(TASKS[key]))


def describe(row: Row) -> None:
    """Print one row."""
    took = "" if row.seconds is None else f"  {row.seconds:.2f} s"
    spread = f"{min(row.test):.3f} to {max(row.test):.3f}"
    print(f"{row.task:15} {row.model:32} {mean(row.test):.4f} ({spread}){took}", flush=True)


def main() -> int:
    """Measure, print, and write docs/results.md when nothing was left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="keys of tasks; all by default")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time; 1 by default")
    arguments = parser.parse_args()
    known = [*TASKS, *GENERATED_TASKS]
    if unknown := set(arguments.tasks) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    rows: list[Row] = []
    with ProcessPoolExecutor(arguments.jobs, get_context("spawn")) as pool:
        for found in pool.map(measure, parts_of(arguments.tasks or known)):
            rows += found
            for row in found:
                describe(row)
    if not arguments.tasks:
        write_results(rows, describe_machine())
    return 0


if __name__ == "__main__":
    sys.exit(main())
