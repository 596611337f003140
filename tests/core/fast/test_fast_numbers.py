"""What the fast path works out otherwise than the textbook, for large numbers and for many."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from rnn_core.fast import activations

BOUND = 1e-12


@pytest.mark.parametrize("slow", [False, True], ids=["tanh", "by exp"])
def test_wide_batches_equal_the_traced_path(
    cell: tuple[str, str], slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wide enough for tanh by exp, whatever this processor would have chosen."""
    monkeypatch.setattr(activations, "SLOW_TANH", slow)
    T, B, H = 4, 32, 32
    rng = np.random.default_rng(2)
    params = rc.init(cell[0], inputs=3, hidden=H, outputs=5, activation=cell[1])
    x, targets = 3 * rng.standard_normal((T, B, 3)), rng.integers(0, 5, (T, B))
    step = rc.TrainingStep(params, T, B, optimizer="sgd", lr=1.0, dtype=np.float64)
    loss = step.update(x, targets)
    trace = rc.forward(params, x)
    expected, dlogits = rc.cross_entropy(trace.logits, targets)
    assert loss == pytest.approx(expected, abs=BOUND)
    total = rc.backward(trace, dlogits).total.arrays()
    for name, array in step.params.arrays().items():
        np.testing.assert_allclose(array, params.arrays()[name] - total[name], atol=BOUND)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tanh_by_exp_is_tanh(dtype: npt.DTypeLike) -> None:
    a = np.array([0.0, 1e-3, 0.5, 3.0, 20.0, 50.0, 1e30, np.inf], dtype)
    a = np.concatenate([-a, a])
    out = np.empty_like(a)
    with np.errstate(over="ignore"):
        activations.tanh_by_exp(a, out)
    np.testing.assert_allclose(out, np.tanh(a.astype(np.float64)), atol=3 * np.finfo(dtype).eps)


@pytest.mark.parametrize("bias", [40.0, -40.0, 300.0, -300.0, 2000.0, -2000.0])
@pytest.mark.parametrize("batch", [1, 3])
def test_logits_of_any_size(bias: float, batch: int) -> None:
    """Softmax is the same wherever its logits lie: all far up, all far down, or one apart."""
    T, C = 4, 6
    rng = np.random.default_rng(3)
    drawn = rc.init("rnn", inputs=3, hidden=5, outputs=C)
    for b_y in (np.full(C, bias), np.where(np.arange(C) == 2, bias, 0.0)):
        params = replace(drawn, b_y=b_y)
        x, targets = rng.standard_normal((T, batch, 3)), rng.integers(0, C, (T, batch))
        targets[1, 0] = -1
        step = rc.TrainingStep(params, T, batch, optimizer="sgd", lr=1.0, dtype=np.float64)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            loss = step.update(x, targets)
        trace = rc.forward(params, x)
        expected, dlogits = rc.cross_entropy(trace.logits, targets)
        assert loss == pytest.approx(expected, rel=BOUND)
        total = rc.backward(trace, dlogits).total
        np.testing.assert_allclose(step.params.W_hy, params.W_hy - total.W_hy, atol=BOUND)
        np.testing.assert_allclose(step.params.W_xh, params.W_xh - total.W_xh, atol=BOUND)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_settings_of_numpy_stay_as_they_were(cell: str) -> None:
    """An update has a buffer and a silence of its own; what runs beside it keeps the caller's."""
    held = np.geterr(), np.getbufsize()
    step = rc.TrainingStep(rc.init(cell, inputs=3, hidden=40, outputs=5), steps=4, batch=32)
    step.update(np.ones((4, 32, 3)), np.zeros((4, 32), int))
    assert (np.geterr(), np.getbufsize()) == held
