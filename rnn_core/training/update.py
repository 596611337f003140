"""One update of a fresh optimiser, from gradients that are at hand.

What ``NetworkStep`` does in place is done here on records, so that the update belongs to the very
gradients that are shown: those of an edited network, from another h₀, or of untied copies of W_hh.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from rnn_core.network import Network, NetworkGradients, Segment
from rnn_core.optim import flatten, make_optimizer, take_step, unflatten
from rnn_core.params import Array
from rnn_core.trace import NonFiniteError, Overflow
from rnn_core.untied import weight_gradients
from rnn_core.validation.values import check_number


def apply_update(
    network: Network,
    gradients: NetworkGradients,
    *,
    lr: float,
    optimizer: str = "adam",
    clip: float | None = None,
    weight_decay: float = 0.0,
) -> tuple[Network, float]:
    """Take one step of a fresh optimiser.

    Parameters
    ----------
    network : Network
    gradients : NetworkGradients
        Of a loss of this network. Each copy of an untied W_hh moves by its own gradient.
    lr : float > 0
    optimizer : "sgd", "momentum" or "adam"
    clip : float > 0 or None
        Largest joint norm of all gradients.
    weight_decay : float ≥ 0
        Decoupled: all weights shrink by the factor 1 − lr · weight_decay.

    Returns
    -------
    network : Network
        One update later.
    norm : float
        The joint norm of the gradients before clipping.

    Raises
    ------
    ValueError
        When lr, clip or weight_decay is out of range.
    NonFiniteError
        When a gradient, or what it was made of, is not finite.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=4, hidden=3, outputs=4)
    >>> network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params),))
    >>> traces = rc.run(network, [np.zeros((5, 1), int)])
    >>> before, dlogits = rc.loss_of(traces, np.ones((5, 1), int))
    >>> after, norm = apply_update(network, rc.backpropagate(network, traces, dlogits), lr=0.1)
    >>> rc.loss_of(rc.run(after, [np.zeros((5, 1), int)]), np.ones((5, 1), int))[0] < before
    True
    """
    lr, weight_decay = check_number("lr", lr), check_number("weight_decay", weight_decay)
    if clip is not None:
        clip = check_number("clip", clip, positive=True, endless=True)
    _check_finite(network, gradients)
    weights = _learned(network)
    vector, flat = flatten(weights), flatten(_moves(network, gradients))
    rule = make_optimizer(optimizer, vector.size, vector.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        norm = take_step(rule, vector, flat, lr, clip, weight_decay)
    if not isfinite(norm):
        # Each step's gradient is finite, but not their sum.
        raise NonFiniteError(network.segments[-1].ports.name, Overflow("total", 0))
    return _rebuilt(network, unflatten(vector, weights)), norm


def _learned(network: Network) -> list[Array]:
    """Return all that is learned, in one fixed order."""
    found: list[Array] = []
    for segment in network.segments:
        arrays = segment.params.arrays()
        if segment.copies is not None:
            arrays["W_hh"] = segment.copies
        found += arrays.values()
        if segment.embedding is not None:
            found.append(segment.embedding)
    return found


def _moves(network: Network, gradients: NetworkGradients) -> list[Array]:
    """Return the gradient of each array of ``_learned``."""
    found: list[Array] = []
    parts = zip(network.segments, gradients.segments, gradients.embeddings, strict=True)
    for segment, one, embedding in parts:
        arrays = weight_gradients(one)
        if segment.copies is not None:
            unused = np.zeros_like(segment.copies[one.trace.steps :])
            arrays["W_hh"] = np.concatenate([arrays["W_hh"], unused])
        found += arrays.values()
        if embedding is not None:
            found.append(embedding)
    return found


def _rebuilt(network: Network, arrays: list[Array]) -> Network:
    """Return the network with these arrays, in the order of ``_learned``."""
    left = iter(arrays)

    def rebuild(segment: Segment) -> Segment:
        held = {name: next(left) for name in segment.params.arrays()}
        copies = None
        if segment.copies is not None:
            copies, held["W_hh"] = held["W_hh"], segment.params.W_hh
        embedding = None if segment.embedding is None else next(left)
        params = segment.params.with_arrays(held)
        return replace(segment, params=params, embedding=embedding, copies=copies)

    return replace(network, segments=tuple(rebuild(segment) for segment in network.segments))


def _check_finite(network: Network, gradients: NetworkGradients) -> None:
    names = [segment.ports.name for segment in network.segments]
    for name, one in zip(names, gradients.segments, strict=True):
        found = one.trace.first_overflow()
        if found is not None:
            raise NonFiniteError(name, found)
    for name, one in reversed(list(zip(names, gradients.segments, strict=True))):
        found = one.first_overflow()
        if found is not None:
            raise NonFiniteError(name, found)
