"""Stacked and bidirectional networks made of plain unrolls: their gradients, against the complex
step and against PyTorch's own where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc

Array = npt.NDArray[Any]
T, B, D, H, C = 5, 3, 2, 3, 3
BOUND = 1e-9
LENGTHS = np.array([5, 2, 4])
Gradients = tuple[Array, list[rc.Gradients]]  # dx, and one per unroll
Composed = tuple[Any, Callable[[], Gradients]]  # the loss, and the way back from it


def weights(
    cell: tuple[str, str], inputs: int, outputs: int, seed: int, hidden: int = H
) -> rc.Params:
    rng = np.random.default_rng(seed)
    start = rc.init(cell[0], inputs=inputs, hidden=hidden, outputs=outputs, activation=cell[1])
    return start.with_arrays(
        {name: rng.uniform(-0.8, 0.8, a.shape) for name, a in start.arrays().items()}
    )


def drawn() -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    targets = rng.integers(0, C, (T, B))
    targets[np.arange(T)[:, None] >= LENGTHS] = -1
    targets[1, 0] = -1
    return rng.standard_normal((T, B, D)), targets


def mirror(array: Array, lengths: Array | None) -> Array:
    """Reverse each sequence within its length."""
    if lengths is None:
        return array[::-1]
    t = np.arange(len(array))[:, None]
    return np.take_along_axis(array, np.where(t < lengths, lengths - 1 - t, t)[..., None], axis=0)


def stacked(layers: Sequence[rc.Params], x: Array, targets: Array, lengths: Any) -> Composed:
    """Each layer reads the states of the one below; the lowest comes first."""
    traces, fed = [], x
    for params in layers:
        traces.append(rc.forward(params, fed, lengths=lengths))
        fed = traces[-1].h[1:]
    loss, dlogits = rc.cross_entropy(traces[-1].logits, targets)

    def back() -> Gradients:
        gradients = [rc.backward(traces[-1], dlogits)]
        for trace in reversed(traces[:-1]):
            gradients.insert(0, rc.backward(trace, dh=dx_of(gradients[0])))
        return dx_of(gradients[0]), gradients

    return loss, back


def bidirectional(layers: Sequence[rc.Params], x: Array, targets: Array, lengths: Any) -> Composed:
    """One unroll reads on, one reads back; their logits are added."""
    right = rc.forward(layers[0], x, lengths=lengths)
    left = rc.forward(layers[1], mirror(x, lengths), lengths=lengths)
    loss, dlogits = rc.cross_entropy(right.logits + mirror(left.logits, lengths), targets)

    def back() -> Gradients:
        pair = [rc.backward(right, dlogits), rc.backward(left, mirror(dlogits, lengths))]
        return dx_of(pair[0]) + mirror(dx_of(pair[1]), lengths), pair

    return loss, back


def both(layers: Sequence[rc.Params], x: Array, targets: Array, lengths: Any) -> Composed:
    """Two bidirectional layers: the upper pair reads the states of the lower pair side by side."""
    right = rc.forward(layers[0], x, lengths=lengths)
    left = rc.forward(layers[1], mirror(x, lengths), lengths=lengths)
    states = np.concatenate([right.h[1:], mirror(left.h[1:], lengths)], axis=-1)
    loss, upper_back = bidirectional(layers[2:], states, targets, lengths)

    def back() -> Gradients:
        between, upper = upper_back()
        to_right, to_left = np.split(between, [layers[0].hidden], axis=-1)
        pair = [rc.backward(right, dh=to_right), rc.backward(left, dh=mirror(to_left, lengths))]
        return dx_of(pair[0]) + mirror(dx_of(pair[1]), lengths), [*pair, *upper]

    return loss, back


def dx_of(gradients: rc.Gradients) -> Array:
    assert gradients.dx is not None
    return gradients.dx


def layers_of(kind: str, cell: tuple[str, str]) -> tuple[Callable[..., Composed], list[rc.Params]]:
    if kind == "stacked":
        sizes = [(D, 0, 3), (3, 0, 5), (5, C, 2)]
        return stacked, [weights(cell, i, o, k, h) for k, (i, o, h) in enumerate(sizes)]
    pair = [weights(cell, D, C, 7), weights(cell, D, C, 8)]
    if kind == "bidirectional":
        return bidirectional, pair
    low = [weights(cell, D, 0, 9), weights(cell, D, 0, 10)]
    return both, [*low, weights(cell, 2 * H, C, 11), weights(cell, 2 * H, C, 12)]


KINDS = ["stacked", "bidirectional", "both"]


@pytest.mark.parametrize("padded", [False, True], ids=["full", "padded"])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_equal_the_complex_step(kind: str, cell: tuple[str, str], padded: bool) -> None:
    network, layers = layers_of(kind, cell)
    lengths = LENGTHS if padded else None
    x, targets = drawn()
    dx, gradients = network(layers, x, targets, lengths)[1]()
    numeric = rc.complex_step(lambda moved: network(layers, moved, targets, lengths)[0], x)
    assert rc.worst_error(dx, numeric) < BOUND
    for k, grads in enumerate(gradients):
        for name, array in layers[k].arrays().items():

            def loss_at(moved: Array, k: int = k, name: str = name) -> Any:
                arrays = {n: a.astype(complex) for n, a in layers[k].arrays().items()}
                there = layers[k].with_arrays({**arrays, name: moved})
                changed = [*layers[:k], there, *layers[k + 1 :]]
                return network(changed, x, targets, lengths)[0]

            error = rc.worst_error(grads.total.arrays()[name], rc.complex_step(loss_at, array))
            assert error < BOUND, (k, name, error)


@pytest.mark.parametrize("kind", ["stacked", "both"])
def test_cutting_the_way_down_is_noticed(kind: str, cell: tuple[str, str]) -> None:
    """Without the upper dx the lower layers would get another gradient: the check can fail."""
    network, layers = layers_of(kind, cell)
    x, targets = drawn()
    _, gradients = network(layers, x, targets, None)[1]()
    trace = gradients[0].trace
    nothing = rc.backward(trace, dh=np.zeros_like(trace.h[1:]))
    assert rc.worst_error(gradients[0].total.W_hh, nothing.total.W_hh) > 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_live_pytorch_composes_the_same(kind: str, cell: tuple[str, str]) -> None:
    torch: Any = pytest.importorskip(
        "torch", reason="PyTorch is not installed; the complex step stands in"
    )
    network, layers = layers_of(kind, cell)
    if kind == "stacked":  # PyTorch's layers have one width
        sizes = [(D, 0), (H, 0), (H, C)]
        layers = [weights(cell, i, o, k) for k, (i, o) in enumerate(sizes)]
    x, targets = drawn()
    loss, back = network(layers, x, targets, None)
    dx, gradients = back()

    two = kind != "stacked"
    names = [(k // 2, bool(k % 2)) if two else (k, False) for k in range(len(layers))]
    name = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}[cell[0]]
    options = {"nonlinearity": cell[1]} if name == "RNN" else {}
    depth = names[-1][0] + 1
    module = getattr(torch.nn, name)(D, H, depth, bidirectional=two, **options).double()
    state = {}
    for params, (layer, reverse) in zip(layers, names, strict=True):
        laid = rc.to_torch_state_dict(params, layer=layer, reverse=reverse)
        state |= {k: torch.tensor(a) for k, a in laid.items() if k not in ("weight", "bias")}
    module.load_state_dict(state)
    heads = [params for params in layers if params.outputs]
    W_hy = torch.tensor(np.concatenate([head.W_hy for head in heads]))
    x_there = torch.tensor(x, requires_grad=True)
    logits = module(x_there)[0] @ W_hy + torch.tensor(sum(head.b_y for head in heads))
    value = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), torch.tensor(targets).flatten(), ignore_index=-1
    )
    value.backward()
    assert abs(loss - value.item()) < 1e-12
    np.testing.assert_allclose(dx, x_there.grad.numpy(), rtol=1e-10, atol=1e-12)
    found = {k: tensor.grad.numpy() for k, tensor in module.named_parameters()}
    for grads, (layer, reverse) in zip(gradients, names, strict=True):
        ours = rc.to_torch_state_dict(grads.total, layer=layer, reverse=reverse)
        for key in found.keys() & ours.keys():
            if not key.startswith("bias_hh"):
                np.testing.assert_allclose(ours[key], found[key], rtol=1e-10, atol=1e-12)
