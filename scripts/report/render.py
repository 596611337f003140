"""The text of docs/results.md, and of the record that pages show, from what was measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from rnn_core.tasks import TASKS, Task
from rnn_core.tasks.generated.base import GeneratedTask
from rnn_core.tasks.generated.memory import MEMORY_TASKS
from rnn_core.tasks.generated.sunspots import SUNSPOTS
from rnn_views.comparison.seeds import MEASURED
from scripts.report.row import Row
from scripts.report.tables import ALLOWED, table

ROOT = Path(__file__).resolve().parents[2]
EVERY: dict[str, Task | GeneratedTask] = {**TASKS, **MEMORY_TASKS, SUNSPOTS.key: SUNSPOTS}
NOISE = {"RMSE": 0.02, "relative error": 0.02, "nats per character": 0.02}
SLACK = 0.01
TRIALS = {
    "digits": {"vanilla": 0.974, "nearest neighbour in pixels": 0.984},
    "digit-rows": {"vanilla": 0.962, "GRU": 0.977},
    "captions": {"vanilla": 0.972, "nearest neighbour in pixels": 0.86},
    "sentiment": {"vanilla": 0.999, "GRU": 0.999, "LSTM": 0.999, "bag of words": 0.578},
    "french": {"vanilla": 0.993, "GRU": 0.985, "LSTM": 0.997, "feed-forward, padded": 0.893},
    "german": {"vanilla": 0.988, "GRU": 0.991, "LSTM": 0.999, "feed-forward, padded": 0.988},
    "names": {"vanilla": 1.984, "GRU": 1.910, "LSTM": 1.943, "4-gram": 1.919},
    "adding": {"vanilla": 0.22, "GRU": 0.05, "LSTM": 0.05, "feed-forward, window of 30": 0.39},
    "echo": {"vanilla": 1.0, "feed-forward, window of 3": 0.5, "feed-forward, window of 4": 1.0},
    "parity": {
        "vanilla": 0.998,
        "feed-forward, window of 1": 0.548,
        "feed-forward, window of 4": 0.671,
    },
    "sine": {
        "vanilla": 0.02,
        "feed-forward, window of 1": 0.354,
        "feed-forward, window of 2": 0.013,
    },
    "brackets": {
        "vanilla": 0.995,
        "feed-forward, window of 1": 0.31,
        "feed-forward, window of 5": 0.60,
    },
    "temporal-order": {"vanilla": 0.99, "feed-forward, window of 1": 0.22},
    "book": {
        "vanilla": 1.0,
        "feed-forward, window of 5": 0.23,
        "feed-forward, window of 13": 1.0,
    },
    "sunspots": {
        "vanilla": 0.103,
        "GRU": 0.091,
        "AR(9)": 0.123,
        "persistence": 0.416,
        "feed-forward, window of 1": 0.379,
        "feed-forward, window of 12": 0.118,
    },
}
"""Figures of the first trials, by which the recipes were drawn up."""
WHY = {
    ("captions", "nearest neighbour in pixels"): (
        "Two per cent are three of 150 test pictures: probably other pictures are held out."
    ),
    ("sentiment", "bag of words"): (
        "Probably polarity and negations are balanced more strictly now: words without their order "
        "tell nothing, and chance is 50 %."
    ),
    ("german", "feed-forward, padded"): (
        "One per cent are two of 200 test numbers: probably others are held out. It is not a "
        "matter of size: with four times the weights it reaches 98.0 %."
    ),
    ("names", "4-gram"): (
        "Every model of names, tables and networks alike, does better than in the trials: probably "
        "the names that are held out are easier."
    ),
    ("adding", "vanilla"): (
        "Both fail; always saying 1 reaches 0.408. Smaller vanilla networks do better here: see "
        "their rows above. The 56 units are due to equal numbers of weights."
    ),
    ("book", "feed-forward, window of 5"): (
        "Always naming one place reaches 12.5 %, and a window of 5 never sees the place: at least "
        "four words and the question follow it. The trial probably had fewer places."
    ),
}
"""Why a figure lies elsewhere than in the trials, or what it is to be held against."""


def write_results(rows: Sequence[Row], about: str) -> None:
    """Write docs/results.md, and what the page Memory shows of it."""
    (ROOT / "docs" / "results.md").write_text(report(rows, about), encoding="utf-8")
    shown = [row for row in rows if row.kind == "start" or row.task not in TASKS]
    records = [
        {
            "task": row.task,
            "model": row.model,
            "kind": row.kind,
            "parameters": row.parameters,
            "test": [round(value, 4) for value in row.test],
        }
        for row in shown
    ]
    lines = ",\n".join(json.dumps(record) for record in records)
    MEASURED.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def format_value(task: str, value: float) -> str:
    """Return a value of a task's metric as the tables show it.

    >>> format_value("digits", 0.9661), format_value("adding", 0.0254)
    ('96.6 %', '0.025')
    """
    shares = EVERY[task].metric in ("accuracy", "exact match")
    return f"{100 * value:.1f} %" if shares else f"{value:.3f}"


def format_all(task: str, values: Sequence[float]) -> str:
    """Return mean and spread over the seeds."""
    middle = f"**{format_value(task, mean(values))}**"
    if len(values) == 1:
        return middle
    return f"{middle} ({format_value(task, min(values))} to {format_value(task, max(values))})"


def report(rows: Sequence[Row], about: str) -> str:
    """Return the text of docs/results.md."""
    parts = [
        "# Results of the tasks",
        f"`make results`; {about}. Each network is trained from scratch 5 times, seeds 0 to 4, "
        "float32, one core, one thread. Figures are of data that was neither learned from nor "
        "chosen by: test splits that are the same for every seed, 1,000 fresh sequences, the "
        "sunspots' years 1921 to 1955. They are the **mean** and the spread (lowest to highest). "
        "Seconds are processor seconds of one whole run with its looks at validation data, "
        "median. Captions and translations count when every word is right, running free.",
        "## Tasks on real data",
        _tasks(rows),
        "The feed-forward rivals have as many weights as the vanilla network, and a learning rate "
        "of their own, chosen on validation data. On names the 4-gram is the better model.",
        "## Where they generalise, and where they do not",
        _probes(rows),
        "Unseen pairs are pairs of a role and a gender that occur in no training caption, each "
        "part of which does: these networks do not compose. “Never seen negated” are adjectives "
        "that stand in training only where nothing negates them, in negated sentences; “seen only "
        "negated” the reverse; new constructions are outside the grammar of training.",
        "## Memory tasks and the sunspots",
        _streams(rows),
        "The three cells of a memory task have as many weights as fit into the same number; a "
        "window of k sees the last k inputs side by side and keeps no state. The error of the "
        "sunspots is the mean squared one, relative to the variance 1535; differences in its "
        "third digit are noise, with 35 test years.",
        "## How W_hh begins",
        _starts(rows),
        "The vanilla cell, all else equal (Le, Jaitly & Hinton 2015). The identity keeps what was "
        "read until something is learned; an orthogonal matrix mixes it.",
        "## Against the first trials",
        _trials(rows),
        "The trials are those by which the recipes were drawn up. Noise is the spread of the five "
        "seeds, and at least 1 % or 0.02 of an error.",
    ]
    return "\n\n".join(parts) + "\n"


def _size(row: Row) -> str:
    if row.parameters is None:
        return "–"
    return f"{row.parameters:,}" if row.hidden is None else f"{row.hidden}, {row.parameters:,}"


def _tasks(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        if row.task not in TASKS or row.kind == "start":
            continue
        task = TASKS[row.task]
        sign = "≥" if task.better == "higher" else "≤"
        target = f"{sign} {format_value(row.task, task.target)}" if row.kind == "cell" else ""
        took = "" if row.seconds is None else f"{row.seconds:.2f}"
        if row.kind == "cell":
            took += f" of {ALLOWED[row.task]:g}"
        place = [task.title, row.model, task.metric, target, format_all(row.task, row.test), took]
        lines.append([*place, _size(row)])
    return table("task|model|metric|target|test|seconds|units, parameters", lines)


def _probes(rows: Sequence[Row]) -> str:
    cells = [row for row in rows if row.task in TASKS and row.kind == "cell"]
    found: dict[tuple[str, str], list[str]] = {}
    for row in cells:
        for probe, values in row.figures.items():
            if probe != "test":
                place = TASKS[row.task].title, probe
                found.setdefault(place, []).append(format_all(row.task, values))
    lines = [[*place, *texts] for place, texts in found.items()]
    return table("task|examples|vanilla|GRU|LSTM", lines)


def _streams(rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        if row.task in TASKS:
            continue
        task = EVERY[row.task]
        took = "" if row.seconds is None else f"{row.seconds:.2f}"
        lines.append(
            [task.title, row.model, task.metric, format_all(row.task, row.test), took, _size(row)]
        )
    return table("task|model|metric|held out|seconds|units, parameters", lines)


def _starts(rows: Sequence[Row]) -> str:
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.kind == "start":
            found.setdefault(row.task, []).append(format_all(row.task, row.test))
    lines = [[TASKS[key].title, TASKS[key].metric, *texts] for key, texts in found.items()]
    return table("task|metric|orthogonal|identity", lines)


def _trials(rows: Sequence[Row]) -> str:
    lines, verdicts = [], list[str]()
    for row in rows:
        trial = TRIALS[row.task].get(row.model)
        if trial is None or row.kind == "start":
            continue
        verdict = judge(row, trial)
        verdicts.append(verdict)
        if verdict == "differs" and (row.task, row.model) in WHY:
            verdict += f". {WHY[row.task, row.model]}"
        shown = [format_value(row.task, trial), format_all(row.task, row.test), verdict]
        lines.append([EVERY[row.task].title, row.model, *shown])
    return f"{tally(verdicts)}\n\n{table('task|model|trial|now|verdict', lines)}"


def tally(verdicts: Sequence[str]) -> str:
    """Return in a sentence how many figures agree with the trials.

    >>> tally(["better", "differs", "within noise", "within noise"])
    'Of 4 figures 2 are within noise, 1 is better, 1 differs (why, stands in its row).'
    """
    agree, better, differ = (verdicts.count(one) for one in ("within noise", "better", "differs"))
    are = ["is" if number == 1 else "are" for number in (agree, better)]
    return (
        f"Of {len(verdicts)} figures {agree} {are[0]} within noise, {better} {are[1]} better, "
        f"{differ} differ{'s' if differ == 1 else ''} (why, stands in its row)."
    )


def judge(row: Row, trial: float) -> str:
    """Return whether what was measured agrees with a trial, for better or worse."""
    task, value = EVERY[row.task], mean(row.test)
    noise = max(NOISE.get(task.metric, SLACK), max(row.test) - min(row.test))
    if abs(value - trial) <= noise:
        return "within noise"
    better = (value > trial) == (task.better == "higher")
    return "better" if better and row.kind == "cell" else "differs"
