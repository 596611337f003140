"""What assets/text/extremes.md says, checked against the recorded runs of all seeds."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from rnn_core.failure_modes.recordings import SEEDS, load_records
from rnn_core.failure_modes.runs import RUNS, reach_ratio
from rnn_core.trace import NonFiniteError
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_views.failure_modes.cases import first_throw, load_last, moved, saturation

EVERY = range(SEEDS)


@pytest.mark.parametrize("seed", EVERY)
def test_low(seed: int) -> None:
    record = load_records()["low", seed]
    assert record.made == 1140
    assert record.losses[-1] > 0.85 * record.untrained
    norms = np.array(record.gradient_norms)
    assert norms[-20:].mean() > 0.8 * norms[:20].mean()
    assert moved("low") < 0.05 * moved("well")


@pytest.mark.parametrize("seed", EVERY)
def test_high(seed: int) -> None:
    record = load_records()["high", seed]
    assert max(record.losses) > record.untrained
    assert record.losses[-1] == pytest.approx(log(10), abs=0.02)
    assert record.result <= 0.1 + 0.02
    assert RUNS["high"].begin(0).recipe.clip == 1.0


def test_high_pins_most_states() -> None:
    assert saturation(RUNS["high"], load_last("high")) > 0.5
    assert moved("high") > 2 * moved("well")


@pytest.mark.parametrize("seed", EVERY)
def test_exploding_jumps_first_and_is_straight_afterwards(seed: int) -> None:
    record = load_records()["exploding", seed]
    norms = np.log10(record.gradient_norms)
    early = np.diff(norms[:9])
    assert early.max() - early.min() > 2  # up and down by powers of ten
    late = np.diff(norms[-12:])
    assert late.std() < 0.1  # a straight line on the logarithmic axis
    assert late.min() > 0
    assert reach_ratio(record.reach_before) > 100
    assert record.held_out_losses[-1] > 1e6


def test_the_first_update_of_the_clipped_run_meets_the_same_gradient() -> None:
    norms = []
    for key in ("exploding", "clipped"):
        trainer = RUNS[key].begin(0)
        trainer.run(np.inf, max_updates=1)
        norms.append(trainer.gradient_norms[0])
    assert norms[0] == norms[1]
    for seed in EVERY:
        record = load_records()["clipped", seed]
        assert record.losses[-1] < 0.1 * record.untrained


def test_one_update_pins_many_states() -> None:
    before, after = first_throw("exploding")
    assert after > 3 * before


@pytest.mark.parametrize("changes", [{"clip": 1.0}, {"factor": 1.0}, {"lr": 0.1}], ids=str)
def test_each_repair_prevents_the_overflow(changes: dict[str, float]) -> None:
    extreme = RUNS["exploding"]
    trainer = GeneratedTrainer(extreme.subject, seed=0, **{**extreme.changes, **changes})
    try:
        trainer.run(np.inf, max_updates=120)
    except NonFiniteError:
        pytest.fail("numbers overflowed")
    assert np.isfinite(trainer.losses).all()


@pytest.mark.parametrize("seed", EVERY)
def test_vanishing(seed: int) -> None:
    record = load_records()["vanishing", seed]
    assert record.losses[-1] == pytest.approx(log(8), abs=0.05)
    assert record.held_out_losses[-1] == pytest.approx(log(8), abs=0.05)
    assert min(record.gradient_norms) > 0.1
    back = np.array(record.reach_before)
    assert (back[1:13] / back[:12]).max() < 0.1
    assert back[12] / back[0] < 1e-11


def test_vanishing_is_repaired_by_the_start() -> None:
    for seed in EVERY:
        assert load_records()["kept", seed].result > 0.9


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_adam_trains_gated_cells_from_the_vanishing_start(cell: str) -> None:
    trainer = GeneratedTrainer(RUNS["vanishing"].subject, cell, seed=0, factor=0.1)
    trainer.run(np.inf)
    assert trainer.evaluate() > 0.9


@pytest.mark.parametrize("seed", EVERY)
def test_over_fitted(seed: int) -> None:
    record, full = (load_records()[key, seed] for key in ("over-fitted", "all-names"))
    lowest = int(np.argmin(record.held_out_losses))
    assert record.held_out_losses[-1] > record.held_out_losses[lowest]
    after = [loss for at, loss in zip(record.updates, record.losses, strict=True) if at > 56]
    assert after[-1] < after[0]
    assert record.losses[-1] < 1
    assert full.held_out_losses[-1] < min(record.held_out_losses)  # more examples repair it


@pytest.mark.parametrize("seed", EVERY)
def test_well(seed: int) -> None:
    record = load_records()["well", seed]
    training = np.interp(record.held_out_updates, record.updates, record.losses)
    gap = np.array(record.held_out_losses) - training
    assert np.abs(gap).max() < 0.15
    norms = np.array(record.gradient_norms)
    clip = RUNS["well"].begin(0).recipe.clip
    assert clip is not None
    assert norms[:10].max() > clip > norms[-10:].max()
    assert norms[-10:].mean() < norms[:10].mean()
    assert reach_ratio(record.reach_before) > 0.1
    planned = {load_records()[key, seed].planned for key in ("low", "high", "well")}
    assert len(planned) == 1


def test_twins_make_about_as_many_updates() -> None:
    for key, extreme in RUNS.items():
        if extreme.twin:
            mine, other = (load_records()[one, 0].planned for one in (key, extreme.twin))
            assert mine == pytest.approx(other, rel=0.05)
