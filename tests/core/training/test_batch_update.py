"""One update from the mean over a batch."""

import numpy as np
import pytest

from rnn_core.fast.step import NetworkStep
from rnn_core.network import backpropagate
from rnn_core.tasks import TASKS, backward
from rnn_core.training.batch_update import cosine_similarity, update_on_batch

REDUCTIONS = [
    {"optimizer": "adam", "clip": None, "weight_decay": 0.0},
    {"optimizer": "sgd", "clip": 0.1, "weight_decay": 0.1},
    {"optimizer": "momentum", "clip": 1.0, "weight_decay": 0.0},
]


@pytest.mark.parametrize("rule", REDUCTIONS, ids=lambda rule: rule["optimizer"])
@pytest.mark.parametrize("key", ["sentiment", "captions", "french", "names", "digit-rows"])
def test_it_is_the_update_that_training_makes(key: str, rule: dict) -> None:
    task = TASKS[key]
    network = task.network(hidden=6)
    batch = task.data().train.batch(np.arange(5, 14))
    update = update_on_batch(network, batch, lr=0.01, **rule)
    steps = tuple(len(x) for x in batch.inputs)
    step = NetworkStep(network, steps=steps, batch=batch.size, lr=0.01, dtype=np.float64, **rule)
    assert step.update(batch) == pytest.approx(update.before, abs=1e-12)
    assert step.gradient_norm == pytest.approx(update.norm, rel=1e-12)
    for mine, theirs in zip(update.network.segments, step.network.segments, strict=True):
        for name, array in mine.params.arrays().items():
            assert array == pytest.approx(getattr(theirs.params, name), abs=1e-12)


def test_the_mean_of_examples_with_equally_many_scored_steps_is_the_batch() -> None:
    task = TASKS["sentiment"]
    network = task.network(hidden=6)
    members = [3, 8, 20]
    update = update_on_batch(network, task.data().train.batch(members), lr=0.01)
    ones = [
        backward(task.run(network, task.example(index, "train"), teacher=True)) for index in members
    ]
    mean = sum(one.gradients.segments[0].total.W_hh for one in ones) / len(ones)
    assert update.gradients.segments[0].total.W_hh == pytest.approx(mean, abs=1e-14)
    assert update.before == pytest.approx(np.mean([one.loss for one in ones]), abs=1e-12)


def test_alignment_is_a_cosine() -> None:
    task = TASKS["sentiment"]
    batches = [task.data().train.batch([index]) for index in (3, 8)]
    small = task.network(hidden=4)
    one, other = (update_on_batch(small, batch, lr=0.01).gradients for batch in batches)
    assert cosine_similarity(one, one) == pytest.approx(1.0)
    assert -1.0 <= cosine_similarity(one, other) <= 1.0
    assert cosine_similarity(one, other) == pytest.approx(cosine_similarity(other, one))
    larger = update_on_batch(task.network(hidden=5), batches[0], lr=0.01).gradients
    with pytest.raises(ValueError, match="entries"):
        cosine_similarity(one, larger)


def test_a_gradient_of_zero_has_no_direction() -> None:
    task = TASKS["sentiment"]
    example_run = backward(task.run(task.network(hidden=4), task.example(0)))
    nothing = backpropagate(
        example_run.network, example_run.traces, np.zeros_like(example_run.traces[-1].logits)
    )
    assert np.isnan(cosine_similarity(example_run.gradients, nothing))
