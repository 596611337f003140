"""Untied copies of W_hh: equal copies are the tied network, each copy has its own gradient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.params import GATES
from rnn_core.training.update import apply_update

T, B, D, H, C = 5, 3, 4, 3, 2
CELLS = tuple(GATES)


def drawn(cell: str, seed: int = 0):
    """Weights, dense inputs, a start, and targets."""
    rng = np.random.default_rng(seed)
    params = rc.init(cell, inputs=D, hidden=H, outputs=C, seed=seed)
    x, h0 = rng.standard_normal((T, B, D)), 0.5 * rng.standard_normal((B, H))
    c0 = 0.5 * rng.standard_normal((B, H)) if cell == "lstm" else None
    return params, x, h0, c0, rng.integers(-1, C, (T, B))


def copies_drawn(params: rc.Params, steps: int, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((steps, *params.W_hh.shape))
    return params.W_hh + 0.3 * noise


@pytest.mark.parametrize("cell", CELLS)
def test_equal_copies_compute_what_the_tied_network_computes(cell: str) -> None:
    params, x, h0, c0, targets = drawn(cell)
    tied = rc.forward(params, x, h0, c0)
    untied = rc.forward_untied(params, rc.untie(params, T), x, h0, c0)
    for name in ("x", "from_x", "from_h", "h", "logits", "a"):
        np.testing.assert_allclose(getattr(untied, name), getattr(tied, name), atol=1e-14)
    for name, gate in tied.gates.items():
        np.testing.assert_allclose(untied.gates[name], gate, atol=1e-14)
    _, dlogits = rc.cross_entropy(tied.logits, targets)
    grads, theirs = rc.backward(tied, dlogits), rc.backward_untied(untied, dlogits)
    for name in ("dh", "dh_local", "dh_recurrent", "da", "da_recurrent", "dx"):
        np.testing.assert_allclose(getattr(theirs, name), getattr(grads, name), atol=1e-14)
    if cell == "lstm":
        np.testing.assert_allclose(theirs.dc, grads.dc, atol=1e-14)
        np.testing.assert_allclose(theirs.dc_recurrent, grads.dc_recurrent, atol=1e-14)
    for name, array in grads.total.arrays().items():
        np.testing.assert_allclose(theirs.total.arrays()[name], array, atol=1e-13)
    np.testing.assert_allclose(theirs.by_step.W_hh.sum(axis=0), grads.total.W_hh, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_each_copys_gradient_is_its_slice_by_complex_step(cell: str) -> None:
    params, x, h0, c0, targets = drawn(cell, seed=2)
    copies = copies_drawn(params, T)
    trace = rc.forward_untied(params, copies, x, h0, c0)
    _, dlogits = rc.cross_entropy(trace.logits, targets)
    grads = rc.backward_untied(trace, dlogits)
    whole = params.astype(np.complex128)

    def loss_of_copies(moved: np.ndarray):
        again = rc.forward_untied(whole, moved.astype(np.complex128), x, h0, c0)
        return rc.cross_entropy(again.logits, targets)[0]

    def loss_of_inputs(moved: np.ndarray):
        again = rc.forward_untied(whole, copies.astype(np.complex128), moved, h0, c0)
        return rc.cross_entropy(again.logits, targets)[0]

    numeric = rc.complex_step(loss_of_copies, copies)
    assert rc.worst_error(grads.by_step.W_hh, numeric) < 1e-9
    assert rc.worst_error(grads.dx, rc.complex_step(loss_of_inputs, x)) < 1e-9


def test_shared_weights_of_an_untied_network_have_the_gradient_complex_step_finds() -> None:
    params, x, h0, c0, targets = drawn("gru", seed=3)
    copies = copies_drawn(params, T).astype(np.complex128)
    trace = rc.forward_untied(params, copies.real, x, h0, c0)
    grads = rc.backward_untied(trace, rc.cross_entropy(trace.logits, targets)[1])
    whole = params.astype(np.complex128)
    for name in ("W_xh", "b_h", "b_hn", "W_hy", "b_y"):

        def loss(moved: np.ndarray, name: str = name):
            other = replace(whole, **{name: moved.astype(np.complex128)})
            return rc.cross_entropy(rc.forward_untied(other, copies, x, h0).logits, targets)[0]

        assert (
            rc.worst_error(getattr(grads.total, name), rc.complex_step(loss, getattr(params, name)))
            < 1e-9
        )


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("truncate", [1, 2, 5])
def test_truncation_cuts_where_it_cuts_the_tied_network(cell: str, truncate: int) -> None:
    params, x, h0, c0, targets = drawn(cell, seed=4)
    tied = rc.forward(params, x, h0, c0)
    _, dlogits = rc.cross_entropy(tied.logits, targets)
    want = rc.backward(tied, dlogits, truncate=truncate)
    untied = rc.forward_untied(params, rc.untie(params, T), x, h0, c0)
    got = rc.backward_untied(untied, dlogits, truncate=truncate)
    np.testing.assert_allclose(got.da, want.da, atol=1e-14)
    np.testing.assert_allclose(got.dh, want.dh, atol=1e-14)
    np.testing.assert_allclose(got.total.W_hh, want.total.W_hh, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_a_copy_moves_only_the_states_from_its_step_on(cell: str) -> None:
    params, x, h0, c0, _ = drawn(cell)
    copies = rc.untie(params, T).copy()
    plain = rc.forward_untied(params, copies, x, h0, c0)
    copies[2, 1, 0] += 0.5
    moved = rc.forward_untied(params, copies, x, h0, c0)
    changed = (moved.h != plain.h).any(axis=(1, 2))
    assert changed.tolist() == [False, False, False, True, True, True]


def test_there_is_no_step_beyond_the_copies() -> None:
    params, x, h0, *_ = drawn("rnn")
    with pytest.raises(ValueError, match=r"step 5 has no W_hh: x has T=5 steps but there are 4"):
        rc.forward_untied(params, rc.untie(params, 4), x, h0)
    shorter = rc.forward_untied(params, rc.untie(params, 9), x, h0)
    assert shorter.copies.shape == (T, H, H)


@pytest.mark.parametrize(
    "copies",
    [np.zeros((3, 3)), np.zeros((0, 3, 3)), np.zeros((2, 3, 4)), np.zeros((2, 3, 3), np.float32)],
)
def test_copies_that_do_not_fit_are_named(copies: np.ndarray) -> None:
    params, x, *_ = drawn("rnn")
    with pytest.raises(ValueError, match="copies have"):
        rc.forward_untied(params, copies, x)


def network_of(cell: str, seed: int = 0) -> tuple[rc.Network, rc.Batch]:
    """An encoder and a decoder with embeddings, and what they read."""
    rng = np.random.default_rng(seed)
    encoder, decoder = rc.ENCODER_DECODER.segments
    segments = (
        rc.Segment(
            encoder, rc.init(cell, inputs=D, hidden=H, outputs=0, seed=seed),
            rng.standard_normal((6, D)),
        ),
        rc.Segment(
            decoder, rc.init(cell, inputs=D, hidden=H, outputs=6, seed=seed + 1),
            rng.standard_normal((6, D)),
        ),
    )  # fmt: skip
    batch = rc.Batch(
        (rng.integers(0, 6, (4, 1)), rng.integers(0, 6, (3, 1))), np.array([[1], [2], [0]])
    )
    return rc.Network(rc.ENCODER_DECODER, segments), batch


def untied_network(network: rc.Network, steps: tuple[int, ...]) -> rc.Network:
    pairs = zip(network.segments, steps, strict=True)
    return replace(
        network,
        segments=tuple(replace(one, copies=copies_drawn(one.params, n)) for one, n in pairs),
    )


@pytest.mark.parametrize("cell", CELLS)
def test_an_untied_encoder_decoder_by_complex_step(cell: str) -> None:
    network, batch = network_of(cell)
    network = untied_network(network, (4, 3))
    traces = rc.run(network, batch.inputs)
    _, dlogits = rc.loss_of(traces, batch.targets)
    grads = rc.backpropagate(network, traces, dlogits)
    whole = network.astype(np.complex128)
    for number, segment in enumerate(network.segments):

        def loss(moved: np.ndarray, number: int = number):
            parts = list(whole.segments)
            parts[number] = replace(parts[number], copies=moved.astype(np.complex128))
            other = replace(whole, segments=tuple(parts))
            return rc.loss_of(rc.run(other, batch.inputs), batch.targets)[0]

        found = grads.segments[number].by_step.W_hh
        assert rc.worst_error(found, rc.complex_step(loss, segment.copies)) < 1e-9
    squares = [(a**2).sum() for one in grads.segments for a in one.total.arrays().values()]
    squares += [(a**2).sum() for a in grads.embeddings]
    tied_part = sum((one.total.W_hh**2).sum() for one in grads.segments)
    own_part = sum((one.by_step.W_hh**2).sum() for one in grads.segments)
    assert grads.norm == pytest.approx(np.sqrt(sum(squares) - tied_part + own_part))


def test_an_untied_decoder_stops_with_its_copies() -> None:
    network, batch = network_of("rnn")
    tied = rc.decode(network, batch.inputs[:1], np.array([0]), steps=6)
    untied = rc.decode(untied_network(network, (4, 3)), batch.inputs[:1], np.array([0]), steps=6)
    assert (tied[-1].steps, untied[-1].steps) == (6, 3)
    same = replace(
        network,
        segments=tuple(replace(one, copies=rc.untie(one.params, 6)) for one in network.segments),
    )
    again = rc.decode(same, batch.inputs[:1], np.array([0]), steps=6)
    np.testing.assert_array_equal(again[-1].tokens, tied[-1].tokens)


def test_an_untied_segment_counts_its_copies_and_is_not_trained_in_place() -> None:
    network, batch = network_of("lstm")
    untied = untied_network(network, (4, 3))
    more = untied.size - network.size
    assert more == (3 + 2) * network.segments[0].params.W_hh.size
    with pytest.raises(ValueError, match="untied"):
        rc.NetworkStep(untied, steps=(4, 3), batch=1)
    with pytest.raises(ValueError, match="lengths"):
        rc.run(untied, batch.inputs, lengths=(np.array([2]), None))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_one_update_is_that_of_the_training_step(cell: str, optimizer: str) -> None:
    network, batch = network_of(cell)
    how = {"lr": 0.05, "optimizer": optimizer, "clip": 0.3, "weight_decay": 0.1}
    step = rc.NetworkStep(network, steps=(4, 3), batch=1, dtype=np.float64, **how)
    step.update(batch)
    traces = rc.run(network, batch.inputs)
    grads = rc.backpropagate(network, traces, rc.loss_of(traces, batch.targets)[1])
    after, norm = apply_update(network, grads, **how)
    assert norm == pytest.approx(step.gradient_norm, rel=1e-12)
    for mine, theirs in zip(after.segments, step.network.segments, strict=True):
        for name, array in theirs.params.arrays().items():
            np.testing.assert_allclose(mine.params.arrays()[name], array, rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(mine.embedding, theirs.embedding, rtol=1e-7, atol=1e-10)


def test_copies_part_company_with_the_first_update() -> None:
    network, batch = network_of("rnn")
    same = replace(
        network,
        segments=tuple(replace(one, copies=rc.untie(one.params, 4)) for one in network.segments),
    )
    traces = rc.run(same, batch.inputs)
    grads = rc.backpropagate(same, traces, rc.loss_of(traces, batch.targets)[1])
    after, _ = apply_update(same, grads, lr=0.1, optimizer="sgd")
    encoder = after.segments[0]
    np.testing.assert_allclose(
        encoder.copies, same.segments[0].copies - 0.1 * grads.segments[0].by_step.W_hh, atol=1e-15
    )
    np.testing.assert_array_equal(after.segments[1].copies[3], same.segments[1].copies[3])
    assert not np.array_equal(encoder.copies[0], encoder.copies[1])


def test_an_update_that_overflows_names_where_it_began() -> None:
    network, batch = network_of("rnn")
    encoder = network.segments[0]
    huge = replace(encoder.params, W_xh=np.full_like(encoder.params.W_xh, 1e300))
    wild = replace(encoder, params=huge, embedding=np.full_like(encoder.embedding, 1e10))
    broken = replace(network, segments=(wild, network.segments[1]))
    traces = rc.run(broken, batch.inputs)
    grads = rc.backpropagate(broken, traces, np.zeros_like(traces[-1].logits))
    with pytest.raises(rc.NonFiniteError, match="encoder: from_x overflowed"):
        apply_update(broken, grads, lr=0.1)
