"""The prepared extremes: what their records claim, and that their runs can be made again."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.analysis.gradient_flow import scale_recurrent
from rnn_core.failure_modes import recordings
from rnn_core.failure_modes.recordings import (
    RUNS,
    SEEDS,
    load_last,
    load_records,
    record_run,
    rounded,
    run_extreme,
    save_records,
)
from rnn_core.failure_modes.runs import (
    FAILURE_MODES,
    REACHES,
    SEQUENCES,
    TWINS,
    measure_reach,
    outcome_of,
    reach_of,
    reach_ratio,
)
from rnn_core.tasks import TASKS
from rnn_core.training.schedule import draw_share
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.trainer import Trainer

OUTCOMES = {
    "low": "still",
    "high": "wild",
    "exploding": "breaks",
    "vanishing": "still",
    "over-fitted": "apart",
    "well": "learns",
    "clipped": "learns",
    "kept": "learns",
}


@pytest.mark.parametrize("key", OUTCOMES)
def test_every_seed_does_the_same(key: str) -> None:
    assert {load_records()[key, seed].outcome for seed in range(SEEDS)} == {OUTCOMES[key]}


CHAOTIC = ("high", "exploding", "clipped")
"""Runs that make a difference in the last bit large within ten updates, each processor another."""
LAST_BITS = 2.0**-22
"""A few units in the last place of float32: by so much other processors and BLAS kernels differ."""


def moved_by_rounding(trainer: Trainer | GeneratedTrainer) -> Trainer | GeneratedTrainer:
    """Move the weights of a run by their last bits, as another processor would."""
    weights, *memory = trainer._step.state()
    signs = np.random.default_rng(1).choice([-1.0, 1.0], weights.shape)
    trainer._step.restore(((weights * (1 + LAST_BITS * signs)).astype(weights.dtype), *memory))
    return trainer


@pytest.mark.parametrize("key", RUNS)
def test_a_run_starts_where_its_record_starts(key: str) -> None:
    """Before the first update nothing has been amplified: every processor comes to the same."""
    record, trainer = load_records()[key, 0], RUNS[key].begin(0)
    assert record.planned == trainer.schedule.updates
    before = measure_reach(RUNS[key], trainer.network)
    np.testing.assert_allclose(before, record.reach_before, rtol=1e-3, atol=1e-30)
    trainer.run(np.inf, max_updates=1)
    assert trainer.losses[0] == pytest.approx(record.untrained, rel=1e-4)


@pytest.mark.parametrize("key", [key for key in RUNS if key not in CHAOTIC])
def test_a_run_that_is_not_chaotic_goes_on_as_it_was_recorded(key: str) -> None:
    record = load_records()[key, 0]
    group = record.updates[0]
    runs = [RUNS[key].begin(0), moved_by_rounding(RUNS[key].begin(0))]
    for run in runs:
        run.run(np.inf, max_updates=2 * group)
    for place in range(2):
        made = slice(place * group, (place + 1) * group)
        loss, moved = (run.losses[made].mean() for run in runs)
        assert moved == pytest.approx(loss, rel=1e-4), "rounding grows: the run is chaotic"
        assert loss == pytest.approx(record.losses[place], rel=1e-2)
        norm = runs[0].gradient_norms[made].mean()
        assert norm == pytest.approx(record.gradient_norms[place], rel=2e-2)


@pytest.mark.parametrize("key", RUNS)
def test_a_run_repeats_bit_for_bit_on_one_computer(key: str) -> None:
    one, other = RUNS[key].begin(0), RUNS[key].begin(0)
    for run in (one, other):
        run.run(np.inf, max_updates=25)
    assert np.array_equal(one.losses, other.losses)
    assert np.array_equal(one.gradient_norms, other.gradient_norms)


@pytest.mark.parametrize("moved", [False, True], ids=["as it is", "last bits moved"])
def test_a_clipped_run_learns_whatever_the_rounding(moved: bool) -> None:
    trainer = RUNS["clipped"].begin(0)
    if moved:
        moved_by_rounding(trainer)
    trainer.run(np.inf)
    assert record_run("clipped", trainer).outcome == "learns"


@pytest.mark.parametrize("moved", [False, True], ids=["as it is", "last bits moved"])
def test_too_high_a_rate_never_learns_whatever_the_rounding(moved: bool) -> None:
    """Where the loss is at the last update depends on rounding; how high it rose does not."""
    trainer = RUNS["high"].begin(0)
    if moved:
        moved_by_rounding(trainer)
    trainer.run(np.inf)
    untrained = trainer.losses[0]
    assert np.isfinite(trainer.losses).all()
    assert max(trainer.losses) > 1.5 * untrained
    assert np.mean(trainer.losses[-100:]) > untrained / 2


def test_a_twin_differs_in_one_setting() -> None:
    assert {one.twin for one in FAILURE_MODES.values()} == {"", "well", *TWINS}
    for extreme in FAILURE_MODES.values():
        if not extreme.twin:
            continue
        twin = RUNS[extreme.twin]
        assert twin.task == extreme.task
        mine, other = extreme.begin().recipe, twin.begin().recipe
        apart = {name for name in vars(mine) if getattr(mine, name) != getattr(other, name)} - {
            "epochs"
        }  # a smaller share takes more passes to as many updates
        assert len(apart) == 1, (extreme.key, apart)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_extreme_shows_what_it_is_named_after(seed: int) -> None:
    found = {key: load_records()[key, seed] for key in RUNS}
    assert found["exploding"].explosion is not None
    assert reach_of(found["exploding"].reach_before) == "more"
    assert reach_of(found["vanishing"].reach_before) == "tiny"
    assert reach_ratio(found["kept"].reach_before) > 0.1
    assert found["vanishing"].result < 0.2 < found["kept"].result
    over = found["over-fitted"]
    assert over.losses[-1] < over.losses[len(over.losses) // 2] < over.losses[0]
    assert over.held_out_losses[-1] > 1.2 * min(over.held_out_losses)
    assert over.copied > 3 * found["all-names"].copied
    assert found["well"].result > 0.95 > found["low"].result


def test_the_last_networks_are_those_of_the_records() -> None:
    for key in RUNS:
        network = load_last(key)
        fresh = RUNS[key].begin(0).network
        assert network.size == fresh.size
        apart = network.segments[0].params.W_hh - fresh.segments[0].params.W_hh
        assert np.abs(apart).max() > 0


@pytest.mark.parametrize(
    ("losses", "held_out", "broke", "outcome"),
    [
        ([2.0, 1.0], [2.0, 0.9], True, "breaks"),
        ([2.0, 1.95], [2.0, 1.9], False, "still"),
        ([2.0, 3.5, 1.9], [2.0, 1.9], False, "wild"),
        ([2.0, 1.0, 0.2], [1.5, 1.0, 1.9], False, "apart"),
        ([2.0, 1.0, 0.2], [1.5, 0.4, 0.3], False, "learns"),
    ],
)
def test_outcomes_are_told_apart(
    losses: list[float], held_out: list[float], broke: bool, outcome: str
) -> None:
    assert outcome_of(2.0, losses, held_out, broke=broke) == outcome


def test_reaches_are_told_apart() -> None:
    last = {"more": 20.0, "same": 0.5, "less": 1e-3, "tiny": 1e-8}
    assert {name: reach_of([1.0, first]) for name, first in last.items()} == {
        name: name for name in REACHES
    }


def test_a_share_of_the_examples_is_all_that_is_used() -> None:
    trainer = Trainer(TASKS["names"], examples=40, epochs=2)
    assert len(trainer.schedule.share) == 40
    used = {
        int(one)
        for update in range(trainer.schedule.updates)
        for one in trainer.schedule.members(update)
    }
    assert used == set(trainer.schedule.share.tolist())
    size = TASKS["names"].data().train.size
    small, large = (draw_share(size, n, 3) for n in (20, 50))
    assert small is not None
    assert large is not None
    assert set(small) < set(large)
    assert draw_share(size, size + 1, 3) is None


@pytest.mark.parametrize("examples", [0, -1, 2.5, True, "4"])
def test_a_share_that_is_none_is_refused(examples: object) -> None:
    with pytest.raises(ValueError, match="examples"):
        Trainer(TASKS["names"], examples=examples)


def test_the_start_of_the_loop_is_scaled() -> None:
    whole = RUNS["kept"].begin(1).network.segments[0].params
    tenth = RUNS["vanishing"].begin(1).network.segments[0].params
    assert np.allclose(tenth.W_hh, scale_recurrent(whole, 0.1).W_hh, rtol=1e-6)
    scaled = Trainer(TASKS["digit-rows"], factor=0.5).network.segments[0].params
    same = Trainer(TASKS["digit-rows"]).network.segments[0].params
    assert np.allclose(scaled.W_hh, 0.5 * same.W_hh, rtol=1e-6)
    assert np.array_equal(scaled.W_xh, same.W_xh)


def test_a_record_is_what_the_run_was() -> None:
    trainer = RUNS["kept"].begin(0)
    trainer.run(np.inf, max_updates=310)
    record = record_run("kept", trainer)
    assert record.made == 310
    assert record.planned == 400
    assert record.updates[:2] == (3, 6)
    assert record.updates[-1] == 310
    assert record.losses[-1] == rounded([trainer.losses[309:].mean()])[0]
    assert record.result == rounded([trainer.evaluate()])[0]
    assert record.reach_after == rounded(measure_reach(RUNS["kept"], trainer.network))


def test_a_run_goes_on_to_its_end_or_to_where_it_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the recorded rate some processors overflow and some do not; at 1e30 each one does."""
    sure = replace(RUNS["exploding"], changes={**RUNS["exploding"].changes, "lr": 1e30})
    monkeypatch.setattr(recordings, "RUNS", {**RUNS, "sure": sure})
    broken = run_extreme("sure", 0)
    assert broken.explosion is not None
    assert 0 < broken.updates_made < broken.schedule.updates
    whole = run_extreme("clipped", 0)
    assert whole.explosion is None
    assert whole.updates_made == whole.schedule.updates == len(whole.losses)


def test_an_extreme_is_trained_on_its_task_s_loss() -> None:
    assert {
        key: one.loss for key, one in RUNS.items() if one.loss != "cross_entropy"
    } == dict.fromkeys(("exploding", "clipped"), "squared_error")


def test_what_is_not_finite_is_written_as_null(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = load_records()["kept", 0]
    broken = replace(record, losses=(math.nan, *record.losses[1:]), result=math.nan)
    monkeypatch.setattr(recordings, "RECORDS", tmp_path / "records.json")
    try:
        save_records([record, broken])
        text = (tmp_path / "records.json").read_text(encoding="utf-8")
        assert json.loads(text)[1]["result"] is None
        again = load_records()["kept", 0]  # the later one of two with one key
        assert math.isnan(again.losses[0])
        assert math.isnan(again.result)
        assert again.losses[1:] == record.losses[1:]
    finally:
        load_records.cache_clear()


def test_reach_counts_back_from_where_each_sequence_ends() -> None:
    extreme = RUNS["kept"]
    network = extreme.begin().network
    batch = extreme.subject.draw(np.random.default_rng(0), SEQUENCES)
    lengths = batch.lengths[0]
    found = measure_reach(extreme, network)
    assert len(set(lengths.tolist())) > 1
    assert len(found) == lengths.max()
    first = []
    for b in range(SEQUENCES):
        x = batch.inputs[0][: lengths[b], b : b + 1]
        trace = rc.forward(network.segments[0].params, x)
        targets = np.full(x.shape, -1)
        targets[-1] = batch.targets[-1, b]
        dh = rc.backward(trace, rc.cross_entropy(trace.logits, targets)[1]).dh
        first.append(np.linalg.norm(dh[-2, 0]))
    assert found[1] == pytest.approx(np.mean(first))
