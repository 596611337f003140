"""Networks at use: the last segment runs free, each output its next input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rnn_core.generation.step import check_running, choose, step
from rnn_core.input_validation import check_array, check_tokens, is_tokens
from rnn_core.network import (
    Network,
    Segment,
    check_count,
    last_state,
    look_up,
    per_segment,
    run_segment,
    run_segments,
)
from rnn_core.params import Array
from rnn_core.trace import Trace
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_whole


@takes(
    network=Network,
    several={"inputs_before": object, "lengths": object},
    arrays=("first", "h0", "c0"),
)
def decode(
    network: Network,
    inputs_before: Sequence[npt.ArrayLike],
    first: npt.ArrayLike,
    steps: int,
    stop: int | None = None,
    temperature: float = 0.0,
    seed: int = 0,
    lengths: Sequence[npt.ArrayLike | None] | None = None,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
) -> tuple[Trace, ...]:
    """Let the last segment run free after the others have read.

    Parameters
    ----------
    network : Network
    inputs_before : per segment but the last, what it reads; () for a single segment
    first : array, shape (B,), tokens
        The first token of the last segment.
    steps : int ≥ 1
        At most so many; an untied segment ends with its copies.
    stop : int, optional
        A sequence ends with the step at which it says this token; the run ends when all have.
    temperature : float ≥ 0
        0 takes the largest logit; else draws from softmax(logits / temperature).
    seed : int
    lengths : per segment before, (B,) or None, optional
    h0, c0 : array, shape (B, H), optional
        Starting state of the first segment.

    Returns
    -------
    tuple of Trace
        The last one holds what was really fed (``tokens``), with ``lengths`` where some ended
        before others; a sequence's padding is fed its stop token.

    Raises
    ------
    ValueError
        When shapes do not fit or outputs cannot be inputs.
    """
    steps, temperature, seed = check_running(steps, temperature, seed)
    *before, last = network.segments
    check_count("inputs_before", inputs_before, before)
    if stop is not None:
        stop = check_whole("stop", stop, least=0, most=last.params.outputs - 1)
    traces = run_segments(before, inputs_before, per_segment(lengths, before), h0, c0)
    if traces:
        h0, c0 = last_state(traces[-1])
    fed, ended = _run_free(last, _first_tokens(last, first), steps, stop, temperature, seed, h0, c0)
    uneven = ended if (ended < len(fed)).any() else None
    traces.append(run_segment(last, fed, h0, c0, uneven))
    return tuple(traces)


def _first_tokens(segment: Segment, first: npt.ArrayLike) -> Array:
    tokens = np.asarray(first)
    if tokens.ndim != 1 or not is_tokens(tokens) or not len(tokens):
        raise ValueError(
            f"first is {tokens.dtype} of shape {tokens.shape} but (B,) whole-number tokens expected"
        )
    if segment.params.outputs > segment.vocabulary:
        raise ValueError(
            f"C={segment.params.outputs} outputs cannot be fed back to a vocabulary of "
            f"{segment.vocabulary} tokens"
        )
    check_tokens("first", tokens, segment.vocabulary)
    return tokens


def _run_free(
    segment: Segment,
    first: Array,
    steps: int,
    stop: int | None,
    temperature: float,
    seed: int,
    h0: npt.ArrayLike | None,
    c0: npt.ArrayLike | None,
) -> tuple[Array, Array]:
    """Return the tokens fed, shape (T, B), and at which length each sequence ended, shape (B,)."""
    rng = np.random.default_rng(seed)
    params = segment.params
    if segment.copies is not None:  # the next step has no W_hh
        steps = min(steps, len(segment.copies))
    shape = (len(first), params.hidden)
    h = np.zeros(shape, params.dtype) if h0 is None else check_array("h0", h0, shape)
    c = None if c0 is None else check_array("c0", c0, shape)
    if c is None and params.cell == "lstm":
        c = np.zeros(shape, params.dtype)
    fed, ended = [first], np.full(len(first), steps)
    for t in range(1, steps + 1):
        h, c, logits = step(segment.params_at(t - 1), look_up(segment, fed[-1]), h, c)
        said = choose(logits, temperature, rng)
        if stop is not None:
            ended[(said == stop) & (ended > t)] = t
            said = np.where(ended <= t, stop, said)
        if t == steps or (ended <= t).all():
            break
        fed.append(said)
    return np.stack(fed), np.minimum(ended, len(fed))
