"""A drawn digit as the browser sends it and as a link keeps it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from rnn_views.strokes import POINTS_AT_MOST, read_ink, read_strokes, write_ink


@given(st.lists(st.integers(0, 16), min_size=64, max_size=64))
@budget(max_examples=50, deadline=None)
def test_a_link_gives_back_what_was_drawn(counts: list[int]) -> None:
    cells = np.array(counts).reshape(8, 8)
    picture = read_ink(write_ink(cells))
    assert picture is not None
    assert np.array_equal(picture * 16, cells)


@pytest.mark.parametrize("text", ["", "ink:", "ink:" + "r" * 64, "ink:" + "a" * 63, "7", "INK:"])
def test_what_is_no_drawing_is_none(text: str) -> None:
    assert read_ink(text) is None


@pytest.mark.parametrize("text", ["", " ", "000", "0000  0000", "00FF", "g000", "0" * 40_004])
def test_what_are_no_strokes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="strokes"):
        read_strokes(text)


def test_strokes_are_read_point_by_point() -> None:
    strokes = read_strokes("0102ff00 7f80")
    assert [stroke.tolist() for stroke in strokes] == [[[1, 2], [255, 0]], [[127, 128]]]


def test_a_very_long_stroke_keeps_its_ends() -> None:
    stroke = read_strokes("".join(f"{n % 256:02x}40" for n in range(5_000)))[0]
    assert len(stroke) <= POINTS_AT_MOST + 1
    assert stroke[0].tolist() == [0, 64]
    assert stroke[-1].tolist() == [4_999 % 256, 64]
