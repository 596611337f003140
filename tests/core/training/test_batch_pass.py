"""A batch's loss and gradient are the means of its examples', however each of them is read."""

from dataclasses import replace

import numpy as np
import pytest

from rnn_core.analysis.aggregation import REDUCTIONS, check_rules, contributions_along
from rnn_core.generation.teacher_forcing import run_partly_taught
from rnn_core.tasks import TASKS, backward
from rnn_core.training.batch_pass import run_batch
from rnn_core.untied import weight_gradients
from rnn_views.chain.gradient_checks import loss_like

KEYS = ["sentiment", "captions", "french", "names", "digit-rows"]
CELLS = ["rnn", "gru", "lstm"]


def ones(key, cell, members, truncate=None):
    """The examples one by one, each without padding."""
    task = TASKS[key]
    network = task.network(cell, hidden=5)
    examples = [task.example(index, "train") for index in members]
    return network, [backward(task.run(network, one, teacher=True), truncate) for one in examples]


@pytest.mark.parametrize("truncate", [None, 2])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("key", KEYS)
def test_the_batch_is_the_mean_of_its_examples(key: str, cell: str, truncate: int | None) -> None:
    members = [2, 9, 31, 40]
    network, alone = ones(key, cell, members, truncate)
    batch = TASKS[key].data().train.batch(members)
    example_run = run_batch(network, batch, truncate=truncate)
    parts = example_run.scored / example_run.scored.sum()
    assert example_run.losses == pytest.approx([one.loss for one in alone], abs=1e-12)
    assert example_run.loss == pytest.approx(parts @ example_run.losses, abs=1e-12)
    for number, mine in enumerate(example_run.gradients.segments):
        for name, array in weight_gradients(mine).items():
            theirs = [weight_gradients(one.gradients.segments[number])[name] for one in alone]
            mean = sum(part * one for part, one in zip(parts, theirs, strict=True))
            assert array == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("key", KEYS)
def test_the_rules_keep_each_examples_own_shares(key: str, cell: str) -> None:
    members = [2, 9, 31, 40]
    network, alone = ones(key, cell, members)
    example_run = run_batch(network, TASKS[key].data().train.batch(members))
    parts = example_run.scored / example_run.scored.sum()
    for number, mine in enumerate(example_run.gradients.segments):
        for name in ("W_xh", "W_hh", "W_hy"):
            total = getattr(mine.total, name)
            if not total.size or not total.any():
                continue
            found = check_rules(
                network,
                example_run.gradients,
                loss_like(example_run),
                name,
                number,
                example_run.steps_of(number),
            )
            along = total / np.linalg.norm(total)
            wanted = dict.fromkeys(REDUCTIONS, 0.0)
            for part, one in zip(parts, alone, strict=True):
                shares = getattr(one.gradients.segments[number].by_step, name)
                told = part * (shares * along).reshape(len(shares), -1).sum(axis=1)
                wanted["sum"] += told.sum()
                wanted["last"] += told[-1]
                wanted["mean"] += told.mean()
            assert found.claimed == pytest.approx(wanted, abs=1e-12)
            assert found.slope == pytest.approx(wanted["sum"], rel=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_shares_of_every_weight_add_up_to_its_gradient(cell: str) -> None:
    _, (example_run,) = ones("sentiment", cell, [3])
    grads = example_run.gradients.segments[0]
    rng = np.random.default_rng(0)
    for name, total in grads.total.arrays().items():
        along = rng.normal(size=total.shape)
        shares = contributions_along(grads, name, along)
        by_step = getattr(grads.by_step, name) * along
        assert shares[:, 0] == pytest.approx(by_step.reshape(len(by_step), -1).sum(axis=1))
        assert shares.sum() == pytest.approx((total * along).sum())
    with pytest.raises(ValueError, match="name is 'W_y' but it is one of 'W_xh', 'W_hh'"):
        contributions_along(grads, "W_y", np.zeros(3))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("key", ["french", "captions"])
def test_a_decoder_fed_its_own_words_is_read_as_the_single_example_is(key: str, cell: str) -> None:
    task, members, own = TASKS[key], [0, 5, 11], {1, 3}
    network = task.network(cell, hidden=6)
    batch = task.data().train.batch(members)
    taught = np.ones(batch.targets.shape, bool)
    taught[sorted(own & set(range(len(taught))))] = False
    rng = np.random.default_rng(1)
    h0 = np.repeat(rng.normal(size=(1, 6)), 3, axis=0)
    c0 = np.repeat(rng.normal(size=(1, 6)), 3, axis=0) if cell == "lstm" else None
    example_run = run_batch(network, batch, taught=taught, h0=h0, c0=c0)
    for place, index in enumerate(members):
        inputs = task.example(index, "train").batch.inputs
        fed = {t for t in own if t < len(inputs[-1])}
        traces = run_partly_taught(network, inputs, fed, h0[:1], None if c0 is None else c0[:1])
        steps = traces[-1].steps
        assert example_run.traces[-1].logits[:steps, place] == pytest.approx(
            traces[-1].logits[:, 0], abs=1e-12
        )


@pytest.mark.parametrize("cell", CELLS)
def test_an_input_set_by_hand_stands_still(cell: str) -> None:
    task = next(task for task in TASKS.values() if task.network().segments[0].embedding is not None)
    network = task.network(cell, hidden=4)
    batch = task.data().train.batch([1, 2, 3])
    entry = (1, 2, 0, 0.75)
    plain, edited = run_batch(network, batch), run_batch(network, batch, input_overrides=[entry])
    assert edited.traces[0].x[1, 2, 0] == 0.75
    assert edited.loss != plain.loss
    first = edited.gradients.segments[0]
    rows = np.zeros(network.segments[0].embedding.shape)
    dx = np.array(first.dx)
    dx[1, 2, 0] = 0.0
    np.add.at(rows, batch.inputs[0], dx)
    assert edited.gradients.embeddings[0] == pytest.approx(rows, abs=1e-14)


def test_an_example_without_a_flag_counts_for_nothing() -> None:
    task = TASKS["sentiment"]
    network, batch = task.network(hidden=4), task.data().train.batch([1, 2, 3])
    targets = batch.targets.copy()
    targets[:, 1] = -1
    example_run = run_batch(network, replace(batch, targets=targets))
    two = run_batch(network, task.data().train.batch([1, 3]))
    assert example_run.scored.tolist() == [1, 0, 1]
    assert np.isnan(example_run.losses[1])
    assert example_run.loss == pytest.approx(two.loss, abs=1e-12)
