"""Every parameter of every public function refuses what is none, in words of ours that name it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnn_core as rc

X = np.zeros((3, 1), int)
TARGETS = np.array([[1], [0], [1]])
VALUES = np.zeros((3, 1, 4))


def params(outputs: int = 4) -> rc.Params:
    return rc.init("lstm", inputs=4, hidden=3, outputs=outputs)


def network() -> rc.Network:
    return rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params()),))


TRACE = rc.forward(params(), X)
DLOGITS = rc.cross_entropy(TRACE.logits, TARGETS)[1]
UNTIED = rc.forward_untied(params(), rc.untie(params(), 3), X)
STATE = np.zeros((1, 3))
STEP_SETTINGS: dict[str, Any] = {
    "batch": 1,
    "loss": "cross_entropy",
    "lr": 0.1,
    "optimizer": "sgd",
    "clip": 1.0,
    "truncate": 2,
    "dtype": np.float64,
    "weight_decay": 0.0,
}
CALLS: dict[str, dict[str, Any]] = {
    "backpropagate": {
        "network": network(), "traces": (TRACE,), "dlogits": DLOGITS, "truncate": 2,
    },
    "backward": {
        "trace": TRACE, "dlogits": DLOGITS, "dh": np.zeros((3, 1, 3)), "dh_last": STATE,
        "dc_last": STATE, "truncate": 2,
    },
    "backward_untied": {
        "trace": UNTIED, "dlogits": DLOGITS, "dh_last": STATE, "dc_last": STATE, "truncate": 2,
    },
    "central_differences": {"loss": np.sum, "at": np.ones(2), "step": 1e-5},
    "complex_step": {"loss": np.sum, "at": np.ones(2), "step": 1e-30},
    "contributions": {"trace": TRACE, "targets": TARGETS},
    "counterfactual": {"trace": TRACE, "step": 1, "x": np.array([1]), "embedding": np.eye(4)},
    "cross_entropy": {"logits": VALUES, "targets": TARGETS, "lengths": [3]},
    "forward": {"params": params(), "x": X, "h0": STATE, "c0": STATE, "lengths": np.array([3])},
    "forward_untied": {
        "params": params(), "copies": rc.untie(params(), 3), "x": X, "h0": STATE, "c0": STATE,
    },
    "from_keras_weights": {
        "rnn": rc.to_keras_weights(params())[0], "dense": rc.to_keras_weights(params())[1],
        "activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True,
    },
    "from_torch_state_dict": {
        "state": rc.to_torch_state_dict(params()), "activation": "tanh", "rnn": "", "readout": "",
        "layer": 0, "reverse": False,
    },
    "generate": {
        "params": params(), "first": np.array([1]), "steps": 2, "h0": STATE, "c0": STATE,
        "seed": 0, "temperature": 0.5,
    },
    "gradcheck": {
        "params": params(), "x": X, "targets": TARGETS, "h0": STATE, "c0": STATE,
        "lengths": np.array([3]), "loss": "cross_entropy", "method": "complex step",
        "step": 1e-30, "backward": rc.backward,
    },
    "gradient_norms": {"gradients": rc.backward(TRACE, DLOGITS)},
    "init": {
        "cell": "rnn", "inputs": 4, "hidden": 3, "outputs": 2, "seed": 0, "dtype": np.float64,
        "activation": "tanh", "recurrent": "identity",
    },
    "jacobians": {"trace": TRACE},
    "lag_norms": {"split": rc.contributions(TRACE, TARGETS), "name": "W_hh"},
    "loss_of": {"traces": (TRACE,), "targets": TARGETS},
    "decode": {
        "network": network(), "inputs_before": (), "first": np.array([1]), "steps": 2, "stop": 1,
        "temperature": 0.0, "seed": 0, "lengths": [], "h0": STATE, "c0": STATE,
    },
    "run": {"network": network(), "inputs": [X], "lengths": [None], "h0": STATE, "c0": STATE},
    "spectral_radius": {"matrix": np.eye(2)},
    "squared_error": {"predictions": VALUES, "targets": VALUES, "lengths": [3]},
    "step": {"params": params(), "x_t": np.array([1]), "h": STATE, "c": STATE},
    "to_keras_weights": {"params": params()},
    "to_torch_state_dict": {
        "params": params(), "rnn": "", "readout": "", "layer": 0, "reverse": False,
    },
    "token_losses": {"logits": VALUES, "targets": TARGETS, "lengths": [3]},
    "trajectory": {"trace": TRACE},
    "untie": {"params": params(), "steps": 3},
    "worst_error": {"analytic": np.ones(2), "numeric": np.ones(2)},
    "Network": {"topology": rc.ALIGNED, "segments": network().segments},
    "Segment": {
        "ports": rc.ALIGNED.segments[0], "params": params(), "embedding": np.eye(4),
        "copies": rc.untie(params(), 3),
    },
    "TrainingStep": {"params": params(), "steps": 3, **STEP_SETTINGS},
    "NetworkStep": {"network": network(), "steps": (3,), **STEP_SETTINGS},
    "Params": {**params().arrays(), "cell": "lstm", "activation": "tanh"},
}  # fmt: skip
WRONG: dict[str, Any] = {
    "none": None,
    "text": "seven",
    "dict": {"a": 1},
    "ragged": [[1, 2], [3]],
    "object": object(),
}
ENTRIES = {("from_keras_weights", "rnn"): "kernel", ("from_torch_state_dict", "state"): "weight_hh"}
"""A mapping or list of the right kind is refused by the entry that is missing or wrong in it."""
OURS = str(Path(rc.__file__).parent)


def optional(name: str, parameter: str) -> bool:
    """Whether None is allowed: the default, or what means "none given"."""
    found = inspect.signature(getattr(rc, name)).parameters[parameter]
    return (
        found.default is None
        or (name, parameter) in {("TrainingStep", "clip")}
        or (parameter in ("clip", "truncate"))
    )


def cases() -> list[tuple[str, str, str]]:
    return [
        (name, parameter, kind)
        for name, given in CALLS.items()
        for parameter in given
        for kind in WRONG
        if not (kind == "none" and optional(name, parameter))
        and not (kind == "text" and parameter in ("rnn", "readout") and "torch" in name)
    ]


def test_every_public_function_is_fed() -> None:
    functions = {name for name in rc.__all__ if inspect.isfunction(getattr(rc, name))}
    assert functions - set(CALLS) == {"feedforward", "train"}, (
        "both are fed in test_hostile_input.py"
    )
    for name, given in CALLS.items():
        if name not in ("decode", "counterfactual"):
            getattr(rc, name)(**given)


@pytest.mark.parametrize(("name", "parameter", "kind"), cases())
def test_what_is_none_is_refused_by_name(name: str, parameter: str, kind: str) -> None:
    call: Callable[..., Any] = getattr(rc, name)
    given = {**CALLS[name], parameter: WRONG[kind]}
    with pytest.raises((ValueError, TypeError)) as caught:
        call(**given)
    last = inspect.getinnerframes(caught.tb)[-1]
    assert last.filename.startswith(OURS), f"raised in {last.filename}: {caught.value}"
    words = (parameter, ENTRIES.get((name, parameter), parameter))
    assert any(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("given", [None, "text", {"W_hh": 1}, 3.0, TRACE])
def test_a_backward_pass_that_gives_something_else_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match=f"backward gave {type(given).__name__}"):
        rc.gradcheck(params(), X, TARGETS, backward=lambda trace, dlogits: given)


@pytest.mark.parametrize("given", [None, "text", {"loss": 1}, [1.0, 2.0]])
def test_a_loss_that_gives_no_number_is_refused(given: Any) -> None:
    for derive in (rc.complex_step, rc.central_differences):
        with pytest.raises(ValueError, match=f"loss gave {type(given).__name__}"):
            derive(lambda at: given, np.ones(2))


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("parameter", ["x", "targets", "h0", "lengths", "c0"])
def test_an_update_refuses_by_name(parameter: str, kind: str) -> None:
    if WRONG[kind] is None and parameter not in ("x", "targets"):
        return
    step = rc.TrainingStep(params(), 3, 1)
    given = {"x": X, "targets": TARGETS, parameter: WRONG[kind]}
    with pytest.raises(ValueError, match="input" if parameter == "x" else parameter) as caught:
        step.update(**given)
    assert inspect.getinnerframes(caught.tb)[-1].filename.startswith(OURS)


@pytest.mark.parametrize("kind", WRONG)
def test_a_network_step_wants_a_batch(kind: str) -> None:
    step = rc.NetworkStep(network(), (3,), 1)
    for call in (step.update, step.predict):
        with pytest.raises(ValueError, match="batch is"):
            call(WRONG[kind])
