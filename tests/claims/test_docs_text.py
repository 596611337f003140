"""Figures and comparisons in docs/: serving, payload, rosetta, composition, engine."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rnn_core as rc
from rnn_views import turns
from rnn_views.chain.weights import ROWS_KEPT, WIDE, rows_used
from serving.descriptors import WANTED
from serving.messages import BURST, RATE
from tests.support import sample_readings as samples

ROOT = Path(__file__).resolve().parents[2]


def paper(name: str) -> str:
    return " ".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8").split())


def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_seconds_and_numbers_of_serving() -> None:
    told = paper("serving")
    assert re.search(r"GRACE_MS = 8_000\b", source("assets/frame/connection.js"))
    assert "after eight seconds" in told
    assert "ws_ping_interval=15" in source("scripts/serve.py")
    assert "a ping every 15 seconds" in told
    assert f"less than {WANTED:,} are left" in told
    assert turns.PATIENCE == 0.1
    assert "a tenth of a second at most" in told


def test_one_visitor_computes_at_a_time() -> None:
    assert turns.COMPUTING.most == 1


def test_messages_of_a_connection() -> None:
    assert f"{BURST} messages at once and {RATE:.0f} a second" in paper("serving")


def test_a_wide_picture_brings_its_strongest_rows() -> None:
    assert f"a picture of more than {WIDE} numbers" in paper("payload")
    assert f"brings the {ROWS_KEPT} rows whose share" in paper("payload")
    trace = samples.SAMPLES["caption"]().traces[0]
    assert trace.x.shape[2] == 768
    size = np.linalg.norm(trace.params.W_xh, axis=1) * np.abs(trace.x).max(axis=(0, 1))
    assert set(rows_used(trace)) == set(np.argsort(-size)[:ROWS_KEPT].tolist())


def test_when_a_picture_asks_again_and_for_the_page() -> None:
    assert "PAGE_REQUEST_AFTER = 2" in source("assets/chain/lib/requests.js")
    assert "After two sendings in vain" in paper("payload")
    assert "const IDLE_MS = 600" in source("assets/chain/edit/edit.js")
    assert "0.6 seconds after the last request" in paper("payload")


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_each_of_two_biases_gets_the_gradient_of_ours(cell: str) -> None:
    """Each of the two gets the gradient that ours gets; the sum of two equal moves is twice one."""
    params = rc.init(cell, inputs=2, hidden=3, outputs=2, seed=0)
    x, targets = np.random.default_rng(0).normal(size=(4, 1, 2)), np.array([[0], [1], [0], [1]])

    def loss_at(one: np.ndarray, two: np.ndarray) -> float:
        moved = replace(params, b_h=one + two)
        return rc.cross_entropy(rc.forward(moved, x).logits, targets)[0]

    half = params.b_h / 2
    trace = rc.forward(params, x)
    _, dlogits = rc.cross_entropy(trace.logits, targets)
    ours = rc.backward(trace, dlogits).total.b_h
    for entry in range(len(half)):
        step = np.zeros_like(half)
        step[entry] = 1e-6
        first = (loss_at(half + step, half) - loss_at(half - step, half)) / 2e-6
        second = (loss_at(half, half + step) - loss_at(half, half - step)) / 2e-6
        assert first == pytest.approx(ours[entry], rel=1e-5, abs=1e-9)
        assert second == pytest.approx(ours[entry], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_nothing_comes_back_over_a_boundary(name: str) -> None:
    params = rc.init(name, inputs=2, hidden=3, outputs=2, seed=0)
    x = np.random.default_rng(0).normal(size=(6, 1, 2))
    trace = rc.forward(params, x)
    dlogits = np.zeros_like(trace.logits)
    dlogits[-1] = 1.0
    cut = rc.backward(trace, dlogits, truncate=3)
    assert not cut.dh[:3].any()
    assert cut.dh[4:].any()


def test_every_intermediate_has_the_name_of_the_paper() -> None:
    trace = rc.forward(rc.init("lstm", inputs=2, hidden=3, outputs=2, seed=0), np.ones((4, 1, 2)))
    dlogits = np.ones_like(trace.logits)
    grads = rc.backward(trace, dlogits)
    for name in ("from_x", "from_h", "a", "h", "c", "gates", "logits"):
        assert getattr(trace, name) is not None
        assert f"`{name}" in paper("engine") or f"{name} " in paper("engine")
    for name in ("dh", "dh_local", "dh_recurrent", "dc", "da", "dx", "dh0", "dc0", "total"):
        assert getattr(grads, name) is not None
        assert name in paper("engine")


def test_two_readouts_added_are_one_of_both_states() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 2, 3))
    ahead, behind = (rc.init("gru", inputs=3, hidden=4, outputs=5, seed=seed) for seed in (3, 4))
    right, left = rc.forward(ahead, x), rc.forward(behind, x[::-1])
    both = np.concatenate([right.h[1:], left.h[1:][::-1]], axis=-1)
    W_hy = np.concatenate([ahead.W_hy, behind.W_hy])
    added = right.logits + left.logits[::-1]
    assert np.allclose(both @ W_hy + ahead.b_y + behind.b_y, added)


def test_reversed_sequences_start_at_a_real_step() -> None:
    lengths, t = np.array([7, 4]), np.arange(7)[:, None]
    mirrored = np.where(t < lengths, lengths - 1 - t, t)
    assert mirrored[0].tolist() == [6, 3]
    again = np.take_along_axis(mirrored, mirrored, 0)
    assert (again == t).all()  # its own inverse
