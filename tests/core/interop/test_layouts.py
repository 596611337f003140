"""PyTorch's and Keras's layouts: there and back, and what they compute there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from tests.core.conftest import Draw

Array = npt.NDArray[Any]
RECORDED = Path(__file__).parent / "recorded"


def sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


def torch_manual(state: dict[str, Array], cell: str, x: Array, h: Array, c: Array | None) -> Array:
    """The logits by the equations of PyTorch's manual, from its own names alone."""
    act = np.maximum if cell == "relu" else None
    logits = []
    for x_t in x:
        from_x = x_t @ state["weight_ih_l0"].T + state["bias_ih_l0"]
        from_h = h @ state["weight_hh_l0"].T + state["bias_hh_l0"]
        if cell == "gru":
            (x_r, x_z, x_n), (h_r, h_z, h_n) = np.split(from_x, 3, 1), np.split(from_h, 3, 1)
            r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
            h = (1 - z) * np.tanh(x_n + r * h_n) + z * h
        elif c is not None:
            i, f, g, o = np.split(from_x + from_h, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        else:
            h = act(from_x + from_h, 0) if act else np.tanh(from_x + from_h)
        logits.append(h @ state["weight"].T + state["bias"])
    return np.stack(logits)


def keras_manual(
    rnn: list[Array], dense: list[Array], cell: str, x: Array, h: Array, c: Array | None
) -> Array:
    """The logits by the equations of Keras's layers, gates by position: z, r, h and i, f, c, o."""
    kernel, recurrent, bias = rnn
    logits = []
    for x_t in x:
        if cell == "gru":
            x_z, x_r, x_h = np.split(x_t @ kernel + bias[0], 3, axis=1)
            h_z, h_r, h_h = np.split(h @ recurrent + bias[1], 3, axis=1)
            z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
            h = z * h + (1 - z) * np.tanh(x_h + r * h_h)
        elif c is not None:
            z0, z1, z2, z3 = np.split(x_t @ kernel + h @ recurrent + bias, 4, axis=1)
            c = sigmoid(z1) * c + sigmoid(z0) * np.tanh(z2)
            h = sigmoid(z3) * np.tanh(c)
        else:
            a = x_t @ kernel + bias + h @ recurrent
            h = np.maximum(a, 0) if cell == "relu" else np.tanh(a)
        logits.append(h @ dense[0] + dense[1])
    return np.stack(logits)


def kind_of(cell: tuple[str, str]) -> str:
    name, activation = cell
    return activation if name == "rnn" else name


def test_torch_layout_computes_the_same(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    state = rc.to_torch_state_dict(case.params)
    theirs = torch_manual(state, kind_of(cell), case.x, case.h0, case.c0)
    np.testing.assert_allclose(theirs, case.forward().logits, rtol=1e-12, atol=1e-13)


def test_keras_layout_computes_the_same(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    theirs = keras_manual(
        *rc.to_keras_weights(case.params), kind_of(cell), case.x, case.h0, case.c0
    )
    np.testing.assert_allclose(theirs, case.forward().logits, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_there_and_back_is_the_same_bit_for_bit(
    draw: Draw, cell: tuple[str, str], dtype: type
) -> None:
    params = draw(*cell).params.astype(dtype)
    silent = replace(params, W_hy=np.zeros((5, 0), dtype), b_y=np.zeros(0, dtype))
    for given in (params, silent):
        ways = [
            rc.from_torch_state_dict(rc.to_torch_state_dict(given), activation=cell[1]),
            rc.from_keras_weights(*rc.to_keras_weights(given), activation=cell[1]),
        ]
        for again in ways:
            assert (again.cell, again.activation) == cell
            assert again.dtype == dtype
            assert list(again.arrays()) == list(given.arrays())
            for name, array in given.arrays().items():
                assert np.array_equal(again.arrays()[name], array), name


def test_two_biases_are_one(draw: Draw, cell: tuple[str, str]) -> None:
    """Any state PyTorch or Keras may hold, both biases filled, computes what ours computes."""
    case = draw(*cell)
    rng = np.random.default_rng(6)
    state = {
        name: rng.uniform(-0.7, 0.7, array.shape)
        for name, array in rc.to_torch_state_dict(case.params).items()
    }
    ours = rc.from_torch_state_dict(state, activation=cell[1])
    trace = rc.forward(ours, case.x, case.h0, case.c0)
    theirs = torch_manual(state, kind_of(cell), case.x, case.h0, case.c0)
    np.testing.assert_allclose(trace.logits, theirs, rtol=1e-12, atol=1e-13)
    weights = [
        [rng.uniform(-0.7, 0.7, array.shape) for array in part]
        for part in rc.to_keras_weights(case.params)
    ]
    ours = rc.from_keras_weights(*weights, activation=cell[1])
    trace = rc.forward(ours, case.x, case.h0, case.c0)
    theirs = keras_manual(weights[0], weights[1], kind_of(cell), case.x, case.h0, case.c0)
    np.testing.assert_allclose(trace.logits, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("recorded", ["rnn-tanh", "rnn-relu", "gru", "lstm"])
def test_recorded_modules_of_pytorch_agree(recorded: str) -> None:
    """The recording was made by modules that were given weights in PyTorch's layout."""
    cell, _, activation = recorded.partition("-")
    with np.load(RECORDED / f"{recorded}.npz", allow_pickle=False) as arrays:
        given = {key.split("/")[2]: arrays[key] for key in arrays.files if "long/given/" in key}
        logits = arrays["long/found/logits"]
    weights = {name: array for name, array in given.items() if name.startswith(("W_", "b_"))}
    params = rc.Params(cell=cell, activation=activation or "tanh", **weights)
    state = rc.to_torch_state_dict(params)
    kind = activation or cell
    theirs = torch_manual(state, kind, given["x"], given["h0"], given.get("c0"))
    np.testing.assert_allclose(theirs, logits, rtol=1e-10, atol=1e-12)
    again = rc.from_torch_state_dict(state, activation=activation or "tanh")
    found = rc.forward(again, given["x"], given["h0"], given.get("c0")).logits
    np.testing.assert_allclose(found, logits, rtol=1e-10, atol=1e-12)


def test_names_say_layer_direction_and_module() -> None:
    params = rc.init("lstm", inputs=3, hidden=2, outputs=4)
    state = rc.to_torch_state_dict(params, rnn="rnn.", readout="head.", layer=1, reverse=True)
    assert list(state) == [
        "rnn.weight_ih_l1_reverse",
        "rnn.weight_hh_l1_reverse",
        "rnn.bias_ih_l1_reverse",
        "rnn.bias_hh_l1_reverse",
        "head.weight",
        "head.bias",
    ]
    again = rc.from_torch_state_dict(state, rnn="rnn.", readout="head.", layer=1, reverse=True)
    assert np.array_equal(again.W_hh, params.W_hh)
    assert rc.from_torch_state_dict(state, rnn="rnn.", layer=1, reverse=True).outputs == 0
    with pytest.raises(ValueError, match="weight_hh_l0 is missing; given are rnn"):
        rc.from_torch_state_dict(state)


def test_arrays_are_copies_to_write_to(draw: Draw, cell: tuple[str, str]) -> None:
    params = draw(*cell).params
    rnn, dense = rc.to_keras_weights(params)
    for array in [*rc.to_torch_state_dict(params).values(), *rnn, *dense]:
        assert array.flags.writeable
        assert array.flags.owndata
        array[...] = np.nan
    assert all(np.isfinite(array).all() for array in params.arrays().values())


def test_missing_biases_are_zero() -> None:
    rng = np.random.default_rng(0)
    for blocks in (1, 3, 4):
        state = {
            "weight_ih_l0": rng.standard_normal((2 * blocks, 3)),
            "weight_hh_l0": rng.standard_normal((2 * blocks, 2)),
            "weight": rng.standard_normal((5, 2)),
        }
        ours = rc.from_torch_state_dict(state)
        keras = rc.from_keras_weights(
            [rng.standard_normal((3, 2 * blocks)), rng.standard_normal((2, 2 * blocks))],
            [rng.standard_normal((2, 5))],
        )
        for params in (ours, keras):
            biases = [a for name, a in params.arrays().items() if name.startswith("b_")]
            assert not any(bias.any() for bias in biases)
            assert params.outputs == 5


def test_what_does_not_fit_is_named() -> None:
    good = rc.to_torch_state_dict(rc.init("gru", inputs=3, hidden=2, outputs=4))
    bad: list[tuple[dict[str, Any], str]] = [
        ({"weight_hh_l0": np.zeros((4, 2))}, r"weight_hh_l0 has shape \(2, 4\) .* G = 1"),
        ({"weight_hh_l0": np.zeros((7, 2))}, r"weight_hh_l0 has shape \(2, 7\) .* G = 1"),
        ({"weight_hh_l0": np.zeros((3, 0))}, r"weight_hh_l0 has shape \(0, 3\) .* G = 1"),
        ({"weight_hh_l0": np.zeros(4)}, r"weight_hh_l0 has shape \(4,\) but a matrix"),
        ({"bias_hh_l0": np.zeros(5)}, r"bias_hh_l0 has shape \(5,\) but \(6,\) is expected"),
        ({"weight_hr_l0": np.zeros((1, 2))}, "projection"),
        ({"weight_ih_l0": np.zeros((5, 3))}, r"W_xh has shape \(3, 5\)"),
        ({"bias": np.zeros(3)}, r"bias has shape \(3,\) but \(4,\) is expected"),
    ]
    for change, message in bad:
        with pytest.raises(ValueError, match=message):
            rc.from_torch_state_dict({**good, **change})
    for layer in (-1, 0.5):
        with pytest.raises(ValueError, match="layer is"):
            rc.from_torch_state_dict(good, layer=layer)  # type: ignore[arg-type]
    rnn, dense = rc.to_keras_weights(rc.init("gru", inputs=3, hidden=2, outputs=4))
    with pytest.raises(ValueError, match="reset_after=False is another cell"):
        rc.from_keras_weights([rnn[0], rnn[1], rnn[2][0]], dense)
    with pytest.raises(ValueError, match="rnn has 1 arrays"):
        rc.from_keras_weights(rnn[:1], dense)
    with pytest.raises(ValueError, match=r"W_xh has shape \(3, 5\)"):
        rc.from_keras_weights([rnn[0][:, :5], *rnn[1:]], dense)


@pytest.mark.parametrize("name", ["SimpleRNN", "GRU", "LSTM"])
def test_live_keras_agrees(name: str, draw: Draw) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed; its equations stand in")
    keras.config.set_floatx("float64")
    cell = {"SimpleRNN": "rnn", "GRU": "gru", "LSTM": "lstm"}[name]
    case = draw(cell)
    layer = getattr(keras.layers, name)(5, return_sequences=True)
    head = keras.layers.Dense(3)
    rows = case.x.transpose(1, 0, 2)
    head(layer(rows))
    rnn, dense = rc.to_keras_weights(case.params)
    layer.set_weights(rnn)
    head.set_weights(dense)
    start = [case.h0] if case.c0 is None else [case.h0, case.c0]
    logits = keras.ops.convert_to_numpy(head(layer(rows, initial_state=start)))
    # Some backends multiply in float32; a gate in the wrong place is off by far more than that.
    np.testing.assert_allclose(logits.transpose(1, 0, 2), case.forward().logits, atol=3e-6)
    again = rc.from_keras_weights(layer.get_weights(), head.get_weights())
    assert all(np.array_equal(a, again.arrays()[k]) for k, a in case.params.arrays().items())


class Tensor:
    """What a tensor of PyTorch answers, without PyTorch: type, device and gradient."""

    def __init__(
        self, array: Array, kind: str = "torch.float32", grad: bool = False, device: str = "cpu"
    ) -> None:
        self.array, self.dtype, self.grad, self.device = array, kind, grad, device

    def detach(self) -> Tensor:
        return Tensor(self.array, self.dtype, False, self.device)

    def cpu(self) -> Tensor:
        if self.device == "meta":
            raise NotImplementedError("Cannot copy out of meta tensor; no data!")
        return Tensor(self.array, self.dtype, self.grad, "cpu")

    def float(self) -> Tensor:
        return Tensor(self.array.astype(np.float32), "torch.float32", self.grad, self.device)

    def numpy(self) -> Array:
        if self.grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.device != "cpu":
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.array

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return self.numpy()


@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("kind", ["torch.float32", "torch.float16", "torch.bfloat16"])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_tensors_of_every_kind_are_read(cell: str, kind: str, grad: bool, device: str) -> None:
    params = rc.init(cell, inputs=3, hidden=2, outputs=4)
    # Whole eighths are exact in each of the three.
    exact = {k: np.round(8 * a) / 8 for k, a in rc.to_torch_state_dict(params).items()}
    held = np.float16 if kind == "torch.float16" else np.float32
    state = {k: Tensor(a.astype(held), kind, grad, device) for k, a in exact.items()}
    ours = rc.from_torch_state_dict(state)
    assert ours.dtype == np.float32
    wanted = rc.from_torch_state_dict({k: a.astype(np.float32) for k, a in exact.items()})
    for name, array in wanted.arrays().items():
        assert np.array_equal(ours.arrays()[name], array), name


@pytest.mark.parametrize("prefix", ["", "cell.", "0."])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_single_cells_have_no_layer_in_their_names(cell: str, prefix: str) -> None:
    params = rc.init(cell, inputs=3, hidden=2, outputs=0)
    state = {
        prefix + name.removesuffix("_l0"): array
        for name, array in rc.to_torch_state_dict(params).items()
    }
    ours = rc.from_torch_state_dict(state, rnn=prefix)
    assert np.array_equal(ours.W_hh, params.W_hh)
    assert ours.cell == cell
    with pytest.raises(ValueError, match="weight_hh_l1 is missing"):
        rc.from_torch_state_dict(state, rnn=prefix, layer=1)


BAD_ENTRIES: dict[str, Any] = {
    "none": None,
    "text": "text",
    "letters": [["a"]],
    "dict": {},
    "object": object(),
    "number": 3,
    "whole numbers": np.zeros((6, 2), int),
    "ragged": [[1], [1, 2]],
    "meta tensor": Tensor(np.zeros((6, 2)), device="meta"),
}


@pytest.mark.parametrize("value", BAD_ENTRIES.values(), ids=BAD_ENTRIES)
@pytest.mark.parametrize("name", ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "weight", "bias"])
def test_an_entry_that_is_no_array_is_named(name: str, value: Any) -> None:
    state = rc.to_torch_state_dict(rc.init("gru", inputs=3, hidden=2, outputs=4))
    with pytest.raises(ValueError, match=name):
        rc.from_torch_state_dict({**state, name: value})


@pytest.mark.parametrize("state", [{}, {3: np.zeros(2)}, {"lstm.weight_hh_l0": np.zeros((8, 2))}])
def test_unknown_names_are_listed(state: Any) -> None:
    with pytest.raises(ValueError, match="weight_hh_l0 is missing; given are"):
        rc.from_torch_state_dict(state)


def test_a_readout_of_more_than_the_layer_is_refused() -> None:
    params = rc.init("lstm", inputs=3, hidden=2, outputs=4)
    above = rc.to_torch_state_dict(rc.init("lstm", inputs=2, hidden=2, outputs=0), layer=1)
    two = {**rc.to_torch_state_dict(params), **above}
    with pytest.raises(ValueError, match="weight reads the last layer"):
        rc.from_torch_state_dict(two)
    assert rc.from_torch_state_dict(two, layer=1).outputs == 4
    assert rc.from_torch_state_dict(two, readout="none.").outputs == 0
    back = rc.to_torch_state_dict(params, reverse=True)
    both = {**rc.to_torch_state_dict(params), **back, "weight": np.zeros((4, 4))}
    with pytest.raises(ValueError, match="weight reads both directions"):
        rc.from_torch_state_dict(both)


@pytest.mark.parametrize("value", BAD_ENTRIES.values(), ids=BAD_ENTRIES)
def test_a_keras_array_that_is_none_is_named(value: Any) -> None:
    rnn, dense = rc.to_keras_weights(rc.init("gru", inputs=3, hidden=2, outputs=4))
    for place, name in enumerate(("kernel", "recurrent kernel", "bias")):
        with pytest.raises(ValueError, match=name):
            rc.from_keras_weights([*rnn[:place], value, *rnn[place + 1 :]], dense)
    for place, name in enumerate(("dense kernel", "dense bias")):
        with pytest.raises(ValueError, match=name):
            rc.from_keras_weights(rnn, [*dense[:place], value, *dense[place + 1 :]])
    if not isinstance(value, list):
        with pytest.raises(ValueError, match="rnn is"):
            rc.from_keras_weights(value)


@pytest.mark.parametrize(("cell", "biases"), [("gru", 6), ("lstm", 8)])
def test_cells_that_look_like_ours_in_keras_are_refused(cell: str, biases: int) -> None:
    rnn, dense = rc.to_keras_weights(rc.init(cell, inputs=3, hidden=2, outputs=4))
    with pytest.raises(ValueError, match=f"CuDNN{cell.upper()}"):
        rc.from_keras_weights([rnn[0], rnn[1], np.zeros(biases * 2)], dense)
    with pytest.raises(ValueError, match="recurrent_activation is 'hard_sigmoid'"):
        rc.from_keras_weights(rnn, dense, recurrent_activation="hard_sigmoid")
    if cell == "gru":
        with pytest.raises(ValueError, match="reset_after=False is another cell"):
            rc.from_keras_weights(rnn[:2], dense, reset_after=False)
    with pytest.raises(ValueError, match="rnn has 6 arrays"):
        rc.from_keras_weights([*rnn, *rnn], dense)


def keras_adam(gradients: list[float], lr: float) -> list[float]:
    """The moves of one weight by the formula of Keras's manual, epsilon 1e-7."""
    m = v = 0.0
    moves = []
    for t, g in enumerate(gradients, start=1):
        m, v = m + (g - m) * (1 - 0.9), v + (g * g - v) * (1 - 0.999)
        rate = lr * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        moves.append(float(rate * m / (np.sqrt(v) + 1e-7)))
    return moves


def our_adam(gradients: list[float], lr: float) -> list[float]:
    from rnn_core.optim import make_optimizer

    rule, weight, moves = make_optimizer("adam", 1, np.float64), np.zeros(1), []
    for g in gradients:
        before = weight.copy()
        rule.update(weight, np.array([g]), lr)
        moves.append(float((before - weight)[0]))
    return moves


def test_what_the_table_says_of_keras_adam() -> None:
    """docs/rosetta.md: its ε acts before the correction, as 1e-7 / √(1 − β₂ᵗ) would after it."""
    text = (Path(__file__).parents[3] / "docs" / "rosetta.md").read_text(encoding="utf-8")
    theirs, ours = keras_adam([1e-7], 1.0)[0], our_adam([1e-7], 1.0)[0]
    assert f"by {ours:.3f} lr here and by {theirs:.3f} lr there".replace("0.", ".") in text
    for g in (1e-3, -0.1, 2.0):
        gradients = [g] * 20
        np.testing.assert_allclose(
            keras_adam(gradients, 1.0), our_adam(gradients, 1.0), rtol=abs(4e-6 / g)
        )
    for t in (1, 10, 10**5):
        effective = 1e-7 / np.sqrt(1 - 0.999**t)
        assert effective == pytest.approx({1: 3.2e-6, 10: 1.0e-6, 10**5: 1e-7}[t], rel=0.02)


def test_what_the_table_says_of_starts() -> None:
    params = rc.init("gru", inputs=50, hidden=20, outputs=2, seed=4)
    assert np.abs(params.W_xh).max() <= np.sqrt(6 / (50 + 20))
    assert np.abs(params.W_xh).max() > np.sqrt(6 / (50 + 3 * 20)), "Keras would draw within this"
    for block in np.split(params.W_hh, 3, axis=1):
        np.testing.assert_allclose(block @ block.T, np.eye(20), atol=1e-12)
