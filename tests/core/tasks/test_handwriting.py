"""Strokes of a pen become 8×8 cells the way the data's did, and the shipped network reads them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnn_core.tasks import TASKS
from rnn_core.tasks.inputs.handwriting import (
    INK,
    LEVELS,
    POINTS,
    WIDEST,
    count_blocks,
    scan_strokes,
)
from tests.support.handwriting import FIRST, SECOND, draw_digits


@pytest.mark.parametrize("key", ["digits", "digit-rows"])
def test_the_shipped_network_reads_most_drawings(key: str) -> None:
    """Measured: digits .918 and .825, rows .864 and .775; before .812 .770, .782 .730."""
    task = TASKS[key]
    network = task.pretrained()
    for hand, least in ((FIRST, 0.84), (SECOND, 0.74)):
        drawings = list(draw_digits(hand, copies=6, seed=3))
        right = [
            task.run(network, task.encode(scan_strokes(strokes))).said[-1] == str(digit)
            for digit, strokes in drawings
        ]
        assert np.mean(right) >= least


def test_where_and_how_large_it_is_drawn_does_not_matter() -> None:
    for _, strokes in draw_digits(FIRST, copies=1, seed=0):
        moved = [stroke * 0.25 + (3, 150) for stroke in strokes]
        assert (
            np.abs(count_blocks(scan_strokes(strokes)) - count_blocks(scan_strokes(moved))).max()
            <= 1
        )


def test_scans_are_like_the_training_split() -> None:
    """Typical extents of the data: full height, the outer columns empty, ink about the same."""
    train = TASKS["digits"].data().pictures["train"] * LEVELS
    assert train.sum(axis=(1, 2)).mean() == pytest.approx(INK, rel=0.02)
    assert (train.sum(axis=2) > 0).mean(axis=0).min() > 0.99
    assert (train.sum(axis=1) > 0).mean(axis=0)[[0, 7]].max() < 0.2
    for _, strokes in draw_digits(FIRST, copies=2, seed=5):
        scan = scan_strokes(strokes)
        assert abs(scan.sum() - INK) < 0.1 * INK
        assert np.flatnonzero(scan.any(axis=1))[[0, -1]].tolist() == pytest.approx([0, 31], abs=1)
        assert np.ptp(np.flatnonzero(scan.any(axis=0))) + 1 <= WIDEST + 2


def test_a_scan_is_counted_in_blocks() -> None:
    task = TASKS["digits"]
    scan = np.zeros((POINTS, POINTS), dtype=bool)
    scan[4:8, 8:10] = True
    picture = task.encode(scan).picture
    assert picture is not None
    assert picture.shape == (8, 8)
    assert picture[1, 2] == 0.5
    assert picture.sum() == 0.5
    with pytest.raises(ValueError, match="blank"):
        task.encode(np.zeros((POINTS, POINTS)))


def test_no_point_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is drawn"):
        scan_strokes([])


@given(
    st.lists(
        arrays(float, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(0, 255)),
        min_size=1,
        max_size=4,
    )
)
@budget(max_examples=40, deadline=None)
def test_whatever_is_drawn_leaves_ink(strokes: list[np.ndarray]) -> None:
    scan = scan_strokes(strokes)
    assert scan.any()
    assert not scan.all()
