"""How far a loss reaches back, held against brute force, the Jacobians and the edges of floats."""

from __future__ import annotations

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.analysis.gradient_flow import (
    clip_factor,
    gradient_reach,
    safe_norms,
    scale_recurrent,
    split_lags,
    state_gradients,
)
from rnn_core.params import Params
from rnn_core.trace import Trace

CELLS = ("rnn", "gru", "lstm")


def start(cell: str, hidden: int = 6, seed: int = 0) -> Params:
    return rc.init(cell, inputs=1, hidden=hidden, outputs=3, seed=seed)


def run(params: Params, steps: int = 9) -> tuple[Trace, np.ndarray]:
    """One sequence of random numbers with a loss at its last step."""
    x = np.random.default_rng(1).standard_normal((steps, 1, params.inputs))
    targets = np.full((steps, 1), -1)
    targets[-1] = 2
    return rc.forward(params, x.astype(params.dtype)), targets


@pytest.mark.parametrize("cell", CELLS)
def test_norms_are_those_of_the_products_of_jacobians(cell: str) -> None:
    trace, targets = run(start(cell))
    found = gradient_reach(trace, targets)
    dlogits = rc.cross_entropy(trace.logits, targets)[1]
    end = np.zeros(rc.jacobians(trace).products.shape[-1])
    end[: trace.params.hidden] = dlogits[-1, 0] @ trace.params.W_hy.T
    expected = [np.linalg.norm(product[0] @ end) for product in rc.jacobians(trace).products]
    assert np.allclose(found.norms, expected[::-1], rtol=1e-9)
    assert found.ratio == pytest.approx(expected[1] / expected[-1])


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_gradient_is_the_slope_of_the_loss(cell: str) -> None:
    trace, targets = run(start(cell), steps=4)
    gradients = rc.backward(trace, rc.cross_entropy(trace.logits, targets)[1])
    whole = state_gradients(gradients)[0, 0]
    H, tiny = trace.params.hidden, 1e-30
    for unit in range(len(whole)):
        h0, c0 = np.zeros((1, H), complex), np.zeros((1, H), complex)
        (h0 if unit < H else c0)[0, unit % H] = 1j * tiny
        moved = rc.forward(
            trace.params.astype(np.complex128), trace.x, h0, c0 if cell == "lstm" else None
        )
        slope = rc.cross_entropy(moved.logits, targets)[0].imag / tiny
        assert slope == pytest.approx(whole[unit], rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("cell", CELLS)
def test_an_earlier_scored_step_sees_nothing_later(cell: str) -> None:
    trace, targets = run(start(cell))
    targets[3] = 0
    early = gradient_reach(trace, targets, step=3)
    alone = np.full_like(targets, -1)
    alone[3] = 0
    shorter = rc.forward(trace.params, trace.x[:4])
    assert np.allclose(early.norms, gradient_reach(shorter, alone[:4]).norms, rtol=1e-12)
    assert early.norms.shape == (5,)


def test_joint_norm_of_the_weights_is_what_clipping_sees() -> None:
    trace, targets = run(start("gru"))
    total = rc.backward(trace, rc.cross_entropy(trace.logits, targets)[1]).total
    joint = np.sqrt(sum((array**2).sum() for array in total.arrays().values()))
    assert gradient_reach(trace, targets).weights_norm == pytest.approx(joint)
    assert joint * clip_factor(joint, 0.01) == pytest.approx(0.01)


def test_the_dial_multiplies_the_spectral_radius() -> None:
    for factor in (0.0, 0.5, 1.5):
        scaled = scale_recurrent(start("rnn"), factor)
        assert rc.spectral_radius(scaled.W_hh) == pytest.approx(factor)
        assert scaled.dtype == np.float64


def test_without_recurrent_weights_exactly_nothing_comes_back() -> None:
    trace, targets = run(scale_recurrent(start("rnn"), 0.0))
    found = gradient_reach(trace, targets)
    assert found.exact_zero.tolist() == [False] + [True] * 9
    assert found.norms[1:].tolist() == [0.0] * 9
    assert not found.denormal.any()


def test_denormal_numbers_are_told_from_zero() -> None:
    params = scale_recurrent(start("rnn").astype(np.float32), 0.05)
    trace, targets = run(params, steps=60)
    found = gradient_reach(trace, targets)
    first_denormal, first_zero = int(found.denormal.argmax()), int(found.exact_zero.argmax())
    assert 0 < first_denormal < first_zero
    assert 0 < found.norms[first_denormal] < 1.2e-38 * np.sqrt(6)
    assert found.norms[first_denormal - 1] > 1e-38
    assert found.exact_zero[first_zero:].all()


def test_overflow_is_named_and_never_a_number() -> None:
    params = rc.init("rnn", inputs=1, hidden=6, outputs=3, dtype=np.float32, activation="relu")
    trace, targets = run(scale_recurrent(params, 50.0), steps=60)
    found = gradient_reach(trace, targets)
    assert found.overflow.startswith("forward: ")
    assert np.isnan(found.norms).all()


def test_a_backward_pass_alone_can_overflow() -> None:
    params = rc.init("rnn", inputs=1, hidden=6, outputs=3, dtype=np.float32)
    zeros = np.zeros((60, 1, 1), np.float32)
    targets = np.full((60, 1), -1)
    targets[-1] = 2
    found = gradient_reach(rc.forward(scale_recurrent(params, 50.0), zeros), targets)
    assert found.overflow.startswith("backward: ")
    assert np.isfinite(found.norms[0])
    assert not np.isfinite(found.norms[-1])


def test_norms_neither_under_nor_overflow() -> None:
    found = safe_norms([[3e-300, 4e-300], [3e300, 4e300], [0, 0], [np.inf, 1.0]])
    assert found.tolist() == [5e-300, 5e300, 0.0, np.inf]
    assert np.isnan(safe_norms([np.nan, 1.0]))


def test_what_cannot_be_measured_is_refused() -> None:
    trace, targets = run(start("rnn"))
    with pytest.raises(ValueError, match="step is 2 but the scored steps are"):
        gradient_reach(trace, targets, step=2)
    with pytest.raises(ValueError, match="step is None"):
        gradient_reach(trace, np.full_like(targets, -1))
    two = rc.forward(start("rnn"), np.zeros((3, 2, 1)))
    with pytest.raises(ValueError, match="B=2"):
        gradient_reach(two, np.zeros((3, 2), int))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", ["W_hh", "W_xh", "b_h", "W_hy"])
def test_lags_are_those_of_the_full_split(cell: str, name: str) -> None:
    trace, targets = run(start(cell))
    targets[2:6, 0] = (0, 1, 2, 0)
    split = rc.contributions(trace, targets)
    found, reference = split_lags(trace, targets, name), rc.lag_norms(split, name)
    whole = np.linalg.norm(split.by_lag(name).sum(axis=0))
    assert found.total == pytest.approx(whole)
    assert np.allclose(found.norms, reference.norm, atol=1e-15)
    assert np.allclose(found.along, reference.share * whole, atol=1e-15)
    assert found.along.sum() == pytest.approx(found.total)
    entries = getattr(split, name)
    for s in range(trace.steps):
        for lag in range(trace.steps):
            if lag > s or targets[s] < 0:
                assert np.isnan(found.cells[s, lag])
            else:
                expected = np.linalg.norm(entries[s, s - lag])
                assert found.cells[s, lag] == pytest.approx(expected, abs=1e-15)


def test_a_total_of_zero_has_no_direction() -> None:
    params = scale_recurrent(start("rnn"), 0.0)
    trace = rc.forward(params, np.zeros((3, 1, 1)))
    found = split_lags(trace, [[-1], [-1], [1]], "W_hh")
    assert found.total == 0
    assert not found.along.any()


def test_an_unknown_weight_is_named() -> None:
    trace, targets = run(start("rnn"))
    with pytest.raises(ValueError, match="name is 'b_hn' but the weights are"):
        split_lags(trace, targets, "b_hn")


@pytest.mark.parametrize("cell", CELLS)
def test_a_squared_error_reaches_back_like_its_slope(cell: str) -> None:
    params = rc.init(cell, inputs=1, hidden=6, outputs=1, seed=3)
    x = np.random.default_rng(1).standard_normal((8, 1, 1))
    targets = np.full((8, 1, 1), np.nan)
    targets[-1] = 0.7
    trace = rc.forward(params, x)
    found = gradient_reach(trace, targets, loss="squared_error")
    gradients = rc.backward(trace, rc.squared_error(trace.logits, targets)[1])
    expected = np.linalg.norm(state_gradients(gradients)[::-1, 0], axis=-1)
    assert np.allclose(found.norms, expected)
    split = split_lags(trace, targets, loss="squared_error")
    assert split.total == pytest.approx(float(np.linalg.norm(gradients.total.W_hh)))
    assert np.isnan(split.cells[:-1]).all()


def test_an_unscored_squared_error_is_refused() -> None:
    trace = rc.forward(rc.init("rnn", inputs=1, hidden=2, outputs=1), np.ones((3, 1, 1)))
    with pytest.raises(ValueError, match="the scored steps are"):
        gradient_reach(trace, np.full((3, 1, 1), np.nan), loss="squared_error")
