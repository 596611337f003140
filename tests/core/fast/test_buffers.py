"""What is kept from one update to the next does not grow with how many sizes there were."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.buffers import STEPS_KEPT, Kept
from rnn_core.fast.output import ROWS_KEPT

LONGEST = 400
ONE_STEP = 8 * 1024  # bytes: more than the views of one time step of any cell


def memory_after(cell: str, lengths: range, batch: int, tokens: bool) -> int:
    """Bytes in use after an update at each length, beyond those after the longest alone."""
    step = rc.TrainingStep(rc.init(cell, inputs=3, hidden=4, outputs=3), LONGEST, batch)

    def update(T: int) -> None:
        x: Any = np.zeros((T, batch), int) if tokens else np.zeros((T, batch, 3), np.float32)
        step.update(x, np.zeros((T, batch), int))

    update(LONGEST)
    tracemalloc.start()
    for T in lengths:
        update(T)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize(("batch", "tokens"), [(1, False), (3, True)])
def test_memory_is_bounded_over_many_lengths(
    cell: str, batch: int, tokens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """60 lengths of 341 to 400 steps would be 22,000 steps of views; so many are not kept."""
    used = memory_after(cell, range(LONGEST - 59, LONGEST + 1), batch, tokens)
    assert used < STEPS_KEPT * ONE_STEP


def test_every_store_of_sizes_is_bounded() -> None:
    step = rc.TrainingStep(rc.init("rnn", inputs=1, hidden=1, outputs=2), 64, 2)
    for T in range(1, 65):
        for B in (1, 2):
            for x in (np.zeros((T, B, 1)), np.zeros((T, B), int)):
                step.update(x, np.zeros((T, B), int))
    fast = step._fast
    stores = [fast._readout._rows, fast._example._spaces, *(u._spaces for u in fast._unrolls)]
    assert all(isinstance(store, Kept) for store in stores)
    assert len(fast._readout._rows) <= ROWS_KEPT
    for spaces in stores[1:]:
        assert sum(steps for steps, _ in spaces) <= STEPS_KEPT


def test_a_size_that_comes_back_is_computed_right() -> None:
    """Memory is shared between sizes: nothing of another one may be left in it."""
    params = rc.init("rnn", inputs=2, hidden=3, outputs=3)
    rng = np.random.default_rng(0)
    step = rc.TrainingStep(params, 9, 2, lr=0.0, optimizer="sgd", dtype=np.float64)
    for T, B, start in ((9, 2, True), (3, 1, False), (9, 1, False), (4, 2, True), (3, 1, False)):
        x, targets = rng.standard_normal((T, B, 2)), rng.integers(0, 3, (T, B))
        h0 = rng.standard_normal((B, 3)) if start else None
        trace = rc.forward(params, x, h0)
        loss, dlogits = rc.cross_entropy(trace.logits, targets)
        total = rc.backward(trace, dlogits).total.arrays().values()
        assert step.update(x, targets, h0) == pytest.approx(loss, rel=1e-12)
        norm = np.sqrt(sum((array**2).sum() for array in total))
        assert step.gradient_norm == pytest.approx(norm, rel=1e-10)
