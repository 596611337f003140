"""Numbers of every type are taken for what they are, and none wraps around later."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from rnn_core.analysis.gradient_flow import gradient_reach
from rnn_core.params import GATES
from rnn_core.tasks.generated.memory import MEMORY_TASKS
from rnn_core.training.run import TrainingRun
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.validation.values import check_number, check_whole

WHOLE = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]
Whole = Any


@pytest.mark.parametrize("kind", WHOLE)
def test_targets_of_every_whole_type(kind: Whole) -> None:
    loss, dlogits = rc.cross_entropy(np.zeros((2, 1, 3)), np.array([[0], [2]], kind))
    assert loss == pytest.approx(np.log(3))
    np.testing.assert_allclose(dlogits[1, 0], [1 / 6, 1 / 6, -1 / 3])
    trace = rc.forward(rc.init("rnn", inputs=1, hidden=2, outputs=3), np.ones((2, 1, 1)))
    wanted = np.array([[0], [2]], kind)
    assert gradient_reach(trace, wanted).step == 1
    assert rc.contributions(trace, wanted).scored == (0, 1)


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("cell", GATES)
def test_tokens_and_lengths_of_every_whole_type(cell: str, kind: Whole) -> None:
    params = rc.init(cell, inputs=4, hidden=2, outputs=3)
    tokens, lengths = np.array([[0, 3], [1, 2], [3, 3]]), np.array([3, 2])
    targets = np.array([[0, 1], [2, 0], [1, 1]])
    usual = rc.forward(params, tokens, lengths=lengths)
    found = rc.forward(params, tokens.astype(kind), lengths=lengths.astype(kind))
    np.testing.assert_array_equal(usual.logits, found.logits)
    steps = [rc.TrainingStep(params, 3, 2, lr=0.1) for _ in range(3)]
    losses = [
        steps[0].update(tokens, targets, lengths=lengths),
        steps[1].update(tokens.astype(kind), targets.astype(kind), lengths=lengths.astype(kind)),
        steps[2].update(tokens.tolist(), targets.tolist(), lengths=lengths.tolist()),
    ]
    assert losses[0] == losses[1] == losses[2]
    for other in steps[1:]:
        np.testing.assert_array_equal(steps[0].params.W_hh, other.params.W_hh)


def test_a_target_that_no_signed_number_holds_is_refused() -> None:
    params = rc.init("rnn", inputs=1, hidden=2, outputs=3)
    wanted = np.array([[2**64 - 1], [0]], np.uint64)
    with pytest.raises(ValueError, match="targets hold 18446744073709551615"):
        rc.cross_entropy(np.zeros((2, 1, 3)), wanted)
    with pytest.raises(ValueError, match="targets hold 18446744073709551615"):
        rc.TrainingStep(params, 2, 1).update(np.ones((2, 1, 1)), wanted)


@pytest.mark.parametrize("wrong", [[[True], [False]], [[0.0], [1.0]], np.array([[0], [1]], object)])
def test_truth_values_and_floats_are_no_classes_or_tokens(wrong: Any) -> None:
    params = rc.init("rnn", inputs=3, hidden=2, outputs=3)
    with pytest.raises(ValueError, match="targets have dtype"):
        rc.cross_entropy(np.zeros((2, 1, 3)), wrong)
    with pytest.raises(ValueError, match="x is"):
        rc.forward(params, wrong)
    step = rc.TrainingStep(params, 2, 1)
    with pytest.raises(ValueError, match="targets have dtype"):
        step.update(np.zeros((2, 1), int), wrong)
    with pytest.raises(ValueError, match="input of network is"):
        step.update(wrong, np.zeros((2, 1), int))


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("cell", GATES)
def test_weights_drawn_by_sizes_of_every_whole_type(cell: str, kind: Whole) -> None:
    sizes = {"inputs": 120, "hidden": 100, "outputs": 90, "seed": 5}
    usual = rc.init(cell, **sizes)
    found = rc.init(cell, **{name: kind(size) for name, size in sizes.items()})
    for name, array in usual.arrays().items():
        np.testing.assert_array_equal(array, found.arrays()[name])


@pytest.mark.parametrize("kind", WHOLE)
def test_chunks_of_every_whole_type(kind: Whole) -> None:
    """t % truncate goes beyond what int8 holds."""
    params = rc.init("rnn", inputs=1, hidden=2, outputs=2)
    x, targets = np.ones((300, 1, 1)), np.zeros((300, 1), int)
    trace = rc.forward(params, x)
    dlogits = rc.cross_entropy(trace.logits, targets)[1]
    usual = rc.backward(trace, dlogits, truncate=100).total.W_hh
    np.testing.assert_array_equal(rc.backward(trace, dlogits, truncate=kind(100)).total.W_hh, usual)
    one, other = (
        rc.TrainingStep(params, 300, kind(1), truncate=k, optimizer="sgd", lr=1.0)
        for k in (100, kind(100))
    )
    assert one.update(x, targets) == other.update(x, targets)
    np.testing.assert_array_equal(one.params.W_hh, other.params.W_hh)


def test_a_rate_is_a_number_whatever_its_type() -> None:
    """A float64 scalar would make NumPy compute float32 updates in float64."""
    params = rc.init("lstm", inputs=2, hidden=3, outputs=2)
    x, targets = np.ones((4, 1, 2)), np.ones((4, 1), int)
    found = []
    for kind in (float, np.float64, np.float32, np.float16, np.int8):
        step = rc.TrainingStep(
            params, 4, 1, lr=kind(1), clip=kind(2), weight_decay=kind(0), optimizer="momentum"
        )
        step.update(x, targets)
        step.update(x, targets, lr=kind(2))
        found.append(step.params.W_hh)
    for other in found[1:]:
        np.testing.assert_array_equal(found[0], other)


@pytest.mark.parametrize("value", [True, np.bool_(True), 1.0, "1", None, 1j])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        check_whole("size", value, least=0)


def test_checks_return_python_numbers() -> None:
    assert type(check_whole("size", np.uint8(3), least=0)) is int
    assert type(check_number("lr", np.float32(3))) is float
    assert type(check_number("lr", 3)) is float
    with pytest.raises(ValueError, match="finite"):
        check_number("lr", 10**400)


def test_a_run_from_numpy_numbers_is_the_run_from_python_s() -> None:
    task = MEMORY_TASKS["echo"]

    def end(run: TrainingRun) -> npt.NDArray[Any]:
        run.run(np.inf, max_updates=3)
        return run.network.segments[0].params.W_hh

    plain = GeneratedTrainer(task, hidden=4, seed=200, batch=100, updates=3)
    scalar = GeneratedTrainer(
        task, hidden=np.uint8(4), seed=np.uint8(200), batch=np.int8(100), updates=np.uint8(3)
    )
    np.testing.assert_array_equal(end(plain), end(scalar))
