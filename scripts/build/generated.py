"""Train every cell on every task that draws its sequences; record the curves, ship one network.

    python scripts/build/generated.py                   # all: the memory tasks and the sunspots
    python scripts/build/generated.py adding sunspots   # some, keeping the others
    python scripts/build/generated.py --check           # train seed 0 again, compare, write nothing

Part of `make models`. Five seeds each; the network of seed 0 is stored. Figures are of held-out
sequences, of the sunspots' test years.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from pathlib import Path
from statistics import mean, median
from time import process_time

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rnn_core.params import GATES  # noqa: E402
from rnn_core.tasks import TASKS  # noqa: E402
from rnn_core.tasks.checkpoint import checkpoint_path, save_network  # noqa: E402
from rnn_core.tasks.generated.base import GeneratedTask  # noqa: E402
from rnn_core.tasks.generated.recordings import (  # noqa: E402
    RECORDS,
    GeneratedRecord,
    load_records,
    save_records,
)
from rnn_core.tasks.generated.registry import GENERATED_TASKS  # noqa: E402
from rnn_core.training.stream_trainer import GeneratedTrainer  # noqa: E402

SEEDS = 5
TOLERANCE = 0.03  # another machine's last bits may lead a run a little elsewhere

Curves = dict[str, list[tuple[float, ...]]]


def record_runs(task: GeneratedTask, cell: str) -> GeneratedRecord:
    """Train from several seeds, store the first network, return the curves."""
    curves: Curves = {"metric": [], "loss": [], "training_loss": []}
    seconds = []
    for seed in range(SEEDS):
        start = process_time()
        trainer = GeneratedTrainer(task, cell, seed=seed)
        while not trainer.done:
            trainer.run(float("inf"), max_updates=trainer.updates_to_epoch)
        seconds.append(process_time() - start)
        reports = trainer.history
        curves["metric"].append(tuple(round(r.validation or 0.0, 4) for r in reports))
        curves["loss"].append(tuple(round(r.validation_loss or 0.0, 6) for r in reports))
        curves["training_loss"].append(tuple(round(r.loss, 6) for r in reports))
        if seed == 0:
            store(trainer)
    return GeneratedRecord(
        task=task.key,
        cell=cell,
        hidden=trainer.network.hidden,
        parameters=trainer.network.size,
        seconds=round(median(seconds), 2),
        updates=tuple(report.update for report in reports),
        metric=tuple(curves["metric"]),
        loss=tuple(curves["loss"]),
        training_loss=tuple(curves["training_loss"]),
    )


def store(trainer: GeneratedTrainer) -> None:
    """Write one trained network."""
    facts = {
        "task": trainer.task.key,
        "seed": trainer.seed,
        "recipe": dataclasses.asdict(trainer.recipe),
        "metric": trainer.task.metric,
        "figures": {"test": round(trainer.evaluate(), 4)},
    }
    save_network(checkpoint_path(trainer.task.key, trainer.cell), trainer.network, facts)


def check(task: GeneratedTask, cell: str) -> bool:
    """Train seed 0 again and compare with the record and the stored network."""
    trainer = GeneratedTrainer(task, cell)
    trainer.run(float("inf"))
    now, stored = trainer.evaluate(), task.evaluate(task.pretrained(cell))
    claimed = load_records()[task.key, cell].final[0]
    good = abs(stored - claimed) < 0.005 and abs(now - stored) <= TOLERANCE
    verdict = "ok" if good else "DIFFERS"
    print(f"{task.key:15} {cell:5} stored {stored:.4f}  trained now {now:.4f}  {verdict}")
    return good


def main() -> int:
    """Train and store, or check; the exit code is 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="keys of tasks; all by default")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    if unknown := set(arguments.tasks) - set(GENERATED_TASKS) - set(TASKS):
        parser.error(
            f"there is no {', '.join(sorted(unknown))}; there are {', '.join(GENERATED_TASKS)}"
        )
    # Tasks with fixed examples are none of this script's, which `make models` hands all keys.
    chosen = [key for key in GENERATED_TASKS if key in arguments.tasks or not arguments.tasks]
    if arguments.check:
        results = [check(GENERATED_TASKS[key], cell) for key in chosen for cell in GATES]
        return int(not all(results))
    records = dict(load_records()) if RECORDS.exists() else {}
    for key in chosen:
        for cell in GATES:
            record = records[key, cell] = record_runs(GENERATED_TASKS[key], cell)
            final = record.final
            metric = GENERATED_TASKS[key].metric
            print(
                f"{key:15} {cell:5} H {record.hidden:3} of {record.parameters:,} parameters  "
                f"{metric} {mean(final):.3f} ({min(final):.3f}–{max(final):.3f})  "
                f"{record.seconds:.2f} s"
            )
    order = [(key, cell) for key in GENERATED_TASKS for cell in GATES]
    save_records({place: records[place] for place in order if place in records})
    return 0


if __name__ == "__main__":
    sys.exit(main())
