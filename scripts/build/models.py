"""Train every pretrained checkpoint of assets/models again, from its seed.

    python scripts/build/models.py                    # write all
    python scripts/build/models.py french sentiment   # write some
    python scripts/build/models.py --check            # train again and compare the metrics

Weights may differ in their last bits between machines, so --check compares what a network can do:
the metric on the test split, of the stored network and of the one trained now.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rnn_core.params import GATES
from rnn_core.tasks import TASKS, Task
from rnn_core.tasks.checkpoint import checkpoint_path, load_network, read_facts, save_network
from rnn_core.training.trainer import Trainer

SEED = 0
SHORTFALL = 0.02  # a gated cell may miss the target, which is set for the vanilla one, by so much
TOLERANCE = {"accuracy": 0.02, "exact match": 0.03, "nats per character": 0.02}


def train_one(task: Task, cell: str) -> tuple[Trainer, dict[str, float]]:
    """Train from the seed; the trainer and the metric on validation, test and probes."""
    trainer = Trainer(task, cell, seed=SEED)
    trainer.run(float("inf"))
    names = ("validation", "test", *task.data().probes)
    return trainer, {name: round(trainer.evaluate(name), 4) for name in names}


def near_target(task: Task, cell: str, value: float) -> bool:
    """Whether the metric is as good as it has to be."""
    slack = 0.0 if cell == "rnn" else SHORTFALL if task.better == "higher" else -SHORTFALL
    return task.reached(value + slack)


def write(task: Task, cell: str) -> bool:
    """Train and store one checkpoint; False when it misses the task's target."""
    trainer, figures = train_one(task, cell)
    facts = {
        "task": task.key,
        "seed": SEED,
        "recipe": dataclasses.asdict(trainer.recipe),
        "metric": task.metric,
        "figures": figures,
    }
    save_network(checkpoint_path(task.key, cell), trainer.network, facts)
    print(f"{task.key:12} {cell:5} {task.metric:20} {figures}")
    return near_target(task, cell, figures["test"])


def check(task: Task, cell: str) -> bool:
    """Compare the stored checkpoint with one trained now."""
    path = checkpoint_path(task.key, cell)
    if not path.exists():
        print(f"{task.key:12} {cell:5} is missing: {path.name}")
        return False
    stored = task.evaluate(load_network(path))
    claimed = read_facts(path)["figures"]["test"]
    now = train_one(task, cell)[1]["test"]
    near = TOLERANCE[task.metric]
    good = (
        abs(stored - claimed) < 0.005
        and abs(stored - now) <= near
        and near_target(task, cell, stored)
    )
    verdict = "ok" if good else "DIFFERS"
    print(f"{task.key:12} {cell:5} stored {stored:.4f}  trained now {now:.4f}  {verdict}")
    return good


def main() -> int:
    """Write or check; the exit code is 1 when a checkpoint fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="keys of tasks; all by default")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    unknown = set(arguments.tasks) - set(TASKS)
    if unknown:
        parser.error(f"there is no task {', '.join(sorted(unknown))}; there are {', '.join(TASKS)}")
    chosen = [TASKS[key] for key in arguments.tasks or TASKS]
    act = check if arguments.check else write
    results = [act(task, cell) for task in chosen for cell in GATES]
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main())
