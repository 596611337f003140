"""Optimisers against the textbook, and clipping."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn_core.optim import clip_by_norm, gradient_norm, make_optimizer


def textbook(name: str, gradients: Any, lr: float) -> Any:
    """The weights after each gradient, written as in the papers, from weights of zero."""
    w = velocity = m = v = np.zeros(gradients.shape[1])
    for t, g in enumerate(gradients, start=1):
        if name == "sgd":
            w = w - lr * g
        elif name == "momentum":
            velocity = 0.9 * velocity + g
            w = w - lr * velocity
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            w = w - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("scale", [1.0, 1e-7, 1e4])
def test_rules_follow_the_textbook(name: str, scale: float) -> None:
    gradients = scale * np.random.default_rng(0).standard_normal((300, 7))
    gradients[:, 3] = 0.0
    optimizer, weights = make_optimizer(name, 7, np.float64), np.zeros(7)
    for gradient in gradients:
        before = gradient.copy()
        optimizer.update(weights, gradient, 0.01)
        assert np.array_equal(gradient, before), "the gradient is read, not changed"
    expected = textbook(name, gradients, 0.01)
    np.testing.assert_allclose(weights, expected, rtol=1e-10)
    assert weights[3] == 0.0, "no gradient, no movement"


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(ValueError, match=r"'rmsprop'.*'sgd', 'momentum', 'adam'"):
        make_optimizer("rmsprop", 3, np.float64)


def test_clipping_scales_to_the_limit_and_keeps_the_direction() -> None:
    gradient = np.array([3.0, 4.0])
    assert clip_by_norm(gradient, 10.0) == 5.0
    assert gradient.tolist() == [3.0, 4.0]
    assert clip_by_norm(gradient, None) == 5.0
    assert gradient.tolist() == [3.0, 4.0]
    assert clip_by_norm(gradient, 1.0) == 5.0
    np.testing.assert_allclose(gradient, [0.6, 0.8], rtol=1e-15)


def test_norm_of_large_float32_is_finite() -> None:
    gradient = np.array([3e25, 4e25], np.float32)
    with np.errstate(over="ignore"):
        assert gradient_norm(gradient) == pytest.approx(5e25, rel=1e-6)
        assert clip_by_norm(gradient, 1.0) == pytest.approx(5e25, rel=1e-6)
    np.testing.assert_allclose(gradient, [0.6, 0.8], rtol=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_norm_is_not_finite_where_the_gradient_is_not(value: float) -> None:
    with np.errstate(invalid="ignore", over="ignore"):
        assert not np.isfinite(gradient_norm(np.array([1.0, value])))
