"""Norms, shares and moments of numbers whose squares do not fit their type."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from rnn_core.analysis.jacobians import typical_slopes
from rnn_core.analysis.loss_attribution import attribute_losses
from rnn_core.analysis.pca import trajectory
from rnn_core.analysis.state_distance import distances
from rnn_core.norms import cosine, safe_norm, safe_norms
from rnn_core.optim import Adam, clip_by_norm, gradient_norm
from rnn_core.training.batch_update import cosine_similarity

Array = npt.NDArray[Any]
SCALES = [1e-300, 1e-170, 1.0, 1e170, 1e300]


def vanishing(scale: float) -> tuple[rc.Trace, Array]:
    """A pass whose gradients are as small, or as large, as its read-out."""
    drawn = rc.init("rnn", inputs=2, hidden=3, outputs=3, seed=1)
    params = replace(drawn, W_hy=scale * np.eye(3), b_y=np.zeros(3))
    return rc.forward(params, np.ones((3, 1, 2))), np.array([[-1], [-1], [1]])


@pytest.mark.parametrize("scale", SCALES)
def test_norms_and_cosines_scale(scale: float) -> None:
    assert safe_norm([3 * scale, 4 * scale]) == pytest.approx(5 * scale)
    np.testing.assert_allclose(safe_norms(scale * np.array([[3.0, 4.0], [0, 0]])), [5 * scale, 0])
    assert cosine([scale, 0.0], [3.0, 4.0]) == pytest.approx(0.6)
    states = np.array([[0.0, 0.0], [3.0, 4.0]]) * scale
    assert distances(states)[0, 1] == pytest.approx(5 * scale)
    assert typical_slopes(np.full((1, 1, 4), scale))[1, 0] == pytest.approx(scale)


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1e-100])
def test_lag_shares_of_a_vanishing_gradient_add_up_to_one(scale: float) -> None:
    trace, targets = vanishing(scale)
    lags = rc.lag_norms(rc.contributions(trace, targets))
    assert lags.share.sum() == pytest.approx(1.0)
    usual = rc.lag_norms(rc.contributions(*vanishing(1e-6)))
    np.testing.assert_allclose(lags.share, usual.share, rtol=1e-4)


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1e170])
def test_a_network_s_gradients_are_measured_at_any_scale(scale: float) -> None:
    segment = rc.Segment(rc.ALIGNED.segments[0], rc.init("rnn", inputs=2, hidden=3, outputs=3))
    network = rc.Network(rc.ALIGNED, (segment,))
    traces = rc.run(network, [np.ones((3, 1, 2))])
    dlogits = np.random.default_rng(0).standard_normal((3, 1, 3))
    usual, small = (rc.backpropagate(network, traces, s * dlogits) for s in (1.0, scale))
    assert small.norm == pytest.approx(scale * usual.norm)
    assert cosine_similarity(usual, small) == pytest.approx(1.0)
    tiny = replace(segment.params, W_hy=scale * segment.params.W_hy)
    if scale < 1:
        made = rc.Network(rc.ALIGNED, (replace(segment, params=tiny),))
        reach = attribute_losses(made, rc.run(made, [np.ones((3, 1, 2))]), [[-1], [-1], [0]])
        assert (reach.shares > 0).any()


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1.0, 1e170, 1e307])
def test_the_explained_variance_of_states_of_any_size(scale: float) -> None:
    params = rc.init("rnn", inputs=2, hidden=2, outputs=1, activation="relu")
    params = replace(params, W_xh=np.eye(2), W_hh=np.zeros((2, 2)), W_hy=np.zeros((2, 1)))
    x = np.zeros((4, 1, 2))
    x[:, 0, 0] = scale * np.array([1.0, 2.0, 3.0, 4.0])
    path = trajectory(rc.forward(params, x))
    np.testing.assert_allclose(path.explained, [1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(np.ptp(path.points[:, 0, 0]), 4 * scale)


@pytest.mark.parametrize(("dtype", "large"), [(np.float32, 3e19), (np.float64, 3e160)])
def test_adam_goes_on_after_a_gradient_whose_square_is_infinite(
    dtype: npt.DTypeLike, large: float
) -> None:
    """g = large, 1, 1 at lr .1, after updates it has forgotten nothing of; by mpmath."""
    adam, weights = Adam(2, dtype), np.zeros(2, dtype)
    for g in (large, 1.0, 1.0):
        adam.update(weights, np.array([g, 1.0], dtype), 0.1)
    np.testing.assert_allclose(weights, [-0.21880152, -0.3], rtol=1e-5)


def test_adam_s_moments_are_the_same_before_and_after_it_keeps_roots() -> None:
    """Of gradients that fit, m and √v are another way to write the same update."""
    rng = np.random.default_rng(0)
    drawn = rng.standard_normal((40, 6))
    plain, rooted = Adam(6, np.float64), Adam(6, np.float64)
    one, other = np.zeros(6), np.zeros(6)
    for k, g in enumerate(drawn):
        plain.update(one, g, 0.1)
        rooted.update(other, g, 0.1, norm=np.inf if k == 20 else None)
    np.testing.assert_allclose(one, other, rtol=1e-10)
    again = Adam(6, np.float64)
    again.restore(rooted.state())
    again.update(one, drawn[0], 0.1)
    rooted.update(other, drawn[0], 0.1)
    np.testing.assert_allclose(one, other, rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("power", [0.9, 0.6, 0.3, -0.3, -0.6, -0.9])
def test_clipping_scales_to_the_limit_at_any_size(dtype: npt.DTypeLike, power: float) -> None:
    scale = float(np.finfo(dtype).max) ** power
    g = np.array([3 * scale, 4 * scale], dtype)
    assert gradient_norm(g) == pytest.approx(5 * scale, rel=1e-5)
    limit = scale / 1e3
    assert clip_by_norm(g, limit) == pytest.approx(5 * scale, rel=1e-5)
    np.testing.assert_allclose(g.astype(float), [0.6 * limit, 0.8 * limit], rtol=1e-5)


def test_clipping_from_the_largest_number_to_a_small_limit() -> None:
    g = np.full(2, 3e38, np.float32)
    clip_by_norm(g, 1.0)
    np.testing.assert_allclose(g, np.sqrt(0.5), rtol=1e-5)


@pytest.mark.parametrize("error", [1e-30, 1e25])
def test_a_float32_loss_of_an_error_whose_square_does_not_fit(error: float) -> None:
    params = rc.init("rnn", inputs=1, hidden=1, outputs=1, dtype=np.float32)
    params = params.with_arrays({n: np.zeros_like(a) for n, a in params.arrays().items()})
    targets = np.full((2, 1, 1), -error)
    loss = rc.squared_error(rc.forward(params, np.ones((2, 1, 1))).logits, targets)[0]
    assert loss == pytest.approx(0.5 * error**2)
    step = rc.TrainingStep(params, 2, 1, loss="squared_error")
    assert step.update(np.ones((2, 1, 1)), targets) == pytest.approx(0.5 * error**2)
