"""The weights: how they start, what they refuse, and that nobody can change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import rnn_core as rc

BLOCKS = {"rnn": 1, "gru": 3, "lstm": 4}


@pytest.mark.parametrize("cell", BLOCKS)
def test_shapes_and_size(cell: str) -> None:
    G = BLOCKS[cell]
    p = rc.init(cell, inputs=3, hidden=4, outputs=5)
    assert p.W_xh.shape == (3, G * 4)
    assert p.W_hh.shape == (4, G * 4)
    assert p.b_h.shape == (G * 4,)
    assert p.W_hy.shape == (4, 5)
    assert p.b_y.shape == (5,)
    assert (p.b_hn is not None) == (cell == "gru")
    assert p.size == (3 + 4 + 1) * G * 4 + 5 * 5 + (4 if cell == "gru" else 0)
    assert (p.inputs, p.hidden, p.outputs, p.dtype) == (3, 4, 5, np.float64)


@pytest.mark.parametrize("cell", BLOCKS)
def test_start(cell: str) -> None:
    p = rc.init(cell, inputs=30, hidden=16, outputs=5, seed=2)
    blocks = np.split(p.W_hh, BLOCKS[cell], axis=1)
    for block in blocks:
        np.testing.assert_allclose(block @ block.T, np.eye(16), atol=1e-12)
    assert len({block.tobytes() for block in blocks}) == len(blocks)
    limit = np.sqrt(6 / (30 + 16))
    assert 0.95 * limit < np.abs(p.W_xh).max() <= limit
    assert np.abs(p.W_hy).max() <= np.sqrt(6 / (16 + 5))
    forget = np.zeros(BLOCKS[cell] * 16)
    if cell == "lstm":
        forget[16:32] = 1
    assert np.array_equal(p.b_h, forget)
    assert not p.b_y.any()
    identity = rc.init(cell, inputs=2, hidden=3, outputs=1, recurrent="identity")
    assert np.array_equal(identity.W_hh, np.hstack([np.eye(3)] * BLOCKS[cell]))


def test_rotations_are_uniform_over_signs() -> None:
    """Half of random orthogonal matrices have determinant −1."""
    signs = [
        np.linalg.det(rc.init("rnn", inputs=1, hidden=3, outputs=1, seed=s).W_hh)
        for s in range(200)
    ]
    assert 70 < sum(sign > 0 for sign in signs) < 130


def test_seed_decides_and_float32_is_the_rounded_draw() -> None:
    sizes = {"inputs": 3, "hidden": 4, "outputs": 2}
    one, same = rc.init("gru", **sizes, seed=5), rc.init("gru", **sizes, seed=5)
    other, rough = (
        rc.init("gru", **sizes, seed=6),
        rc.init("gru", **sizes, seed=5, dtype=np.float32),
    )
    assert np.array_equal(one.W_xh, same.W_xh)
    assert not np.array_equal(one.W_xh, other.W_xh)
    assert rough.dtype == np.float32
    assert np.array_equal(rough.W_hh, one.W_hh.astype(np.float32))


def test_weights_are_copied_and_read_only() -> None:
    W_hh = np.eye(2)
    p = replace(rc.init("rnn", inputs=1, hidden=2, outputs=1), W_hh=W_hh)
    W_hh[0, 0] = 9
    assert p.W_hh[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        p.W_hh[0, 0] = 3
    view = np.eye(3)[:2, :2]
    view.flags.writeable = False
    base: Any = view.base
    kept = replace(p, W_hh=view)
    base[0, 0] = 5
    assert kept.W_hh[0, 0] == 1, "a read-only view of writable memory is copied too"


def test_a_frozen_array_is_not_copied_again() -> None:
    p = rc.init("rnn", inputs=1, hidden=2, outputs=1)
    assert replace(p, b_y=np.ones(1)).W_hh is p.W_hh


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"W_hh": np.zeros((2, 3))}, r"W_hh has shape \(2, 3\).*expects \(2, 2\)"),
        ({"W_hh": np.zeros(2)}, r"W_hh has shape \(2,\).*2 axes"),
        ({"W_xh": np.zeros((0, 2))}, "D = 0"),
        ({"b_h": np.zeros(3)}, r"b_h has shape \(3,\).*expects \(2,\)"),
        ({"W_hy": np.zeros((3, 4))}, r"W_hy has shape \(3, 4\).*expects \(2, 4\)"),
        ({"b_y": np.zeros((1, 4))}, r"b_y has shape \(1, 4\).*expects \(4,\)"),
        ({"b_hn": np.zeros(2)}, "b_hn is given but rnn has no such weight"),
        ({"W_hh": np.zeros((2, 2), int)}, "W_hh has dtype int64"),
        ({"W_hh": np.zeros((2, 2), np.float16)}, "W_hh has dtype float16"),
        ({"b_y": np.zeros(4, np.float32)}, "b_y has dtype float32 but W_hh has float64"),
        ({"cell": "elman"}, "cell is 'elman'"),
        ({"cell": "lstm"}, r"lstm with D=3, H=2, C=4 expects \(3, 8\)"),
        ({"activation": "sigmoid"}, "activation is 'sigmoid'"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], words: str) -> None:
    p = rc.init("rnn", inputs=3, hidden=2, outputs=4)
    with pytest.raises(ValueError, match=words):
        replace(p, **change)


def test_gru_needs_its_inner_bias() -> None:
    p = rc.init("gru", inputs=3, hidden=2, outputs=4)
    with pytest.raises(ValueError, match=r"gru expects b_hn with shape \(2,\)"):
        replace(p, b_hn=None)
    with pytest.raises(ValueError, match="gru has tanh"):
        replace(p, activation="relu")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": 0}, "inputs is 0"),
        ({"hidden": 0}, "hidden is 0"),
        ({"hidden": 2.5}, "hidden is 2.5"),
        ({"hidden": True}, "hidden is True"),
        ({"outputs": -1}, "outputs is -1"),
        ({"recurrent": "zeros"}, "recurrent is 'zeros'"),
        ({"cell": "RNN"}, "cell is 'RNN' but the cells are 'rnn', 'gru', 'lstm'"),
        ({"dtype": np.int64}, "int64"),
    ],
)
def test_init_refuses(change: dict[str, Any], words: str) -> None:
    settings: dict[str, Any] = {"cell": "rnn", "inputs": 3, "hidden": 2, "outputs": 4, **change}
    with pytest.raises(ValueError, match=words):
        rc.init(settings.pop("cell"), **settings)
