"""How well a network does on a split: one function per metric, batched over the whole split."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from rnn_core.generation.free_running import decode
from rnn_core.losses import cross_entropy
from rnn_core.network import Network, run
from rnn_core.tasks.dataset import Split


def accuracy(network: Network, split: Split) -> float:
    """Share of the scored steps whose largest logit is the target's, 0..1."""
    batch = split.batch()
    logits = run(network.astype(np.float32), batch.inputs, batch.lengths)[-1].logits
    scored = batch.targets >= 0
    return float((logits.argmax(axis=-1) == batch.targets)[scored].mean())


def exact_match(network: Network, split: Split) -> float:
    """Share of the examples whose whole answer is right when the network runs free, 0..1.

    Nothing of the right answer is fed: each step reads what the network said before (greedy).
    """
    batch = split.batch()
    steps, size = batch.targets.shape
    traces = decode(
        network.astype(np.float32),
        batch.inputs[:-1],
        np.zeros(size, dtype=np.int64),
        steps,
        stop=0,
        lengths=batch.lengths[:-1],
    )
    said = traces[-1].logits.argmax(axis=-1)
    if len(said) < steps:
        said = np.concatenate([said, np.zeros((steps - len(said), size), dtype=said.dtype)])
    return float(((said == batch.targets) | (batch.targets < 0)).all(axis=0).mean())


def nats_per_step(network: Network, split: Split) -> float:
    """Mean -log p of the right next token over all scored steps, in nats."""
    batch = split.batch()
    logits = run(network.astype(np.float32), batch.inputs, batch.lengths)[-1].logits
    return cross_entropy(logits, batch.targets)[0]


MEASURES: Mapping[str, Callable[[Network, Split], float]] = {
    "accuracy": accuracy,
    "exact match": exact_match,
    "nats per character": nats_per_step,
}
