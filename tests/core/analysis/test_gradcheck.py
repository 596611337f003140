"""Every gradient against a numeric one, and faulty ones that must be found out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnn_core as rc
from rnn_core.cells import CELLS, Cell, CellState, Step, StepGradient
from rnn_core.params import Array, Params
from tests.core.conftest import Case, Draw, draw_case

TIGHT = 1e-9
sizes = st.tuples(
    st.integers(1, 6), st.integers(1, 4), st.integers(1, 5), st.integers(1, 6), st.integers(1, 5)
)


@pytest.mark.parametrize("tokens", [False, True], ids=["dense", "tokens"])
@pytest.mark.parametrize("padded", [False, True], ids=["full", "padded"])
def test_complex_step_confirms_every_entry(
    draw: Draw, cell: tuple[str, str], tokens: bool, padded: bool
) -> None:
    case = draw(*cell, seed=3, tokens=tokens)
    errors = rc.gradcheck(
        case.params, case.x, case.targets, case.h0, case.c0, case.lengths if padded else None
    )
    expected = [*case.params.arrays(), *([] if tokens else ["x"]), "h0"]
    assert list(errors) == [*expected, *(["c0"] if cell[0] == "lstm" else [])]
    assert max(errors.values()) < TIGHT, errors


def test_complex_step_confirms_squared_error(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell, seed=4)
    errors = rc.gradcheck(case.params, case.x, case.values, case.h0, loss="squared_error")
    assert max(errors.values()) < TIGHT, errors


def test_central_differences_agree_by_norm(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell, seed=5)
    total = case.backward().total.arrays()

    def loss_with(name: str) -> Callable[[Array], float]:
        def loss_at(array: Array) -> float:
            params = case.params.with_arrays({**case.params.arrays(), name: array})
            trace = rc.forward(params, case.x, case.h0, case.c0)
            return rc.cross_entropy(trace.logits, case.targets)[0]

        return loss_at

    for name, analytic in total.items():
        numeric = rc.central_differences(loss_with(name), case.params.arrays()[name])
        assert np.linalg.norm(analytic - numeric) < 1e-7 * np.linalg.norm(numeric), name


@given(sizes=sizes, seed=st.integers(0, 10**6), which=st.sampled_from(range(4)))
def test_duality(sizes: tuple[int, int, int, int, int], seed: int, which: int) -> None:
    """⟨u, J v⟩ = ⟨Jᵀ u, v⟩, with J the derivative of logits and states by everything fed."""
    name, activation = [("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh")][which]
    case = draw_case(name, activation, sizes, seed)
    rng = np.random.default_rng(seed + 1)
    fed: dict[str, Array] = {**case.params.arrays(), "x": case.x, "h0": case.h0}
    if case.c0 is not None:
        fed["c0"] = case.c0
    v = {key: rng.standard_normal(array.shape) for key, array in fed.items()}
    step = 1e-30
    moved = {key: array + 1j * step * v[key] for key, array in fed.items()}
    weights = {key: moved[key] for key in case.params.arrays()}
    moving = rc.forward(
        case.params.with_arrays(weights), moved["x"], moved["h0"], moved.get("c0"), case.lengths
    )
    trace = case.forward(lengths=True)
    ports = {"dlogits": trace.logits, "dh": trace.h[1:], "dh_last": trace.h[-1]}
    said = {"dlogits": moving.logits, "dh": moving.h[1:], "dh_last": moving.h[-1]}
    if trace.c is not None and moving.c is not None:
        ports["dc_last"], said["dc_last"] = trace.c[-1], moving.c[-1]
    u = {key: rng.standard_normal(array.shape) for key, array in ports.items()}
    Jv = {key: array.imag / step for key, array in said.items()}
    grads = rc.backward(trace, **u)
    back: dict[str, Array] = {**grads.total.arrays(), "h0": grads.dh0}
    assert grads.dx is not None
    back["x"] = grads.dx
    if grads.dc0 is not None:
        back["c0"] = grads.dc0
    left = sum(float((u[key] * Jv[key]).sum()) for key in u)
    right = sum(float((back[key] * v[key]).sum()) for key in v)
    size = np.sqrt(sum((u[k] ** 2).sum() for k in u) * sum((Jv[k] ** 2).sum() for k in Jv))
    assert abs(left - right) <= 1e-12 * size


class Faulty:
    """A cell whose step is right and whose derivative has one named fault."""

    def __init__(self, right: Cell, fault: str) -> None:
        self.right, self.fault = right, fault
        self.step = right.step
        self.da_recurrent = right.da_recurrent

    def step_backward(
        self, params: Params, h: Array, c: CellState, now: Step, dh: Array, dc: CellState
    ) -> StepGradient:
        if self.fault == "not transposed":
            blocks = np.split(params.W_hh, params.W_hh.shape[1] // params.hidden, axis=1)
            params = params.with_arrays(
                {**params.arrays(), "W_hh": np.hstack([block.T for block in blocks])}
            )
        back = self.right.step_backward(params, h, c, now, dh, dc)
        if self.fault == "dh_next dropped":
            return back._replace(dh=np.zeros_like(back.dh))
        if self.fault == "slope missing":
            return back._replace(da=back.da / _tanh_slope(params.cell, now))
        return back


def _tanh_slope(cell: str, now: Step) -> Array:
    if cell == "rnn":
        return 1.0 - np.asarray(now.h) ** 2
    slope = np.ones_like(now.from_h)
    H = now.h.shape[1]
    name = {"gru": "n", "lstm": "g"}[cell]
    slope[:, 2 * H : 3 * H] = 1.0 - now.gates[name] ** 2
    return slope


def _last_step_only(trace: rc.Trace, dlogits: Array) -> rc.Gradients:
    grads = rc.backward(trace, dlogits)
    last = {name: array[-1] for name, array in grads.by_step.arrays().items()}
    object.__setattr__(grads, "total", grads.total.with_arrays(last))
    return grads


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("fault", ["dh_next dropped", "not transposed", "slope missing"])
def test_faulty_cells_are_found(
    draw: Draw, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    case = draw(name, sizes=(3, 2, 3, 2, 3), seed=1)
    monkeypatch.setitem(CELLS, name, Faulty(CELLS[name], fault))
    errors = rc.gradcheck(case.params, case.x, case.targets, case.h0, case.c0)
    assert max(errors.values()) > 1e-3, errors


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm"])
def test_gradients_that_are_not_summed_are_found(draw: Draw, name: str) -> None:
    case = draw(name, sizes=(3, 2, 3, 2, 3), seed=1)
    errors = rc.gradcheck(case.params, case.x, case.targets, backward=_last_step_only)
    assert errors["W_hh"] > 1e-3
    assert errors["x"] < TIGHT, "dx does not depend on the sum"


def test_coarse_step_fails_the_check(draw: Draw) -> None:
    case = draw(sizes=(3, 2, 3, 2, 3))
    fine = rc.gradcheck(case.params, case.x, case.targets, method="central differences")
    coarse = rc.gradcheck(case.params, case.x, case.targets, method="central differences", step=0.5)
    assert max(fine.values()) < 1e-4
    assert max(coarse.values()) > 1e-3


def test_worst_error_measures_small_entries_against_their_array() -> None:
    assert rc.worst_error(np.array([1.0, 1e-9]), np.array([1.0, 0.0])) == pytest.approx(1e-6)
    assert rc.worst_error(np.array([np.nan]), np.array([1.0])) == np.inf
    assert rc.worst_error(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "guess"}, "'guess'"),
        ({"loss": "hinge"}, "'hinge'"),
    ],
)
def test_gradcheck_names_what_it_does_not_know(
    draw: Draw, change: dict[str, Any], words: str
) -> None:
    case = draw()
    with pytest.raises(ValueError, match=words):
        rc.gradcheck(case.params, case.x, case.targets, **change)


def test_gradcheck_wants_float64(draw: Draw) -> None:
    case: Case = draw()
    with pytest.raises(ValueError, match="float32"):
        rc.gradcheck(case.params.astype(np.float32), case.x, case.targets)
