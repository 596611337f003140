"""What sequences are padded with changes nothing: no loss, no gradient and no weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.analysis.gradient_flow import split_lags
from tests.core.conftest import Draw

LENGTHS = np.array([6, 2, 4])
PADDINGS = [0, 2, -1, 99, -100]


def padded(draw: Draw, cell: tuple[str, str], fill: int) -> tuple[Any, Any]:
    """A case, and its targets padded with one number."""
    case = draw(*cell)
    targets = np.abs(case.targets)
    targets[np.arange(6)[:, None] >= LENGTHS] = fill
    return case, targets


@pytest.mark.parametrize("fill", PADDINGS)
def test_padding_of_classes_changes_nothing(draw: Draw, cell: tuple[str, str], fill: int) -> None:
    case, targets = padded(draw, cell, fill)
    trace = rc.forward(case.params, case.x, case.h0, case.c0, LENGTHS)
    loss, dlogits = rc.cross_entropy(trace.logits, targets, LENGTHS)
    # Each sequence by itself, without any padding.
    sums = []
    for b, length in enumerate(LENGTHS):
        c0 = None if case.c0 is None else case.c0[b : b + 1]
        alone = rc.forward(case.params, case.x[:length, b : b + 1], case.h0[b : b + 1], c0)
        sums.append(length * rc.cross_entropy(alone.logits, targets[:length, b : b + 1])[0])
    assert loss == pytest.approx(sum(sums) / LENGTHS.sum(), rel=1e-12)
    assert not dlogits[np.arange(6)[:, None] >= LENGTHS].any()
    assert rc.loss_of([trace], targets)[0] == loss
    split = rc.contributions(trace, targets)
    total = rc.backward(trace, dlogits).total
    np.testing.assert_allclose(split.W_hh.sum(axis=(0, 1)), total.W_hh, atol=1e-13)
    assert split_lags(trace, targets, "W_hh").cells.shape == (6, 6)
    losses = rc.token_losses(trace.logits, targets, LENGTHS)
    assert np.nanmean(losses) == pytest.approx(loss)
    step = rc.TrainingStep(case.params, 6, 3, dtype=np.float64)
    bare = rc.TrainingStep(case.params, 6, 3, dtype=np.float64)
    given = step.update(case.x, targets, case.h0, LENGTHS, c0=case.c0)
    unscored = np.where(np.arange(6)[:, None] < LENGTHS, targets, -1)
    wanted = bare.update(case.x, unscored, case.h0, LENGTHS, c0=case.c0)
    assert given == wanted == pytest.approx(loss, rel=1e-12)
    for name, array in bare.params.arrays().items():
        assert np.array_equal(step.params.arrays()[name], array), name


def test_gradcheck_knows_the_padding(draw: Draw) -> None:
    case, targets = padded(draw, ("gru", "tanh"), 0)
    errors = rc.gradcheck(case.params, case.x, targets, lengths=LENGTHS)
    assert max(errors.values()) < 1e-9


def test_padding_of_numbers_changes_nothing(draw: Draw) -> None:
    case = draw()
    trace = rc.forward(case.params, case.x, lengths=LENGTHS)
    real = (np.arange(6)[:, None] < LENGTHS)[..., None]
    values = np.where(np.isnan(case.values), 0.0, case.values)
    wanted = rc.squared_error(trace.logits, np.where(real, values, np.nan))[0]
    for fill in (0.0, np.inf, np.nan, 1e300):
        targets = np.where(real, values, fill)
        assert rc.squared_error(trace.logits, targets, LENGTHS)[0] == wanted
        step = rc.TrainingStep(case.params, 6, 3, loss="squared_error", dtype=np.float64)
        assert step.update(case.x, targets, lengths=LENGTHS) == pytest.approx(wanted, rel=1e-12)


def test_a_batch_that_is_scored_at_the_last_step_alone_stays_so(draw: Draw) -> None:
    """Many to one: the state of a shorter sequence is copied to the end and read out there."""
    case = draw()
    trace = rc.forward(case.params, case.x, lengths=LENGTHS)
    targets = np.full((6, 3), -1)
    targets[-1] = [0, 1, 2]
    whole = rc.cross_entropy(trace.logits, targets)
    with_lengths = rc.cross_entropy(trace.logits, targets, LENGTHS)
    assert with_lengths[0] == whole[0]
    assert np.array_equal(with_lengths[1], whole[1])
    step = rc.TrainingStep(case.params, 6, 3, dtype=np.float64)
    assert step.update(case.x, targets, lengths=LENGTHS) == pytest.approx(whole[0], rel=1e-12)


@pytest.mark.parametrize("lengths", [[7, 1, 1], [0, 1, 1], [1, 1], [1.0, 1.0, 1.0], None, "ab"])
def test_lengths_that_are_none_are_refused(draw: Draw, lengths: Any) -> None:
    case = draw()
    trace = case.forward()
    if lengths is None:
        assert rc.cross_entropy(trace.logits, case.targets, None)[0] > 0
        return
    for loss, targets in (
        (rc.cross_entropy, case.targets),
        (rc.token_losses, case.targets),
        (rc.squared_error, case.values),
    ):
        with pytest.raises(ValueError, match="lengths"):
            loss(trace.logits, targets, lengths)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint64, np.int64])
@pytest.mark.parametrize("token", [0, 127, 128, 255, 259, 299])
def test_a_token_that_is_put_in_is_the_one_that_is_read(dtype: Any, token: int) -> None:
    params = rc.init("rnn", inputs=300, hidden=2, outputs=300)
    trace = rc.forward(params, np.array([[0], [1]], dtype))
    changed = rc.counterfactual(trace, 1, np.array([token]))
    assert changed.new.x[1, 0] == token
    wanted = rc.forward(params, np.array([[0], [token]]))
    assert np.array_equal(changed.new.logits, wanted.logits)


def test_own_words_fit_where_they_are_fed() -> None:
    from rnn_core.generation.teacher_forcing import run_partly_taught

    params = rc.init("rnn", inputs=300, hidden=4, outputs=300, seed=1)
    b_y = params.b_y.copy()
    b_y[259] = 50.0
    params = params.with_arrays({**params.arrays(), "b_y": b_y})
    network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params),))
    traces = run_partly_taught(network, [np.zeros((3, 1), np.int8)], {1, 2})
    assert traces[-1].x[:, 0].tolist() == [0, 259, 259]


def test_a_number_too_large_for_the_pass_is_refused() -> None:
    params = rc.init("rnn", inputs=2, hidden=3, outputs=2, dtype=np.float32)
    trace = rc.forward(params, np.zeros((2, 1, 2), np.float32))
    with pytest.raises(ValueError, match="x holds inf"):
        rc.counterfactual(trace, 1, np.array([[1e300, 0.0]]))


def test_differences_in_float32_are_taken_in_float64() -> None:
    found = rc.central_differences(lambda w: (w**2).sum(), np.array([3.0], np.float32))
    assert found[0] == pytest.approx(6.0, rel=1e-8)
