"""Measure every baseline of the recurrent networks again, from its seeds; store one per task.

    python scripts/build/feedforward.py                    # measure all, write assets/models
    python scripts/build/feedforward.py names              # measure one task again, keep the others
    python scripts/build/feedforward.py --check            # measure again with one seed and compare

Each gets its best chance: its learning rate is chosen on the validation split, as the
recurrent network's was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rnn_core.baselines.feedforward import kinds_for
from rnn_core.baselines.feedforward_training import FeedForwardTrainer
from rnn_core.tasks import TASKS, Task
from rnn_core.training.trainer import Trainer
from rnn_views.comparison.results import (
    RESULTS,
    ModelResult,
    load_model_results,
    save_feedforward,
    save_model_results,
)
from scripts.baselines.fit import SimpleMethod, fit_baselines

SEEDS = (0, 1, 2)
RATES = (1 / 3, 1.0, 3.0)
WINDOWS = {"names": (2, 3, 5)}
LARGER = {("captions", "padded"): 200}
TOLERANCE = {"accuracy": 0.04, "exact match": 0.06, "nats per character": 0.03}
SEES = {
    "per-step": "the input of this step alone",
    "window": "the inputs of the last {window} steps",
    "bag": "all inputs so far, in no order",
    "padded": "the whole input at once, in fixed slots",
}


def list_baselines(task: Task) -> Iterator[tuple[str, str, str, dict[str, int]]]:
    """Return kind, name, what it sees, and the arguments of each feed-forward network."""
    for kind in kinds_for(task):
        if kind == "window":
            for window in WINDOWS.get(task.key, (5,)):
                name = f"feed-forward, window of {window}"
                yield kind, name, SEES[kind].format(window=window), {"window": window}
        else:
            name = "feed-forward" if kind == "per-step" else f"feed-forward, {kind}"
            yield kind, name, SEES[kind], {}
        if hidden := LARGER.get((task.key, kind)):
            yield kind, f"feed-forward, {kind}, larger", SEES[kind], {"hidden": hidden}


def best_rate(task: Task, kind: str, how: dict[str, int]) -> float:
    """Return the learning rate with the best validation result, seed 0."""
    found = {}
    for factor in RATES:
        trainer = FeedForwardTrainer(task, kind, lr=task.recipe.lr * factor, **how)
        trainer.run(float("inf"))
        found[trainer.recipe.lr] = trainer.evaluate("validation")
    choose = max if task.better == "higher" else min
    return choose(found, key=lambda rate: found[rate])


def measure(task: Task, kind: str, name: str, sees: str, trainers: list[Trainer]) -> ModelResult:
    """Train to the end and return the results over all seeds."""
    for trainer in trainers:
        trainer.run(float("inf"))
    test = [trainer.evaluate("test") for trainer in trainers]
    probes = {
        probe: round(float(np.mean([trainer.evaluate(probe) for trainer in trainers])), 4)
        for probe in task.data().probes
    }
    first = trainers[0]
    model = first.feedforward if isinstance(first, FeedForwardTrainer) else first.network
    return ModelResult(
        kind=kind,
        name=name,
        sees=sees,
        hidden=model.hidden,
        parameters=model.size,
        lr=first.recipe.lr,
        seeds=len(trainers),
        test=round(float(np.mean(test)), 4),
        worst=round(min(test) if task.better == "higher" else max(test), 4),
        probes=probes,
    )


def measure_task(task: Task, seeds: tuple[int, ...], rates: dict[str, float]) -> list[ModelResult]:
    """Return all models of a task; `rates` holds learning rates that are chosen already."""
    found = [
        measure(
            task,
            "rnn",
            "recurrent network",
            "the whole past, through its state",
            [Trainer(task, seed=seed) for seed in seeds],
        )
    ]
    for kind, name, sees, how in list_baselines(task):
        rate = rates.get(name) or best_rate(task, kind, how)
        trainers: list[Trainer] = [
            FeedForwardTrainer(task, kind, seed=seed, lr=rate, **how) for seed in seeds
        ]
        found.append(measure(task, kind, name, sees, trainers))
    return found + [measure_method(task, method) for method in fit_baselines(task)]


def measure_method(task: Task, method: SimpleMethod) -> ModelResult:
    """Return what a method without a network reaches."""
    test = round(method.measure("test"), 4)
    probes = {probe: round(method.measure(probe), 4) for probe in task.data().probes}
    return ModelResult(
        kind="baseline",
        name=method.name,
        sees=method.sees,
        hidden=None,
        parameters=method.parameters,
        lr=None,
        seeds=1,
        test=test,
        worst=test,
        probes=probes,
    )


def store_feedforward(task: Task) -> None:
    """Store the per-step network of the task's recipe: the page draws it beside the RNN."""
    trainer = FeedForwardTrainer(task, "per-step")
    trainer.run(float("inf"))
    save_feedforward(trainer.feedforward)


def check(task: Task) -> bool:
    """Measure again with one seed and compare with what is stored."""
    stored = {model_result.name: model_result for model_result in load_model_results()[task.key]}
    rates = {name: model_result.lr for name, model_result in stored.items() if model_result.lr}
    good = True
    for now in measure_task(task, SEEDS[:1], rates):
        near = abs(now.test - stored[now.name].test) <= TOLERANCE[task.metric]
        good = good and near
        print(f"{task.key:12} {now.name:40} stored {stored[now.name].test:.4f}  now {now.test:.4f}")
    return good


def main() -> int:
    """Measure or check; the exit code is 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="keys of tasks; all by default")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    chosen = [TASKS[key] for key in arguments.tasks or TASKS]
    if arguments.check:
        return int(sum(not check(task) for task in chosen) > 0)
    found = {k: list(v) for k, v in load_model_results().items()} if RESULTS.exists() else {}
    for task in chosen:
        found[task.key] = measure_task(task, SEEDS, {})
        store_feedforward(task)
        for one in found[task.key]:
            print(f"{task.key:12} {one.name:40} {one.test:.4f} (worst {one.worst:.4f})")
    save_model_results({key: found[key] for key in TASKS if key in found})
    return 0


if __name__ == "__main__":
    sys.exit(main())
