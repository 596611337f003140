"""Three slopes of one weight: which of them agree tells a wrong gradient from a wrong loss."""

from __future__ import annotations

import pytest

from rnn_core.bug_lab.experiment import make_batch, make_program
from rnn_core.bug_lab.faults import FAULTS
from rnn_views.bug_lab.cases import SLUGS
from rnn_views.bug_lab.derivatives import UNITS, compare_sides, describe_sides, table_sides


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("slug", list(SLUGS))
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradient_faults_part_the_first_two_and_the_others_the_last_two(
    cell: str, slug: str, seed: int
) -> None:
    sides = compare_sides(cell, slug, seed)
    kind = FAULTS[SLUGS[slug]].kind if SLUGS[slug] else ""
    assert (sides.program == pytest.approx(sides.own, rel=1e-9)) == (kind != "gradient")
    assert (sides.own == pytest.approx(sides.true, rel=1e-9)) == (kind != "model")
    word = {"gradient": "**finds**", "model": "**passes**", "": "All three agree"}[kind]
    assert word in describe_sides(slug)
    assert len(table_sides(sides)) == 3


def test_the_slope_that_was_meant_is_the_right_program_s_gradient() -> None:
    right = make_program("rnn", None, 1, hidden=UNITS)
    gradient = right.gradients(*make_batch(seed=4, batch=3))[1]["W_hh"]
    for slug in SLUGS:
        sides = compare_sides("rnn", slug, 1)
        row, column = (int(n) - 1 for n in sides.place.split("[")[1].split("]")[0].split(" → "))
        assert sides.true == pytest.approx(gradient[row, column])
