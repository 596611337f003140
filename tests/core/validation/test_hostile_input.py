"""The whole public interface as a stranger might call it: a ValueError that says what was wrong.

Shapes and dtypes of what is fed to an unroll stand in test_bad_input.py; here are the rest of the
functions, numbers that are no numbers, and what would be broadcast or cast without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.input_validation import Array
from rnn_core.tasks import TASKS
from tests.core.conftest import Draw

X = np.random.default_rng(0).standard_normal((6, 2, 4))
TOKENS = np.zeros((6, 2), int)
TARGETS = np.zeros((6, 2), int)
LOGITS = np.zeros((6, 2, 3))
COMPLEX = X.astype(complex)
NOT_WHOLE = (0, -1, 1.5, True, None, "3", np.nan, np.array(2))
NO_RATE = (-0.1, np.nan, np.inf, 10**400, "a", [0.1], True, 1j)
NO_NAME = ("hinge", None, 3, [])


def params(cell: str = "rnn", outputs: int = 3) -> rc.Params:
    """D = 4, H = 5."""
    return rc.init(cell, inputs=4, hidden=5, outputs=outputs)


def two_segments(outputs: int = 3) -> rc.Network:
    """An encoder and a decoder."""
    encoder, decoder = rc.ENCODER_DECODER.segments
    return rc.Network(
        rc.ENCODER_DECODER,
        (rc.Segment(encoder, params(outputs=0)), rc.Segment(decoder, params(outputs=outputs))),
    )


def refuses(call: Callable[[], Any], *words: str) -> None:
    """Expect a ValueError that holds all of these words."""
    with pytest.raises(ValueError, match=r"\w+") as caught:
        call()
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize("value", NOT_WHOLE, ids=repr)
def test_sizes_and_counts_are_whole_numbers(value: Any) -> None:
    trace = rc.forward(params(), X)
    given = f"is {value!r} but "
    for name in ("inputs", "hidden"):
        sizes = {"inputs": 4, "hidden": 5, "outputs": 3, name: value}
        refuses(partial(rc.init, **sizes), f"{name} {given}")
    for name in ("steps", "batch"):
        sizes = {"steps": 6, "batch": 2, name: value}
        refuses(partial(rc.TrainingStep, params(), **sizes), f"{name} {given}")
    refuses(lambda: rc.generate(params(), np.zeros(2, int), value), f"steps {given}")
    refuses(lambda: rc.decode(two_segments(), [TOKENS], TOKENS[0], value), f"steps {given}")
    if value is not None:
        last = np.zeros((2, 5))
        refuses(lambda: rc.backward(trace, dh_last=last, truncate=value), f"truncate {given}")
        refuses(lambda: rc.TrainingStep(params(), 6, 2, truncate=value), f"truncate {given}")
    if not (isinstance(value, int) and value == 0) or value is True:
        refuses(lambda: rc.counterfactual(trace, value, X[0]), f"step {given}", "0 to 5")
    for task, settings in (("digits", "epochs"), ("digits", "batch")):
        refuses(partial(rc.Trainer, TASKS[task], **{settings: value}), f"{settings} {given}")
    refuses(lambda: rc.feedforward(TASKS["names"], "window", window=value), f"window {given}")


@pytest.mark.parametrize("seed", [-1, 1.5, "a", np.nan, None], ids=repr)
def test_seeds_are_whole_numbers(seed: Any) -> None:
    given = f"seed is {seed!r} but a whole number of at least 0"
    free = params(outputs=4)
    refuses(lambda: rc.init(inputs=4, hidden=5, outputs=3, seed=seed), given)
    refuses(lambda: rc.generate(free, np.zeros(2, int), 3, seed=seed, temperature=1.0), given)
    refuses(lambda: rc.Trainer(TASKS["digits"], seed=seed), given)


@pytest.mark.parametrize("rate", NO_RATE, ids=repr)
@pytest.mark.parametrize("batch", [1, 2])
def test_no_rate_spoils_the_weights(rate: Any, batch: int) -> None:
    """A learning rate that is NaN would turn all weights to NaN without a word."""
    refuses(lambda: rc.TrainingStep(params(), 6, 2, lr=rate), f"lr is {rate!r}")
    refuses(lambda: rc.TrainingStep(params(), 6, 2, weight_decay=rate), f"weight_decay is {rate!r}")
    step = rc.TrainingStep(params(), 6, 2, dtype=np.float64)
    refuses(lambda: step.update(X[:, :batch], TARGETS[:, :batch], lr=rate), f"lr is {rate!r}")
    for name, array in params().arrays().items():
        assert np.array_equal(step.params.arrays()[name], array)


@pytest.mark.parametrize("clip", [0, -1.0, np.nan, "a", True], ids=repr)
def test_clipping_wants_a_positive_number(clip: Any) -> None:
    refuses(lambda: rc.TrainingStep(params(), 6, 2, clip=clip), f"clip is {clip!r}")


@pytest.mark.parametrize("name", NO_NAME, ids=repr)
def test_names_are_those_that_are_listed(name: Any) -> None:
    split = rc.contributions(rc.forward(params(), X), TARGETS)
    sizes = {"inputs": 4, "hidden": 5, "outputs": 3}
    refuses(lambda: rc.init(name, **sizes), f"cell is {name!r}", "'lstm'")
    refuses(lambda: rc.init(**sizes, activation=name), f"activation is {name!r}", "'relu'")
    refuses(lambda: rc.init(**sizes, recurrent=name), f"recurrent is {name!r}", "'identity'")
    refuses(lambda: rc.TrainingStep(params(), 6, 2, loss=name), f"loss is {name!r}")
    refuses(lambda: rc.TrainingStep(params(), 6, 2, optimizer=name), f"optimizer is {name!r}")
    refuses(lambda: rc.gradcheck(params(), X, TARGETS, loss=name), f"loss is {name!r}")
    refuses(lambda: rc.gradcheck(params(), X, TARGETS, method=name), f"method is {name!r}")
    refuses(lambda: rc.lag_norms(split, name), f"name is {name!r}", "'W_hh'")


@pytest.mark.parametrize("temperature", [-1.0, np.nan, np.inf, "a", None], ids=repr)
def test_temperatures_are_finite_numbers(temperature: Any) -> None:
    call = partial(rc.generate, params(outputs=4), np.zeros(2, int), 3, temperature=temperature)
    refuses(call, f"temperature is {temperature!r}")


def test_the_coldest_temperature_takes_the_largest_logit() -> None:
    """logits / temperature overflows there, which must not end in the first class."""
    free = params(outputs=4)
    cold = rc.generate(free, np.zeros(2, int), 9, temperature=1e-320)
    assert np.array_equal(cold.x, rc.generate(free, np.zeros(2, int), 9).x)
    assert cold.x.any()


@pytest.mark.parametrize("port", ["dlogits", "dh", "dh_last", "dc_last"])
def test_no_imaginary_part_is_dropped(port: str) -> None:
    lstm = params("lstm")
    trace, start = rc.forward(lstm, X), np.zeros((2, 5), complex)
    shape = {"dlogits": (6, 2, 3), "dh": (6, 2, 5)}.get(port, (2, 5))
    refuses(lambda: rc.backward(trace, **{port: np.zeros(shape, complex)}), port, "complex128")
    step = rc.TrainingStep(lstm, 6, 2)
    refuses(lambda: step.update(COMPLEX, TARGETS), "complex128")
    refuses(lambda: step.update(X, TARGETS, h0=start), "h0", "complex128")
    refuses(lambda: step.update(X, TARGETS, c0=start), "c0", "complex128")
    refuses(lambda: rc.counterfactual(trace, 1, COMPLEX[0]), "complex128")
    refuses(lambda: rc.squared_error(LOGITS, LOGITS.astype(complex)), "complex128")


@pytest.mark.parametrize("dtype", [int, bool, object, str])
def test_scores_are_floats(dtype: Any) -> None:
    """Whole-number predictions would round their own gradient to whole numbers."""
    scores = LOGITS.astype(dtype)
    refuses(lambda: rc.cross_entropy(scores, TARGETS), "logits have dtype")
    refuses(lambda: rc.token_losses(scores, TARGETS), "logits have dtype")
    refuses(lambda: rc.squared_error(scores, LOGITS), "predictions have dtype")


@pytest.mark.parametrize("shape", [(0, 2, 3), (6, 0, 3), (6, 2, 0), (6, 2), ()])
def test_losses_want_something_to_score(shape: tuple[int, ...]) -> None:
    for loss in (rc.cross_entropy, rc.token_losses):
        refuses(lambda loss=loss: loss(np.zeros(shape), np.zeros(shape[:2], int)), str(shape))


@pytest.mark.parametrize(
    ("analytic", "numeric"),
    [((3,), (1,)), ((3,), ()), ((3, 1), (1, 3)), ((3,), (2,))],
)
def test_errors_are_not_measured_by_broadcasting(analytic: Any, numeric: Any) -> None:
    words = (f"analytic has shape {analytic}", f"numeric has {numeric}")
    refuses(lambda: rc.worst_error(np.zeros(analytic), np.zeros(numeric)), *words)
    refuses(lambda: rc.worst_error(np.array(["a"]), np.zeros(1)), "analytic has dtype <U1")


@pytest.mark.parametrize("step", [0, 0.0, -1e-5, np.nan, np.inf, "a"], ids=repr)
def test_a_difference_wants_a_step(step: Any) -> None:
    given = f"step is {step!r} but a finite number > 0"
    for derive in (rc.complex_step, rc.central_differences):
        refuses(partial(derive, np.sum, np.ones(2), step), given)
    refuses(lambda: rc.gradcheck(params(), X, TARGETS, step=step), given)


def test_whole_numbers_are_not_differentiated() -> None:
    """A step of 1e-5 rounds away in an array of whole numbers; lists are arrays as elsewhere."""
    for derive in (rc.complex_step, rc.central_differences):
        refuses(partial(derive, np.sum, np.array([1, 2])), "at has dtype int64")
        np.testing.assert_allclose(derive(np.sum, [1.0, 2.0]), [1.0, 1.0], rtol=1e-9)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "W_hy", "b_y"])
def test_weights_are_all_there(name: str) -> None:
    whole = params()
    refuses(lambda: replace(whole, **{name: None}), f"{name} is None but rnn expects an array")
    arrays = whole.arrays()
    refuses(lambda: whole.with_arrays({**arrays, "W_zz": arrays[name]}), "W_zz", "W_xh, W_hh")
    del arrays[name]
    refuses(lambda: whole.with_arrays(arrays), "but the weights are", name)


def test_predictions_from_spoiled_input_are_refused() -> None:
    step = rc.NetworkStep(two_segments(), (6, 6), 2)
    for value in (np.nan, np.inf):
        spoiled = X.copy()
        spoiled[5, 1, 3] = value
        batch = rc.Batch((spoiled, TOKENS), TARGETS)
        refuses(lambda batch=batch: step.predict(batch), "encoder holds", "(5, 1, 3)")


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.zeros((2, 3)), "(2, 3)"),
        (np.zeros((0, 0)), "(0, 0)"),
        (np.full((2, 2), np.nan), "nan at index (0, 0)"),
        (np.eye(2).astype(object), "dtype object"),
    ],
)
def test_a_radius_wants_a_finite_square(matrix: Array, words: str) -> None:
    refuses(lambda: rc.spectral_radius(matrix), words)


@pytest.mark.parametrize(
    ("h", "words"),
    [
        (np.zeros(4), "(4,)"),
        (0.0, "()"),
        (np.full(5, np.nan), "nan at index (0,)"),
        (np.zeros(5, complex), "complex128"),
    ],
)
def test_a_place_in_the_plane_wants_a_finite_state(h: Any, words: str) -> None:
    path = rc.trajectory(rc.forward(params(), X))
    refuses(lambda: path.place(h), words)


@pytest.mark.parametrize("state", [None, [], b"weights", np.zeros(3)], ids=repr)
def test_a_state_maps_names_to_arrays(state: Any) -> None:
    refuses(lambda: rc.from_torch_state_dict(state), f"state is {type(state).__name__} but a map")


@pytest.mark.parametrize("layer", [-1, 1.5, True, None, "0"], ids=repr)
def test_layers_are_counted(layer: Any) -> None:
    refuses(lambda: rc.to_torch_state_dict(params(), layer=layer), f"layer is {layer!r}")


def test_an_embedding_has_a_row() -> None:
    refuses(lambda: rc.Segment(rc.ALIGNED.segments[0], params(), np.zeros((0, 4))), "V ≥ 1")


def test_training_is_told_how_long() -> None:
    trainer = rc.Trainer(TASKS["digits"], epochs=1)
    for seconds in (np.nan, -1.0, "a", None):
        refuses(partial(trainer.run, seconds), f"seconds is {seconds!r}")
    for most in (-1, 1.5, "a", np.nan):
        refuses(partial(trainer.run, 0.01, most), f"max_updates is {most!r}")
    assert trainer.progress.update == 0


def test_a_refusal_leaves_what_was_fed_alone(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    kept = case.x.copy()
    for call in (
        lambda: rc.forward(case.params, case.x, np.zeros((1, 5))),
        lambda: rc.TrainingStep(case.params, 6, 3).update(case.x, case.targets * 0 - 1),
    ):
        refuses(call)
    assert np.array_equal(case.x, kept)
    assert case.x.flags.writeable
