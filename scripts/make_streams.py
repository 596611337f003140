"""Train every cell on every task that draws its sequences; record the curves, ship one network.

    python scripts/make_streams.py                   # all: the memory tasks and the sunspots
    python scripts/make_streams.py adding sunspots   # some, keeping the others

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
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rnn_core.params import GATES  # noqa: E402
from rnn_core.stream_training import StreamTrainer  # noqa: E402
from rnn_core.tasks.checkpoint import checkpoint_path, save_network  # noqa: E402
from rnn_core.tasks.memory_tasks import MEMORY_TASKS  # noqa: E402
from rnn_core.tasks.stream import StreamTask  # noqa: E402
from rnn_core.tasks.stream_records import (  # noqa: E402
    RECORDS,
    StreamRecord,
    load_records,
    save_records,
)
from rnn_core.tasks.sunspots import SUNSPOTS  # noqa: E402

SEEDS = 5
STREAMS = {**MEMORY_TASKS, SUNSPOTS.key: SUNSPOTS}
Curves = dict[str, list[tuple[float, ...]]]


def record_runs(task: StreamTask, cell: str) -> StreamRecord:
    """Train from several seeds, store the first network, return the curves."""
    curves: Curves = {"metric": [], "loss": [], "training_loss": []}
    seconds = []
    for seed in range(SEEDS):
        start = process_time()
        trainer = StreamTrainer(task, cell, seed=seed)
        while not trainer.done:
            trainer.run(float("inf"), max_updates=trainer.updates_to_epoch)
        seconds.append(process_time() - start)
        reports = trainer.history
        curves["metric"].append(tuple(round(r.validation or 0.0, 4) for r in reports))
        curves["loss"].append(tuple(round(r.validation_loss or 0.0, 6) for r in reports))
        curves["training_loss"].append(tuple(round(r.loss, 6) for r in reports))
        if seed == 0:
            store(trainer)
    return StreamRecord(
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


def store(trainer: StreamTrainer) -> None:
    """Write one trained network."""
    facts = {
        "task": trainer.task.key,
        "seed": trainer.seed,
        "recipe": dataclasses.asdict(trainer.recipe),
        "metric": trainer.task.metric,
        "figures": {"test": round(trainer.evaluate(), 4)},
    }
    save_network(checkpoint_path(trainer.task.key, trainer.cell), trainer.network, facts)


def main() -> int:
    """Train, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="keys of tasks; all by default")
    chosen = parser.parse_args().tasks or list(STREAMS)
    if unknown := set(chosen) - set(STREAMS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(STREAMS)}")
    records = dict(load_records()) if RECORDS.exists() else {}
    for key in chosen:
        for cell in GATES:
            record = records[key, cell] = record_runs(STREAMS[key], cell)
            final = record.final
            print(
                f"{key:15} {cell:5} H {record.hidden:3} of {record.parameters:,} parameters  "
                f"{STREAMS[key].metric} {mean(final):.3f} ({min(final):.3f}–{max(final):.3f})  "
                f"{record.seconds:.2f} s"
            )
    order = [(key, cell) for key in STREAMS for cell in GATES]
    save_records({place: records[place] for place in order if place in records})
    return 0


if __name__ == "__main__":
    sys.exit(main())
