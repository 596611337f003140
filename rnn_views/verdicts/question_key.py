"""What a question was asked of: one short text for all that decides its truth."""

from __future__ import annotations

from hashlib import blake2b

from rnn_core.network import Network
from rnn_core.tasks import ExampleRun


def asked_of_network(network: Network) -> str:
    """Return a text that differs between networks of different weights or cells.

    >>> from rnn_core.tasks import TASKS
    >>> one, other = (TASKS["digits"].network(seed=seed) for seed in (0, 1))
    >>> asked_of_network(one) == asked_of_network(other)
    False
    """
    digest = blake2b(digest_size=8)
    for segment in network.segments:
        params = segment.params
        digest.update(f"{params.cell} {params.activation}".encode())
        for name, array in params.arrays().items():
            digest.update(f"{name} {array.shape} {array.dtype}".encode())
            digest.update(array.tobytes())
        if segment.copies is not None:
            digest.update(segment.copies.tobytes())
    return digest.hexdigest()


def asked_of_reading(example_run: ExampleRun) -> str:
    """Return a text for a reading: its network, what is fed, and what is scored.

    Two readings with the same text give the same states and the same losses.
    """
    digest = blake2b(asked_of_network(example_run.network).encode(), digest_size=8)
    for trace in example_run.traces:
        for array in (trace.x, trace.h[0]):
            digest.update(f"{array.shape} {array.dtype}".encode())
            digest.update(array.tobytes())
    digest.update(example_run.targets.tobytes())
    return digest.hexdigest()
