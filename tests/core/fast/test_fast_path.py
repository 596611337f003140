"""The fast path does what the traced path does, to rounding, in every combination."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnn_core as rc
from rnn_core.fast.unroll import ONE_HOT_LIMIT
from tests.core.conftest import CELLS, Draw

Array = npt.NDArray[Any]
BOUND = 1e-12
LR, DECAY, CLIP = 0.01, 0.1, 0.5


class TextbookAdam:
    """Adam as it is written, one array at a time."""

    def __init__(self) -> None:
        self.t = 0
        self.m: dict[Any, Array] = {}
        self.v: dict[Any, Array] = {}

    def move(self, key: Any, weight: Array, gradient: Array) -> Array:
        m = self.m[key] = 0.9 * self.m.get(key, 0) + 0.1 * gradient
        v = self.v[key] = 0.999 * self.v.get(key, 0) + 0.001 * gradient**2
        shrunk = weight * (1 - LR * DECAY)
        m_hat, v_hat = m / (1 - 0.9**self.t), v / (1 - 0.999**self.t)
        return np.asarray(shrunk - LR * m_hat / (np.sqrt(v_hat) + 1e-8))


def textbook_update(
    network: rc.Network, batch: rc.Batch, truncate: int | None, adam: TextbookAdam
) -> tuple[rc.Network, float, float]:
    """One update on the traced path; returns the network, the loss and the norm."""
    traces = rc.run(network, batch.inputs, batch.lengths or None)
    loss, dlogits = rc.loss_of(traces, batch.targets)
    grads = rc.backpropagate(network, traces, dlogits, truncate)
    scale = min(1.0, CLIP / grads.norm)
    adam.t += 1
    moved = []
    for k, segment in enumerate(network.segments):
        total = grads.segments[k].total.arrays()
        weights = {
            name: adam.move((k, name), array, scale * total[name])
            for name, array in segment.params.arrays().items()
        }
        rows, slope = segment.embedding, grads.embeddings[k]
        if rows is not None and slope is not None:
            rows = adam.move((k, "embedding"), rows, scale * slope)
        moved.append(replace(segment, params=segment.params.with_arrays(weights), embedding=rows))
    return replace(network, segments=tuple(moved)), loss, grads.norm


def gap(one: rc.Network, two: rc.Network) -> float:
    """The largest difference between two networks' weights."""
    worst = 0.0
    for a, b in zip(one.segments, two.segments, strict=True):
        pairs = [(array, b.params.arrays()[name]) for name, array in a.params.arrays().items()]
        if a.embedding is not None and b.embedding is not None:
            pairs.append((a.embedding, b.embedding))
        worst = max([worst, *(float(np.abs(x - y).max(initial=0.0)) for x, y in pairs)])
    return worst


def draw_network(
    topology: rc.Topology, cell: tuple[str, str], reads: str, vocabulary: int, rng: Any
) -> rc.Network:
    """A network that reads "dense", "tokens" or "embedded" input."""
    segments = []
    for k, ports in enumerate(topology.segments):
        D = vocabulary if reads == "tokens" else 3
        C = 6 if k == len(topology.segments) - 1 else 0
        params = rc.init(cell[0], inputs=D, hidden=5, outputs=C, seed=k, activation=cell[1])
        noisy = {n: a + 0.3 * rng.standard_normal(a.shape) for n, a in params.arrays().items()}
        embedding = rng.standard_normal((vocabulary, 3)) if reads == "embedded" else None
        segments.append(rc.Segment(ports, params.with_arrays(noisy), embedding))
    return rc.Network(topology, tuple(segments))


def draw_batch(
    network: rc.Network, steps: tuple[int, ...], B: int, padded: bool, only_last: bool, rng: Any
) -> rc.Batch:
    inputs = []
    for segment, T in zip(network.segments, steps, strict=True):
        tokens = segment.embedding is not None or segment.params.inputs > 3
        inputs.append(
            rng.integers(0, segment.vocabulary, (T, B)) if tokens else rng.random((T, B, 3))
        )
    targets = rng.integers(-1, 6, (steps[-1], B))
    targets[-1] = rng.integers(0, 6, B)
    if only_last:
        targets[:-1] = -1
    lengths = tuple(rng.integers(1, T + 1, B) for T in steps) if padded else ()
    return rc.Batch(tuple(inputs), targets, lengths)


@pytest.mark.parametrize("topology", [rc.ALIGNED, rc.ENCODER_DECODER], ids=["one", "two"])
@pytest.mark.parametrize("reads", ["dense", "tokens", "embedded"])
@pytest.mark.parametrize("truncate", [None, 3])
@pytest.mark.parametrize("padded", [False, True], ids=["full", "padded"])
def test_updates_equal_the_traced_path(
    cell: tuple[str, str], topology: rc.Topology, reads: str, truncate: int | None, padded: bool
) -> None:
    """Full, smaller and shorter batches in turn; all steps scored, or the last alone."""
    for only_last, vocabulary in ((False, 7), (True, ONE_HOT_LIMIT + 40)):
        rng = np.random.default_rng(0)
        network = draw_network(topology, cell, reads, vocabulary, rng)
        count = len(topology.segments)
        fast = rc.NetworkStep(
            network, (8,) * count, 4, lr=LR, clip=CLIP, truncate=truncate, dtype=np.float64,
            weight_decay=DECAY,
        )  # fmt: skip
        adam = TextbookAdam()
        for T, B in ((8, 4), (8, 1), (5, 3), (8, 4), (1, 2)):
            batch = draw_batch(network, (T,) * count, B, padded, only_last, rng)
            network, loss, norm = textbook_update(network, batch, truncate, adam)
            assert fast.update(batch) == pytest.approx(loss, abs=BOUND)
            assert fast.gradient_norm == pytest.approx(norm, rel=BOUND)
            assert gap(network, fast.network) < BOUND, (T, B)
            logits = rc.run(network, batch.inputs, batch.lengths or None)[-1].logits
            np.testing.assert_allclose(fast.predict(batch), logits, atol=10 * BOUND)


@given(
    sizes=st.tuples(*[st.integers(1, 9)] * 5),
    seed=st.integers(0, 10**6),
    which=st.sampled_from(CELLS),
    tokens=st.booleans(),
)
def test_any_size(
    sizes: tuple[int, int, int, int, int], seed: int, which: tuple[str, str], tokens: bool
) -> None:
    T, B, D, H, C = sizes
    rng = np.random.default_rng(seed)
    params = rc.init(which[0], inputs=D, hidden=H, outputs=C, seed=seed, activation=which[1])
    x = rng.integers(0, D, (T, B)) if tokens else rng.standard_normal((T, B, D))
    targets, h0 = rng.integers(0, C, (T, B)), rng.standard_normal((B, H))
    step = rc.TrainingStep(params, T, B, optimizer="sgd", lr=1.0, dtype=np.float64)
    loss = step.update(x, targets, h0)
    trace = rc.forward(params, x, h0)
    expected, dlogits = rc.cross_entropy(trace.logits, targets)
    assert loss == pytest.approx(expected, abs=BOUND)
    for name, gradient in rc.backward(trace, dlogits).total.arrays().items():
        moved = params.arrays()[name] - step.params.arrays()[name]
        np.testing.assert_allclose(moved, gradient, atol=BOUND, err_msg=name)


@pytest.mark.parametrize("hidden", [1, 2, 3])
@pytest.mark.parametrize("batch", [1, 2])
def test_few_units_in_float32(cell: tuple[str, str], hidden: int, batch: int) -> None:
    """Gates lie with gaps here, which float32 once came out of with wrong numbers."""
    rng = np.random.default_rng(0)
    params = rc.init(
        cell[0], inputs=4, hidden=hidden, outputs=3, activation=cell[1], dtype=np.float32
    )
    x, targets = rng.standard_normal((6, batch, 4)).astype("f4"), rng.integers(0, 3, (6, batch))
    step = rc.TrainingStep(params, 6, batch, optimizer="sgd", lr=1.0)
    loss = step.update(x, targets)
    trace = rc.forward(params, x)
    expected, dlogits = rc.cross_entropy(trace.logits, targets)
    assert loss == pytest.approx(expected, abs=1e-5)
    for name, gradient in rc.backward(trace, dlogits).total.arrays().items():
        moved = params.arrays()[name] - step.params.arrays()[name]
        np.testing.assert_allclose(moved, gradient, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_squared_error_and_starting_states(draw: Draw, cell: tuple[str, str], batch: int) -> None:
    case = draw(*cell, sizes=(6, batch, 4, 5, 3))
    step = rc.TrainingStep(
        case.params, 6, batch, loss="squared_error", optimizer="sgd", lr=1.0, dtype=np.float64
    )
    loss = step.update(case.x, case.values, case.h0, c0=case.c0)
    trace = case.forward()
    expected, dy = rc.squared_error(trace.logits, case.values)
    assert loss == pytest.approx(expected, abs=BOUND)
    for name, gradient in rc.backward(trace, dy).total.arrays().items():
        moved = case.params.arrays()[name] - step.params.arrays()[name]
        np.testing.assert_allclose(moved, gradient, atol=BOUND, err_msg=name)


def test_large_logits_do_not_overflow(draw: Draw) -> None:
    for batch in (1, 3):
        case = draw(sizes=(6, batch, 4, 5, 3))
        weights = case.params.arrays()
        loud = case.params.with_arrays({**weights, "W_hy": 1e4 * weights["W_hy"]})
        step = rc.TrainingStep(loud.astype(np.float32), 6, batch, optimizer="sgd", lr=1.0)
        trace = rc.forward(loud.astype(np.float32), case.x)
        expected, dlogits = rc.cross_entropy(trace.logits, case.targets)
        assert step.update(case.x, case.targets) == pytest.approx(expected, rel=1e-4)
        gradient = rc.backward(trace, dlogits).total.W_hy
        moved = loud.W_hy.astype(np.float32) - step.params.W_hy
        np.testing.assert_allclose(moved, gradient, atol=2e-3)


@pytest.mark.parametrize(("optimizer", "lr"), [("sgd", 0.5), ("momentum", 0.1), ("adam", 0.02)])
def test_training_reduces_the_loss(
    draw: Draw, cell: tuple[str, str], optimizer: str, lr: float
) -> None:
    case = draw(*cell)
    step = rc.TrainingStep(case.params, 6, 3, lr=lr, optimizer=optimizer)
    losses = [step.update(case.x, case.targets, lengths=case.lengths) for _ in range(60)]
    assert losses[-1] < 0.7 * losses[0]


def test_an_update_may_have_its_own_rate(draw: Draw) -> None:
    case = draw()
    step = rc.TrainingStep(case.params, 6, 3, lr=0.5, dtype=np.float64)
    step.update(case.x, case.targets, lr=0.0)
    assert np.array_equal(step.params.W_hh, case.params.W_hh)
    step.update(case.x, case.targets)
    assert not np.array_equal(step.params.W_hh, case.params.W_hh)


def test_weights_that_were_read_stay_as_they_were(draw: Draw) -> None:
    case = draw()
    step = rc.TrainingStep(case.params, 6, 3, dtype=np.float64)
    before = step.params
    kept = before.W_hh.copy()
    step.update(case.x, case.targets)
    assert np.array_equal(before.W_hh, kept)
    assert not before.W_hh.flags.writeable


def test_same_seed_same_weights_bit_for_bit(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    runs = []
    for _ in range(2):
        step = rc.TrainingStep(case.params, 6, 3)
        for _ in range(5):
            step.update(case.x, case.targets)
        runs.append(step.params)
    for name, array in runs[0].arrays().items():
        assert np.array_equal(array, runs[1].arrays()[name]), name


def test_predict_runs_any_number_of_sequences(draw: Draw) -> None:
    case = draw(sizes=(6, 11, 4, 5, 3))
    network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], case.params),))
    step = rc.NetworkStep(network, (6,), 4, dtype=np.float64)
    for lengths in ((), (case.lengths,)):
        batch = rc.Batch((case.x,), case.targets, lengths)
        expected = rc.run(network, batch.inputs, batch.lengths or None)[-1].logits
        np.testing.assert_allclose(step.predict(batch), expected, atol=BOUND)


def test_many_shapes_do_not_pile_up(draw: Draw) -> None:
    case = draw(sizes=(20, 5, 4, 5, 3))
    step = rc.TrainingStep(case.params, 20, 5, optimizer="sgd", lr=0.0, dtype=np.float64)
    for T in range(1, 21):
        for B in range(1, 6):
            targets = np.maximum(case.targets[:T, :B], 0)
            trace = rc.forward(case.params, case.x[:T, :B])
            expected = rc.cross_entropy(trace.logits, targets)[0]
            assert step.update(case.x[:T, :B], targets) == pytest.approx(expected, abs=BOUND)


@pytest.mark.parametrize("batch", [1, 3], ids=["one example", "batch"])
def test_a_starting_state_holds_for_its_update_alone(
    draw: Draw, cell: tuple[str, str], batch: int
) -> None:
    """The next update without one begins at zero again."""
    case = draw(*cell, sizes=(5, batch, 3, 4, 2))
    rates = {"lr": 0.1, "dtype": np.float64}
    step = rc.TrainingStep(case.params, 5, batch, **rates)
    step.update(case.x, case.targets, h0=case.h0, c0=case.c0)
    second = rc.TrainingStep(step.params, 5, batch, **rates)
    trace = rc.forward(step.params, case.x)
    loss = rc.cross_entropy(trace.logits, case.targets)[0]
    assert second.update(case.x, case.targets) == pytest.approx(loss, abs=1e-12)
    assert step.update(case.x, case.targets) == pytest.approx(loss, abs=1e-12)


def test_an_embedding_that_is_not_read_stays(draw: Draw, cell: tuple[str, str]) -> None:
    """What is fed as numbers passes by the embedding, and sends it nothing."""
    case = draw(*cell, sizes=(5, 2, 3, 4, 2))
    rows = np.random.default_rng(0).standard_normal((7, 3))
    network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], case.params, rows),))
    step = rc.NetworkStep(network, (5,), 2, lr=0.1, dtype=np.float64)
    step.update(rc.Batch((case.x,), case.targets))
    (segment,) = step.network.segments
    assert np.array_equal(segment.embedding, rows)
    assert not np.array_equal(segment.params.W_xh, case.params.W_xh)
