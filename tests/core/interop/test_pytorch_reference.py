"""Against PyTorch: recorded by scripts/build/pytorch_reference.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc

Array = npt.NDArray[Any]
HERE = Path(__file__).parent
BOUND = 1e-10
CELLS = ["rnn-tanh", "rnn-relu", "gru", "lstm"]


def load(cell: str) -> dict[str, dict[str, dict[str, Array]]]:
    """Return case → "given" or "found" → name → array."""
    cases: dict[str, dict[str, dict[str, Array]]] = {}
    with np.load(HERE / "recorded" / f"{cell}.npz", allow_pickle=False) as arrays:
        for key in arrays.files:
            case, side, name = key.split("/")
            cases.setdefault(case, {"given": {}, "found": {}})[side][name] = arrays[key]
    return cases


def truncation_of(case: str) -> int | None:
    return 3 if case == "truncated" else None


def compute(cell: str, case: str, given: dict[str, Array]) -> dict[str, Array]:
    """Return what the engine computes, by the names of the recording."""
    name, _, activation = cell.partition("-")
    weights = {key: given[key] for key in given if key.startswith(("W_", "b_"))}
    params = rc.Params(cell=name, activation=activation or "tanh", **weights)
    trace = rc.forward(params, given["x"], given["h0"], given.get("c0"))
    loss, dlogits = rc.cross_entropy(trace.logits, given["targets"])
    grads = rc.backward(trace, dlogits, truncate=truncation_of(case))
    found: dict[str, Array | None] = {
        "loss": np.array(loss),
        "from_x": trace.from_x,
        "from_h": trace.from_h,
        "a": trace.a,
        "h": trace.h,
        "c": trace.c,
        "n_recurrent": trace.n_recurrent,
        "logits": trace.logits,
        "dlogits": dlogits,
        "da": grads.da,
        "dh": grads.dh,
        "dc": grads.dc,
        "dx": grads.dx,
    }
    found |= {f"gate {gate}": array for gate, array in trace.gates.items()}
    found |= {f"total {key}": array for key, array in grads.total.arrays().items()}
    return {key: array for key, array in found.items() if array is not None}


def assert_same(ours: dict[str, Array], theirs: dict[str, Array]) -> None:
    assert sorted(ours) == sorted(theirs)
    for name in theirs:
        assert ours[name].shape == theirs[name].shape, name
        gap = np.abs(ours[name] - theirs[name]).max()
        assert gap < BOUND * max(1.0, np.abs(theirs[name]).max()), (name, gap)


@pytest.mark.parametrize("cell", CELLS)
def test_every_intermediate_equals_the_recording(cell: str) -> None:
    cases = load(cell)
    assert len(cases) == 6
    for case, sides in cases.items():
        assert_same(compute(cell, case, sides["given"]), sides["found"])


@pytest.fixture(scope="module")
def recorder() -> ModuleType:
    """The recording script, where PyTorch is installed."""
    pytest.importorskip("torch", reason="PyTorch is not installed; the recorded results stand in")
    path = HERE.parents[2] / "scripts" / "build" / "pytorch_reference.py"
    spec = importlib.util.spec_from_file_location("pytorch_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("seed", [101, 102, 103])
def test_live_pytorch_agrees(recorder: ModuleType, cell: str, seed: int) -> None:
    for case in recorder.CASES:
        given = recorder.draw(cell, case, seed)
        assert_same(compute(cell, case, given), recorder.record(cell, case, given))
