"""A right gradient is never called wrong, whatever its size; a wrong one is, where it can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.analysis.aggregation import check_rules
from rnn_core.analysis.gradient_verdict import AGREE, DIFFER, UNCLEAR, judge, measure_differences
from rnn_core.analysis.weight_gradcheck import WeightGradcheck, probe_weight
from rnn_core.bug_lab.diagnostics import check_gradients
from rnn_core.bug_lab.faults import FAULTS, Program
from rnn_core.network import Network, backpropagate, loss_of, run
from rnn_core.tasks import TASKS
from rnn_core.tasks.generated.registry import GENERATED_TASKS
from rnn_core.unroll import backward
from tests.support.seeds import draws

ENTRIES = 4


def reading_of(key: str, cell: str, pretrained: bool, pick: Any) -> tuple[Network, Any, Any]:
    """A network, its gradients on one or three examples, and the loss as a function."""
    task = GENERATED_TASKS[key] if key in GENERATED_TASKS else TASKS[key]
    network = task.pretrained(cell) if pretrained else task.network(cell, seed=pick.randrange(99))
    network = network.astype(np.float64)
    size = pick.choice([1, 3])
    if key in GENERATED_TASKS:
        batch = task.draw(np.random.default_rng(pick.randrange(10**6)), size)
    else:
        split = task.data().test
        batch = split.batch(np.array([pick.randrange(split.size) for _ in range(size)]))

    def loss(moved: Network) -> Any:
        return loss_of(run(moved, batch.inputs, batch.lengths), batch.targets)[0]

    traces = run(network, batch.inputs, batch.lengths)
    return network, backpropagate(network, traces, loss_of(traces, batch.targets)[1]), loss


def some_probes(network: Network, gradients: Any, loss: Any, pick: Any) -> list[WeightGradcheck]:
    """Probe random entries of random weights."""
    probes = []
    for _ in range(ENTRIES):
        segment = pick.randrange(len(network.segments))
        arrays = network.segments[segment].params.arrays()
        name = pick.choice([name for name, array in arrays.items() if array.size])
        place = tuple(pick.randrange(size) for size in arrays[name].shape)
        probes.append(probe_weight(network, gradients, loss, name, place, segment=segment))
    return probes


@pytest.mark.parametrize("pretrained", [True, False], ids=["pretrained", "fresh"])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("key", [*TASKS, *GENERATED_TASKS])
def test_right_gradients_are_not_called_wrong_and_wrong_ones_are(
    key: str, cell: str, pretrained: bool
) -> None:
    pick = draws(f"verdict {key} {cell} {pretrained}")
    for probe in some_probes(*reading_of(key, cell, pretrained, pick), pick):
        assert probe.verdict != DIFFER, (probe.name, probe.place, probe.analytic)
        assert np.abs(probe.numeric - probe.complex_step)[probe.bars.argmin()] <= probe.bars.min()
        if abs(probe.analytic) > 1e-9:
            assert probe.verdict == AGREE
            # What is a hundredth of a gradient of 1e-8 is less than the loss is rounded by.
            assert probe.bars.min() < 5e-3 * abs(probe.analytic) or abs(probe.analytic) < 1e-6
        if probe.bars.min() < 5e-3 * abs(probe.analytic):
            assert probe.judge(1.01 * probe.analytic) == DIFFER
            assert probe.judge(-probe.analytic) == DIFFER
            assert probe.judge(0.0) == DIFFER


def test_a_gradient_that_rounding_hides_cannot_be_told() -> None:
    found = measure_differences(lambda w: 1.0 + 1e-15 * w, 0.5)
    assert judge(1e-15, found) == judge(-1e-15, found) == UNCLEAR
    assert judge(1e-3, found) == DIFFER
    assert judge(float("nan"), found) == DIFFER
    broken = measure_differences(lambda w: float("inf"), 0.5)
    assert judge(1.0, broken) == UNCLEAR


@pytest.mark.parametrize("away", [0.0, 1e-13, 1e-10, 1e-7, 1e-5, 1e-3])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_kink_of_relu_makes_no_gradient_wrong(away: float, side: float) -> None:
    """The difference reaches over the kink; the slope is that of the side one is on."""
    at = side * away
    found = measure_differences(lambda w: 0.25 + max(w, 0.0) * 0.5, at)
    slope = 0.5 if at > 0 else 0.0
    assert judge(slope, found) != DIFFER
    assert judge(3.0, found) == DIFFER


@pytest.mark.parametrize("method", ["complex step", "central differences"])
@pytest.mark.parametrize("bias", [-45.0, -20.0, 0.0, 20.0, 45.0])
@pytest.mark.parametrize("kind", ["rnn", "relu", "gru", "lstm"])
def test_gradcheck_passes_saturated_cells(kind: str, bias: float, method: str) -> None:
    """Closed and open gates have gradients far below rounding: no error of backpropagation."""
    relu = kind == "relu"
    cell, activation = ("rnn", "relu") if relu else (kind, "tanh")
    params = rc.init(cell, inputs=1, hidden=2, outputs=2, activation=activation, seed=3)
    b_h = params.b_h.copy()
    b_h[0] = bias
    params = params.with_arrays({**params.arrays(), "b_h": b_h})
    x, targets = np.ones((3, 1, 1)), np.array([[0], [1], [0]])
    limit = {"complex step": 1e-9, "central differences": 1e-6}[method]
    errors = rc.gradcheck(params, x, targets, method=method)
    assert max(errors.values()) <= limit, errors


@pytest.mark.parametrize("method", ["complex step", "central differences"])
@pytest.mark.parametrize("spoil", ["scaled", "negated", "truncated"])
def test_gradcheck_finds_wrong_gradients(spoil: str, method: str) -> None:
    params = rc.init("gru", inputs=3, hidden=4, outputs=2)
    x, targets = np.array([[0], [2], [1], [1]]), np.array([[1], [0], [1], [1]])

    def wrong(trace: rc.Trace, dlogits: Any) -> Any:
        if spoil == "truncated":
            return backward(trace, dlogits, truncate=2)
        return backward(trace, dlogits * (1.01 if spoil == "scaled" else -1.0))

    errors = rc.gradcheck(params, x, targets, method=method, backward=wrong)
    assert max(errors.values()) > 5e-3


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_lab_finds_its_faults_and_no_others(cell: str) -> None:
    params = rc.init(cell, inputs=3, hidden=4, outputs=2)
    x, targets = np.array([[0], [2], [1], [1]]), np.array([[1], [0], [1], [1]])
    for key, fault in FAULTS.items():
        program = Program(params, key, steps=4)
        assert check_gradients(program, x, targets).passed is (fault.kind != "gradient"), key
    assert check_gradients(Program(params), x, targets).passed


def test_the_lab_passes_a_saturated_right_program() -> None:
    params = rc.init("lstm", inputs=1, hidden=1, outputs=2)
    b_h = params.b_h.copy()
    b_h[0] = -37.0
    program = Program(params.with_arrays({**params.arrays(), "b_h": b_h}))
    assert check_gradients(program, np.ones((3, 1, 1)), np.array([[0], [1], [0]])).passed


def test_the_ledger_passes_a_tiny_right_sum() -> None:
    """One ε of 1e-5 is too fine for a loss whose slope is 1e-7."""
    params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    biased = params.with_arrays({**params.arrays(), "b_y": np.array([17.0, 0.0])})
    network = Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], biased),))
    x, y = [np.array([[0], [2], [1]])], [[0], [0], [0]]
    traces = run(network, x)
    gradients = backpropagate(network, traces, loss_of(traces, y)[1])
    for name in ("W_xh", "W_hh", "W_hy"):
        found = check_rules(network, gradients, lambda n: loss_of(run(n, x), y)[0], name)
        assert found is not None
        assert found.passes["sum"]
        assert not found.passes["mean"]
