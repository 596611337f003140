"""Jacobians held against complex steps of the cell itself, and their parts against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from rnn_core.analysis.jacobians import typical_slopes
from tests.core.conftest import Case, Draw

Array = npt.NDArray[Any]
STEP = 1e-30


def state_after(case: Case, start: Array, first: int, last: int, lengths: Array | None) -> Array:
    """Run steps first … last − 1 from one whole state [h | c] and return the state behind them."""
    H = case.params.hidden
    c0 = start[:, H:] if case.c0 is not None else None
    trace = rc.forward(case.params, case.x[first:last], start[:, :H], c0, lengths)
    return trace.h[-1] if trace.c is None else np.hstack([trace.h[-1], trace.c[-1]])


def brute_force(case: Case, trace: rc.Trace, first: int, last: int, limits: Any = None) -> Array:
    """∂s[last] / ∂s[first], entry [b, i, j] = ∂s[last]_j / ∂s[first]_i, by complex steps."""
    states = trace.h if trace.c is None else np.concatenate([trace.h, trace.c], axis=-1)
    S = states.shape[-1]
    found = np.zeros((trace.batch, S, S))
    for i in range(S):
        moved = states[first].astype(complex)
        moved[:, i] += 1j * STEP
        found[:, i] = state_after(case, moved, first, last, limits).imag / STEP
    return found


def test_each_step_equals_the_complex_step(draw: Draw, cell: tuple[str, str]) -> None:
    for seed, sizes in enumerate([(5, 3, 4, 5, 2), (3, 1, 2, 1, 2), (2, 2, 3, 7, 1)]):
        case = draw(*cell, sizes=sizes, seed=seed)
        trace = case.forward()
        found = rc.jacobians(trace)
        for t in range(trace.steps):
            expected = brute_force(case, trace, t, t + 1)
            np.testing.assert_allclose(found.steps[t], expected, rtol=1e-10, atol=1e-13)


def test_products_equal_the_complex_step_through_all_steps(
    draw: Draw, cell: tuple[str, str]
) -> None:
    case = draw(*cell, sizes=(6, 2, 3, 4, 2), seed=5)
    trace = case.forward()
    found = rc.jacobians(trace)
    for t in range(trace.steps):
        expected = brute_force(case, trace, t, trace.steps)
        np.testing.assert_allclose(found.products[t], expected, rtol=1e-9, atol=1e-13)
        norms = [np.linalg.norm(matrix, 2) for matrix in expected]
        np.testing.assert_allclose(found.norms[t], norms, rtol=1e-9)
    assert (found.norms[-1] == 1).all()
    np.testing.assert_allclose(found.step_norms[-1], found.norms[-2])


def test_gradient_at_the_last_state_goes_back_by_the_products(
    draw: Draw, cell: tuple[str, str]
) -> None:
    case = draw(*cell, seed=3)
    for padded in (False, True):
        trace = case.forward(lengths=padded)
        H = case.params.hidden
        rng = np.random.default_rng(0)
        last = rng.standard_normal(trace.h[-1].shape)
        ports = {"dc_last": rng.standard_normal(last.shape)} if trace.c is not None else {}
        grads = rc.backward(trace, dh_last=last, **ports)
        arriving = np.hstack([last, *ports.values()])
        back = np.einsum("tbij,bj->tbi", rc.jacobians(trace).products, arriving)
        np.testing.assert_allclose(back[:-1, :, :H], grads.dh[:-1], rtol=1e-10, atol=1e-13)
        if grads.dc is not None:
            np.testing.assert_allclose(back[0, :, H:], grads.dc[0], rtol=1e-10, atol=1e-13)


def test_padded_steps_pass_the_state_on(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell, seed=8)
    trace = case.forward(lengths=True)
    found = rc.jacobians(trace)
    ended = case.lengths <= 4
    assert ended.any()
    assert (found.steps[4][ended] == np.eye(found.steps.shape[-1])).all()
    expected = brute_force(case, trace, 0, trace.steps, case.lengths)
    np.testing.assert_allclose(found.products[0], expected, rtol=1e-9, atol=1e-13)


def test_padding_leaves_the_slopes_alone(draw: Draw) -> None:
    case = draw("rnn", sizes=(6, 1, 4, 5, 3))
    short = rc.jacobians(rc.forward(case.params, case.x[:4], case.h0)).slopes_alone
    padded = rc.forward(case.params, case.x, case.h0, lengths=np.array([4]))
    long = rc.jacobians(padded).slopes_alone
    assert short is not None
    assert long is not None
    np.testing.assert_allclose(long[:5], short, rtol=1e-12)
    assert (long[5:] == 1).all()


def test_vanilla_parts_multiply_to_the_step(draw: Draw) -> None:
    for activation in ("tanh", "relu"):
        case = draw("rnn", activation, seed=2)
        trace = case.forward()
        found = rc.jacobians(trace)
        slopes = 1 - np.tanh(trace.a) ** 2 if activation == "tanh" else (trace.a > 0) * 1.0
        np.testing.assert_allclose(found.slopes, slopes, rtol=1e-12, atol=1e-15)
        for t in range(trace.steps):
            for b in range(trace.batch):
                expected = case.params.W_hh @ np.diag(slopes[t, b])
                np.testing.assert_allclose(found.steps[t, b], expected, rtol=1e-12)
        assert found.weights_alone is not None
        assert found.slopes_alone is not None
        for t in range(trace.steps + 1):
            left = trace.steps - t
            power = np.linalg.matrix_power(case.params.W_hh, left)
            np.testing.assert_allclose(found.weights_alone[t], np.linalg.norm(power, 2))
            largest = slopes[t:].max(axis=-1).prod(axis=0)
            np.testing.assert_allclose(found.slopes_alone[t], largest, rtol=1e-12)
            bound = np.linalg.norm(case.params.W_hh, 2) ** left * found.slopes_alone[t]
            assert (found.norms[t] <= bound * (1 + 1e-12)).all()


def test_rotation_leaves_only_the_slopes(draw: Draw) -> None:
    params = rc.init("rnn", inputs=4, hidden=5, outputs=3, recurrent="orthogonal")
    found = rc.jacobians(rc.forward(params, draw().x))
    np.testing.assert_allclose(found.spectral_radius["W_hh"], 1.0)
    np.testing.assert_allclose(found.weights_alone, np.ones(7))
    assert found.slopes_alone is not None
    assert (found.norms <= found.slopes_alone * (1 + 1e-12)).all()


def test_parts_of_gated_cells(draw: Draw) -> None:
    gru, lstm = draw("gru").forward(), draw("lstm").forward()
    by_gru, by_lstm = rc.jacobians(gru), rc.jacobians(lstm)
    assert np.array_equal(by_gru.carry, gru.gates["z"])
    assert np.array_equal(by_lstm.carry, lstm.gates["f"])
    np.testing.assert_allclose(by_gru.slopes, 1 - gru.gates["n"] ** 2)
    assert lstm.c is not None
    np.testing.assert_allclose(by_lstm.slopes, 1 - np.tanh(lstm.c[1:]) ** 2)
    assert by_gru.weights_alone is None
    assert by_lstm.slopes_alone is None
    for found, trace, names in ((by_gru, gru, "rzn"), (by_lstm, lstm, "ifgo")):
        H = trace.params.hidden
        assert list(found.spectral_radius) == list(names)
        for k, name in enumerate(names):
            block = trace.params.W_hh[:, k * H : (k + 1) * H]
            expected = max(abs(np.linalg.eigvals(block)))
            assert found.spectral_radius[name] == pytest.approx(expected)


def test_typical_slopes_average_over_units_and_not_over_sequences() -> None:
    slopes = np.array([[[0.3, 0.4, 0.0], [1.0, 1.0, 1.0]], [[0.5, 0.5, 0.5], [0.1, 0.1, 0.1]]])
    each = np.sqrt((slopes**2).sum(axis=2) / 3)
    expected = [[1.0, 1.0], each[1], each[1] * each[0]]
    np.testing.assert_allclose(typical_slopes(slopes), np.array(expected), rtol=1e-14)


def test_spectral_radius_is_where_powers_grow() -> None:
    matrix = np.random.default_rng(0).standard_normal((6, 6))
    growth = np.linalg.norm(np.linalg.matrix_power(matrix, 256), 2) ** (1 / 256)
    assert rc.spectral_radius(matrix) == pytest.approx(growth, rel=0.02)
    with pytest.raises(ValueError, match=r"shape \(2, 3\) but a square"):
        rc.spectral_radius(np.zeros((2, 3)))


def test_explosion_is_infinite_and_overflow_is_named() -> None:
    params = rc.init("rnn", inputs=1, hidden=2, outputs=1, activation="relu")
    steep = replace(params, W_hh=np.full((2, 2), 1e30), W_xh=np.full((1, 2), 1e-300))
    x = np.full((11, 1, 1), 1e-10)
    found = rc.jacobians(rc.forward(steep, x))
    assert np.isinf(found.norms[0, 0])
    assert np.isfinite(found.norms[-3, 0])
    with pytest.raises(ValueError, match="overflowed at step"):
        rc.jacobians(rc.forward(replace(steep, W_xh=np.full((1, 2), 1e300)), x))
