"""Feed-forward baselines: what it sees, that it is the RNN without a loop, and its gradients."""

import numpy as np
import pytest

from rnn_core.baselines.feedforward import KINDS, View, feedforward, kinds_for
from rnn_core.baselines.feedforward_training import FeedForwardStep, FeedForwardTrainer, scatter
from rnn_core.losses import cross_entropy
from rnn_core.network import Batch, backpropagate, loss_of, run
from rnn_core.tasks import TASKS
from rnn_core.trace import NonFiniteError
from rnn_core.training.trainer import Trainer
from rnn_core.unroll import backward

ALL = [(key, kind) for key, task in TASKS.items() for kind in kinds_for(task)]
ROW = np.array([[4, 5], [6, 7], [8, 9]])  # three steps, two sequences
AIMS = np.array([[0, 1], [2, -1], [1, 0]])


def view(kind, slots, says_last=False, answers=1):
    return View(kind, slots, segment=0, says_last=says_last, width=10, answers=answers)


def test_per_step_sees_the_current_input_alone():
    slots, targets = view("per-step", 1).look(Batch((ROW,), AIMS))
    assert slots.tolist() == [[4], [5], [6], [8], [9]]
    assert targets.tolist() == [[0, 1, 2, 1, 0]]


def test_window_sees_the_last_steps_and_nothing_before_the_first():
    slots, targets = view("window", 2).look(Batch((ROW,), AIMS))
    assert slots.tolist() == [[-1, 4], [-1, 5], [4, 6], [6, 8], [7, 9]]
    assert targets.tolist() == [[0, 1, 2, 1, 0]]


def test_the_last_real_step_answers_where_only_one_is_asked():
    aims = np.array([[-1, -1], [-1, -1], [1, 0]])
    batch = Batch((ROW,), aims, (np.array([3, 2]),))
    slots, targets = view("window", 2, says_last=True).look(batch)
    assert slots.tolist() == [[6, 8], [5, 7]]
    assert targets.tolist() == [[1, 0]]


def test_padded_sees_all_and_nothing_of_the_padding():
    aims = np.array([[-1, -1], [-1, -1], [1, 0]])
    batch = Batch((ROW,), aims, (np.array([3, 2]),))
    slots, targets = view("padded", 4, says_last=True).look(batch)
    assert slots.tolist() == [[4, 6, 8, -1], [5, 7, -1, -1]]
    assert targets.tolist() == [[1, 0]]


def test_padded_answers_every_step_at_once():
    _, targets = view("padded", 3, answers=4).look(Batch((ROW,), AIMS))
    assert targets.tolist() == [[0, 1], [2, -1], [1, 0], [-1, -1]]


def test_dense_inputs_are_zero_where_nothing_was():
    x = np.arange(12.0).reshape(3, 2, 2) + 1
    slots, _ = view("window", 2).look(Batch((x,), AIMS))
    assert slots[0].tolist() == [[0, 0], [1, 2]]
    assert slots[3].tolist() == [[5, 6], [9, 10]]


def test_bag_is_the_mean_of_what_was_read():
    model = feedforward(TASKS["digit-rows"], "bag")
    x = np.random.default_rng(0).random((4, 8, 8))
    assert np.allclose(model.feed(x), x.mean(axis=1))


@pytest.mark.parametrize("key", TASKS)
def test_per_step_rival_is_the_unroll_with_its_horizontal_wires_cut(key):
    task = TASKS[key]
    model = feedforward(task, "per-step", seed=3)
    network = model.as_unroll()
    assert not any(segment.params.W_hh.any() for segment in network.segments)
    batch = task.data().validation.batch(np.arange(5))
    traces = run(network, batch.inputs, batch.lengths)
    slots, targets = model.view.look(batch)
    scored = np.nonzero(batch.targets >= 0)
    assert np.allclose(model.run(slots).logits[0], traces[-1].logits[scored], atol=1e-12)
    assert np.array_equal(batch.targets[scored], targets[0])


@pytest.mark.parametrize("key", ["names", "digit-rows", "french"])
def test_its_gradient_is_the_gradient_of_that_unroll(key):
    task = TASKS[key]
    model = feedforward(task, "per-step", hidden=12, seed=1)
    batch = task.data().train.batch(np.arange(6))
    network = model.as_unroll()
    traces = run(network, batch.inputs, batch.lengths)
    loss, dlogits = loss_of(traces, batch.targets)
    gradients = backpropagate(network, traces, dlogits)
    step = FeedForwardStep(model, lr=1.0, optimizer="sgd", clip=None, dtype=np.float64)
    assert step.update(batch) == pytest.approx(loss, abs=1e-12)
    for name in ("W_xh", "b_h", "W_hy", "b_y"):
        moved = getattr(model.params, name) - getattr(step.feedforward.params, name)
        assert np.allclose(moved, getattr(gradients.segments[-1].total, name), atol=1e-12)


@pytest.mark.parametrize(("key", "kind"), ALL)
def test_gradient_of_every_rival_against_differences(key, kind):
    model = feedforward(TASKS[key], kind, hidden=4, seed=2)
    batch = TASKS[key].data().train.batch(np.arange(3))
    slots, targets = model.view.look(batch)

    def loss_at(name, place, shift):
        arrays = {**model.arrays(), name: model.arrays()[name].copy()}
        arrays[name][place] += shift
        moved = model.with_arrays(arrays)
        return cross_entropy(moved.answer(moved.run(slots).logits), targets)[0]

    step = FeedForwardStep(model, lr=1.0, optimizer="sgd", clip=None, dtype=np.float64)
    step.update(batch)
    rng = np.random.default_rng(0)
    for name, array in model.arrays().items():
        gradient = array - step.feedforward.arrays()[name]
        largest = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
        for place in [largest, *(tuple(rng.integers(0, array.shape)) for _ in range(3))]:
            slope = (loss_at(name, place, 1e-5) - loss_at(name, place, -1e-5)) / 2e-5
            assert gradient[place] == pytest.approx(slope, abs=1e-8, rel=1e-6)


@pytest.mark.parametrize(("key", "kind"), ALL)
def test_it_has_as_many_parameters_as_the_recurrent_network(key, kind):
    task = TASKS[key]
    model = feedforward(task, kind)
    one_unit = model.view.inputs + 1 + model.params.outputs
    assert abs(model.size - task.network().size) <= one_unit / 2


def test_the_past_cannot_change_its_answer():
    task = TASKS["names"]
    network = feedforward(task, "per-step").as_unroll()
    tokens = task.data().test.batch([0]).inputs[0]
    other = tokens.copy()
    other[:-1] = np.random.default_rng(0).permutation(tokens[:-1])
    assert (tokens != other).any()
    one, two = (run(network, (x,))[-1].logits[-1] for x in (tokens, other))
    assert np.array_equal(one, two)
    remembers = task.network()
    one, two = (run(remembers, (x,))[-1].logits[-1] for x in (tokens, other))
    assert not np.allclose(one, two)


@pytest.mark.parametrize("kind", KINDS)
def test_training_lowers_the_loss_leaves_w_hh_at_zero_and_repeats(kind):
    task = TASKS["digit-rows"]
    batch = task.data().train.batch(np.arange(64))

    def train():
        step = FeedForwardStep(feedforward(task, kind, seed=5), lr=1e-2)
        losses = [step.update(batch) for _ in range(60)]
        return losses, step.feedforward

    losses, trained = train()
    again, same = train()
    assert losses[-1] < 0.8 * losses[0]
    assert not trained.params.W_hh.any()
    assert losses == again
    for name, array in trained.arrays().items():
        assert np.array_equal(array, same.arrays()[name])


def test_whole_picture_at_once_is_nearly_as_good_as_the_rnn_row_by_row():
    task = TASKS["digit-rows"]
    train, rng = task.data().train, np.random.default_rng(0)
    results = {}
    for kind in ("per-step", "padded"):
        step = FeedForwardStep(feedforward(task, kind), lr=1e-2)
        for _ in range(8):
            order = rng.permutation(train.size)
            for start in range(0, train.size, 32):
                step.update(train.batch(order[start : start + 32]))
        results[kind] = step.feedforward.evaluate()
    assert results["padded"] > 0.9
    assert results["per-step"] < 0.65


def test_clipping_reports_the_norm_before():
    task = TASKS["digit-rows"]
    batch = task.data().train.batch(np.arange(8))
    step = FeedForwardStep(feedforward(task), lr=1.0, optimizer="sgd", clip=1e-3, dtype=np.float64)
    before = step.feedforward
    step.update(batch)
    moved = sum(
        float(((step.feedforward.arrays()[name] - array) ** 2).sum())
        for name, array in before.arrays().items()
    )
    assert step.gradient_norm > 1e-3
    assert moved**0.5 == pytest.approx(1e-3)


def test_weight_decay_shrinks_all_weights_before_the_step():
    task = TASKS["digit-rows"]
    batch = task.data().train.batch(np.arange(8))
    how = {"lr": 0.1, "optimizer": "sgd", "clip": None, "dtype": np.float64}
    plain, decayed = (
        FeedForwardStep(feedforward(task), weight_decay=decay, **how) for decay in (0.0, 0.5)
    )
    start = plain.feedforward
    for step in (plain, decayed):
        step.update(batch)
    for name, array in start.arrays().items():
        shrunk = plain.feedforward.arrays()[name] - 0.1 * 0.5 * array
        assert np.allclose(decayed.feedforward.arrays()[name], shrunk, atol=1e-12)


def test_unfitting_rivals_are_refused():
    with pytest.raises(ValueError, match="per-step"):
        feedforward(TASKS["digits"], "window")
    with pytest.raises(ValueError, match="window is 0"):
        feedforward(TASKS["names"], "window", window=0)
    with pytest.raises(ValueError, match="no unroll"):
        feedforward(TASKS["names"], "window").as_unroll()


def test_trainer_of_the_rival_follows_the_course_of_the_recurrent_one():
    task = TASKS["digit-rows"]
    ours, theirs = Trainer(task, seed=4, epochs=2), FeedForwardTrainer(task, seed=4, epochs=2)
    assert ours.schedule.updates == theirs.schedule.updates
    for update in (0, 1, ours.schedule.per_epoch):
        one, other = ours.schedule.batch(update), theirs.schedule.batch(update)
        assert np.array_equal(one.inputs[0], other.inputs[0])
        assert ours.schedule.rate(update) == theirs.schedule.rate(update)


def test_trainer_of_the_rival_reports_and_repeats():
    task = TASKS["digit-rows"]
    reports = []
    for _ in range(2):
        trainer = FeedForwardTrainer(task, "per-step", seed=1, epochs=2)
        while not trainer.done:
            report = trainer.run(seconds=60, max_updates=30)
        reports.append((report.update, trainer.evaluate("test"), report.validation_loss))
    assert reports[0] == reports[1]
    assert report.validation == task.evaluate(trainer.network, "validation")
    assert trainer.network.topology is task.topology
    assert abs(trainer.feedforward.size - Trainer(task).network.size) < 20


def test_rival_beside_another_size_of_network():
    task = TASKS["digit-rows"]
    small, large = (FeedForwardTrainer(task, beside=hidden).feedforward.size for hidden in (4, 64))
    assert small == pytest.approx(task.network(hidden=4).size, abs=10)
    assert large == pytest.approx(task.network(hidden=64).size, abs=10)


@pytest.mark.parametrize("kind", ["window", "padded"])
def test_validation_loss_is_the_mean_over_scored_steps(kind):
    task = TASKS["names" if kind == "window" else "french"]
    model = feedforward(task, kind, seed=2)
    batch = task.data().validation.batch()
    slots, targets = model.view.look(batch)
    expected = cross_entropy(model.answer(model.run(slots).logits), targets)[0]
    logits = FeedForwardStep(model, lr=0.1, dtype=np.float64).predict(batch)
    assert cross_entropy(logits, batch.targets)[0] == pytest.approx(expected, abs=1e-12)


def test_overflow_is_named_and_leaves_the_weights():
    task = TASKS["digit-rows"]
    model = feedforward(task)
    wild = {name: 1e308 * np.ones_like(array) for name, array in model.arrays().items()}
    model = model.with_arrays(wild)
    step = FeedForwardStep(model, lr=0.1, dtype=np.float64)
    with pytest.raises(NonFiniteError, match="feed-forward network"):
        step.update(task.data().train.batch(np.arange(8)))
    for name, array in step.feedforward.arrays().items():
        assert np.array_equal(array, model.arrays()[name])


@pytest.mark.parametrize("kind", ["window", "bag", "padded"])
def test_accuracy_is_the_share_of_right_answers(kind):
    task = TASKS["digit-rows"]
    model = feedforward(task, kind)
    slots, targets = model.view.look(task.data().test.batch())
    x = model.feed(slots)
    h = np.tanh(x @ model.params.W_xh + model.params.b_h)
    said = (h @ model.params.W_hy + model.params.b_y).argmax(axis=1)
    assert model.evaluate() == (said == targets[0]).mean()


def test_names_are_measured_in_nats():
    task = TASKS["names"]
    model = feedforward(task, "window", window=1)
    slots, targets = model.view.look(task.data().test.batch())
    assert model.evaluate() == cross_entropy(model.answer(model.run(slots).logits), targets)[0]
    assert model.evaluate() == pytest.approx(np.log(len(task.data().classes)), abs=0.5)


def test_a_window_of_one_step_is_the_least():
    assert feedforward(TASKS["names"], "window", window=1).view.slots == 1
    with pytest.raises(ValueError, match="window is 0"):
        feedforward(TASKS["names"], "window", window=0)


def test_what_is_fed_has_the_dtype_of_the_weights():
    model = feedforward(TASKS["digit-rows"], "window").astype(np.float32)
    slots, _ = model.view.look(TASKS["digit-rows"].data().test.astype(np.float32).batch())
    assert slots.dtype == model.feed(slots).dtype == np.float32


def test_token_0_is_a_token_like_any_other():
    """The embedding's row 0 gets its share; only slots below 0 are empty."""
    task = TASKS["sentiment"]
    model = feedforward(task, "bag")
    slots = np.array([[0, 3, -1], [0, 0, 5]])
    trace = model.run(slots)
    dlogits = np.ones_like(trace.logits)
    gradients = backward(trace, dlogits)
    rows = scatter(model, slots, gradients)
    dx = gradients.dx[0]
    assert np.allclose(rows[0], dx[0] / 2 + 2 * dx[1] / 3)
    assert np.allclose(rows[3], dx[0] / 2)
    assert not rows[[1, 2, 4]].any()
