"""Live against PyTorch's own modules, on random shapes; skipped where it is not installed.

test_pytorch_reference.py compares every intermediate; this file compares what the modules give and
take, and how they are composed. `scripts/compare_pytorch.sh` runs both with PyTorch;
PYTORCH_CASES=100 draws so many of each, and -s prints the largest difference.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_core as rc

torch: Any = pytest.importorskip(
    "torch",
    reason="PyTorch is not installed; test_pytorch_reference.py holds what it computed",
)

Array = npt.NDArray[Any]
BOUND = 1e-10
CELLS = [("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh")]
EXAMPLES = settings(max_examples=int(os.environ.get("PYTORCH_CASES", "25")), deadline=None)
SHAPES = st.tuples(*(st.integers(1, most) for most in (9, 4, 6, 8, 5)))
SEEDS = st.integers(0, 2**32 - 1)
GAPS: list[float] = []  # of each array compared, by its size where that is above 1


@pytest.fixture(scope="module", autouse=True)
def largest_gap() -> Iterator[None]:
    """Say at the end how near the two came."""
    GAPS.clear()
    yield
    most = max(GAPS, default=0.0)
    sys.stdout.write(f"\n{len(GAPS)} arrays compared with PyTorch; largest gap {most:.1e}\n")


class Drawn:
    """Weights, input, targets with a partial mask, and a starting state, from a seed."""

    def __init__(self, cell: tuple[str, str], sizes: tuple[int, ...], seed: int) -> None:
        T, B, D, H, C = sizes
        rng = self.rng = np.random.default_rng(seed)
        start = rc.init(cell[0], inputs=D, hidden=H, outputs=C, activation=cell[1])
        noisy = {name: rng.uniform(-0.9, 0.9, a.shape) for name, a in start.arrays().items()}
        self.params = start.with_arrays(noisy)
        self.x = rng.standard_normal((T, B, D))
        self.tokens = rng.integers(0, D, (T, B))
        self.targets = rng.integers(-1, C, (T, B))
        self.targets[rng.integers(T), rng.integers(B)] = 0
        self.h0 = rng.uniform(-0.9, 0.9, (B, H))
        self.c0 = rng.uniform(-0.9, 0.9, (B, H)) if cell[0] == "lstm" else None
        self.lengths = rng.integers(1, T + 1, B)


def leaf(array: Array) -> Any:
    """A tensor of its own that keeps its gradient."""
    return torch.tensor(array, requires_grad=array.dtype == np.float64)


def modules_of(params: rc.Params) -> tuple[Any, Any]:
    """PyTorch's module and Linear with these weights, through the layouts of the engine."""
    name = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}[params.cell]
    options = {"nonlinearity": params.activation} if name == "RNN" else {}
    module = getattr(torch.nn, name)(params.inputs, params.hidden, **options).double()
    linear = torch.nn.Linear(params.hidden, params.outputs).double()
    state = {k: torch.tensor(a) for k, a in rc.to_torch_state_dict(params).items()}
    linear.load_state_dict({k: state.pop(k) for k in ("weight", "bias") if k in state})
    module.load_state_dict(state)
    return module, linear


def start_of(h0: Any, c0: Any) -> Any:
    return h0[None] if c0 is None else (h0[None], c0[None])


def end_of(state: Any) -> tuple[Any, Any]:
    return (state[0][0], state[1][0]) if isinstance(state, tuple) else (state[0], None)


def loss_of(logits: Any, targets: Array) -> Any:
    flat, classes = logits.flatten(0, 1), torch.tensor(targets).flatten()
    return torch.nn.functional.cross_entropy(flat, classes, ignore_index=-1)


def one_hot(drawn: Drawn) -> Any:
    return torch.nn.functional.one_hot(torch.tensor(drawn.tokens), drawn.params.inputs).double()


def check(name: str, ours: Array | float | None, theirs: Any) -> None:
    there = theirs.detach().numpy()
    here = np.asarray(ours)
    assert here.shape == there.shape, name
    gap = np.abs(here - there).max(initial=0.0) / max(1.0, np.abs(there).max(initial=0.0))
    GAPS.append(float(gap))
    assert gap < BOUND, (name, gap)


def check_weights(gradients: rc.Params, module: Any, linear: Any) -> None:
    """PyTorch's gradients, laid as ours: the two biases of a gate have one and the same."""
    H = gradients.hidden
    check("W_xh", gradients.W_xh, module.weight_ih_l0.grad.T)
    check("W_hh", gradients.W_hh, module.weight_hh_l0.grad.T)
    check("b_h", gradients.b_h, module.bias_ih_l0.grad)
    if gradients.b_hn is not None:
        check("b_hn", gradients.b_hn, module.bias_hh_l0.grad[2 * H :])
    if linear is not None:
        check("W_hy", gradients.W_hy, linear.weight.grad.T)
        check("b_y", gradients.b_y, linear.bias.grad)


@pytest.mark.parametrize("cell", CELLS)
@EXAMPLES
@given(sizes=SHAPES, seed=SEEDS, tokens=st.booleans())
def test_states_logits_and_gradients(
    cell: tuple[str, str], sizes: tuple[int, ...], seed: int, tokens: bool
) -> None:
    drawn = Drawn(cell, sizes, seed)
    trace = rc.forward(drawn.params, drawn.tokens if tokens else drawn.x, drawn.h0, drawn.c0)
    loss, dlogits = rc.cross_entropy(trace.logits, drawn.targets)
    grads = rc.backward(trace, dlogits)
    module, linear = modules_of(drawn.params)
    x, h0 = one_hot(drawn) if tokens else leaf(drawn.x), leaf(drawn.h0)
    c0 = None if drawn.c0 is None else leaf(drawn.c0)
    h, state = module(x, start_of(h0, c0))
    logits = linear(h)
    value = loss_of(logits, drawn.targets)
    value.backward()
    check("h", trace.h[1:], h)
    check("logits", trace.logits, logits)
    check("loss", loss, value)
    check_weights(grads.total, module, linear)
    check("dh0", grads.dh0, h0.grad)
    if c0 is not None:
        assert trace.c is not None
        check("c", trace.c[-1], end_of(state)[1])
        check("dc0", grads.dc0, c0.grad)
    if tokens:
        assert grads.dx is None
    else:
        check("dx", grads.dx, x.grad)


@pytest.mark.parametrize("cell", CELLS)
@EXAMPLES
@given(sizes=SHAPES, seed=SEEDS, k=st.integers(1, 10))
def test_truncation_is_detaching_every_k_steps(
    cell: tuple[str, str], sizes: tuple[int, ...], seed: int, k: int
) -> None:
    drawn = Drawn(cell, sizes, seed)
    trace = rc.forward(drawn.params, drawn.x, drawn.h0, drawn.c0)
    grads = rc.backward(trace, rc.cross_entropy(trace.logits, drawn.targets)[1], truncate=k)
    module, linear = modules_of(drawn.params)
    x, h0 = leaf(drawn.x), leaf(drawn.h0)
    c0 = None if drawn.c0 is None else leaf(drawn.c0)
    h, c, said = h0, c0, []
    for first in range(0, trace.steps, k):
        chunk, state = module(x[first : first + k], start_of(h, c))
        said.append(linear(chunk))
        h, c = (None if part is None else part.detach() for part in end_of(state))
    loss_of(torch.cat(said), drawn.targets).backward()
    check_weights(grads.total, module, linear)
    check("dx", grads.dx, x.grad)
    check("dh0", grads.dh0, h0.grad)
    if c0 is not None:
        check("dc0", grads.dc0, c0.grad)


@pytest.mark.parametrize("cell", CELLS)
@EXAMPLES
@given(sizes=SHAPES, seed=SEEDS, more=st.integers(1, 6))
def test_encoder_decoder(
    cell: tuple[str, str], sizes: tuple[int, ...], seed: int, more: int
) -> None:
    drawn = Drawn(cell, sizes, seed)
    _, B, _, H, C = sizes
    behind = Drawn(cell, (more, B, C, H, C), seed + 1)
    silent = drawn.params.with_arrays(
        {**drawn.params.arrays(), "W_hy": np.zeros((H, 0)), "b_y": np.zeros(0)}
    )
    read = rc.forward(silent, drawn.x, drawn.h0, drawn.c0)
    c_last = None if read.c is None else read.c[-1]
    wrote = rc.forward(behind.params, behind.tokens, read.h[-1], c_last)
    dlogits = rc.cross_entropy(wrote.logits, behind.targets)[1]
    decoder = rc.backward(wrote, dlogits)
    encoder = rc.backward(read, dh_last=decoder.dh0, dc_last=decoder.dc0)
    first, _ = modules_of(drawn.params)
    second, linear = modules_of(behind.params)
    x, h0 = leaf(drawn.x), leaf(drawn.h0)
    c0 = None if drawn.c0 is None else leaf(drawn.c0)
    _, state = first(x, start_of(h0, c0))
    logits = linear(second(one_hot(behind), state)[0])
    loss_of(logits, behind.targets).backward()
    check("logits", wrote.logits, logits)
    check_weights(decoder.total, second, linear)
    check_weights(encoder.total, first, None)
    check("dx", encoder.dx, x.grad)
    check("dh0", encoder.dh0, h0.grad)
    if c0 is not None:
        check("dc0", encoder.dc0, c0.grad)


@pytest.mark.parametrize("cell", CELLS)
@EXAMPLES
@given(sizes=SHAPES, seed=SEEDS, tokens=st.booleans())
def test_lengths_are_packed_sequences(
    cell: tuple[str, str], sizes: tuple[int, ...], seed: int, tokens: bool
) -> None:
    """A loss at some real steps, and one of the last real states."""
    drawn = Drawn(cell, sizes, seed)
    last, last_c = drawn.rng.standard_normal((2, *drawn.h0.shape))
    targets = drawn.targets.copy()
    targets[np.arange(len(targets))[:, None] >= drawn.lengths] = -1
    targets[0, 0] = 0
    fed = drawn.tokens if tokens else drawn.x
    trace = rc.forward(drawn.params, fed, drawn.h0, drawn.c0, drawn.lengths)
    loss, dlogits = rc.cross_entropy(trace.logits, targets)
    dc_last = None if trace.c is None else last_c
    grads = rc.backward(trace, dlogits, dh_last=last, dc_last=dc_last)
    module, linear = modules_of(drawn.params)
    x, h0 = one_hot(drawn) if tokens else leaf(drawn.x), leaf(drawn.h0)
    c0 = None if drawn.c0 is None else leaf(drawn.c0)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, drawn.lengths, enforce_sorted=False)
    states, end = module(packed, start_of(h0, c0))
    h, c = end_of(end)
    padded = torch.nn.utils.rnn.pad_packed_sequence(states, total_length=len(targets))[0]
    value = loss_of(linear(padded), targets)
    objective = value + (h * torch.tensor(last)).sum()
    if c is not None:
        objective = objective + (c * torch.tensor(last_c)).sum()
    objective.backward()
    check("loss", loss, value)
    check("h", trace.h[-1], h)
    check_weights(grads.total, module, linear)
    check("dh0", grads.dh0, h0.grad)
    if c0 is not None:
        assert trace.c is not None
        check("c", trace.c[-1], c)
        check("dc0", grads.dc0, c0.grad)
    if not tokens:
        check("dx", grads.dx, x.grad)


@pytest.mark.parametrize("cell", CELLS)
@EXAMPLES
@given(sizes=SHAPES, seed=SEEDS, depth=st.integers(1, 3), two=st.booleans())
def test_layers_and_directions(
    cell: tuple[str, str], sizes: tuple[int, ...], seed: int, depth: int, two: bool
) -> None:
    """Stacked, in one direction or in both, each unroll with a starting state of its own."""
    T, B, D, H, _ = sizes
    ways = (1, -1) if two else (1,)
    layers = [
        [
            Drawn(cell, (T, B, D if k == 0 else H * len(ways), H, 0), seed + 2 * k + (w < 0))
            for w in ways
        ]
        for k in range(depth)
    ]
    x, traces = layers[0][0].x, []
    fed = x
    for layer in layers:
        pair = list(zip(layer, ways, strict=True))
        traces.append([rc.forward(one.params, fed[::w], one.h0, one.c0) for one, w in pair])
        states = [trace.h[1:][::w] for trace, w in zip(traces[-1], ways, strict=True)]
        fed = np.concatenate(states, axis=-1)
    arriving = wanted = layers[0][0].rng.standard_normal(fed.shape)
    found: list[list[rc.Gradients]] = []
    for row in reversed(traces):
        parts = zip(row, np.split(arriving, len(ways), axis=-1), ways, strict=True)
        found.insert(0, [rc.backward(trace, dh=part[::w]) for trace, part, w in parts])
        steps = zip(found[0], ways, strict=True)
        arriving = np.sum([g.dx[::w] for g, w in steps if g.dx is not None], axis=0)

    flat = [(k, way) for k in range(depth) for way in range(len(ways))]
    name = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}[cell[0]]
    options = {"nonlinearity": cell[1]} if name == "RNN" else {}
    module = getattr(torch.nn, name)(D, H, depth, bidirectional=two, **options).double()
    laid: dict[str, Array] = {}
    for k, way in flat:
        laid |= rc.to_torch_state_dict(layers[k][way].params, layer=k, reverse=bool(way))
    module.load_state_dict({key: torch.tensor(laid[key]) for key in module.state_dict()})
    h0 = leaf(np.stack([layers[k][way].h0 for k, way in flat]))
    c0 = (
        leaf(np.stack([np.asarray(layers[k][way].c0) for k, way in flat]))
        if name == "LSTM"
        else None
    )
    x_there = leaf(x)
    states_there = module(x_there, h0 if c0 is None else (h0, c0))[0]
    (states_there * torch.tensor(wanted)).sum().backward()
    check("h", fed, states_there)
    check("dx", arriving, x_there.grad)
    theirs = dict(module.named_parameters())
    for place, (k, way) in enumerate(flat):
        grads = found[k][way]
        check("dh0", grads.dh0, h0.grad[place])
        if c0 is not None:
            check("dc0", grads.dc0, c0.grad[place])
        ours = rc.to_torch_state_dict(grads.total, layer=k, reverse=bool(way))
        for key in theirs.keys() & ours.keys():
            rows = slice(2 * H, None) if key.startswith("bias_hh") else slice(None)
            if name == "GRU" or not key.startswith("bias_hh"):
                check(key, ours[key][rows], theirs[key].grad[rows])


@pytest.mark.parametrize("cell", CELLS)
def test_modules_own_weights_come_over(cell: tuple[str, str]) -> None:
    """Weights PyTorch has drawn, both biases filled: tensors straight from ``state_dict``."""
    drawn = Drawn(cell, (7, 3, 4, 6, 5), 1)
    name = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}[cell[0]]
    options = {"nonlinearity": cell[1]} if name == "RNN" else {}
    module = getattr(torch.nn, name)(4, 6, **options).double()
    linear = torch.nn.Linear(6, 5).double()
    params = rc.from_torch_state_dict(
        {**module.state_dict(), **linear.state_dict()}, activation=cell[1]
    )
    c0 = None if drawn.c0 is None else leaf(drawn.c0)
    logits = linear(module(leaf(drawn.x), start_of(leaf(drawn.h0), c0))[0])
    check("logits", rc.forward(params, drawn.x, drawn.h0, drawn.c0).logits, logits)


@pytest.fixture(scope="module")
def recorder() -> ModuleType:
    """The recording script: cells gate by gate in PyTorch, every intermediate with a gradient."""
    path = Path(__file__).parents[3] / "scripts" / "build" / "pytorch_reference.py"
    spec = importlib.util.spec_from_file_location("pytorch_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("seed", range(8))
def test_every_intermediate_on_random_shapes(
    recorder: ModuleType, cell: tuple[str, str], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = f"rnn-{cell[1]}" if cell[0] == "rnn" else cell[0]
    rng = np.random.default_rng(1000 + seed)
    sizes = [int(rng.integers(1, most + 1)) for most in (9, 4, 6, 8, 5)]
    truncate = int(rng.integers(1, 5)) if seed % 2 else 0
    monkeypatch.setitem(recorder.CASES, "random", (*sizes, bool(seed % 3 == 2), truncate))
    given_ = recorder.draw(kind, "random", seed)
    theirs = recorder.record(kind, "random", given_)
    weights = {name: array for name, array in given_.items() if name.startswith(("W_", "b_"))}
    params = rc.Params(cell=cell[0], activation=cell[1], **weights)
    trace = rc.forward(params, given_["x"], given_["h0"], given_.get("c0"))
    grads = rc.backward(
        trace, rc.cross_entropy(trace.logits, given_["targets"])[1], truncate=truncate or None
    )
    ours = {name: getattr(trace, name) for name in ("from_x", "from_h", "a", "h", "logits")}
    ours |= {name: getattr(grads, name) for name in ("dlogits", "da", "dh", "dx")}
    ours |= {"c": trace.c, "dc": grads.dc, "n_recurrent": trace.n_recurrent}
    ours |= {f"gate {name}": gate for name, gate in trace.gates.items()}
    ours |= {f"total {name}": array for name, array in grads.total.arrays().items()}
    present = {name: array for name, array in ours.items() if array is not None}
    assert sorted(present) == sorted(set(theirs) - {"loss"})
    for name, array in present.items():
        check(name, array, torch.as_tensor(theirs[name]))
