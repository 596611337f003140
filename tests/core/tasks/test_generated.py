"""Tasks that draw their sequences: right by rule, trained the same by seed, measured held out."""

from __future__ import annotations

from math import inf, isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_core as rc
from rnn_core.params import num_parameters
from rnn_core.tasks.generated.base import GeneratedTask
from rnn_core.tasks.generated.memory import MEMORY_TASKS
from rnn_core.tasks.generated.recordings import load_records
from rnn_core.tasks.generated.sunspots import SUNSPOTS
from rnn_core.training.stream_trainer import GeneratedTrainer
from tests.core.training.test_trainer import weights

GENERATED_TASKS: dict[str, GeneratedTask] = {**MEMORY_TASKS, "sunspots": SUNSPOTS}
every_task = pytest.mark.parametrize("key", list(GENERATED_TASKS))


def draw(key: str, seed: int, batch: int = 40) -> rc.Batch:
    """Fresh sequences of a task."""
    return GENERATED_TASKS[key].draw(np.random.default_rng(seed), batch)


def answer_by_hand(key: str, words: tuple[str, ...]) -> list[Any]:
    """The right answers, worked out from what one reads; None where nothing is asked."""
    nothing: list[Any] = [None] * len(words)
    if key == "adding":
        marked = [float(word.split(",")[0]) for word in words if "marked" in word]
        assert len(marked) == 2
        return [*nothing[1:], sum(marked)]
    if key == "sine":  # told with two digits: the first two values mean an angle
        wave = [float(word) for word in words]
        slope = (wave[1] - wave[0] * np.cos(np.pi / 6)) / np.sin(np.pi / 6)
        phase = np.arctan2(wave[0], slope)
        return [None, *(np.sin(phase + np.pi / 6 * (t + 1)) for t in range(1, len(wave)))]
    if key == "echo":
        return [None, None, None, *(words[t - 3] for t in range(3, len(words)))]
    if key == "parity":
        return [("even", "odd")[words[: t + 1].count("1") % 2] for t in range(len(words))]
    if key == "brackets":
        opened = [words[: t + 1].count("(") for t in range(len(words))]
        return [str(n - (t + 1 - n)) for t, n in enumerate(opened)]
    if key == "temporal-order":
        return [*nothing[1:], ", ".join(word for word in words if word in "XY")]
    assert key == "book"
    assert "where?" in words
    return [*nothing[1:], words[0]]


@given(key=st.sampled_from(list(MEMORY_TASKS)), seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_targets_are_what_the_rule_says(key: str, seed: int) -> None:
    task, batch = GENERATED_TASKS[key], draw(key, seed, batch=5)
    assert batch.inputs[0].shape[0] <= task.steps
    for b in range(5):
        words = task.describe(batch, b)
        if key == "book":
            words = words[: int(batch.lengths[0][b])]
            assert words[-1] == "where?"
            assert 6 <= len(words) <= 13
        expected = answer_by_hand(key, words)
        wanted = batch.targets[:, b]
        if task.loss == "squared_error":
            scored = [t for t, answer in enumerate(expected) if answer is not None]
            tolerance = 0.011 if key == "adding" else 0.025
            assert wanted[scored, 0] == pytest.approx([expected[t] for t in scored], abs=tolerance)
            assert np.flatnonzero(~np.isnan(wanted[:, 0])).tolist() == scored
            continue
        answers = task.answers  # type: ignore[attr-defined]
        said = [None if k < 0 else answers[k] for k in wanted]
        assert said[-len(expected) :] == expected
        assert all(one is None for one in said[: -len(expected)])


@every_task
def test_sequences_depend_on_the_seed_alone(key: str) -> None:
    one, same, other = draw(key, 3), draw(key, 3), draw(key, 4)
    assert np.array_equal(one.inputs[0], same.inputs[0])
    assert one.inputs[0].shape != other.inputs[0].shape or (one.inputs[0] != other.inputs[0]).any()
    assert not one.inputs[0].flags.writeable


@pytest.mark.parametrize(
    "key", [key for key in MEMORY_TASKS if MEMORY_TASKS[key].loss == "cross_entropy"]
)
def test_the_best_single_answer_is_as_good_as_said(key: str) -> None:
    targets = draw(key, 0, batch=20_000).targets
    counts = np.bincount(targets[targets >= 0])
    assert counts.max() / counts.sum() == pytest.approx(MEMORY_TASKS[key].guess, abs=0.012)


def test_the_best_single_sum_is_as_good_as_said() -> None:
    sums = draw("adding", 0, batch=20_000).targets[-1, :, 0]
    assert sums.std() == pytest.approx(MEMORY_TASKS["adding"].guess, abs=0.005)
    assert sums.mean() == pytest.approx(1.0, abs=0.01)


def test_a_wave_is_guessed_as_well_as_said() -> None:
    values = draw("sine", 0, batch=20_000).targets[1:]
    assert values.std() == pytest.approx(MEMORY_TASKS["sine"].guess, abs=0.005)
    assert values.mean() == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@given(inputs=st.integers(1, 9), hidden=st.integers(1, 20), outputs=st.integers(1, 9))
@settings(max_examples=20, deadline=None)
def test_parameters_are_counted_without_building(
    cell: str, inputs: int, hidden: int, outputs: int
) -> None:
    params = rc.init(cell, inputs=inputs, hidden=hidden, outputs=outputs)
    assert num_parameters(cell, inputs, hidden, outputs) == params.size


@pytest.mark.parametrize("key", list(MEMORY_TASKS))
def test_the_three_cells_have_equal_parameter_counts(key: str) -> None:
    task = MEMORY_TASKS[key]
    for cell in rc.GATES:
        network = task.network(cell)
        assert network.size <= task.budget
        wider = num_parameters(cell, task.inputs, network.hidden + 1, task.outputs)
        assert wider > task.budget
        assert network.size > 0.88 * task.budget, "a unit more or less is all that they differ by"
    with pytest.raises(ValueError, match="one unit of a rnn needs more"):
        task.hidden_for("rnn", budget=3)


@every_task
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_any_moment_of_a_run_equals_a_fresh_one(key: str, cell: str) -> None:
    settings = {"hidden": 6, "updates": 50, "batch": 8}
    run = GeneratedTrainer(GENERATED_TASKS[key], cell, seed=3, **settings)
    run.run(inf)
    fresh = GeneratedTrainer(GENERATED_TASKS[key], cell, seed=3, **settings)
    fresh.run(inf, max_updates=17)
    assert np.array_equal(weights(run.at(17)), weights(fresh.network))
    assert np.array_equal(run.losses[:17], fresh.losses)
    run.rewind(17)
    assert np.array_equal(weights(run.network), weights(fresh.network))


def test_a_run_obeys_its_seed_and_its_chunks() -> None:
    """Seed 0 unless another is given; with a chunk length the gradient stops at its boundaries."""

    def trained(**settings: Any) -> Any:
        run = GeneratedTrainer(GENERATED_TASKS["echo"], hidden=6, updates=50, **settings)
        run.run(inf, max_updates=4)
        return weights(run.network)

    plain = trained()
    assert np.array_equal(plain, trained(seed=0))
    assert not np.array_equal(plain, trained(seed=1))
    assert not np.array_equal(plain, trained(truncate=2))
    assert np.array_equal(plain, trained(truncate=GENERATED_TASKS["echo"].steps))


@every_task
def test_updates_are_the_textbook_s(key: str) -> None:
    trainer = GeneratedTrainer(GENERATED_TASKS[key], "lstm", hidden=5, seed=2)
    loss_of = {"squared_error": rc.squared_error, "cross_entropy": rc.cross_entropy}[
        GENERATED_TASKS[key].loss
    ]
    for update in range(3):
        batch = trainer.schedule.batch(update)
        traces = rc.run(trainer.network, batch.inputs, batch.lengths)
        expected = loss_of(traces[-1].logits, batch.targets.astype(batch.targets.dtype))[0]
        assert trainer.update() == pytest.approx(expected, rel=1e-4)


@every_task
def test_reports_measure_held_out_sequences(key: str) -> None:
    task = GENERATED_TASKS[key]
    trainer = GeneratedTrainer(task, "gru", updates=50)
    reports = []
    while not trainer.done:
        reports.append(trainer.run(inf, max_updates=trainer.updates_to_epoch))
    assert len(reports) == 25
    assert reports[-1].update == reports[-1].updates == 50
    assert reports[-1].validation == pytest.approx(task.evaluate(trainer.network), rel=1e-3)
    assert reports[-1].validation_loss is not None
    assert not any(isnan(report.loss) for report in reports)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"epochs": 1}, "a recipe has no epochs"),
        ({"updates": 0}, "updates is 0"),
        ({"batch": 1.5}, "batch is 1.5"),
        ({"schedule": "linear"}, "schedule is 'linear'"),
        ({"cell": "mamba"}, "mamba"),
        ({"hidden": -1}, "hidden is -1"),
        ({"lr": float("nan")}, "lr is nan"),
    ],
)
def test_settings_out_of_range_are_named(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        GeneratedTrainer(MEMORY_TASKS["echo"], **changes)


def test_gates_learn_to_add_where_the_vanilla_cell_fails() -> None:
    adding = MEMORY_TASKS["adding"]
    found = {}
    for cell in ("rnn", "gru"):
        trainer = GeneratedTrainer(adding, cell, seed=7)
        trainer.run(inf)
        found[cell] = trainer.evaluate()
    assert adding.reached(found["gru"])
    assert found["rnn"] > 0.15


@every_task
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_what_is_shipped_does_what_its_record_says(key: str, cell: str) -> None:
    task, record = GENERATED_TASKS[key], load_records()[key, cell]
    network = task.pretrained(cell)
    assert (network.hidden, network.size) == (record.hidden, record.parameters)
    assert task.evaluate(network) == pytest.approx(record.final[0], abs=2e-3)
    assert record.seeds == 5
    assert record.updates[-1] == task.recipe_for(cell).updates
    assert {len(run) for run in record.metric} == {len(record.updates)}
    if cell != "rnn":
        typical = float(np.median(record.final))
        assert task.reached(typical)


def test_a_record_can_be_made_again() -> None:
    record = load_records()["echo", "rnn"]
    trainer = GeneratedTrainer(MEMORY_TASKS["echo"], "rnn", seed=1)
    while not trainer.done:
        trainer.run(inf, max_updates=trainer.updates_to_epoch)
    again = [report.validation for report in trainer.history]
    assert np.allclose(again, record.metric[1], atol=0.02)
