"""NaN and infinity come through, or are named: no comparison, tanh or gate hides them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import rnn_core as rc


def test_relu_keeps_nan() -> None:
    params = rc.init("rnn", inputs=1, hidden=4, outputs=2, activation="relu")
    W_xh = np.array([[np.nan, 1.144, -0.5, -1.0]])
    trace = rc.forward(replace(params, W_xh=W_xh), np.ones((1, 1, 1)))
    np.testing.assert_array_equal(trace.h[1, 0], [np.nan, 1.144, 0.0, 0.0])
    assert str(trace.first_overflow()) == "from_x overflowed at step 1"
    stepped = rc.step(replace(params, W_xh=W_xh), np.ones((1, 1)), np.zeros((1, 4)))[0]
    np.testing.assert_array_equal(stepped, trace.h[1])


def test_an_exploding_relu_is_no_finite_loss() -> None:
    """W_hh = 10 I in float32 for 60 steps: beyond the largest number at step 39."""
    drawn = rc.init("rnn", inputs=1, hidden=4, outputs=2, activation="relu", dtype=np.float32)
    params = replace(drawn, W_hh=(10 * np.eye(4)).astype(np.float32))
    x, targets = np.ones((60, 1, 1)), np.zeros((60, 1), int)
    trace = rc.forward(params, x)
    found = trace.first_overflow()
    assert found is not None
    assert not np.isfinite(rc.cross_entropy(trace.logits, targets)[0])
    with pytest.raises(rc.NonFiniteError, match=str(found)):
        rc.TrainingStep(params, 60, 1).update(x, targets)


HIDDEN: list[tuple[str, dict[str, Any]]] = [
    ("rnn", {"b_h": [np.inf, 0.0]}),
    ("rnn", {"b_y": [0.0, -np.inf]}),
    ("relu", {"b_h": [-np.inf, 0.0]}),
    ("gru", {"b_h": [0, 0, -np.inf, 0, 0, 0]}),
    ("gru", {"b_h": [np.inf, 0, 0, 0, 0, 0]}),
    ("lstm", {"b_h": [0, 0, -np.inf, 0, 0, 0, 0, 0]}),
    ("lstm", {"b_h": [0, 0, 0, 0, 0, 0, np.inf, 0]}),
]


@pytest.mark.parametrize(("kind", "changes"), HIDDEN)
@pytest.mark.parametrize("batch", [1, 3])
def test_an_infinity_that_a_gate_makes_finite_is_named(
    kind: str, changes: dict[str, Any], batch: int
) -> None:
    cell, activation = ("rnn", "relu") if kind == "relu" else (kind, "tanh")
    params = rc.init(cell, inputs=1, hidden=2, outputs=2, activation=activation)
    params = replace(params, **{name: np.array(value, float) for name, value in changes.items()})
    x, targets = np.ones((3, batch, 1)), np.zeros((3, batch), int)
    found = rc.forward(params, x).first_overflow()
    assert found is not None
    for dtype in (np.float32, np.float64):
        step = rc.TrainingStep(params, 3, batch, dtype=dtype)
        with pytest.raises(rc.NonFiniteError) as caught:
            step.update(x, targets)
        assert caught.value.overflow == found


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_what_overflows_behind_the_end_of_a_sequence_counts_nowhere(cell: str) -> None:
    params = rc.init(cell, inputs=1, hidden=2, outputs=2, dtype=np.float32)
    params = replace(params, W_xh=np.full_like(params.W_xh, 1e10))
    x, lengths = np.zeros((4, 2, 1), np.float32), np.array([4, 2])
    x[2:, 1] = 1e35
    targets = np.array([[0, 1], [1, 0], [0, -1], [1, -1]])
    trace = rc.forward(params, x, lengths=lengths)
    assert trace.first_overflow() is None
    step = rc.TrainingStep(params, 4, 2, optimizer="sgd", lr=1.0)
    expected, dlogits = rc.cross_entropy(trace.logits, targets, lengths)
    assert step.update(x, targets, lengths=lengths) == pytest.approx(expected, rel=1e-5)
    moved = params.W_hy - rc.backward(trace, dlogits).total.W_hy
    np.testing.assert_allclose(step.params.W_hy, moved, rtol=1e-4, atol=1e-6)


def test_large_weights_that_hide_nothing_are_trained_on() -> None:
    """A row that no token picks may hold anything that fits."""
    params = rc.init("rnn", inputs=3, hidden=2, outputs=2)
    W_xh = params.W_xh.copy()
    W_xh[2] = 1e200
    params = replace(params, W_xh=W_xh)
    tokens, targets = np.array([[0], [1]]), np.array([[0], [1]])
    loss = rc.cross_entropy(rc.forward(params, tokens).logits, targets)[0]
    step = rc.TrainingStep(params, 2, 1, dtype=np.float64)
    assert step.update(tokens, targets) == pytest.approx(loss, rel=1e-12)
