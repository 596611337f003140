"""One step at a time, and free running of one unroll."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from tests.core.conftest import Draw


@pytest.mark.parametrize("tokens", [False, True])
def test_steps_make_the_unroll(draw: Draw, cell: tuple[str, str], tokens: bool) -> None:
    case = draw(*cell, tokens=tokens)
    trace = case.forward()
    h: Any = case.h0
    c = case.c0
    for t in range(6):
        h, c, logits = rc.step(case.params, case.x[t], h, c)
        np.testing.assert_allclose(h, trace.h[t + 1], rtol=1e-13)
        np.testing.assert_allclose(logits, trace.logits[t], rtol=1e-13)
        assert (c is None) == (trace.c is None)
        if trace.c is not None:
            np.testing.assert_allclose(c, trace.c[t + 1], rtol=1e-13)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_generating_feeds_back_the_likeliest_token(cell: str) -> None:
    params = rc.init(cell, inputs=6, hidden=5, outputs=6, seed=3)
    trace = rc.generate(params, np.array([1, 4]), 8)
    assert trace.x.shape == (8, 2)
    assert np.array_equal(trace.x[0], [1, 4])
    assert np.array_equal(trace.x[1:], trace.logits[:-1].argmax(axis=2))


def test_generating_starts_where_it_is_told() -> None:
    params = rc.init("lstm", inputs=6, hidden=5, outputs=6, seed=3)
    h0, c0 = np.full((2, 5), 0.3), np.full((2, 5), 2.0)
    trace = rc.generate(params, np.array([1, 4]), 3, h0, c0)
    assert trace.c is not None
    assert np.array_equal(trace.h[0], h0)
    assert np.array_equal(trace.c[0], c0)
    assert np.array_equal(trace.x[1:], trace.logits[:-1].argmax(axis=2))


def test_generating_dense_values_feeds_back_the_prediction() -> None:
    params = rc.init("gru", inputs=2, hidden=5, outputs=2, seed=3)
    trace = rc.generate(params, np.array([[0.5, -1.0]]), 7)
    assert trace.x.shape == (7, 1, 2)
    np.testing.assert_allclose(trace.x[1:], trace.logits[:-1], rtol=1e-12)


def test_draws_follow_the_softmax() -> None:
    """At temperature τ a token comes as often as softmax(logits / τ) says."""
    params = rc.init("rnn", inputs=4, hidden=3, outputs=4, seed=1)
    loud = params.with_arrays({**params.arrays(), "b_y": np.array([2.0, 0.0, 1.0, -1.0])})
    first = np.zeros(20_000, int)
    for temperature in (1.0, 0.5):
        trace = rc.generate(loud, first, 2, seed=5, temperature=temperature)
        scaled = trace.logits[0, 0] / temperature
        p = np.exp(scaled) / np.exp(scaled).sum()
        found = np.bincount(trace.x[1], minlength=4) / len(first)
        np.testing.assert_allclose(found, p, atol=0.015)
    again = rc.generate(loud, first[:50], 4, seed=5, temperature=1.0)
    assert np.array_equal(again.x, rc.generate(loud, first[:50], 4, seed=5, temperature=1.0).x)
    assert not np.array_equal(again.x, rc.generate(loud, first[:50], 4, seed=6, temperature=1.0).x)


@pytest.mark.parametrize(
    ("sizes", "first", "settings", "words"),
    [
        ((4, 5), np.zeros(2, int), {}, "C=5 outputs cannot be fed back as D=4 inputs.*C ≤ D"),
        ((4, 0), np.zeros(2, int), {}, "C=0"),
        ((4, 3), np.zeros((2, 4)), {}, "dense values need C = D"),
        ((4, 4), np.zeros((2, 4)), {"temperature": 1.0}, "dense values are not drawn"),
        ((4, 4), np.zeros(2, int), {"temperature": -0.1}, "temperature is -0.1"),
        ((4, 4), np.zeros(2, int), {"steps": 0}, "steps is 0"),
        ((4, 4), np.full(2, 4), {}, "token 4"),
        ((4, 4), np.zeros((2, 1), int), {}, r"\(2, 1\)"),
        ((4, 4), np.zeros(2, int), {"h0": np.zeros((3, 5))}, r"h0 has shape \(3, 5\).*\(2, 5\)"),
    ],
)
def test_generating_refuses(
    sizes: tuple[int, int], first: Any, settings: dict[str, Any], words: str
) -> None:
    params = rc.init("rnn", inputs=sizes[0], hidden=5, outputs=sizes[1])
    with pytest.raises(ValueError, match=words):
        rc.generate(params, first, **{"steps": 3, **settings})


@pytest.mark.parametrize(
    ("cell", "x", "h", "c", "words"),
    [
        ("rnn", np.zeros((2, 3)), np.zeros((2, 5)), None, "x_t has D=3 but W_xh expects D=4"),
        ("rnn", np.zeros((2, 4)), np.zeros((3, 5)), None, r"h has shape \(3, 5\) but \(2, 5\)"),
        ("rnn", np.zeros((2, 4)), None, None, "h is None"),
        ("rnn", np.zeros((2, 4)), np.zeros((2, 5)), np.zeros((2, 5)), "c is given but.*rnn"),
        ("lstm", np.zeros((2, 4)), np.zeros((2, 5)), None, "c is missing but.*lstm"),
        ("rnn", np.full((2, 4), np.nan), np.zeros((2, 5)), None, "x_t holds nan"),
        ("rnn", np.array([4]), np.zeros((1, 5)), None, "token 4"),
    ],
)
def test_a_step_refuses(cell: str, x: Any, h: Any, c: Any, words: str) -> None:
    params = rc.init(cell, inputs=4, hidden=5, outputs=2)
    with pytest.raises(ValueError, match=words):
        rc.step(params, x, h, c)
