"""Bad input: a ValueError that names what was given and what is expected; overflow is reported."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from tests.core.conftest import Draw


def fed(**change: Any) -> dict[str, Any]:
    """What is fed to a vanilla unroll with D=4, H=5, C=3; T=6, B=2."""
    return {"x": np.zeros((6, 2, 4)), **change}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": np.zeros((6, 2, 3))}, r"x has D=3 but W_xh expects D=4 \(x \(6, 2, 3\), W_xh \(4"),
        ({"x": np.zeros((6, 4))}, r"x is float64 of shape \(6, 4\); expected \(T, B, D\) floats"),
        ({"x": np.zeros((6, 2, 4), int)}, r"x is int64 of shape \(6, 2, 4\)"),
        ({"x": np.zeros(6, int)}, r"x is int64 of shape \(6,\)"),
        ({"x": np.zeros((6, 2, 4), bool)}, "x is bool"),
        ({"x": np.array([["a"]])}, r"x is <U1 of shape \(1, 1\)"),
        ({"x": np.zeros((0, 2, 4))}, r"x has T=0 \(shape \(0, 2, 4\)\)"),
        ({"x": np.zeros((6, 0, 4))}, "x has B=0"),
        ({"x": np.zeros((0, 2), int)}, "x has T=0"),
        ({"x": np.full((6, 2), 4)}, r"x has token 4 at index \(0, 0\) but tokens 0 to 3"),
        ({"x": np.full((6, 2), -1)}, "x has token -1"),
        ({"x": np.full((6, 2, 4), np.nan)}, r"x holds nan at index \(0, 0, 0\)"),
        ({"x": np.full((6, 2, 4), np.inf)}, "x holds inf"),
        ({"h0": np.zeros((1, 5))}, r"h0 has shape \(1, 5\) but \(2, 5\) is expected"),
        ({"h0": np.zeros((2, 5), int)}, "h0 has dtype int64"),
        ({"h0": np.full((2, 5), np.nan)}, "h0 holds nan"),
        ({"c0": np.zeros((2, 5))}, "c0 is given but rnn has no cell state"),
        ({"lengths": np.array([6])}, r"lengths is int64 of shape \(1,\).*\(2,\)"),
        ({"lengths": np.array([6.0, 2.0])}, "lengths is float64"),
        ({"lengths": np.array([7, 2])}, "lengths holds 7 but each is 1 to T=6"),
        ({"lengths": np.array([6, 0])}, "lengths holds 0"),
    ],
)
def test_forward_refuses(change: dict[str, Any], words: str) -> None:
    params = rc.init("rnn", inputs=4, hidden=5, outputs=3)
    with pytest.raises(ValueError, match=words):
        rc.forward(params, **fed(**change))


@pytest.mark.parametrize(
    ("ports", "words"),
    [
        ({}, "no gradient is given"),
        ({"dlogits": np.zeros((6, 2, 4))}, r"dlogits has shape \(6, 2, 4\) but \(6, 2, 3\)"),
        ({"dlogits": np.zeros((6, 1, 3))}, r"dlogits has shape \(6, 1, 3\)"),
        ({"dh": np.zeros((7, 2, 5))}, r"dh has shape \(7, 2, 5\) but \(6, 2, 5\)"),
        ({"dh_last": np.zeros((6, 2, 5))}, r"dh_last has shape \(6, 2, 5\) but \(2, 5\)"),
        ({"dh_last": np.zeros((2, 5), int)}, "dh_last has dtype int64"),
        ({"dc_last": np.zeros((2, 5))}, "dc_last is given but rnn"),
        ({"dh_last": np.zeros((2, 5)), "truncate": 0}, "truncate is 0"),
        ({"dh_last": np.zeros((2, 5)), "truncate": -2}, "truncate is -2"),
        ({"dh_last": np.zeros((2, 5)), "truncate": 1.5}, "truncate is 1.5"),
    ],
)
def test_backward_refuses(ports: dict[str, Any], words: str) -> None:
    trace = rc.forward(rc.init("rnn", inputs=4, hidden=5, outputs=3), np.zeros((6, 2, 4)))
    with pytest.raises(ValueError, match=words):
        rc.backward(trace, **ports)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": 0}, "steps is 0"),
        ({"batch": 0}, "batch is 0"),
        ({"batch": 2.5}, "batch is 2.5"),
        ({"lr": -1.0}, "lr is -1.0"),
        ({"lr": np.nan}, "lr is nan"),
        ({"clip": 0.0}, "clip is 0.0"),
        ({"clip": np.nan}, "clip is nan"),
        ({"truncate": 0}, "truncate is 0"),
        ({"dtype": np.float16}, "dtype is float16"),
        ({"weight_decay": -0.1}, "weight_decay is -0.1"),
        ({"optimizer": "rmsprop"}, "optimizer is 'rmsprop'"),
        ({"loss": "hinge"}, "loss is 'hinge'"),
    ],
)
def test_a_step_refuses_settings(change: dict[str, Any], words: str) -> None:
    params = rc.init("rnn", inputs=4, hidden=5, outputs=3)
    with pytest.raises(ValueError, match=words):
        rc.TrainingStep(params, **{"steps": 6, "batch": 2, **change})


def test_a_step_wants_something_to_score() -> None:
    with pytest.raises(ValueError, match="C=0"):
        rc.TrainingStep(rc.init("rnn", inputs=4, hidden=5, outputs=0), 6, 2)
    network = rc.Network(
        rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], rc.init(inputs=4, hidden=5, outputs=3)),)
    )
    with pytest.raises(ValueError, match=r"steps \(6, 6\) but there are 1 segments"):
        rc.NetworkStep(network, (6, 6), 2)


@pytest.mark.parametrize("batch", [1, 3], ids=["one example", "batch"])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_an_update_refuses_and_keeps_the_weights(cell: str, batch: int) -> None:
    params = rc.init(cell, inputs=4, hidden=5, outputs=3)
    step = rc.TrainingStep(params, 6, batch, dtype=np.float64)
    x, targets = np.ones((6, batch, 4)), np.zeros((6, batch), int)
    spoiled = x.copy()
    spoiled[5, 0, 0] = np.nan
    endless = x.copy()
    endless[0, 0, 0] = np.inf
    bad: list[tuple[Any, Any, dict[str, Any], str]] = [
        (x[:, :, :3], targets, {}, "D=3 but W_xh expects D=4"),
        (spoiled, targets, {}, "holds nan at index"),
        (endless, targets, {}, "holds inf at index"),
        (np.ones((7, batch, 4)), np.zeros((7, batch), int), {}, "T=7 but at most T=6"),
        (np.ones((6, 5, 4)), np.zeros((6, 5), int), {}, "B=5 but at most B="),
        (x[:0], targets[:0], {}, "T=0"),
        (x[0], targets, {}, "expected"),
        (np.full((6, batch), 4), targets, {}, "token 4"),
        (np.full((6, batch), -1), targets, {}, "token -1"),
        (x, targets[:5], {}, r"targets have shape \(5, "),
        (x, targets.astype(float), {}, "whole numbers"),
        (x, np.zeros((6, batch, 3)), {}, r"targets have shape \(6, "),
        (x, targets + 3, {}, "3 but expect 0 to 2"),
        (x, targets - 2, {}, "-2 but expect"),
        (x, targets - 1, {}, "targets are -1"),
        (x, targets, {"h0": np.zeros((batch, 4))}, "h0 has shape"),
        (x, targets, {"lengths": np.full(batch, 9)}, "lengths holds 9"),
    ]
    if cell != "lstm":
        bad.append((x, targets, {"c0": np.zeros((batch, 5))}, "c0 is given but"))
    for given, wanted, settings, words in bad:
        with pytest.raises(ValueError, match=words):
            step.update(given, wanted, **settings)
    for name, array in params.arrays().items():
        assert np.array_equal(step.params.arrays()[name], array), name


def test_squared_error_targets_are_checked() -> None:
    step = rc.TrainingStep(rc.init(inputs=4, hidden=5, outputs=3), 6, 2, loss="squared_error")
    x = np.ones((6, 2, 4))
    for targets, words in (
        (np.full((6, 2, 3), np.nan), "all 36 targets are NaN"),
        (np.full((6, 2, 3), np.inf), "infinite"),
        (np.zeros((6, 2)), r"shape \(6, 2\)"),
        (np.zeros((6, 2, 3), int), "int64"),
    ):
        with pytest.raises(ValueError, match=words):
            step.update(x, targets)


def test_network_batches_are_checked() -> None:
    decoder = rc.init(inputs=4, hidden=5, outputs=3)
    encoder = rc.init(inputs=4, hidden=5, outputs=0)
    ports = rc.ENCODER_DECODER.segments
    network = rc.Network(
        rc.ENCODER_DECODER, (rc.Segment(ports[0], encoder), rc.Segment(ports[1], decoder))
    )
    step = rc.NetworkStep(network, (6, 6), 2)
    tokens, targets = np.zeros((6, 2), int), np.zeros((6, 2), int)
    with pytest.raises(ValueError, match="inputs are given for 1 segments but there are 2"):
        step.update(rc.Batch((tokens,), targets))
    with pytest.raises(ValueError, match="input of encoder has B=1 but that of decoder has B=2"):
        step.update(rc.Batch((tokens[:, :1], tokens), targets))
    with pytest.raises(ValueError, match="input of decoder is float64"):
        step.update(rc.Batch((tokens, np.zeros((6, 2))), targets))


def test_overflow_is_named_by_array_and_step(draw: Draw) -> None:
    case = draw("rnn", "relu", sizes=(9, 2, 4, 5, 3))
    weights = case.params.arrays()
    exploding = case.params.with_arrays({**weights, "W_hh": 1e60 * np.abs(weights["W_hh"])})
    trace = rc.forward(exploding, np.abs(case.x), np.abs(case.h0))
    found = trace.first_overflow()
    assert found is not None
    assert found.array == "from_h"
    before = [trace.from_x, trace.from_h, trace.a, trace.h[1:]]
    for array in before:
        assert np.isfinite(array[: found.step]).all()
    assert not np.isfinite(trace.from_h[found.step]).all()
    assert str(found) == f"from_h overflowed at step {found.step + 1}"
    assert case.forward().first_overflow() is None


def test_overflow_backward_is_named_from_the_last_step(draw: Draw) -> None:
    """Forward grows from 1e-250 and stays finite; backward starts at 1e200 and does not."""
    params = rc.init("rnn", inputs=1, hidden=1, outputs=1, activation="relu")
    weights = {**params.arrays(), "W_hh": np.array([[1e100]]), "b_h": np.array([1e-250])}
    trace = rc.forward(params.with_arrays(weights), np.zeros((4, 1, 1)))
    grads = rc.backward(trace, dh_last=np.array([[1e200]]))
    assert trace.first_overflow() is None
    assert grads.dh[4] == 1e200
    assert grads.dh[3] == 1e300
    assert grads.first_overflow() == rc.Overflow("dh", 1), "dh[2] belongs to the second step"
    assert draw().backward().first_overflow() is None


@pytest.mark.parametrize("batch", [1, 3], ids=["one example", "batch"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_update_that_overflows_says_where_and_keeps_the_weights(
    draw: Draw, batch: int, dtype: Any
) -> None:
    case = draw("rnn", "relu", sizes=(9, batch, 4, 5, 3))
    weights = case.params.arrays()
    huge = 1e30 if dtype == np.float32 else 1e200
    exploding = case.params.with_arrays({**weights, "W_hh": huge * np.abs(weights["W_hh"])})
    step = rc.TrainingStep(exploding.astype(dtype), 9, batch, dtype=dtype)
    before = step.params.arrays()
    with pytest.raises(rc.NonFiniteError, match=r"network: from_h overflowed at step \d") as caught:
        step.update(np.abs(case.x), np.maximum(case.targets, 0))
    assert caught.value.segment == "network"
    assert caught.value.overflow.array == "from_h"
    for name, array in step.params.arrays().items():
        assert np.array_equal(array, before[name]), name


def test_weights_that_are_not_finite_show_up_in_the_first_step(draw: Draw) -> None:
    case = draw()
    spoiled = case.params.with_arrays({**case.params.arrays(), "b_h": np.full(5, np.nan)})
    found = rc.forward(spoiled, case.x).first_overflow()
    assert found == rc.Overflow("a", 0)
