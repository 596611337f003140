"""Networks, untied unrolls and free running, called as a stranger might: a ValueError says why."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.tasks import TASKS
from tests.core.validation.test_hostile_input import (
    COMPLEX,
    NOT_WHOLE,
    TARGETS,
    TOKENS,
    X,
    params,
    refuses,
    two_segments,
)


@pytest.mark.parametrize("value", NOT_WHOLE, ids=repr)
def test_copies_and_chunks_are_counted(value: Any) -> None:
    """truncate = −2 once cut every second step, and 1.5 copies were one."""
    refuses(lambda: rc.untie(params(), value), f"steps is {value!r} but")
    if value is not None:
        trace = rc.forward_untied(params(), rc.untie(params(), 6), X)
        call = partial(rc.backward_untied, trace, np.ones((6, 2, 3)), truncate=value)
        refuses(call, f"truncate is {value!r} but")


def test_an_untied_unroll_takes_the_gradients_a_tied_one_takes() -> None:
    copies = rc.untie(params(), 6)
    trace = rc.forward_untied(params(), copies, X)
    for steps in (5, 7):
        refuses(
            lambda n=steps: rc.backward_untied(trace, np.ones((n, 2, 3))),
            f"dlogits has shape ({steps}, 2, 3) but (6, 2, 3) is expected",
        )
    refuses(lambda: rc.backward_untied(trace), "no gradient is given")
    state = np.ones((2, 5))
    refuses(lambda: rc.backward_untied(trace, dc_last=state), "rnn has no cell state c")
    for wrong in (copies.astype(complex), copies.astype(object), copies[..., None], copies[:0]):
        refuses(lambda wrong=wrong: rc.forward_untied(params(), wrong, X), "copies have")


def test_a_gradient_of_the_last_cell_state_alone_goes_back() -> None:
    """It was dropped once where nothing arrived at h as well."""
    lstm = params("lstm")
    untied = rc.forward_untied(lstm, rc.untie(lstm, 6), X)
    last = np.random.default_rng(3).standard_normal((2, 5))
    ours = rc.backward_untied(untied, dc_last=last)
    tied = rc.backward(rc.forward(lstm, X), dc_last=last)
    for name, array in tied.total.arrays().items():
        np.testing.assert_allclose(ours.total.arrays()[name], array, atol=1e-13, err_msg=name)
    np.testing.assert_allclose(ours.dh0, tied.dh0, atol=1e-13)


@pytest.mark.parametrize("stop", [-1, 3, 1.5, True, "3", np.nan, [1], 2**70], ids=repr)
def test_only_a_token_that_can_be_said_stops(stop: Any) -> None:
    """Any other would never be said, so that nothing would stop."""
    call = partial(rc.decode, two_segments(), [TOKENS], TOKENS[0], 3, stop=stop)
    refuses(call, f"stop is {stop!r} but a whole number from 0 to 2")


@pytest.mark.parametrize("seed", [-1, 1.5, "a", np.nan, None, True, [1]], ids=repr)
def test_answers_are_drawn_from_a_seed(seed: Any) -> None:
    call = partial(rc.decode, two_segments(), [TOKENS], TOKENS[0], 3, temperature=1.0, seed=seed)
    refuses(call, f"seed is {seed!r} but a whole number of at least 0")


@pytest.mark.parametrize("dtype", [np.float16, int, complex, object, "S3", ">f8", "no such"])
def test_weights_are_float32_or_float64(dtype: Any) -> None:
    words = ("dtype", "float32 or float64")
    refuses(lambda: rc.init(inputs=4, hidden=5, outputs=3, dtype=dtype), *words)
    refuses(lambda: rc.TrainingStep(params(), 6, 2, dtype=dtype), *words)


def test_a_gradient_check_wants_real_numbers() -> None:
    """The numeric side would drop the imaginary part of what is fed."""
    refuses(lambda: rc.gradcheck(params(), COMPLEX, TARGETS), "complex128", "real")
    start = np.ones((2, 5), complex)
    refuses(lambda: rc.gradcheck(params(), X, TARGETS, start), "complex128", "real")


@pytest.mark.parametrize("task", [None, "digits", 3, [1]], ids=repr)
def test_a_task_is_one_of_the_tasks(task: Any) -> None:
    refuses(lambda: rc.Trainer(task), f"task is {task!r} but", "TASKS")
    refuses(lambda: next(iter(rc.train(task))), f"task is {task!r} but", "TASKS")


def test_a_cell_that_cannot_be_looked_up_is_named() -> None:
    refuses(lambda: rc.Trainer(TASKS["digits"], cell=[]), "cell is [] but")  # type: ignore[arg-type]


@pytest.mark.parametrize("steps", [6, None, 1.5], ids=repr)
def test_steps_are_given_per_segment(steps: Any) -> None:
    refuses(
        lambda: rc.NetworkStep(two_segments(), steps, 2), f"steps is {steps!r} but", "2 segments"
    )


def test_lengths_may_be_an_array_of_rows() -> None:
    """Its truth value is ambiguous, which was the error that was raised."""
    network, rows = two_segments(), np.array([[3, 6], [2, 1]])
    listed = rc.run(network, [X, TOKENS], list(rows))[-1]
    assert np.array_equal(rc.run(network, [X, TOKENS], rows)[-1].h, listed.h)  # type: ignore[arg-type]
    words = "lengths are given for 1 segments but there are 2"
    refuses(lambda: rc.run(network, [X, TOKENS], rows[:1]), words)  # type: ignore[arg-type]
    refuses(lambda: rc.decode(network, [X], TOKENS[0], 3, lengths=rows), "lengths are given for 2")  # type: ignore[arg-type]


def test_a_counterfactual_reads_a_list_of_rows_too() -> None:
    trace = rc.forward(params(), X)
    table = np.arange(12.0).reshape(3, 4)
    listed = rc.counterfactual(trace, 2, np.array([0, 2]), table.tolist())
    assert np.array_equal(listed.new.x[2], table[[0, 2]])
