"""Readings of small fresh networks, one for each way a chain can look, computed by the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

import rnn_core as rc
from rnn_core.network import Batch, Network, Segment
from rnn_core.tasks.dataset import Array, Example
from rnn_core.tasks.prediction import ExampleRun, backward, score
from rnn_views.edits.apply import Change, RecurrentEdit
from rnn_views.edits.edit import Edit
from rnn_views.edits.result import Edited

SENTENCE = "the film was not good"
LETTERS = "^abcdefghijklmnopqrstuvwxyz"
FRENCH = ("<end>", "quatre", "-vingt", "-dix", "-neuf", "mille", "trente")


def network(
    topology: rc.Topology,
    hidden: int,
    inputs: Sequence[int],
    classes: int,
    embedded: Sequence[int] = (),
    cell: str = "rnn",
    activation: str = "tanh",
) -> Network:
    """Make a fresh network; `embedded` gives a segment's embedding size, 0 for none."""
    segments = []
    for index, ports in enumerate(topology.segments):
        size = embedded[index] if embedded else 0
        table = np.random.default_rng(index).normal(size=(inputs[index], size)) if size else None
        params = rc.init(
            cell,
            inputs=size or inputs[index],
            hidden=hidden,
            outputs=classes if ports.says != "none" else 0,
            seed=index,
            activation=activation,
        )
        bias = np.random.default_rng(9 + index).normal(0, 0.1, params.b_h.shape)
        segments.append(Segment(ports, replace(params, b_h=bias), table))
    return Network(topology, tuple(segments))


def read(
    network: Network,
    inputs: Sequence[Array],
    labels: Sequence[Sequence[str]],
    classes: Sequence[str],
    targets: Sequence[int],
    fed: Sequence[Sequence[str]] | None = None,
    picture: Array | None = None,
) -> ExampleRun:
    """Run a network over one example and go back over it where there is a loss."""
    traces = rc.run(network, tuple(inputs))
    wanted = np.array(targets)[:, None]
    losses, loss = score(traces[-1].logits, wanted)
    each = network.topology.segments[-1].says == "each"
    last = traces[-1].steps - 1
    said = tuple(
        classes[int(logits.argmax())] if each or t == last else ""
        for t, logits in enumerate(traces[-1].logits[:, 0])
    )
    example = Example(
        batch=Batch(tuple(inputs), wanted, tuple(None for _ in inputs)),
        inputs=tuple(tuple(row) for row in labels),
        target=tuple(classes[c] for c in targets if c >= 0),
        picture=picture,
        text=" ".join(labels[0]),
        notes=(),
    )
    return backward(
        ExampleRun(
            task="sample",
            network=network,
            example=example,
            traces=traces,
            inputs=example.inputs,
            fed=tuple(tuple(row) for row in fed or [["data"] * len(row) for row in labels]),
            classes=tuple(classes),
            targets=wanted,
            losses=losses,
            loss=loss,
            said=said,
            text=" ".join(name for name in said if name),
        )
    )


def sentence(
    words: str = SENTENCE,
    hidden: int = 8,
    embedding: int = 6,
    cell: str = "rnn",
    saturated: float = 0.0,
) -> ExampleRun:
    """Many to one: a sentence, a learned embedding, two classes; ± `saturated` on the biases."""
    tokens = words.split()
    index = {word: at for at, word in enumerate(dict.fromkeys(tokens))}
    x = np.array([[index[word]] for word in tokens])
    net = network(rc.MANY_TO_ONE, hidden, [len(index)], 2, [embedding], cell)
    if saturated:
        (segment,) = net.segments
        bias = segment.params.b_h
        bias = bias + saturated * np.where(np.arange(len(bias)) % 3, 1.0, -1.0)
        params = replace(segment.params, b_h=bias)
        net = replace(net, segments=(replace(segment, params=params),))
    targets = [-1] * (len(tokens) - 1) + [0]
    return read(net, [x], [tokens], ("negative", "positive"), targets)


def name(hidden: int = 16, cell: str = "rnn", activation: str = "tanh") -> ExampleRun:
    """Aligned: the letters of a name as one-hot tokens, the next letter at each step."""
    text = "^maria"
    x = np.array([[LETTERS.index(letter)] for letter in text])
    targets = [LETTERS.index(letter) for letter in "maria"] + [0]
    net = network(rc.ALIGNED, hidden, [27], 27, cell=cell, activation=activation)
    return read(net, [x], [list(text)], tuple("." + LETTERS[1:]), targets)


def translation(hidden: int = 24, cell: str = "rnn") -> ExampleRun:
    """Encoder–decoder: a hand-over; fed by its own outputs, once by the teacher."""
    net = network(rc.ENCODER_DECODER, hidden, [9, 8], len(FRENCH), cell=cell)
    source, fed = ["ninety", "-", "nine"], ["<start>", "quatre", "-vingt", "-dix", "-neuf"]
    x = [np.array([[3], [4], [5]]), np.array([[7], [1], [2], [3], [4]])]
    kinds = [["data"] * 3, ["data", "own", "own", "target", "own"]]
    return read(net, x, [source, fed], FRENCH, [1, 2, 3, 4, 0], kinds)


def untied(example_run: ExampleRun) -> ExampleRun:
    """The same example with a W_hh of its own at each step, no two alike."""
    rng, segments = np.random.default_rng(3), []
    for segment, trace in zip(example_run.network.segments, example_run.traces, strict=True):
        W_hh = segment.params.W_hh
        copies = W_hh + rng.normal(0, 0.1, (trace.steps, *W_hh.shape))
        segments.append(replace(segment, copies=copies))
    net = replace(example_run.network, segments=tuple(segments))
    targets = [int(t) for t in example_run.targets[:, 0]]
    x = example_run.example.batch.inputs
    return read(net, x, example_run.inputs, example_run.classes, targets, example_run.fed)


def edited(example_run: ExampleRun) -> Edited:
    """The same as a visitor gets it who untied it by hand."""
    changes = tuple(
        Change(Edit("untie", (), float(trace.steps), owner), 0.0)
        for trace, owner in zip(example_run.traces, ("", "decoder"), strict=False)
    )
    whole = tuple(RecurrentEdit(1.0, segment.copies) for segment in example_run.network.segments)
    moved = tuple(np.zeros(trace.steps + 1) for trace in example_run.traces)
    return Edited(example_run, changes, (), whole, (), moved)


def caption(cell: str = "rnn") -> ExampleRun:
    """One to many: a coloured picture read in one step, then words."""
    picture = np.random.default_rng(1).random((16, 16, 3))
    net = network(rc.ONE_TO_MANY, 12, [768, 8], len(FRENCH), cell=cell)
    x = [picture.reshape(1, 1, 768), np.array([[7], [1], [2]])]
    kinds = [["data"], ["data", "own", "own"]]
    labels = [["picture"], ["<start>", "quatre", "-vingt"]]
    return read(net, x, labels, FRENCH, [1, 2, 0], kinds, picture)


def digit(cell: str = "rnn") -> ExampleRun:
    """One to one: a picture of 8 × 8 in one step."""
    picture = np.random.default_rng(1).random((8, 8))
    net = network(rc.ONE_TO_ONE, 32, [64], 10, cell=cell)
    return read(
        net, [picture.reshape(1, 1, 64)], [["picture"]], tuple("0123456789"), [3], None, picture
    )


def digit_rows() -> ExampleRun:
    """Many to one: the same picture row by row."""
    picture = np.random.default_rng(1).random((8, 8))
    net = network(rc.MANY_TO_ONE, 20, [8], 10)
    labels = [[f"row {row}" for row in range(1, 9)]]
    x = [picture.reshape(8, 1, 8)]
    return read(net, x, labels, tuple("0123456789"), [-1] * 7 + [3], None, picture)


def long_sentence() -> ExampleRun:
    """A hundred steps of sixty-four units: strips instead of cells."""
    return sentence(" ".join(f"word{at % 17}" for at in range(100)), hidden=64)


def hostile() -> ExampleRun:
    """A sentence as somebody might type it who means harm."""
    tags = "<script>alert(1)</script> <img/src=x/onerror=alert(1)>"
    words = f"{tags} &amp; \u202eevil \U0001f469‍\U0001f680"
    return sentence(words)


def updated(cell: str = "rnn") -> tuple[ExampleRun, ExampleRun]:
    """A sentence before and after one plain step down the gradient."""
    before = sentence(cell=cell)
    segment, grads = before.network.segments[0], before.gradients.segments[0]
    moved = {
        name: getattr(segment.params, name) - 0.1 * getattr(grads.total, name)
        for name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y", *(("b_hn",) if cell == "gru" else ()))
    }
    fresh = replace(segment, params=replace(segment.params, **moved))
    net = replace(before.network, segments=(fresh,))
    example = before.example
    targets = [int(t) for t in before.targets[:, 0]]
    after = read(net, example.batch.inputs, example.inputs, before.classes, targets)
    return before, after


def wave(hidden: int = 6, cell: str = "rnn") -> ExampleRun:
    """Aligned: numbers in, a number out, half the squared error at all steps but the first."""
    values = np.sin(np.arange(7))[:, None, None]
    x = np.concatenate([values[:-1], 1 - values[:-1]], axis=2)
    wanted = values[1:].copy()
    wanted[0] = np.nan
    net = network(rc.ALIGNED, hidden, [2], 1, cell=cell)
    traces = rc.run(net, (x,))
    losses, loss = score(traces[-1].logits, wanted)
    labels = tuple(f"{value:.2f}" for value in values[:-1, 0, 0])
    said = tuple(f"{value:.2f}" for value in traces[-1].logits[:, 0, 0])
    right = tuple(f"{value:.2f}" for value in values[2:, 0, 0])
    example = Example(Batch((x,), wanted, (None,)), (labels,), right, text=" ".join(labels))
    example_run = ExampleRun(
        task="sample",
        network=net,
        example=example,
        traces=traces,
        inputs=(labels,),
        fed=(("data",) * len(labels),),
        classes=(),
        targets=wanted,
        losses=losses,
        loss=loss,
        said=said,
        text=said[-1],
    )
    return backward(example_run)


SAMPLES: Mapping[str, Callable[[], ExampleRun]] = {
    "sentence": sentence,
    "name": name,
    "bench": lambda: sentence("the film was not at all as good as the book", hidden=16),
    "translation": translation,
    "caption": caption,
    "digit": digit,
    "digit-rows": digit_rows,
    "long": long_sentence,
    "hostile": hostile,
    "gru": lambda: sentence(cell="gru"),
    "lstm": lambda: sentence(cell="lstm"),
    "rnn-saturated": lambda: sentence(saturated=15.0),
    "gru-saturated": lambda: sentence(cell="gru", saturated=20.0),
    "lstm-saturated": lambda: sentence(cell="lstm", saturated=20.0),
    "digit-gru": lambda: digit("gru"),
    "name-gru": lambda: name(cell="gru"),
    "name-lstm": lambda: name(cell="lstm"),
    "translation-gru": lambda: translation(cell="gru"),
    "translation-lstm": lambda: translation(cell="lstm"),
    "relu": lambda: name(hidden=8, activation="relu"),
    "wave": wave,
    "sunspots": lambda: replace(wave(), task="sunspots"),
    "wave-lstm": lambda: wave(cell="lstm"),
    "untied": lambda: untied(name(hidden=6)),
    "untied-translation": lambda: untied(translation(hidden=6, cell="gru")),
}
