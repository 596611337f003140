"""What assets/text/bugs.md says of faults and instruments, checked against the records."""

from __future__ import annotations

import itertools
from inspect import signature

import pytest

from rnn_core.bug_lab.diagnostics import SAME, overfit_one
from rnn_core.bug_lab.experiment import CLASSES, DELAY, make_batch
from rnn_core.bug_lab.recordings import SEEDS
from rnn_views.bug_lab.cases import NONE, SLUGS, fault_of, record_of, verdict

CELLS = ("rnn", "gru", "lstm")
BACK = ("dropped", "transpose", "slope", "sum")
LOSS = ("start", "targets", "untied")
EVERY = list(itertools.product(CELLS, range(SEEDS)))


@pytest.mark.parametrize(("cell", "seed"), EVERY)
def test_the_check_finds_four_faults_and_passes_three(cell: str, seed: int) -> None:
    assert {NONE, *BACK, *LOSS} == set(SLUGS)
    for slug in BACK:
        assert verdict(record_of(cell, slug, seed), "check") is False
        fault = fault_of(slug)
        assert fault is not None
        assert fault.kind == "gradient"
    for slug in LOSS:
        assert verdict(record_of(cell, slug, seed), "check") is True
        fault = fault_of(slug)
        assert fault is not None
        assert fault.kind == "model"


@pytest.mark.parametrize(("cell", "seed"), EVERY)
def test_a_correct_program_passes_everything(cell: str, seed: int) -> None:
    record = record_of(cell, NONE, seed)
    assert not record.failed
    assert record.said == record.wanted
    assert verdict(record, "check") is True


@pytest.mark.parametrize(("cell", "seed"), EVERY)
def test_one_step_has_no_way_back_and_a_symmetric_matrix_no_transpose(cell: str, seed: int) -> None:
    assert verdict(record_of(cell, "dropped", seed), "check", "one step") is True
    assert verdict(record_of(cell, "transpose", seed), "check", "symmetric W_hh") is True


@pytest.mark.parametrize(("cell", "seed"), EVERY)
def test_the_other_questions_find_the_other_faults(cell: str, seed: int) -> None:
    found = {
        slug: [tool for tool in ("overfit", "permute", "count")
               if verdict(record_of(cell, slug, seed), tool) is False]
        for slug in LOSS
    }  # fmt: skip
    assert "overfit" in found["targets"]
    assert "permute" in found["start"]
    assert "count" in found["untied"]


def test_the_first_two_steps_ask_for_nothing() -> None:
    _, targets = make_batch()
    assert DELAY == 2
    assert CLASSES[0] == "nothing"
    assert not targets[:2].any()
    assert targets[2:].all()


def test_one_example_is_trained_300_times() -> None:
    assert signature(overfit_one).parameters["updates"].default == 300


@pytest.mark.parametrize(("cell", "seed"), EVERY)
def test_an_answer_depends_on_its_place_where_a_state_is_carried_over(cell: str, seed: int) -> None:
    """The verdict and the figure beside it are of one measurement."""
    for slug in SLUGS:
        record = record_of(cell, slug, seed)
        moved = max(record.difference) > SAME
        assert (verdict(record, "permute") is False) is moved
        assert moved is (slug == "start")
