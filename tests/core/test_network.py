"""Networks of segments: composition forward and backward, embeddings, and free running."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc

Array = npt.NDArray[Any]
CELLS = ["rnn", "gru", "lstm"]


def translator(cell: str = "rnn", seed: int = 0) -> rc.Network:
    """An encoder–decoder over 7 source tokens and 6 target tokens, with embeddings."""
    rng = np.random.default_rng(seed)
    ports = rc.ENCODER_DECODER.segments
    sizes: list[tuple[int, int]] = [(3, 0), (2, 6)]
    segments = []
    for k, (D, C) in enumerate(sizes):
        params = rc.init(cell, inputs=D, hidden=5, outputs=C, seed=seed + k)
        embedding = rng.standard_normal(((7, 6)[k], D))
        segments.append(rc.Segment(ports[k], params, embedding))
    return rc.Network(rc.ENCODER_DECODER, tuple(segments))


def batch_of(B: int = 3, seed: int = 1) -> rc.Batch:
    rng = np.random.default_rng(seed)
    return rc.Batch(
        (rng.integers(0, 7, (4, B)), rng.integers(0, 6, (5, B))),
        rng.integers(0, 6, (5, B)),
        (np.arange(2, 2 + B).clip(1, 4), None),
    )


def loss_of(network: rc.Network, batch: rc.Batch) -> Any:
    return rc.loss_of(rc.run(network, batch.inputs, batch.lengths), batch.targets)[0]


@pytest.mark.parametrize("cell", CELLS)
def test_every_gradient_by_complex_step(cell: str) -> None:
    network, batch = translator(cell), batch_of()
    traces = rc.run(network, batch.inputs, batch.lengths)
    grads = rc.backpropagate(network, traces, rc.loss_of(traces, batch.targets)[1])
    moving = network.astype(np.complex128)
    for k, segment in enumerate(moving.segments):

        def with_segment(changed: rc.Segment, k: int = k) -> Any:
            segments = list(moving.segments)
            segments[k] = changed
            return loss_of(replace(moving, segments=tuple(segments)), batch)

        for name, array in network.segments[k].params.arrays().items():

            def with_weight(a: Array, name: str = name, segment: rc.Segment = segment) -> Any:
                weights = {**segment.params.arrays(), name: a}
                return with_segment(replace(segment, params=segment.params.with_arrays(weights)))

            numeric = rc.complex_step(with_weight, array)
            assert rc.worst_error(grads.segments[k].total.arrays()[name], numeric) < 1e-9, (k, name)

        def with_rows(rows: Array, segment: rc.Segment = segment) -> Any:
            return with_segment(replace(segment, embedding=rows))

        rows, slope = network.segments[k].embedding, grads.embeddings[k]
        assert rows is not None
        assert slope is not None
        assert rc.worst_error(slope, rc.complex_step(with_rows, rows)) < 1e-9, k


@pytest.mark.parametrize("cell", CELLS)
def test_state_and_gradient_are_handed_over(cell: str) -> None:
    network, batch = translator(cell), batch_of()
    encoder, decoder = rc.run(network, batch.inputs, batch.lengths)
    assert np.array_equal(decoder.h[0], encoder.h[-1])
    grads = rc.backpropagate(
        network, (encoder, decoder), rc.loss_of((encoder, decoder), batch.targets)[1]
    )
    assert np.array_equal(grads.segments[0].dh_recurrent[-1], grads.segments[1].dh0)
    if cell == "lstm":
        assert encoder.c is not None
        assert decoder.c is not None
        assert np.array_equal(decoder.c[0], encoder.c[-1])
        behind, before = grads.segments[1].dc0, grads.segments[0].dc
        assert behind is not None
        assert before is not None
    assert encoder.logits.shape == (4, 3, 0)


def test_tokens_are_remembered_through_an_embedding() -> None:
    network, batch = translator(), batch_of()
    encoder, _ = rc.run(network, batch.inputs)
    assert encoder.tokens is not None
    assert np.array_equal(encoder.tokens, batch.inputs[0])
    rows = network.segments[0].embedding
    assert rows is not None
    assert np.array_equal(encoder.x, rows[batch.inputs[0]])


def test_first_state_can_be_given() -> None:
    network, batch = translator("lstm"), batch_of()
    h0, c0 = np.full((3, 5), 0.5), np.full((3, 5), -0.5)
    encoder = rc.run(network, batch.inputs, h0=h0, c0=c0)[0]
    assert encoder.c is not None
    assert np.array_equal(encoder.h[0], h0)
    assert np.array_equal(encoder.c[0], c0)


def test_joint_norm_is_that_of_all_arrays() -> None:
    network, batch = translator(), batch_of()
    traces = rc.run(network, batch.inputs)
    grads = rc.backpropagate(network, traces, rc.loss_of(traces, batch.targets)[1])
    flat = [a.ravel() for s in grads.segments for a in s.total.arrays().values()]
    flat += [a.ravel() for a in grads.embeddings if a is not None]
    assert grads.norm == pytest.approx(np.linalg.norm(np.concatenate(flat)), rel=1e-14)
    assert network.size == sum(len(a) for a in flat)


def test_sizes_and_names() -> None:
    network = translator("gru")
    assert (network.cell, network.hidden) == ("gru", 5)
    assert [s.vocabulary for s in network.segments] == [7, 6]
    assert network.astype(np.float32).segments[0].params.dtype == np.float32
    assert set(rc.TOPOLOGIES) == {
        "one to one",
        "one to many",
        "many to one",
        "many to many, aligned",
        "many to many, encoder–decoder",
    }
    assert all(name == topology.name for name, topology in rc.TOPOLOGIES.items())
    assert [len(t.segments) for t in rc.TOPOLOGIES.values()] == [1, 2, 1, 1, 2]


@pytest.mark.parametrize("cell", CELLS)
def test_responding_feeds_back_what_was_said(cell: str) -> None:
    network, batch = translator(cell), batch_of()
    first = np.zeros(3, int)
    encoder, decoder = rc.decode(network, batch.inputs[:1], first, 6, lengths=batch.lengths[:1])
    assert np.array_equal(encoder.h, rc.run(network, batch.inputs, batch.lengths)[0].h)
    assert decoder.tokens is not None
    assert np.array_equal(decoder.tokens[0], first)
    assert np.array_equal(decoder.tokens[1:], decoder.logits[:-1].argmax(axis=2))
    assert decoder.steps == 6
    assert decoder.lengths is None


@pytest.mark.parametrize("cell", CELLS)
def test_responding_begins_where_it_is_told_to(cell: str) -> None:
    network, batch = translator(cell), batch_of()
    rng = np.random.default_rng(3)
    shape = (batch.size, network.hidden)
    start = {"h0": rng.standard_normal(shape)}
    if cell == "lstm":
        start["c0"] = rng.standard_normal(shape)
    encoder, decoder = rc.decode(network, batch.inputs[:1], np.zeros(3, int), 4, **start)
    assert np.array_equal(encoder.h[0], start["h0"])
    assert encoder.c is None or np.array_equal(encoder.c[0], start["c0"])
    assert np.array_equal(decoder.h[0], encoder.h[-1])


@pytest.mark.parametrize("cell", CELLS)
def test_responding_alone_or_in_a_batch_is_the_same(cell: str) -> None:
    network, batch = translator(cell, seed=4), batch_of(B=8)
    free = rc.decode(network, batch.inputs[:1], np.zeros(8, int), 9)[-1].logits.argmax(axis=2)
    stop = next(k for k in range(6) if len({int(n) for n in (free == k).argmax(axis=0)}) > 1)
    together = rc.decode(network, batch.inputs[:1], np.zeros(8, int), 9, stop)[-1]
    ends = together.lengths if together.lengths is not None else np.full(8, together.steps)
    assert together.tokens is not None
    for b in range(8):
        alone = rc.decode(network, [batch.inputs[0][:, [b]]], np.zeros(1, int), 9, stop)[-1]
        assert alone.tokens is not None
        assert alone.steps == ends[b]
        assert np.array_equal(alone.tokens[:, 0], together.tokens[: ends[b], b])
        np.testing.assert_allclose(alone.h[-1, 0], together.h[-1, b], rtol=1e-12)
        said = together.logits[: ends[b], b].argmax(axis=1)
        assert (said[:-1] != stop).all()
        assert said[-1] == stop or ends[b] == 9
        assert (together.tokens[ends[b] :, b] == stop).all()
    assert len({int(n) for n in ends}) > 1


def test_drawing_follows_seed_and_temperature() -> None:
    network, batch = translator(), batch_of(B=3)

    def tokens(**settings: Any) -> Array:
        trace = rc.decode(network, batch.inputs[:1], np.zeros(3, int), 12, **settings)[-1]
        assert trace.tokens is not None
        return trace.tokens

    assert np.array_equal(tokens(temperature=1.0, seed=3), tokens(temperature=1.0, seed=3))
    assert not np.array_equal(tokens(temperature=1.0, seed=3), tokens(temperature=1.0, seed=4))
    assert np.array_equal(tokens(temperature=1e-6, seed=3), tokens())


def test_a_single_segment_responds_too() -> None:
    params = rc.init("rnn", inputs=6, hidden=4, outputs=6, seed=1)
    network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params),))
    (trace,) = rc.decode(network, (), np.array([0, 3]), 5)
    generated = rc.generate(params, np.array([0, 3]), 5)
    assert np.array_equal(trace.h, generated.h)


def test_what_does_not_fit_is_named() -> None:
    network, batch = translator(), batch_of()
    encoder, decoder = network.segments
    with pytest.raises(ValueError, match="inputs are given for 1 segments but there are 2"):
        rc.run(network, batch.inputs[:1])
    with pytest.raises(ValueError, match="lengths are given for 1 segments"):
        rc.Batch(batch.inputs, batch.targets, (None,))
    with pytest.raises(ValueError, match="traces are given for 0"):
        rc.backpropagate(network, (), np.zeros((5, 3, 6)))
    with pytest.raises(ValueError, match=r"embedding has shape \(7, 4\) but \(V, 3\)"):
        replace(encoder, embedding=np.zeros((7, 4)))
    with pytest.raises(ValueError, match="embedding has dtype float32"):
        replace(encoder, embedding=np.zeros((7, 3), np.float32))
    with pytest.raises(ValueError, match="says 'each' but has C=0"):
        rc.Segment(decoder.ports, encoder.params)
    with pytest.raises(ValueError, match="do not have the ports"):
        rc.Network(rc.ENCODER_DECODER, (decoder, encoder))
    wider = rc.init("rnn", inputs=3, hidden=6, outputs=0)
    with pytest.raises(ValueError, match=r"segments differ in hidden: \['5', '6'\]"):
        rc.Network(rc.ENCODER_DECODER, (rc.Segment(encoder.ports, wider), decoder))
    with pytest.raises(ValueError, match="token 7 at index"):
        rc.run(network, (np.full((4, 3), 7), batch.inputs[1]))
    with pytest.raises(ValueError, match="last segment 'x' says nothing"):
        rc.Topology("bad", (rc.Ports("x", "data", "none"),))
    with pytest.raises(ValueError, match="at least one is expected"):
        rc.Topology("bad", ())
    with pytest.raises(ValueError, match="reads is 'nothing'"):
        rc.Ports("x", "nothing", "each")
    with pytest.raises(ValueError, match="says is 'some'"):
        rc.Ports("x", "data", "some")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first": np.zeros((3, 1), int)}, r"shape \(3, 1\) but \(B,\)"),
        ({"first": np.zeros(3)}, "float64"),
        ({"first": np.zeros(0, int)}, r"shape \(0,\)"),
        ({"first": np.full(3, 6)}, "token 6"),
        ({"steps": 0}, "steps is 0"),
        ({"steps": 2.0}, "steps is 2.0"),
        ({"temperature": -1.0}, "temperature is -1.0"),
        ({"temperature": np.nan}, "temperature is nan"),
        ({"inputs_before": ()}, "inputs_before are given for 0 segments but there are 1"),
    ],
)
def test_responding_refuses(change: dict[str, Any], words: str) -> None:
    fine: dict[str, Any] = {
        "inputs_before": batch_of().inputs[:1],
        "first": np.zeros(3, int),
        "steps": 4,
    }
    with pytest.raises(ValueError, match=words):
        rc.decode(translator(), **{**fine, **change})
