"""What the panels of page Training say of gradient checks, labels and fed words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnn_core.analysis.gradient_verdict import (
    AGREE,
    DIFFER,
    SHARP,
    STEPS,
    UNCLEAR,
    measure_differences,
)
from rnn_core.analysis.weight_gradcheck import WeightGradcheck, probe_weight, relative_error
from rnn_core.tasks import TASKS, backward
from rnn_core.tasks.names import LETTERS_AT_MOST
from rnn_views.chain import gradient_checks
from rnn_views.edits.edit import Edit
from rnn_views.edits.result import run_edited
from rnn_views.number_format import format_number
from rnn_views.ui.unroll.questions import describe_swap
from rnn_views.ui.update.gradcheck import (
    describe_verdict,
    explain_steps,
    explain_sum,
    explain_zero,
    is_unused,
)
from rnn_views.ui.update.panels import describe_flags
from rnn_views.ui.update.teacher_forcing import describe_snowball, steps_that_can
from tests.support import sample_readings as samples
from tests.support.seeds import draws

DRAWN = draws("training text")
PLACES = [(DRAWN.randint(0, 7), DRAWN.randint(0, 7)) for _ in range(6)]


def probe(sample: str, name: str, place: tuple[int, ...]) -> WeightGradcheck:
    example_run = samples.SAMPLES[sample]()
    assert example_run.gradients is not None
    loss = gradient_checks.loss_like(example_run)
    return probe_weight(example_run.network, example_run.gradients, loss, name, place)


def of_function(slope: float, claimed: float, by_step: tuple[float, ...] = ()) -> WeightGradcheck:
    """The probe of a loss 1 + slope · w, and of a gradient that is claimed for it."""
    found = measure_differences(lambda w: 1.0 + slope * w, 0.5)
    return WeightGradcheck(
        name="W_hh",
        place=(0, 0),
        weight=0.5,
        analytic=claimed,
        by_step=np.array(by_step or (claimed,)),
        steps=found.steps,
        numeric=found.numeric,
        bars=found.bars,
        complex_step=slope,
    )


def test_a_black_pixel_gives_a_gradient_of_zero_and_the_loss_does_not_move() -> None:
    task = TASKS["digits"]
    example_run = backward(task.run(task.network(seed=0), task.example(0)))
    assert example_run.gradients is not None
    trace = example_run.traces[0]
    (black, *_) = np.flatnonzero(trace.x[0, 0] == 0)
    loss = gradient_checks.loss_like(example_run)
    found = probe_weight(example_run.network, example_run.gradients, loss, "W_xh", (int(black), 1))
    assert is_unused(found)
    assert not found.numeric.any()
    assert "black pixel" in explain_zero(found, "W_xh[1 → 2]")
    assert describe_verdict(found) == "Both are exactly **0**, so they agree."


def test_a_word_that_is_not_read_gives_a_gradient_of_zero() -> None:
    example_run = samples.SAMPLES["name"]()
    unread = samples.LETTERS.index("z")
    assert unread not in example_run.traces[0].tokens
    assert not probe("name", "W_xh", (unread, 3)).numeric.any()


def test_a_network_of_one_step_has_a_state_of_zero_before_it() -> None:
    task = TASKS["digits"]
    example_run = backward(task.run(task.network(seed=0), task.example(0)))
    assert example_run.gradients is not None
    assert not example_run.traces[0].h[:-1].any()
    loss = gradient_checks.loss_like(example_run)
    found = probe_weight(example_run.network, example_run.gradients, loss, "W_hh", (0, 1))
    assert not found.numeric.any()
    assert "Its state is 0 at every step" in explain_zero(found, "W_hh[1 → 2]")


def test_shares_that_cancel_are_said_to() -> None:
    found = of_function(0.0, 0.0, (0.25, -0.25))
    assert "cancel exactly" in explain_zero(found, "W_hh[1 → 1]")
    assert not found.numeric.any()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sample", ["sentence", "gru", "lstm"])
def test_the_curve_over_step_sizes_is_read_with_its_own_figures(
    sample: str, place: tuple[int, int]
) -> None:
    found = probe(sample, "W_hh", place)
    told = explain_steps(found)
    best = int(np.argmin(found.errors))
    assert f"smallest error is {format_number(found.errors[best], 1)}" in told
    assert f"at ε = {format_number(STEPS[best], 1)}." in told
    assert found.verdict == AGREE
    exact = relative_error(found.analytic, np.array([found.complex_step]))[0]
    assert exact < 1e-9
    assert exact < found.errors.min() or exact < 1e-14


def test_rounding_hides_small_gradients_sooner() -> None:
    found = [probe("sentence", "W_hh", (row, column)) for row in range(8) for column in range(8)]
    found.sort(key=lambda one: abs(one.analytic))
    fine = STEPS.index(1e-9)
    parts = found[:16], found[-16:]
    small, large = (np.median([one.errors[fine] for one in part]) for part in parts)
    assert small > 3 * large


@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_gradient_keeps_its_error_at_every_step_size(place: tuple[int, int]) -> None:
    right = probe("sentence", "W_hh", place)
    wrong = replace(right, analytic=1.5 * right.analytic)
    assert wrong.verdict == DIFFER
    assert wrong.errors[:9].min() > 0.3
    told = describe_verdict(wrong)
    assert "they do not agree" in told
    assert format_number(abs(wrong.analytic - wrong.differences.value)) in told
    assert format_number(wrong.differences.bar) in told
    assert abs(wrong.analytic - wrong.differences.value) > wrong.differences.bar
    assert "more than curve and rounding explain" in explain_steps(wrong)
    assert describe_verdict(right) == "So **they agree**."


@pytest.mark.parametrize("slope", [1e-14, -3e-15, 1e-15])
def test_where_the_error_bar_is_too_large_there_is_no_verdict(slope: float) -> None:
    found = of_function(slope, 2 * slope)
    assert found.verdict == UNCLEAR
    assert (found.bars > SHARP * abs(slope)).all()
    told = describe_verdict(found)
    assert "No verdict" in told
    assert format_number(found.differences.bar) in told
    assert "At every ε the error bar is too large" in explain_steps(found)


@pytest.mark.parametrize("sample", ["sentence", "name", "lstm"])
def test_the_sum_is_explained_by_the_steps_that_have_a_share(sample: str) -> None:
    shared = probe(sample, "b_h", (2,))
    assert np.count_nonzero(shared.by_step) == len(shared.by_step) > 1
    assert "at every step" in explain_sum(shared)
    assert shared.by_step.sum() == pytest.approx(shared.complex_step, rel=1e-9)
    last = probe("sentence", "W_hy", (2, 0))
    assert np.flatnonzero(last.by_step).tolist() == [len(last.by_step) - 1]
    assert last.by_step[-1] == pytest.approx(last.complex_step, rel=1e-9)
    assert explain_sum(last).startswith("Only the last step has a share here. The other steps")
    early = of_function(0.5, 0.5, (0.5, 0.0, 0.0))
    assert explain_sum(early).startswith("Only step 1 has a share")


@pytest.mark.parametrize(
    "text", ["the film was not good", "the book was bad", "the film is not bad"]
)
def test_a_flag_at_any_step_of_a_sentence_asks_for_its_one_label(text: str) -> None:
    task = TASKS["sentiment"]
    example = task.encode(text)
    (wanted,) = example.batch.targets[-1]
    assert "one label, at its last step" in describe_flags(example)
    network, steps = task.network(seed=0), len(example.inputs[0])
    flags = tuple(Edit("flag", (t,), 1.0) for t in range(1, steps))
    edited = run_edited(task, network, example, flags, teacher=True).example_run
    assert edited.targets[:, 0].tolist() == [wanted] * steps
    assert np.isfinite(edited.losses).all()


def test_without_a_label_no_flag_asks_for_one() -> None:
    example = TASKS["sentiment"].encode("zebra umbrella")
    assert not example.target
    assert "no label" in describe_flags(example)


@pytest.mark.parametrize("key", ["names", "french"])
def test_where_each_step_has_a_label_a_flag_asks_for_that(key: str) -> None:
    task = TASKS[key]
    example = task.example(0)
    assert "Each step has a label of its own" in describe_flags(example)
    targets = example.batch.targets[:, 0]
    assert (targets >= 0).all()
    assert len(set(targets.tolist())) > 1
    first = sum(len(x) for x in example.batch.inputs[:-1]) + 1
    network = task.network(seed=0)
    off, on = (Edit("flag", (first,), value) for value in (0.0, 1.0))
    without = run_edited(task, network, example, (off,), teacher=True).example_run
    again = run_edited(task, network, example, (off, on), teacher=True).example_run
    assert without.targets[:, 0].tolist() == [-1, *targets[1:]]
    assert again.targets[:, 0].tolist() == targets.tolist()


@pytest.mark.parametrize(("key", "pretrained"), [("french", True), ("german", False)])
def test_the_first_wrong_word_is_named_even_where_it_is_the_end(key: str, pretrained: bool) -> None:
    """Its place among the words is that of ‹start›, which is what the input is named."""
    task = TASKS[key]
    network = task.pretrained() if pretrained else task.network(seed=0)
    seen = 0
    for index in range(len(task.data().texts["test"])):
        example = task.example(index)
        forced, free = _both_ways(key, network, example)
        right, own = forced.inputs[-1], free.inputs[-1]
        wrong = [t for t in range(len(right)) if right[t] != own[t]]
        if not wrong or free.said[wrong[0] - 1] != "<end>":
            continue
        seen += 1
        told = describe_snowball(forced, free).replace("\\", "")
        assert f"“<end>” instead of “{right[wrong[0]]}”" in told
        assert "“<start>” instead" not in told
        after = slice(wrong[0], None)
        for losses in (forced.losses[after], free.losses[after]):
            if np.isfinite(losses).any():
                assert f"**{format_number(float(np.nanmean(losses)), 4)}**" in told
        if seen == 3:
            break
    assert seen, "no example in which the network ends too early"


def _both_ways(key: str, network: object, example: object) -> tuple:
    forced = run_edited(TASKS[key], network, example, (), teacher=True, own=()).example_run
    own = tuple(steps_that_can(forced))
    return forced, run_edited(TASKS[key], network, example, (), teacher=True, own=own).example_run


def test_how_long_a_word_lasts_depends_on_the_weights() -> None:
    """Change the first word: how far the last state moves is the network's own."""
    task = TASKS["sentiment"]
    moved = {}
    for name, network in (("untrained", task.network(seed=0)), ("trained", task.pretrained())):
        last = [
            task.run(network, task.encode(f"{word} good film that was long and a bit slow"))
            for word in ("not", "a")
        ]
        one, other = (example_run.traces[0].h[-1, 0] for example_run in last)
        moved[name] = float(np.linalg.norm(one - other) / np.linalg.norm(one))
    assert moved["trained"] > 2 * moved["untrained"] or moved["untrained"] > 2 * moved["trained"]


def test_only_so_many_letters_of_a_name_are_read() -> None:
    example = TASKS["names"].encode("ß" * LETTERS_AT_MOST)  # each is read as "ss"
    assert f"Only the first {LETTERS_AT_MOST} letters are read." in example.notes
    assert len(example.inputs[0]) == LETTERS_AT_MOST + 1  # and the sign for the start
    short = TASKS["names"].encode("x" * LETTERS_AT_MOST)
    assert not any("Only the first" in note for note in short.notes)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_a_state_depends_on_earlier_words_and_not_on_later_ones(cell: str) -> None:
    task = TASKS["sentiment"]
    network = task.network(cell, seed=0)
    words = "the film was not good".split()
    swapped = [words[1], words[0], *words[2:]]
    states = [
        task.run(network, task.encode(" ".join(read))).traces[0].h[:, 0]
        for read in (words, [*words[:-1], "bad"], swapped)
    ]
    assert np.array_equal(states[0][:-1], states[1][:-1])
    assert not np.array_equal(states[0][-1], states[1][-1])
    changes = np.linalg.norm(states[0] - states[2], axis=1)[1:].tolist()
    assert changes[-1] > 0
    assert describe_swap(changes, same=False).startswith("The last state depends on the order.")
    assert "nothing of their order is left" in describe_swap([0.5, 0.5, 0.0], same=False)


@pytest.mark.parametrize("index", range(5))
def test_captions_feed_their_own_words_until_the_end(index: int) -> None:
    task = TASKS["captions"]
    example_run = task.run(task.pretrained(), task.example(index))
    said, labels = example_run.said, example_run.inputs[-1]
    assert labels[1:] == said[:-1]
    assert set(example_run.fed[-1][1:]) == {"own"}
    assert said[-1] == "<end>"
    assert "<end>" not in said[:-1]
