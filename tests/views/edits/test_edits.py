"""Edits by hand: what is written is read back, what cannot be used is refused, the engine obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from rnn_core.network import run
from rnn_core.tasks import TASKS
from rnn_views.chain.payload import payload
from rnn_views.edits.edit import (
    KINDS,
    MOST,
    OWNERS,
    Edit,
    add_edit,
    last_of_each,
    parse_edit,
    parse_edits,
    write_edits,
)
from rnn_views.edits.result import run_edited
from rnn_views.links import codec

TASK = TASKS["sentiment"]
NETWORK = TASK.network("rnn", 8, 0)
EXAMPLE = TASK.encode("the film was not good")


@st.composite
def edit_drawn(draw: st.DrawFn, largest: int = 60) -> Edit:
    kind = draw(st.sampled_from(sorted(KINDS)))
    about = KINDS[kind]
    place = tuple(draw(st.integers(1, largest)) for _ in range(about.places))
    value = draw(
        st.integers(int(about.low), int(about.high))
        if about.whole
        else st.floats(about.low, about.high)
    )
    return Edit(kind, place, float(f"{value:.6g}") + 0.0, draw(st.sampled_from(OWNERS)))


@given(edits=st.lists(edit_drawn(), max_size=MOST))
@budget(max_examples=150, deadline=None)
def test_a_list_is_read_back_as_it_was_written(edits: list[Edit]) -> None:
    text = write_edits(edits)
    assert parse_edits(text) == tuple(edits)
    assert codec.FIELDS["edits"].check(text) == text


@given(edits=st.lists(edit_drawn(largest=12), max_size=8), cut=st.booleans())
@budget(max_examples=60, deadline=None)
def test_any_list_is_applied_or_named(edits: list[Edit], cut: bool) -> None:
    edits = [edit for edit in edits if not edit.owner.startswith("rival")]  # another picture's
    edited = run_edited(TASK, NETWORK, EXAMPLE, edits, cut=cut)
    assert all(sentence.endswith(".") for sentence in edited.problems)
    counted = sum(len(sentence.split(",")) for sentence in edited.problems)
    done = len(edited.changes) + len(edited.unchanged)
    assert done <= len(last_of_each(edits)) <= done + counted
    untied = [
        int(change.edit.value)
        for change in edited.changes
        if change.edit.kind == "untie" and not change.edit.segment
    ]
    steps = min(5, *untied, 5)
    assert edited.backward().traces[0].h.shape == (steps + 1, 1, 8)
    payload(edited.example_run, badge="", cut=cut, edited=edited)


@given(text=st.text(max_size=60) | st.text(alphabet="W_hx0.~-e19n", max_size=40))
@budget(max_examples=300, deadline=None)
def test_hostile_text_is_refused_with_words_or_means_edits(text: str) -> None:
    settings, rejected = codec.read("unroll", {"edits": [text]})
    if rejected:
        assert settings.edits == ""
        assert "edits" in rejected[0]
    else:
        assert write_edits(parse_edits(settings.edits)) == settings.edits


@pytest.mark.parametrize(
    "text",
    [
        "W_hh.3.5_nan", "W_hh.3.5_inf", "W_hh.3.5_101", "W_hh.0.5_1", "W_hh.3_1", "W_hh.3.5.7_1",
        "W_hh.-3.5_1", "W_hh.٣.5_1", "h0.1_11", "loop_-1", "loop_3.1", "flag.1_0.5", "d0.1_1",
        "encoder-h0.1_1", "untie_2.5", "untie_100", "copy.1.1_1",
        "W_hh.3.5", "W_hh.3.5_", "_1", "W_hh.99999.1_1", "~", "W_hh.3.5_1_000",
        "~".join(["loop_1"] * (MOST + 1)),
    ],
)  # fmt: skip
def test_what_is_no_edit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expect|edit|from|value|number|float|factor|0 or 1"):
        parse_edits(text)


def test_no_edits_give_the_very_reading_of_the_task() -> None:
    plain, edited = TASK.run(NETWORK, EXAMPLE), run_edited(TASK, NETWORK, EXAMPLE, ())
    assert edited.changes == edited.problems == ()
    assert (
        payload(plain, badge="")["id"] == payload(edited.example_run, badge="", edited=edited)["id"]
    )


def test_a_weight_a_start_and_the_wire_are_the_engines_own_forward_pass() -> None:
    edited = run_edited(
        TASK, NETWORK, EXAMPLE, parse_edits("W_hh.3.5_1.5~h0.2_-0.5~loop_0.5~W_hh.3.5_0.25")
    )
    segment = NETWORK.segments[0]
    W_hh, h0 = segment.params.W_hh.copy(), np.zeros((1, 8))
    W_hh[2, 4], h0[0, 1] = 0.25, -0.5
    params = segment.params.with_arrays({**segment.params.arrays(), "W_hh": 0.5 * W_hh})
    other = type(segment)(segment.ports, params, segment.embedding)
    (trace,) = run(type(NETWORK)(NETWORK.topology, (other,)), EXAMPLE.batch.inputs, h0=h0)
    np.testing.assert_array_equal(edited.example_run.traces[0].h, trace.h)
    np.testing.assert_array_equal(edited.recurrences[0].base, W_hh)
    assert [(c.edit.kind, c.old, c.edit.value) for c in edited.changes] == [
        ("h0", 0.0, -0.5), ("loop", 1.0, 0.5), ("W_hh", 0.0, 0.25)
    ]  # fmt: skip


def test_an_input_entry_changes_its_own_step_and_what_follows() -> None:
    plain = run_edited(TASK, NETWORK, EXAMPLE, ()).example_run.traces[0]
    trace = run_edited(TASK, NETWORK, EXAMPLE, parse_edits("x.3.4_2")).example_run.traces[0]
    assert trace.x[2, 0, 3] == 2.0
    moved = (trace.h != plain.h).any(axis=(1, 2))
    assert moved.tolist() == [False, False, False, True, True, True]
    assert trace.tokens is not None


def test_loss_flags_go_on_and_off() -> None:
    on = run_edited(TASK, NETWORK, EXAMPLE, parse_edits("flag.2_1")).example_run
    assert np.isfinite(on.losses).tolist() == [False, True, False, False, True]
    assert on.loss == pytest.approx(np.nanmean(on.losses))
    assert on.network.topology.segments[-1].says == "each"
    off = run_edited(TASK, NETWORK, EXAMPLE, parse_edits("flag.5_0")).example_run
    assert off.loss is None
    assert off.network.topology.segments[-1].says == "last"


def test_what_does_not_fit_is_named_and_left_out() -> None:
    edited = run_edited(
        TASK, NETWORK, EXAMPLE, parse_edits("W_hh.99.1_1~flag.9_1~x.9.1_0~h0.9_0~h0.2_1")
    )
    assert len(edited.problems) == 4
    assert "W_hh[99 → 1] lies outside W_hh of shape (8, 8)" in edited.problems[0]
    assert [change.edit.kind for change in edited.changes] == ["h0"]
    unknown = TASK.encode("no such film anywhere")
    assert (
        "no right answer is known"
        in (run_edited(TASK, NETWORK, unknown, parse_edits("flag.1_1")).problems[0])
    )


def test_a_cut_loop_carries_no_edit() -> None:
    edits = parse_edits("W_hh.3.5_1~h0.2_1~loop_2~b_h.1_1")
    edited = run_edited(TASK, NETWORK, EXAMPLE, edits, cut=True)
    assert [change.edit.kind for change in edited.changes] == ["b_h"]


def test_a_gesture_is_one_edit_and_a_full_list_forgets_the_overruled() -> None:
    first, second, other = (parse_edit(text) for text in ("h0.1_1", "h0.1_2", "h0.2_1"))
    assert add_edit((first,), second, continues=True) == (second,)
    assert add_edit((first,), second) == (first, second)
    assert add_edit((first,), other, continues=True) == (first, other)
    assert add_edit((first, *[second] * (MOST - 1)), other) == (second, other)
    full = tuple(Edit("h0", (n + 1,), 1.0) for n in range(MOST))
    with pytest.raises(ValueError, match="60 numbers are edited"):
        add_edit(full, Edit("loop", (), 0.0))


def test_how_far_each_state_has_moved_is_the_distance_to_the_unedited_run() -> None:
    edited = run_edited(TASK, NETWORK, EXAMPLE, parse_edits("x.3.4_2~untie_4"))
    plain = TASK.run(NETWORK, EXAMPLE).traces[0].h[:, 0]
    (moved,) = edited.moved
    assert moved.shape == (5,)
    assert moved.tolist()[:3] == [0.0, 0.0, 0.0]
    after = edited.example_run.traces[0].h[:, 0]
    np.testing.assert_allclose(moved[3:], np.linalg.norm(after - plain[:5], axis=1)[3:])
    packed = payload(edited.example_run, badge="", edited=edited)["edited"]["segments"][0]
    assert packed["moved"] == pytest.approx(moved.tolist())
    assert run_edited(TASK, NETWORK, EXAMPLE, ()).moved == ()


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_scale_of_colours_is_that_of_the_run_before_all_edits(cell: str) -> None:
    network = TASK.network(cell, 6, 0)
    plain = TASK.run(network, EXAMPLE).traces[0]
    edited = run_edited(TASK, network, EXAMPLE, parse_edits("h0.2_5~W_hh.1.1_9"))
    assert np.abs(edited.example_run.traces[0].h).max() >= 5
    packed = payload(edited.example_run, badge="", edited=edited)["edited"]
    assert packed["largest"] == np.abs(plain.h).max()
    assert packed["largest_c"] == (None if plain.c is None else np.abs(plain.c).max())


def test_a_decoder_that_goes_on_longer_has_moved_nowhere_at_its_new_steps() -> None:
    task = TASKS["french"]
    network, example = task.pretrained(), task.example(task.pick[0][0])
    steps = task.run(network, example).traces[1].steps
    edited = run_edited(task, network, example, parse_edits("decoder-b_y.2_50"))
    longer = edited.example_run.traces[1].steps
    assert longer > steps
    distances = edited.moved[1]
    assert np.isfinite(distances[: steps + 1]).all()
    assert np.isnan(distances[steps + 1 :]).all()
