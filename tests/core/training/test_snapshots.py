"""The time machine: any moment of a run again, bit for bit; explosions; mixed teaching."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_core as rc
from rnn_core.generation.teacher_forcing import feed_own_output, sample_teacher_forcing_mask
from rnn_core.tasks import TASKS
from rnn_core.training.snapshots import LEAST, Snapshots
from tests.core.training.test_trainer import weights

SMALL = {"hidden": 5, "batch": 16, "epochs": 2}
recipes = st.fixed_dictionaries(
    {
        "optimizer": st.sampled_from(["adam", "momentum", "sgd"]),
        "weight_decay": st.sampled_from([0.0, 0.1]),
        "clip": st.sampled_from([None, 0.05, 1.0]),
        "truncate": st.sampled_from([None, 1, 3]),
        "schedule": st.sampled_from(["cosine", "constant"]),
    }
)


@given(
    key=st.sampled_from(tuple(TASKS)),
    cell=st.sampled_from(["rnn", "gru", "lstm"]),
    seed=st.integers(0, 99),
    recipe=recipes,
    share=st.sampled_from([1.0, 0.5, 0.0]),
    moments=st.lists(st.integers(0, 24), min_size=1, max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_any_moment_equals_a_fresh_run_stopped_there(
    key: str, cell: str, seed: int, recipe: dict[str, Any], share: float, moments: list[int]
) -> None:
    task = TASKS[key]
    changes = {**SMALL, **recipe, "teacher": share if task.has_feedback else 1.0}
    run = rc.Trainer(task, cell, seed=seed, **changes)
    run.run(inf, max_updates=24)
    end = weights(run.network)
    for moment in moments:
        fresh = rc.Trainer(task, cell, seed=seed, **changes)
        fresh.run(inf, max_updates=moment)
        assert np.array_equal(weights(run.at(moment)), weights(fresh.network))
        assert np.array_equal(run.losses[:moment], fresh.losses)
        assert np.array_equal(run.gradient_norms[:moment], fresh.gradient_norms)
    assert np.array_equal(weights(run.network), end), "looking back does not touch the run"
    run.rewind(moments[0])
    assert run.updates_made == moments[0]
    run.run(inf, max_updates=24 - moments[0])
    assert np.array_equal(weights(run.network), end), "a run taken back repeats itself"


def test_a_whole_run_is_remembered_in_bounded_memory() -> None:
    run = rc.Trainer(TASKS["french"], seed=2, epochs=12)
    run.run(inf)
    rates = [run.schedule.rate(n) for n in range(run.updates_made)]
    for moment in (run.updates_made, 1, 217, 218, 100, 0):
        fresh = rc.Trainer(TASKS["french"], seed=2, epochs=12)
        fresh.run(inf, max_updates=moment)
        found = run.moment(moment)
        assert np.array_equal(weights(found.network), weights(fresh.network))
        assert found.epoch == moment // run.schedule.per_epoch
        if moment < run.updates_made:
            assert (found.rate, found.loss) == (rates[moment], run.losses[moment])
            assert found.gradient_norm == run.gradient_norms[moment]
        else:
            assert np.isnan([found.rate, found.loss, found.gradient_norm]).all()
    assert run._snapshots.nbytes <= 1_100_000


@given(size=st.integers(1, 300), limit=st.integers(1, 5_000), updates=st.integers(1, 2_000))
def test_snapshots_are_near_and_few(size: int, limit: int, updates: int) -> None:
    kept = Snapshots(limit)
    for update in range(updates):
        kept.offer(update, lambda: (np.zeros(size, np.uint8),))
    room = max(LEAST, limit // size)
    assert 1 <= len(kept.updates) <= room
    assert kept.nbytes <= max(limit, LEAST * size)
    farthest = max(n - kept.before(n)[0] for n in range(updates))
    assert farthest <= max(2 * updates / room, updates / 4)
    kept.forget_after(updates // 2)
    assert max(kept.updates) <= updates // 2


def test_rewinding_forgets_what_came_later() -> None:
    run = rc.Trainer(TASKS["digits"], seed=1)
    first = run.run(inf, max_updates=10)
    run.run(inf, max_updates=10)
    run.rewind(13)
    assert run.history == (first,)
    assert len(run.losses) == run.updates_made == 13
    again = run.run(inf, max_updates=7)
    whole = rc.Trainer(TASKS["digits"], seed=1)
    whole.run(inf, max_updates=10)
    assert again.loss == pytest.approx(whole.run(inf, max_updates=10).loss)
    for wrong in (-1, 21, 2.5, True):
        with pytest.raises(ValueError, match="from 0 to 20"):
            run.at(wrong)  # type: ignore[arg-type]


def test_an_epoch_is_completed_from_anywhere() -> None:
    run = rc.Trainer(TASKS["digits"])
    run.run(inf, max_updates=5)
    assert run.run(inf, max_updates=run.updates_to_epoch).epoch == 1
    assert run.updates_to_epoch == run.schedule.per_epoch


@pytest.mark.parametrize(
    ("optimizer", "lr"), [("sgd", 3e38), ("momentum", 3e38), ("adam", 1e30), ("adam", 3e38)]
)
def test_an_explosion_is_told_and_can_be_left(optimizer: str, lr: float) -> None:
    run = rc.Trainer(
        TASKS["names"], lr=lr, clip=None, optimizer=optimizer, schedule="constant", hidden=8
    )
    with pytest.raises(rc.NonFiniteError):
        run.run(inf, max_updates=60)
    found = run.explosion
    assert found is not None
    assert str(found).startswith(f"update {found.update}: network: {found.array} overflowed at")
    assert found.update == run.updates_made + 1
    assert found.step >= 1
    assert np.isfinite(weights(run.network)).all()
    with pytest.raises(rc.NonFiniteError):
        run.update()
    before = max(run.updates_made - 3, 0)
    run.rewind(before)
    assert run.explosion is None
    assert run.updates_made == before
    with pytest.raises(rc.NonFiniteError):
        run.run(inf, max_updates=5)
    assert run.explosion == found


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_huge_learning_rate_that_only_saturates_is_trained_on(optimizer: str) -> None:
    run = rc.Trainer(
        TASKS["names"], lr=1e9, clip=None, optimizer=optimizer, schedule="constant", hidden=8
    )
    assert run.run(inf, max_updates=60).loss > 1e6
    assert run.explosion is None
    assert np.isfinite(weights(run.network)).all()


class Brittle:
    """A learner that leaves infinite weights at its third update and notices at the fourth."""

    gradient_norm = 1.0

    def __init__(self, network: rc.Network) -> None:
        self.network, self.weight = network, np.zeros(1)

    def update(self, batch: rc.Batch, lr: float | None = None) -> float:
        if np.isinf(self.weight[0]):
            raise rc.NonFiniteError("network", rc.Overflow("h", 4))
        self.weight = np.array([np.inf if self.weight[0] == 2 else self.weight[0] + 1])
        return 1.0

    def state(self) -> tuple[Any, ...]:
        return (self.weight.copy(),)

    def restore(self, state: tuple[Any, ...]) -> None:
        self.weight = state[0].copy()


def test_the_update_that_left_infinite_weights_is_the_one_to_blame() -> None:
    class BrittleRun(rc.Trainer):
        def _begin(self) -> Any:
            return Brittle(self.task.network(hidden=2))

    run = BrittleRun(TASKS["digits"])
    with pytest.raises(rc.NonFiniteError):
        run.run(inf)
    assert run.explosion == rc.Divergence(3, "network", "weights", 1)
    assert run.updates_made == 2
    assert run._step.state()[0] == 2


def test_a_learning_rate_of_nothing_changes_nothing() -> None:
    run = rc.Trainer(TASKS["names"], lr=0.0, hidden=4)
    start = weights(run.network)
    run.run(inf, max_updates=5)
    assert np.array_equal(weights(run.network), start)


def test_truncation_reaches_the_updates() -> None:
    runs = [rc.Trainer(TASKS["names"], truncate=k, hidden=8) for k in (None, 2, 100)]
    for run in runs:
        run.run(inf, max_updates=3)
    full, cut, long = (weights(run.network) for run in runs)
    assert np.array_equal(full, long)
    assert not np.array_equal(full, cut)
    with pytest.raises(ValueError, match="truncate is 0"):
        rc.Trainer(TASKS["names"], truncate=0)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("key", ["captions", "french"])
def test_untaught_steps_read_what_the_network_said(key: str, cell: str) -> None:
    """Each fed token is the largest logit of the step before, in the pass that is really run."""
    task = TASKS[key]
    network, batch = task.pretrained(cell), task.data().test.batch(np.arange(12))
    taught = sample_teacher_forcing_mask(0.4, *batch.inputs[1].shape, seed=(5,))
    fed = feed_own_output(network, batch, taught).inputs[1]
    traces = rc.run(network, (batch.inputs[0], fed), batch.lengths)
    own = traces[-1].logits.argmax(axis=-1)
    assert np.array_equal(fed[taught], batch.inputs[1][taught])
    assert np.array_equal(fed[1:][~taught[1:]], own[:-1][~taught[1:]])
    free = rc.decode(
        network, batch.inputs[:1], np.zeros(12, int), len(fed), lengths=batch.lengths[:1]
    )
    never = sample_teacher_forcing_mask(0.0, *fed.shape, seed=(5,))
    alone = feed_own_output(network, batch, never).inputs[1]
    assert np.array_equal(alone, free[-1].tokens)


def test_the_last_step_reads_what_the_network_said_too() -> None:
    """Untrained, so that what is said last is no padding."""
    task = TASKS["french"]
    network, batch = task.network(seed=1), task.data().test.batch(np.arange(12))
    taught = np.ones(batch.inputs[1].shape, bool)
    taught[-1] = False
    fed = feed_own_output(network, batch, taught).inputs[1]
    own = rc.run(network, (batch.inputs[0], fed), batch.lengths)[-1].logits.argmax(axis=-1)
    assert np.array_equal(fed[-1], own[-2])
    assert not np.array_equal(fed[-1], batch.inputs[1][-1])
    assert np.array_equal(fed[:-1], batch.inputs[1][:-1])


def test_the_share_is_a_share() -> None:
    taught = sample_teacher_forcing_mask(0.3, 400, 50, (1, 2, 3))
    assert taught[0].all()
    assert taught[1:].mean() == pytest.approx(0.3, abs=0.02)
    assert np.array_equal(taught, sample_teacher_forcing_mask(0.3, 400, 50, (1, 2, 3)))
    assert not np.array_equal(taught, sample_teacher_forcing_mask(0.3, 400, 50, (1, 3, 3)))
    run = rc.Trainer(TASKS["french"], teacher=0.5, hidden=8)
    run.run(inf, max_updates=30)
    mixed, asked = run.fed(20).inputs[1], run.schedule.batch(20).inputs[1]
    assert 0.1 < (mixed != asked).mean() < 0.6


@pytest.mark.parametrize(
    ("key", "share", "reason"),
    [
        ("french", 1.5, "from 0 to 1"),
        ("french", float("nan"), "0 to 1"),
        ("names", 0.5, "reads data"),
    ],
)
def test_shares_that_do_not_fit_are_named(key: str, share: float, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        rc.Trainer(TASKS[key], teacher=share)


def test_the_rival_can_be_taken_back_too() -> None:
    run = rc.FeedForwardTrainer(TASKS["french"], "per-step", hidden=6, teacher=0.5)
    run.run(inf, max_updates=12)
    fresh = rc.FeedForwardTrainer(TASKS["french"], "per-step", hidden=6)
    fresh.run(inf, max_updates=7)
    run.rewind(7)
    for name, array in fresh.feedforward.arrays().items():
        assert np.array_equal(array, run.feedforward.arrays()[name])
