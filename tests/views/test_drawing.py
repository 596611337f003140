"""A drawn digit becomes 8×8 cells the way the data's did."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from rnn_core.tasks import TASKS
from rnn_views.drawing import GRID, count_ink, read_bits, read_ink, write_ink


def draw_bar(top: int, left: int, height: int, width: int) -> np.ndarray:
    drawing = np.zeros((GRID, GRID), dtype=bool)
    drawing[top : top + height, left : left + width] = True
    return drawing


def as_bits(drawing: np.ndarray) -> str:
    return np.packbits(drawing).tobytes().hex()


def test_where_and_how_large_it_is_drawn_does_not_matter() -> None:
    small, large = draw_bar(3, 5, 16, 4), draw_bar(0, 40, 64, 16)
    cells = count_ink(small)
    assert np.array_equal(cells, count_ink(large))
    assert cells[:, 3:5].tolist() == [[16, 16]] * 8
    assert cells.sum() == 16 * 16


def test_what_is_wide_keeps_its_shape() -> None:
    cells = count_ink(draw_bar(30, 10, 8, 32))
    assert cells[3:5].tolist() == [[16] * 8] * 2
    assert cells.sum() == 16 * 16


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


@pytest.mark.parametrize("text", ["", "0" * 1024, "g" * 1024, "f" * 1023, "F" * 1024])
def test_bits_that_are_no_drawing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"drawing|drawn"):
        read_bits(text)


def test_bits_are_read_row_by_row() -> None:
    drawing = draw_bar(3, 5, 16, 4)
    assert np.array_equal(read_bits(as_bits(drawing)), drawing)


def test_the_shipped_network_reads_a_drawn_ring_as_zero() -> None:
    y, x = np.mgrid[:GRID, :GRID] + 0.5
    distance = np.hypot((x - 32) / 17, (y - 32) / 26)
    task = TASKS["digits"]
    example = task.encode(count_ink((distance > 0.8) & (distance < 1.1)) / 16)
    assert task.read(task.shipped(), example).said[-1] == "0"
