"""A silenced unit is 0 everywhere, and the rest carries on as if it had been cut out."""

from __future__ import annotations

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.analysis.ablation import ablate, ablate_each, ablate_network
from rnn_core.losses import log_softmax
from rnn_core.params import Array, Params, num_gates
from rnn_core.tasks import TASKS

CELLS = ("rnn", "gru", "lstm")


def start(cell: str, hidden: int = 5) -> Params:
    params = rc.init(cell, inputs=3, hidden=hidden, outputs=4, seed=1)
    rng = np.random.default_rng(2)
    return params.with_arrays(
        {
            name: array + 0.3 * rng.standard_normal(array.shape)
            for name, array in params.arrays().items()
        }
    )


def inputs(steps: int = 7) -> Array:
    return np.random.default_rng(0).standard_normal((steps, 1, 3))


def cut_out(params: Params, unit: int) -> Params:
    """Return a network that never had the unit."""
    keep = np.delete(np.arange(params.hidden), unit)
    columns = np.concatenate([keep + g * params.hidden for g in range(num_gates(params.cell))])
    arrays = params.arrays()
    small = {
        "W_xh": arrays["W_xh"][:, columns],
        "W_hh": arrays["W_hh"][np.ix_(keep, columns)],
        "b_h": arrays["b_h"][columns],
        "W_hy": arrays["W_hy"][keep],
        "b_y": arrays["b_y"],
    }
    if "b_hn" in arrays:
        small["b_hn"] = arrays["b_hn"][keep]
    fresh = rc.init(params.cell, inputs=3, hidden=params.hidden - 1, outputs=4)
    return fresh.with_arrays(small)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("unit", [0, 4])
def test_silence_is_what_a_network_without_the_unit_says(cell: str, unit: int) -> None:
    params = start(cell)
    silent = rc.forward(ablate(params, [unit]), inputs())
    assert not silent.h[:, 0, unit].any()
    assert np.allclose(silent.logits, rc.forward(cut_out(params, unit), inputs()).logits)
    assert not np.allclose(silent.logits, rc.forward(params, inputs()).logits)


def test_relu_units_are_silent_too() -> None:
    params = rc.init("rnn", inputs=3, hidden=5, outputs=4, activation="relu")
    assert not rc.forward(ablate(params, [2, 3]), inputs()).h[:, 0, [2, 3]].any()


def test_nothing_silenced_changes_nothing() -> None:
    params = start("gru")
    for name, array in ablate(params, []).arrays().items():
        assert np.array_equal(array, params.arrays()[name])


@pytest.mark.parametrize("unit", [-1, 5, 1.5, True])
def test_units_that_are_none_are_refused(unit: object) -> None:
    with pytest.raises(ValueError, match="unit"):
        ablate(start("rnn"), [unit])  # type: ignore[list-item]


@pytest.mark.parametrize("cell", CELLS)
def test_effects_are_those_of_each_silence(cell: str) -> None:
    trace = rc.forward(start(cell), inputs())
    found = ablate_each(trace, [3, 6])
    old = np.exp(log_softmax(trace.logits[[3, 6], 0]))
    for unit in range(5):
        logits = rc.forward(ablate(trace.params, [unit]), trace.x).logits[[3, 6], 0]
        assert np.array_equal(found.logits[unit], logits)
        moved = np.maximum(np.exp(log_softmax(logits)) - old, 0).sum(axis=-1).mean()
        assert found.effect[unit] == pytest.approx(moved)
    assert list(found.effect[found.order]) == sorted(found.effect, reverse=True)


def test_of_numbers_the_effect_is_how_far_they_move() -> None:
    trace = rc.forward(start("lstm"), inputs())
    found = ablate_each(trace, 6, classes=False)
    silent = rc.forward(ablate(trace.params, [2]), trace.x).logits[6, 0]
    assert found.effect[2] == pytest.approx(np.abs(silent - trace.logits[6, 0]).mean())


def test_what_cannot_be_knocked_out_is_refused() -> None:
    params = start("rnn")
    with pytest.raises(ValueError, match="one is expected"):
        ablate_each(rc.forward(params, np.ones((3, 2, 3))), [2])
    with pytest.raises(ValueError, match="not zero"):
        ablate_each(rc.forward(params, inputs(), np.ones((1, 5))), [2])


def test_all_segments_of_a_network_are_silenced() -> None:
    task = TASKS["french"]
    network = ablate_network(task.pretrained(), [0])
    for trace in task.run(network, task.example(0)).traces:
        assert not trace.h[1:, 0, 0].any()
