"""Teacher forcing in shares: some steps of a decoder read the target, the others its own output.

With share 1 every step reads the target before it (Williams & Zipser 1989); with share 0 every step
reads what the network itself said, as in use; between the two a coin is tossed for each step of
each sequence (scheduled sampling, Bengio et al. 2015).

What is fed instead is the token with the largest logit, in a forward pass that is fed the same
mixture up to there. The choice of a token has no derivative: no gradient goes through it, so BPTT
treats the fed tokens as given, like any input.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from rnn_core.generation.step import step
from rnn_core.input_validation import writable
from rnn_core.network import Batch, Network, last_state, look_up, run, run_segments
from rnn_core.params import Array
from rnn_core.trace import Trace


def check_share(share: float, reads: str) -> None:
    """Refuse a share outside 0..1, and less than 1 where nothing is fed back.

    Parameters
    ----------
    share : float
        Probability that a step is fed the target.
    reads : "data" or "feedback"
        What the last segment reads.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"teacher is {share!r} but a share from 0 to 1 is expected")
    if share < 1 and reads != "feedback":
        raise ValueError(
            f"teacher is {share!r} but this network reads data, not its own output; only 1 fits"
        )


def sample_teacher_forcing_mask(
    share: float, steps: int, batch: int, seed: tuple[int, ...]
) -> Array:
    """Return which steps are fed the target, bool, shape (T, B); the first always is.

    >>> sample_teacher_forcing_mask(0.0, 3, 2, (0,)).tolist()
    [[True, True], [False, False], [False, False]]
    """
    taught: Array = np.random.default_rng(seed).random((steps, batch)) < share
    taught[0] = True
    return taught


def feed_own_output(
    network: Network,
    batch: Batch,
    taught: Array,
    h0: Array | None = None,
    c0: Array | None = None,
) -> Batch:
    """Return the batch with the decoder's input replaced by its own output where not taught.

    Parameters
    ----------
    network : Network
        Its last segment reads tokens.
    batch : Batch
        Its last input holds what a taught decoder is fed.
    taught : array, shape (T, B), bool
    h0, c0 : array, shape (B, H), optional
        Starting state of the first segment.

    Returns
    -------
    Batch

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> task = TASKS["french"]
    >>> batch = task.data().test.batch([0, 1, 2])
    >>> taught = np.ones(batch.inputs[1].shape, bool)
    >>> np.array_equal(feed_own_output(task.network(), batch, taught).inputs[1], batch.inputs[1])
    True
    """
    if taught.all():
        return batch
    *before, last = network.segments
    limits = batch.lengths or (None,) * len(batch.inputs)
    traces = run_segments(before, batch.inputs[:-1], limits[:-1], h0, c0)
    shape = (batch.size, network.hidden)
    start = np.zeros(shape, last.params.dtype) if h0 is None else np.asarray(h0)
    h, c = last_state(traces[-1]) if traces else (start, c0)
    if c is None and network.cell == "lstm":
        c = np.zeros(shape, last.params.dtype)
    fed = writable(np.asarray(batch.inputs[-1]))
    for t in range(len(fed) - 1):
        h, c, logits = step(last.params, look_up(last, fed[t]), h, c)
        own = logits.argmax(axis=-1)
        fed[t + 1] = np.where(taught[t + 1], fed[t + 1], own)
    return replace(batch, inputs=(*batch.inputs[:-1], fed))


def run_partly_taught(
    network: Network,
    inputs: Sequence[Array],
    own: Collection[int],
    h0: Array | None = None,
    c0: Array | None = None,
) -> tuple[Trace, ...]:
    """Run a network whose last segment is fed its own output at chosen steps.

    It reads forward once more for each of them, which is slow and small: for one example that is
    looked at, with any h₀ and with untied weights.

    Parameters
    ----------
    network : Network
        Its last segment reads tokens.
    inputs : per segment, (T_s, B) tokens or (T_s, B, D) float
        The last holds what a taught decoder is fed.
    own : whole numbers
        Steps of the last segment, from 0, that read what the step before said. Step 0 has none
        before it.
    h0, c0 : array, shape (B, H), optional

    Returns
    -------
    tuple of Trace, one per segment

    Raises
    ------
    ValueError
        For a step that is not there, or has no output before it.

    Examples
    --------
    >>> from rnn_core.tasks import TASKS
    >>> task = TASKS["french"]
    >>> traces = run_partly_taught(task.network(), task.example(0).batch.inputs, {1})
    >>> said = traces[-1].logits[0].argmax(axis=-1)
    >>> np.array_equal(traces[-1].tokens[1], said)
    True
    """
    *before, fed = inputs
    fed = writable(np.asarray(fed))
    outside = [t for t in own if not 0 < t < len(fed)]
    if outside:
        raise ValueError(f"own holds step {outside[0]} but steps 1 to {len(fed) - 1} are expected")
    traces = run(network, [*before, fed], h0=h0, c0=c0)
    for t in sorted(own):
        fed[t] = traces[-1].logits[t - 1].argmax(axis=-1)
        traces = run(network, [*before, fed], h0=h0, c0=c0)
    return traces
