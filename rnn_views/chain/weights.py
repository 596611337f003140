"""Weights as the picture of one example needs them: old and new, and the gradient of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_core.norms import safe_norms
from rnn_views.chain.encoding import Data, finite, pack

if TYPE_CHECKING:
    from rnn_core.network import Segment
    from rnn_core.tasks.prediction import ExampleRun
    from rnn_core.trace import Trace
    from rnn_core.training.batch_pass import BatchRun

WIDE = 96
"""Inputs with more rows in W_xh than this travel with the rows that matter here."""
ROWS_KEPT = 40
"""How many rows of a wide W_xh travel when the input is dense (tokens: the rows they pick)."""


def rows_used(trace: Trace) -> Any:
    """Return which rows of W_xh travel, as indices.

    Tokens pick rows: those. A dense input has all rows up to `WIDE`; beyond it the `ROWS_KEPT`
    whose share |x| ‖W_xh[row]‖ is largest over the steps.
    """
    if trace.x.ndim == 2:
        return np.array(list(dict.fromkeys(trace.x[:, 0].tolist())), dtype=int)
    count = trace.params.W_xh.shape[0]
    if count <= WIDE:
        return np.arange(count)
    share = np.abs(trace.x[:, 0]).max(axis=0) * safe_norms(trace.params.W_xh)
    return np.sort(np.argsort(-share, kind="stable")[:ROWS_KEPT])


def rows_of(trace: Trace, rows: Any, labels: tuple[str, ...]) -> Data:
    """Return which rows of W_xh travel, what they are called, and which row each token picks."""
    count = int(trace.params.W_xh.shape[0])
    if trace.x.ndim == 3:
        return {"index": rows.tolist(), "of": count, "names": None, "picked": None}
    tokens = trace.x[:, 0].tolist()
    place = {token: at for at, token in enumerate(rows.tolist())}
    names = dict(zip(tokens, labels, strict=True))
    return {
        "index": rows.tolist(),
        "of": count,
        "names": [names[token] for token in rows.tolist()],
        "picked": [place[token] for token in tokens],
    }


def pack_weights(params: Any, rows: Any) -> Data:
    """Return the weights (or their gradients), W_xh by the chosen rows."""
    data = {
        "W_xh": pack(params.W_xh[rows]),
        "W_hh": pack(params.W_hh),
        "W_hy": pack(params.W_hy),
        "b_h": pack(params.b_h),
        "b_y": pack(params.b_y),
    }
    if params.b_hn is not None:
        data["b_hn"] = pack(params.b_hn)
    return data


def pack_update(before: ExampleRun, after: ExampleRun, rate: str) -> Data:
    """Return the weights one update later, and the loss of the same example with them."""
    new = after.network.segments
    old = before.network.segments
    for mine, other in zip(old, new, strict=True):
        if mine.params.W_xh.shape != other.params.W_xh.shape:
            raise ValueError(
                f"after has W_xh {other.params.W_xh.shape} but reading has {mine.params.W_xh.shape}"
            )
    rows = [rows_used(trace) for trace in before.traces]
    return {
        "rate": rate,
        "loss_before": finite(before.loss),
        "loss_after": finite(after.loss),
        "segments": [pack_new(segment, used) for segment, used in zip(new, rows, strict=True)],
    }


def pack_new(segment: Segment, rows: Any) -> Data:
    """Return the weights of a segment after the update."""
    copies = {} if segment.copies is None else {"copies": pack(segment.copies)}
    return {**pack_weights(segment.params, rows), **copies}


def pack_batch(example_run: ExampleRun, before: BatchRun, after: BatchRun, number: int) -> Data:
    """Return what a batch's mean gradient is, and how much of it is this example's.

    "part" of "scored" steps are this example's, so the mean weighs its gradient by part / scored.
    """
    rows = [rows_used(trace) for trace in example_run.traces]
    totals = (one.total for one in before.gradients.segments)
    return {
        "size": len(before.scored),
        "number": number,
        "part": int(before.scored[number - 1]),
        "scored": int(before.scored.sum()),
        "norm": finite(before.gradients.norm),
        "loss_before": finite(before.loss),
        "loss_after": finite(after.loss),
        "segments": [pack_weights(total, used) for total, used in zip(totals, rows, strict=True)],
    }
