"""What the engine hands out is frozen to its last array, so no picture can change what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from tests.core.conftest import Case, Draw


def parts_of(name: str, held: Any, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Every record, mapping, sequence and array inside, by where it is."""
    if id(held) in seen:
        return
    seen.add(id(held))
    inside: list[tuple[str, Any]] = []
    if is_dataclass(held):
        inside = [(f"{name}.{f.name}", getattr(held, f.name)) for f in fields(held)]
    elif isinstance(held, Mapping):
        inside = [(f"{name}[{key!r}]", value) for key, value in held.items()]
    elif isinstance(held, list | tuple):
        inside = [(f"{name}[{i}]", value) for i, value in enumerate(held)]
    elif not isinstance(held, np.ndarray):
        return
    yield name, held
    for deeper, value in inside:
        yield from parts_of(deeper, value, seen)


def records_of(case: Case) -> dict[str, Any]:
    """One of every kind of record, from one case whose outputs are as many as its inputs."""
    params, trace, grads = case.params, case.forward(lengths=True), case.backward(lengths=True)
    untied = rc.forward_untied(params, rc.untie(params, 6), case.x, case.h0, case.c0)
    dlogits = rc.cross_entropy(trace.logits, case.targets)[1]
    split = rc.contributions(trace, case.targets)
    rows = np.ones((7, params.inputs))
    network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params, rows),))
    traces = rc.run(network, [np.maximum(case.targets, 0)])
    return {
        "trace": trace,
        "gradients": grads,
        "dlogits": dlogits,
        "squared error's": rc.squared_error(trace.logits, case.values)[1],
        "by step": grads.by_step,
        "split": split,
        "by lag": split.by_lag("W_hh"),
        "norms": rc.gradient_norms(grads),
        "lag norms": rc.lag_norms(split),
        "jacobians": rc.jacobians(trace),
        "trajectory": rc.trajectory(trace),
        "counterfactual": rc.counterfactual(trace, 1, case.x[0]),
        "free run": rc.generate(params, np.zeros(3, int), 4),
        "untied": untied,
        "untied gradients": rc.backward_untied(untied, dlogits),
        "traces": traces,
        "network": rc.NetworkStep(network, (6,), 3).network,
        "network gradients": rc.backpropagate(network, traces, dlogits),
    }


def test_every_record_is_frozen_to_its_last_array(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell, sizes=(6, 3, 4, 5, 4))
    arrays = 0
    for name, record in records_of(case).items():
        for place, held in parts_of(name, record, set()):
            if isinstance(held, np.ndarray):
                arrays += 1
                assert not held.flags.writeable, place
            elif is_dataclass(held):
                field = fields(held)[0].name
                with pytest.raises(FrozenInstanceError):
                    setattr(held, field, None)
            else:
                assert not isinstance(held, dict | list), place
    assert arrays > 200
