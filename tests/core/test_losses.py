"""Losses: values by hand, gradients by complex step, and what is not scored."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.losses import log_softmax, token_losses


def test_cross_entropy_by_hand() -> None:
    logits = np.log(np.array([[[0.5, 0.25, 0.25]], [[0.1, 0.1, 0.8]]]))
    loss, dlogits = rc.cross_entropy(logits, np.array([[0], [2]]))
    assert loss == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2, abs=1e-15)
    np.testing.assert_allclose(dlogits[0, 0], [-0.25, 0.125, 0.125], atol=1e-15)
    np.testing.assert_allclose(dlogits[1, 0], [0.05, 0.05, -0.1], atol=1e-15)


def test_cross_entropy_counts_scored_entries_alone() -> None:
    rng = np.random.default_rng(0)
    logits, targets = rng.standard_normal((4, 3, 5)), rng.integers(0, 5, (4, 3))
    targets[1] = targets[3, 2] = -1
    loss, dlogits = rc.cross_entropy(logits, targets)
    each = rc.token_losses(logits, targets)
    assert np.isnan(each).tolist() == (targets < 0).tolist()
    assert loss == pytest.approx(np.nanmean(each), abs=1e-15)
    assert not dlogits[targets < 0].any()
    np.testing.assert_allclose(dlogits.sum(axis=2), 0, atol=1e-16)
    numeric = rc.complex_step(lambda z: rc.cross_entropy(z, targets)[0], logits)
    assert rc.worst_error(dlogits, numeric) < 1e-12


def test_cross_entropy_survives_huge_logits() -> None:
    logits = np.array([[[1e6, 0.0]], [[-1e6, 0.0]]])
    loss, dlogits = rc.cross_entropy(logits, np.array([[0], [1]]))
    assert loss == 0.0
    assert np.isfinite(dlogits).all()
    assert rc.cross_entropy(logits, np.array([[1], [1]]))[0] == 5e5


def test_token_losses_of_nothing_scored_are_all_nan() -> None:
    assert np.isnan(rc.token_losses(np.zeros((2, 1, 3)), np.full((2, 1), -1))).all()


def test_squared_error_by_hand() -> None:
    predictions = np.array([[[1.0, 2.0]], [[3.0, 4.0]]])
    targets = np.array([[[0.0, np.nan]], [[3.0, 6.0]]])
    loss, gradient = rc.squared_error(predictions, targets)
    assert loss == pytest.approx((0.5 * 1 + 0 + 0.5 * 4) / 3)
    np.testing.assert_allclose(gradient, [[[1 / 3, 0]], [[0, -2 / 3]]])
    numeric = rc.complex_step(lambda y: rc.squared_error(y, targets)[0], predictions)
    assert rc.worst_error(gradient, numeric) < 1e-12


@pytest.mark.parametrize(
    ("logits", "targets", "words"),
    [
        (np.zeros((2, 3, 4)), np.zeros((3, 2), int), r"\(3, 2\).*\(2, 3, 4\)"),
        (np.zeros((2, 3)), np.zeros((2, 3), int), r"\(2, 3\).*\(T, B, C\)"),
        (np.zeros((2, 3, 0)), np.zeros((2, 3), int), "C ≥ 1"),
        (np.zeros((2, 3, 4)), np.zeros((2, 3)), "float64.*whole numbers"),
        (np.zeros((2, 3, 4)), np.full((2, 3), 4), "4 but expect 0 to 3"),
        (np.zeros((2, 3, 4)), np.full((2, 3), -2), "-2 but expect"),
        (np.zeros((2, 3, 4)), np.full((2, 3), -1), "all 6 targets are -1"),
    ],
)
def test_bad_classes_are_named(logits: Any, targets: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rc.cross_entropy(logits, targets)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (np.zeros((2, 3)), r"\(2, 3\).*\(2, 3, 1\)"),
        (np.zeros((2, 3, 1), int), "int64.*floats"),
        (np.full((2, 3, 1), np.inf), "infinite"),
        (np.full((2, 3, 1), np.nan), "all 6 targets are NaN"),
    ],
)
def test_bad_values_are_named(targets: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        rc.squared_error(np.zeros((2, 3, 1)), targets)


def test_rows_of_very_different_size_do_not_hide_each_other() -> None:
    logits = np.array([[[1e4, 1e4]], [[0.0, 0.0]], [[-1e4, -1e4]]])
    assert np.allclose(log_softmax(logits), -np.log(2))
    losses = token_losses(logits, np.zeros((3, 1), int))
    assert np.allclose(losses, np.log(2))
    assert rc.cross_entropy(logits, np.zeros((3, 1), int))[0] == pytest.approx(np.log(2))


def test_a_gradient_has_the_dtype_of_what_it_is_of() -> None:
    said, wanted = np.ones((2, 1, 1), np.float32), np.zeros((2, 1, 1))
    assert rc.squared_error(said, wanted)[1].dtype == np.float32
