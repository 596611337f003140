"""Gates that are shut or open, units that saturate, targets that are certain: no digit is lost.

The expected values are of mpmath, with 60 digits, at the numbers as their type holds them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from rnn_core import activations
from rnn_core.analysis.gradcheck import complex_step
from rnn_core.analysis.gradient_flow import gradient_reach
from rnn_core.losses import log_softmax, token_losses

Array = npt.NDArray[Any]
# a, σ(a), σ(−a), tanh'(a)
SIGMOIDS = [
    (-10.0, 4.5397868702434395e-5, 0.99995460213129757, 8.2446144557673975e-9),
    (-30.0, 9.357622968839299e-14, 0.99999999999990642, 3.5026043050786079e-26),
    (-40.0, 4.248354255291589e-18, 1.0, 7.2194055513816607e-35),
    (-300.0, 5.1482002224120138e-131, 1.0, 1.0601586212017243e-260),
]
RELATIVE = {"float64": 1e-12, "float32": 1e-5}
CROSS_ENTROPY_40 = 4.2483542552915890e-18  # log1p(e⁻⁴⁰), and e⁻⁴⁰ / (1 + e⁻⁴⁰) to the last digit


@pytest.mark.parametrize(("a", "shut", "opened", "slope"), SIGMOIDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_keep_their_digits_on_the_flat_side(
    a: float, shut: float, opened: float, slope: float, dtype: npt.DTypeLike
) -> None:
    near = RELATIVE[np.dtype(dtype).name]
    smallest = 2 * float(np.finfo(dtype).smallest_subnormal)
    both = np.array([a, -a], dtype)
    with np.errstate(over="ignore"):
        s = activations.sigmoid(both)
        rest = activations.one_minus_sigmoid(s, both)
        slopes = activations.dsigmoid(s, both)
        tanh_slopes = activations.dtanh(np.tanh(both), both)
    for found, expected in (
        (s, [shut, opened]),
        (rest, [opened, shut]),
        (slopes, [shut * opened] * 2),
        (tanh_slopes, [slope] * 2),
    ):
        assert found.dtype == dtype
        np.testing.assert_allclose(found.astype(float), expected, rtol=near, atol=smallest)


def test_the_smallest_sigmoid_is_a_subnormal_number() -> None:
    with np.errstate(over="ignore"):
        (s,) = activations.sigmoid(np.array([-740.0]))
    assert s == pytest.approx(4.1887398800480489e-322, abs=5e-324)


@pytest.mark.parametrize("a", [-40.0, -5.0, 0.3, 5.0, 40.0])
def test_the_complex_step_goes_through_every_activation(a: float) -> None:
    """d σ = σ′ and d tanh = tanh′: value and slope come from different formulas."""
    at = np.array([a])
    s = activations.sigmoid(at)
    for found, expected in (
        (complex_step(lambda z: activations.sigmoid(z).sum(), at), s * activations.sigmoid(-at)),
        (complex_step(lambda z: np.tanh(z).sum(), at), activations.dtanh(np.tanh(at), at)),
        (
            complex_step(
                lambda z: activations.one_minus_sigmoid(activations.sigmoid(z), z).sum(), at
            ),
            -s * activations.sigmoid(-at),
        ),
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("bias", [-300.0, -100.0, -40.0, -37.0, -20.0, 20.0, 37.0, 40.0, 100.0])
@pytest.mark.parametrize(("cell", "hidden"), [("rnn", 2), ("gru", 2), ("lstm", 1), ("lstm", 2)])
def test_the_gradient_check_passes_with_any_gate_shut_or_open(
    cell: str, hidden: int, bias: float
) -> None:
    params = rc.init(cell, inputs=1, hidden=hidden, outputs=2)
    x, targets = np.ones((3, 1, 1)), [[0], [1], [0]]
    for entry in range(len(params.b_h)):
        b_h = params.b_h.copy()
        b_h[entry] = bias
        errors = rc.gradcheck(replace(params, b_h=b_h), x, targets)
        assert max(errors.values()) < 1e-9, (entry, errors)


def forget_gate_at(a_f: float, T: int = 3) -> rc.Trace:
    """An lstm whose c goes on through its forget gate alone."""
    params = rc.init("lstm", inputs=1, hidden=1, outputs=2)
    none = {name: np.zeros_like(array) for name, array in params.arrays().items()}
    b_h = np.array([0.0, a_f, 0.5, 0.0])
    shut = params.with_arrays({**none, "b_h": b_h, "W_hy": params.W_hy})
    return rc.forward(shut, np.ones((T, 1, 1)))


def test_a_shut_forget_gate_passes_on_what_it_passes_on() -> None:
    trace = forget_gate_at(-40.0)
    reach = gradient_reach(trace, [[-1], [-1], [1]])
    assert not reach.exact_zero[1:].any()
    steps = reach.norms[2:4] / reach.norms[1:3]
    np.testing.assert_allclose(steps, CROSS_ENTROPY_40, rtol=1e-9)
    found = rc.jacobians(trace)
    np.testing.assert_allclose(found.steps[:, 0, 1, 1], CROSS_ENTROPY_40, rtol=1e-12)
    assert (found.step_norms > 0).all()


def test_an_open_forget_gate_still_has_a_gradient() -> None:
    trace = forget_gate_at(40.0)
    grads = rc.backward(trace, rc.cross_entropy(trace.logits, [[-1], [-1], [1]])[1])
    assert trace.c is not None
    assert grads.dc is not None
    expected = grads.dc[2:, 0, 0] * trace.c[1:-1, 0, 0] * CROSS_ENTROPY_40
    np.testing.assert_allclose(grads.da[1:, 0, 1], expected, rtol=1e-9)


def test_an_update_gate_near_one_lets_a_little_in() -> None:
    """h' = (1 − z) n + z h from a small h: 1 − z decides, in both paths."""
    params = rc.init("gru", inputs=1, hidden=1, outputs=2)
    none = {name: np.zeros_like(array) for name, array in params.arrays().items()}
    shut = params.with_arrays({**none, "b_h": np.array([0.0, 40.0, 0.5])})
    trace = rc.forward(shut, np.ones((1, 1, 1)), h0=np.array([[1e-20]]))
    expected = CROSS_ENTROPY_40 * np.tanh(0.5) + 1e-20
    assert trace.h[1, 0, 0] == pytest.approx(expected, rel=1e-12)
    step = rc.TrainingStep(shut, 1, 1, optimizer="sgd", lr=1.0, dtype=np.float64)
    loss = step.update(np.ones((1, 1, 1)), [[1]], np.array([[1e-20]]))
    dW_hy = trace.h[1, 0] * rc.cross_entropy(trace.logits, [[1]])[1][0, 0]
    np.testing.assert_allclose(-step.params.W_hy[0], dW_hy, rtol=1e-12)
    assert loss == pytest.approx(np.log(2))


def test_cross_entropy_of_a_certain_target() -> None:
    loss, dlogits = rc.cross_entropy(np.array([[[40.0, 0.0]]]), np.array([[0]]))
    assert loss == pytest.approx(CROSS_ENTROPY_40, rel=1e-12)
    expected = [-CROSS_ENTROPY_40, CROSS_ENTROPY_40]
    np.testing.assert_allclose(dlogits[0, 0], expected, rtol=1e-12)
    logits = np.array([[[40.0, 0.0]]])
    assert token_losses(logits, [[0]])[0, 0] == pytest.approx(CROSS_ENTROPY_40, rel=1e-12)
    np.testing.assert_allclose(log_softmax(logits)[0, 0], [-CROSS_ENTROPY_40, -40], rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0.0, 1.0, 5.0, 20.0, 60.0, 600.0])
def test_the_gradient_of_each_row_adds_up_to_zero(dtype: npt.DTypeLike, size: float) -> None:
    """Minus the target's share is the others' sum, relative to the share, however small."""
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 5, (6, 3))
    logits = rng.standard_normal((6, 3, 5))
    np.put_along_axis(logits, targets[..., None], size, axis=-1)
    loss, dlogits = rc.cross_entropy(logits.astype(dtype), targets)
    own = np.take_along_axis(dlogits, targets[..., None], -1)[..., 0].astype(float)
    others = dlogits.astype(float).sum(axis=-1) - own
    tiny = 10 * float(np.finfo(dtype).smallest_subnormal)
    np.testing.assert_allclose(-own, others, rtol=20 * np.finfo(dtype).eps, atol=tiny)
    input_overrides = np.log1p(18 * others).sum() / 18
    assert size < 20 or loss == pytest.approx(input_overrides, rel=0.05)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_gradient_check_passes_on_an_example_learnt_by_heart(cell: str) -> None:
    """p comes within 1e-6 of 1; with p − 1 the check failed there."""
    rng = np.random.default_rng(0)
    x, targets = rng.standard_normal((5, 1, 3)), rng.integers(0, 3, (5, 1))
    params = rc.init(cell, inputs=3, hidden=8, outputs=3)
    step = rc.TrainingStep(params, 5, 1, lr=0.05, dtype=np.float64)
    for _ in range(1500):
        loss = step.update(x, targets)
    assert loss < 1e-4
    learnt = step.params
    for scale in (1.0, 2.0, 4.0):
        sure = replace(learnt, W_hy=scale * learnt.W_hy, b_y=scale * learnt.b_y)
        assert max(rc.gradcheck(sure, x, targets).values()) < 1e-9
