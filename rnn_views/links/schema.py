"""The one table of all settings: their kinds, what each page has of them, and its defaults.

`rnn_views.links.codec` reads and writes them; nothing else declares one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from rnn_core.tasks import TASKS
from rnn_views.links.fields import (
    Field,
    choice,
    clipping,
    edit_list,
    real,
    several,
    short_text,
    step_list,
    whole,
    yes_no,
)

TASK_KEYS: Final = (
    "digits",
    "captions",
    "sentiment",
    "digit-rows",
    "french",
    "german",
    "names",
)
"""The tasks in the order in which pages offer them (a test holds them against `rnn_core.TASKS`)."""

STREAM_KEYS: Final = ("sunspots", "adding", "temporal-order", "book")
"""The tasks that draw their sequences, on the pages that offer them as well."""

FAILURE_MODES: Final = ("low", "high", "exploding", "vanishing", "over-fitted", "well")
"""The prepared runs (a test holds them against the engine's)."""

FORETOLD: Final = (
    *("learns", "still", "wild", "breaks", "apart"),
    *("more", "same", "less", "tiny"),
)
"""What a visitor can predict of a prepared run (a test holds them against the engine's)."""

WEIGHTS: Final = ("W_xh", "W_hh", "b_h", "b_hn", "W_hy", "b_y")
"""The weights of a segment that a page can ask about (a test holds them against the engine's)."""

BUGS: Final = ("none", "dropped", "transpose", "slope", "sum", "start", "targets", "untied")
"""The programs of the bug lab (a test holds them against the lab's own)."""


@dataclass(frozen=True)
class Settings:
    """Everything a visitor chose on one page; small, typed, comparable.

    None in a numeric field means "as the task's recipe says".
    """

    task: str = "sentiment"
    example: int = 0
    input: str = ""
    cell: str = "rnn"
    hidden: int | None = None
    seed: int = 0
    weights: str = "trained"
    cut: bool = False
    teacher: bool = False
    temperature: float = 0.0
    lr: float | None = None
    optimizer: str = "adam"
    batch: int | None = None
    clip: float | None = None
    truncate: int | None = None
    epochs: int | None = None
    share: float = 1.0
    pace: str = "full"
    view: str = "one"
    net: str = "fresh"
    update: int = 0
    pin: int | None = None
    edits: str = ""
    learn: str = "one"
    member: int = 1
    weight: str = "W_hh"
    row: int = 1
    column: int = 1
    panel: str = "reach"
    own: str = ""
    part: str = "reach"
    source: str = "random"
    steps: int = 40
    factor: float = 1.0
    equal: bool = True
    start: str = "orthogonal"
    activation: str = "tanh"
    precision: str = "float64"
    matrix: str = "W_hh"
    unit: int = 1
    at: int = 1
    word: str = ""
    present: bool = False
    lab: str = "mystery"
    case: int = 1
    fault: str = "dropped"
    variant: str = "plain"
    tools: str = ""
    guess: str = ""
    length: int = 30
    year: int = 1921
    examples: int | None = None
    updates: int | None = None
    extreme: str = "low"
    foretold: str = ""
    beside: str = ""


FIELDS: Final[Mapping[str, Field]] = {
    "task": choice(*TASK_KEYS),
    "example": whole(0, 99_999),
    "input": short_text(),
    "cell": choice("rnn", "gru", "lstm"),
    "hidden": whole(1, 128, optional=True),
    "seed": whole(0, 9_999),
    "weights": choice("trained", "untrained"),
    "cut": yes_no(),
    "teacher": yes_no(),
    "temperature": real(0.0, 2.0),
    "lr": real(0.0, 1e9, optional=True),
    "optimizer": choice("adam", "sgd", "momentum"),
    "batch": whole(1, 512, optional=True),
    "clip": clipping(),
    "truncate": whole(1, 99, optional=True),
    "epochs": whole(1, 500, optional=True),
    "share": real(0.0, 1.0),
    "pace": choice("1", "10", "100", "full"),
    "view": choice("one", "live", "extremes"),
    "net": choice("fresh", "shipped", "mine"),
    "update": whole(0, 999_999),
    "pin": whole(0, 999_999, optional=True),
    "edits": edit_list(),
    "learn": choice("one", "batch"),
    "member": whole(1, 9_999),
    "weight": choice(*(own + name for own in ("", "decoder-") for name in WEIGHTS)),
    "row": whole(1, 9_999),
    "column": whole(1, 9_999),
    "part": choice("reach", "lags", "adding", "units", "sunspots"),
    "source": choice("random", "adding", "sentiment", "names"),
    "panel": choice("reach", "check", "chunks", "fed", "losses", "weights"),
    "own": step_list(),
    "steps": whole(2, 200),
    "factor": real(0.0, 10.0),
    "equal": yes_no(),
    "start": choice("orthogonal", "identity"),
    "activation": choice("tanh", "relu"),
    "precision": choice("float64", "float32"),
    "matrix": choice("W_hh", "W_xh", "b_h"),
    "unit": whole(1, 128),
    "at": whole(1, 99),
    "word": short_text(),
    "present": yes_no(),
    "lab": choice("mystery", "known"),
    "case": whole(1, 9_999),
    "fault": choice(*BUGS),
    "variant": choice("plain", "one", "even"),
    "tools": several("check", "overfit", "permute", "count"),
    "guess": choice("", *BUGS),
    "length": whole(2, 100),
    "year": whole(1710, 2009),
    "examples": whole(1, 9_999, optional=True),
    "updates": whole(1, 9_999, optional=True),
    "extreme": choice(*FAILURE_MODES),
    "foretold": choice("", *FORETOLD),
    "beside": choice("", *FAILURE_MODES),
}

PAGE_OVERRIDES: Final[Mapping[tuple[str, str], Field]] = {
    ("train", "task"): choice(*TASK_KEYS, *STREAM_KEYS),
}


def field_of(page: str, name: str) -> Field:
    """Return a setting's field: the page's own where it accepts more than others do."""
    return PAGE_OVERRIDES.get((page, name), FIELDS[name])


@cache
def first_suggestion(task: str) -> int:
    """Return the number of the example with which a task opens."""
    return TASKS[task].pick[0][0] if task in TASKS else 0


def sentence(text: str) -> Callable[[str], str]:
    """Return a default input: this sentence for sentiment, none for the other tasks."""
    return lambda task: text if task == "sentiment" else ""


GLOBAL: Final = {"present": False}
"""Presenter mode goes with the visitor from page to page; links name it only while it is on."""

PAGE_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "": {"edits": ""},
    "unroll": {
        "input": "the film was not good",
        "weights": "untrained",
        "cell": "rnn",
        "hidden": 8,
        "seed": 0,
        "cut": False,
        "edits": "",
    },
    "topologies": {
        "task": "sentiment",
        "example": first_suggestion,
        "input": "",
        "weights": "trained",
        "cell": "rnn",
        "seed": 0,
        "teacher": False,
        "temperature": 1.0,
        "edits": "",
    },
    "train": {
        "view": "one",
        "task": "sentiment",
        "example": first_suggestion,
        "input": sentence("the film was not good"),
        "net": "fresh",
        "cell": "rnn",
        "hidden": None,
        "seed": 0,
        "lr": None,
        "optimizer": "adam",
        "batch": None,
        "clip": None,
        "truncate": None,
        "share": 1.0,
        "epochs": None,
        "factor": 1.0,
        "examples": None,
        "updates": None,
        "extreme": "low",
        "foretold": "",
        "beside": "",
        "pace": "full",
        "update": 0,
        "pin": None,
        "edits": "",
        "learn": "one",
        "member": 1,
        "weight": "W_hh",
        "row": 1,
        "column": 1,
        "own": "",
        "panel": "reach",
    },
    "compare": {
        "task": "sentiment",
        "example": first_suggestion,
        "input": sentence("the film was not dull"),
        "hidden": None,
        "seed": 0,
        "update": 0,
        "edits": "",
    },
    "memory": {
        "part": "reach",
        "source": "random",
        "example": 0,
        "input": "",
        "weights": "trained",
        "steps": 40,
        "factor": 1.0,
        "clip": None,
        "cell": "rnn",
        "matrix": "W_hh",
        "hidden": 32,
        "equal": True,
        "start": "orthogonal",
        "activation": "tanh",
        "precision": "float64",
        "seed": 0,
        "unit": 1,
        "at": 1,
        "word": "",
        "length": 30,
        "year": 1921,
        "lr": None,
        "update": 0,
    },
    "bugs": {
        "lab": "mystery",
        "case": 1,
        "fault": "dropped",
        "cell": "rnn",
        "seed": 0,
        "variant": "plain",
        "tools": "",
        "guess": "",
    },
}

PAGES: Final[Mapping[str, Mapping[str, Any]]] = {
    page: {**own, **GLOBAL} for page, own in PAGE_DEFAULTS.items()
}
"""Which settings each page has, with the page's own defaults; the order is the link's order.

A default may be a function of the task.
"""
