"""Records can be copied, pickled and changed by `replace`; they stay equal and read-only."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

import rnn_core
import rnn_core as rc
from rnn_core.analysis.gradient_verdict import measure_differences
from rnn_core.bug_lab import recordings as bug_recordings
from rnn_core.bug_lab.faults import FAULTS
from rnn_core.failure_modes import recordings as failure_recordings
from rnn_core.record import ReadOnly, Record
from rnn_core.tasks.generated.registry import GENERATED_TASKS
from tests.core.conftest import CELLS, draw_case
from tests.core.test_frozen_records import parts_of, records_of

WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda held: pickle.loads(pickle.dumps(held)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def things() -> dict[str, Any]:
    """One of every kind that can be had from outside."""
    found: dict[str, Any] = {}
    for cell in CELLS:
        case = draw_case(*cell, sizes=(6, 3, 4, 5, 4))
        found |= {f"{name} of {cell}": one for name, one in records_of(case).items()}
    for key, task in rc.TASKS.items():
        found[f"task {key}"] = task
        found[f"example of {key}"] = task.example(0)
        found[f"reading of {key}"] = task.run(task.network(), task.example(0))
    found |= {f"stream {key}": task for key, task in GENERATED_TASKS.items()}
    trainer = rc.Trainer(rc.TASKS["digits"], epochs=1)
    trainer.run(60, max_updates=2)
    found |= {"progress": trainer.progress, "recipe": trainer.recipe}
    found |= {"tasks": rc.TASKS, "topologies": rc.TOPOLOGIES, "faults": FAULTS}
    found["an extreme"] = next(iter(failure_recordings.load_records().values()))
    found["a bug"] = next(iter(bug_recordings.load_records().values()))
    found["differences"] = measure_differences(lambda w: w**3, 2.0)
    # A bare array is no record: nothing of ours is asked when it is copied.
    return {name: one for name, one in found.items() if not isinstance(one, np.ndarray)}


THINGS = things()


def same(one: Any, other: Any) -> bool:
    """Whether two records hold the same numbers."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(
            one, other, equal_nan=one.dtype.kind in "fc"
        )
    if is_dataclass(one) and not isinstance(one, type):
        return type(one) is type(other) and all(
            same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one)
        )
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) or (type(one) is type(other) and not is_dataclass(one))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", THINGS)
def test_every_record_travels(name: str, way: str) -> None:
    held = THINGS[name]
    again = WAYS[way](held)
    assert same(held, again)
    frozen_before = {place for place, part in parts_of(name, held, set()) if is_frozen(part)}
    for place, part in parts_of(name, again, set()):
        if place in frozen_before:
            assert is_frozen(part), place


def is_frozen(part: Any) -> bool:
    if isinstance(part, np.ndarray):
        return not part.flags.writeable
    return isinstance(part, Mapping) and not isinstance(part, dict)


def record_classes() -> Iterator[type]:
    """All frozen dataclasses of the engine, found by looking."""
    for module in pkgutil.walk_packages(rnn_core.__path__, "rnn_core."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and is_dataclass(one) and one.__module__ == module.name:
                yield one


def test_every_class_that_holds_arrays_seals_them_again() -> None:
    classes = list(record_classes())
    assert len(classes) > 40
    for one in classes:
        kinds = " ".join(str(field.type) for field in fields(one))
        if "Array" in kinds and one.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            assert issubclass(one, Record), one
        assert "<locals>" not in one.__qualname__
        assert pickle.loads(pickle.dumps(one)) is one


def test_every_record_can_be_replaced() -> None:
    for name, held in THINGS.items():
        if not is_dataclass(held):
            continue
        names = [field.name for field in fields(held) if field.init]
        again = replace(held, **{name: getattr(held, name) for name in names[:1]})
        assert same(held, again), name


def test_a_read_only_mapping_is_one() -> None:
    held = ReadOnly({"a": 1, "b": 2})
    assert (dict(held), held == {"a": 1, "b": 2}, held | {"c": 3}, {"a": 0} | held) == (
        {"a": 1, "b": 2},
        True,
        {"a": 1, "b": 2, "c": 3},
        {"a": 1, "b": 2},
    )
    with pytest.raises(TypeError):
        held["a"] = 2  # type: ignore[index]
    with pytest.raises(AttributeError):
        held._held = {}
    assert repr(held) == "ReadOnly({'a': 1, 'b': 2})"
