"""What overflows is named by the engine, and never told by a warning from NumPy alone."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.analysis.gradient_flow import gradient_reach, split_lags
from rnn_core.bug_lab.diagnostics import check_gradients
from rnn_core.bug_lab.faults import Program

TARGETS = np.zeros((5, 1), int)


def growing(factor: float = 1e100) -> rc.Params:
    """ReLU units that start at 1e-250 and grow by this factor at each step; the second is idle."""
    params = rc.init("rnn", inputs=1, hidden=2, outputs=2, activation="relu")
    return replace(
        params,
        W_hh=np.array([[factor, 0.0], [-factor, 0.0]]),
        b_h=np.array([1e-250, 0.0]),
        W_hy=np.array([[-1.0, 1.0], [0.0, 0.0]]),
    )


def still(cell: str) -> rc.Trace:
    """A pass at rest through weights whose powers overflow."""
    params = rc.init(cell, inputs=1, hidden=3, outputs=2)
    wide = np.where(np.eye(3, params.W_hh.shape[1]) + np.eye(3, params.W_hh.shape[1], 1), 1e200, 0)
    return rc.forward(replace(params, W_hh=wide, b_h=0 * params.b_h), np.zeros((6, 1, 1)))


def backward_growing() -> rc.Gradients:
    trace = rc.forward(growing(), np.zeros((5, 1, 1)))
    assert trace.first_overflow() is None
    return rc.backward(trace, rc.cross_entropy(trace.logits, TARGETS)[1])


def an_update(batch: int) -> None:
    step = rc.TrainingStep(growing(), 5, batch, dtype=np.float64, optimizer="sgd")
    with pytest.raises(rc.NonFiniteError, match=r"network: d[ah] overflowed at step 1"):
        step.update(np.zeros((5, batch, 1)), np.zeros((5, batch), int))
    assert np.array_equal(step.params.W_hh, growing().W_hh)


def nothing_to_read() -> None:
    params = rc.init("rnn", inputs=2, hidden=3, outputs=2)
    row = check_gradients(Program(params), np.zeros((4, 1, 2)), np.zeros((4, 1), int)).rows[0]
    assert (row.name, row.error, row.analytic, row.passed) == ("W_xh", 0.0, 0.0, True)


CALLS: dict[str, Callable[[], Any]] = {
    "forward": lambda: rc.forward(growing(1e200), np.ones((5, 1, 1))).first_overflow(),
    "backward": lambda: backward_growing().first_overflow(),
    "norms": lambda: rc.gradient_norms(backward_growing()),
    "step": lambda: rc.step(growing(1e300), np.ones((1, 1)), np.full((1, 2), 1e300)),
    "Jacobians of rnn": lambda: rc.jacobians(still("rnn")).norms,
    "Jacobians of gru": lambda: rc.jacobians(still("gru")).norms,
    "Jacobians of lstm": lambda: rc.jacobians(still("lstm")).norms,
    "reach": lambda: gradient_reach(rc.forward(growing(), np.zeros((5, 1, 1))), TARGETS).overflow,
    "reach backward": lambda: gradient_reach(still("rnn"), np.array([[-1]] * 5 + [[1]])).overflow,
    "an update": lambda: an_update(3),
    "an update with one example": lambda: an_update(1),
    "a check of what is not fed": nothing_to_read,
}


@pytest.mark.parametrize("name", CALLS)
def test_no_warning_is_raised(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CALLS[name]()


def test_powers_that_overflow_are_infinite() -> None:
    found = rc.jacobians(still("rnn"))
    assert found.weights_alone is not None
    assert np.isfinite(found.weights_alone[-2:]).all()
    assert np.isinf(found.weights_alone[0])
    assert np.isinf(found.norms[0, 0])


@pytest.mark.parametrize("size", [1e4, -1e4, 1e300])
def test_losses_of_large_logits_are_those_of_their_differences(size: float) -> None:
    """exp(1e4) is no number; that of a difference is."""
    apart = np.array([[[0.5, -1.0, 2.0]]])
    shift = size if abs(size) < 1e10 else 0.0
    for logits, wanted in ((apart + shift, apart), (apart * size, None)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            loss, dlogits = rc.cross_entropy(logits, np.array([[1]]))
            token = rc.token_losses(logits, np.array([[1]]))
        assert token[0, 0] == pytest.approx(loss, rel=1e-12)
        if wanted is None:
            spread = logits.max() - logits[0, 0, 1]
            assert loss == pytest.approx(spread, rel=1e-12)
        else:
            assert loss == pytest.approx(rc.cross_entropy(wanted, np.array([[1]]))[0], rel=1e-9)
        assert np.isfinite(dlogits).all()


def test_nothing_that_arrives_has_no_ratio() -> None:
    """Without a read-out's weights no gradient comes back: a ratio of nothing is no number."""
    params = rc.init("rnn", inputs=2, hidden=3, outputs=2)
    cut = rc.forward(replace(params, W_hy=np.zeros((3, 2))), np.ones((4, 1, 2)))
    reach = gradient_reach(cut, [[-1], [-1], [-1], [0]])
    assert np.isnan(reach.ratio)
    assert reach.exact_zero.all()
    assert not split_lags(cut, [[-1], [-1], [-1], [0]]).along.any()
