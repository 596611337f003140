"""Networks of segments: unrolls in a row, each handing its last state to the next.

An encoder–decoder, a captioner and a plain network differ in their ports alone. A learned
embedding is a look-up before a segment: its rows are read as dense x, ``Trace.tokens`` remembers
what was looked up, and its gradient scatters ``dx`` back to those rows. Hand-over is ``h[-1]``
(and lstm's ``c[-1]``) forward, and ``dh0`` → ``dh_last`` (``dc0`` → ``dc_last``) backward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rnn_core.input_validation import check_tokens, is_tokens
from rnn_core.losses import cross_entropy, squared_error
from rnn_core.norms import safe_norm
from rnn_core.params import Array, Params
from rnn_core.record import Record, read_only, read_only_copy
from rnn_core.topology import Ports, Topology
from rnn_core.trace import Gradients, Trace
from rnn_core.unroll import forward
from rnn_core.untied import backward_any, check_copies, forward_untied, weight_gradients
from rnn_core.validation.arguments import check_kind, check_readable, takes


@dataclass(frozen=True, eq=False)
class Segment(Record):
    """One unroll of a network: its ports, its weights, and perhaps a learned embedding.

    Attributes
    ----------
    ports : Ports
    params : Params; C = 0 where the segment says nothing
    embedding : array, shape (V, D), optional
        Tokens are looked up here and read as dense x.
    copies : array, shape (n, H, G·H), optional
        Untied: a W_hh for each step instead of one; at most n steps can be read.
    """

    ports: Ports
    params: Params
    embedding: Array | None = None
    copies: Array | None = None

    def __post_init__(self) -> None:
        check_kind("ports", self.ports, Ports)
        check_kind("params", self.params, Params)
        for name in ("embedding", "copies"):
            check_readable(name, getattr(self, name))
        if self.ports.says != "none" and self.params.outputs == 0:
            raise ValueError(f"{self.ports.name} says {self.ports.says!r} but has C=0 outputs")
        if self.copies is not None:
            object.__setattr__(self, "copies", check_copies(self.params, self.copies))
        if self.embedding is None:
            return
        object.__setattr__(self, "embedding", read_only_copy(self.embedding))
        if (
            self.embedding.ndim != 2
            or self.embedding.shape[1] != self.params.inputs
            or not len(self.embedding)
        ):
            raise ValueError(
                f"{self.ports.name}: embedding has shape {self.embedding.shape} but "
                f"(V, {self.params.inputs}) with V ≥ 1 is expected by W_xh {self.params.W_xh.shape}"
            )
        if self.embedding.dtype != self.params.dtype:
            raise ValueError(
                f"{self.ports.name}: embedding has dtype {self.embedding.dtype} but the weights "
                f"have {self.params.dtype}"
            )

    @property
    def vocabulary(self) -> int:
        """How many tokens it knows: rows of the embedding, else of W_xh."""
        return self.params.inputs if self.embedding is None else int(self.embedding.shape[0])

    @property
    def size(self) -> int:
        """The number of parameters."""
        untied = 0 if self.copies is None else self.copies.size - self.params.W_hh.size
        return self.params.size + untied + (0 if self.embedding is None else self.embedding.size)

    def params_at(self, t: int) -> Params:
        """Return the weights of step t (from 0): the same at every step, unless untied."""
        return self.params if self.copies is None else replace(self.params, W_hh=self.copies[t])


@dataclass(frozen=True, eq=False)
class Network:
    """Segments in a row, with the topology that says what each reads and says."""

    topology: Topology
    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        check_kind("topology", self.topology, Topology)
        check_kind("segments", self.segments, tuple, list)
        for place, segment in enumerate(self.segments):
            check_kind(f"segments[{place}]", segment, Segment)
        wanted = tuple(ports.name for ports in self.topology.segments)
        given = tuple(segment.ports.name for segment in self.segments)
        if tuple(segment.ports for segment in self.segments) != self.topology.segments:
            raise ValueError(f"segments {given} do not have the ports of {wanted}")
        for name in ("cell", "hidden", "dtype"):
            found = {getattr(segment.params, name) for segment in self.segments}
            if len(found) > 1:
                raise ValueError(f"segments differ in {name}: {sorted(map(str, found))}")

    @property
    def cell(self) -> str:
        """The cell all segments share."""
        return self.segments[0].params.cell

    @property
    def hidden(self) -> int:
        """H, which all segments share because the state is handed over."""
        return self.segments[0].params.hidden

    @property
    def size(self) -> int:
        """The number of parameters of all segments and embeddings."""
        return sum(segment.size for segment in self.segments)

    def astype(self, dtype: npt.DTypeLike) -> Network:
        """Return a copy whose arrays have another dtype."""
        cast = (
            replace(
                segment,
                params=segment.params.astype(dtype),
                embedding=None if segment.embedding is None else segment.embedding.astype(dtype),
                copies=None if segment.copies is None else segment.copies.astype(dtype),
            )
            for segment in self.segments
        )
        return replace(self, segments=tuple(cast))


@dataclass(frozen=True, eq=False)
class Batch(Record):
    """Sequences to read and what should be said.

    Attributes
    ----------
    inputs : per segment, (T_s, B) whole-number tokens, or (T_s, B, D) float
    targets : array, shape (T, B), whole numbers, of the last segment; −1 = not scored
    lengths : per segment, (B,) whole numbers, or None; () where all are full
    """

    inputs: tuple[Array, ...]
    targets: Array
    lengths: tuple[Array | None, ...] = ()

    def __post_init__(self) -> None:
        if self.lengths and len(self.lengths) != len(self.inputs):
            raise ValueError(
                f"lengths are given for {len(self.lengths)} segments but inputs for "
                f"{len(self.inputs)}"
            )

    @property
    def size(self) -> int:
        """B, the number of sequences."""
        return int(np.shape(self.targets)[1])


@dataclass(frozen=True, eq=False)
class NetworkGradients(Record):
    """Gradients of each segment, and of each segment's embedding where it has one."""

    segments: tuple[Gradients, ...]
    embeddings: tuple[Array | None, ...]

    @property
    def norm(self) -> float:
        """The joint Euclidean norm over all segments and embeddings."""
        arrays = [array for grads in self.segments for array in weight_gradients(grads).values()]
        arrays += [array for array in self.embeddings if array is not None]
        return safe_norm([safe_norm(array) for array in arrays])


@takes(network=Network, several={"inputs": object, "lengths": object}, arrays=("h0", "c0"))
def run(
    network: Network,
    inputs: Sequence[npt.ArrayLike],
    lengths: Sequence[npt.ArrayLike | None] | None = None,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
) -> tuple[Trace, ...]:
    """Run each segment in turn, the last state of one as the first of the next.

    Parameters
    ----------
    network : Network
    inputs : per segment, (T_s, B) tokens or (T_s, B, D) float
    lengths : per segment, (B,) or None, optional
    h0, c0 : array, shape (B, H), optional
        Starting state of the first segment.

    Returns
    -------
    tuple of Trace, one per segment

    Raises
    ------
    ValueError
        When their number or a shape does not fit.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=4, hidden=3, outputs=2)
    >>> segment = rc.Segment(rc.MANY_TO_ONE.segments[0], params)
    >>> network = rc.Network(rc.MANY_TO_ONE, (segment,))
    >>> rc.run(network, [np.zeros((5, 2), int)])[-1].logits.shape
    (5, 2, 2)
    """
    check_count("inputs", inputs, network.segments)
    limits = per_segment(lengths, network.segments)
    return tuple(run_segments(network.segments, inputs, limits, h0, c0))


def run_segments(
    segments: Sequence[Segment],
    inputs: Sequence[npt.ArrayLike],
    lengths: Sequence[npt.ArrayLike | None],
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
) -> list[Trace]:
    """Run some segments, each from the last state of the one before."""
    traces: list[Trace] = []
    for segment, x, length in zip(segments, inputs, lengths, strict=True):
        traces.append(run_segment(segment, x, h0, c0, length))
        h0, c0 = last_state(traces[-1])
    return traces


def run_segment(
    segment: Segment,
    x: npt.ArrayLike,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
) -> Trace:
    """Run one segment, looking tokens up in its embedding where it has one."""
    given = np.asarray(x)
    read = look_up(segment, given)
    if segment.copies is None:
        trace = forward(segment.params, read, h0, c0, lengths)
    elif lengths is None:
        trace = forward_untied(segment.params, segment.copies, read, h0, c0)
    else:
        raise ValueError(f"{segment.ports.name} is untied: lengths are given but None is expected")
    return trace if read is given else replace(trace, tokens=read_only_copy(given))


def look_up(segment: Segment, x: Array) -> Array:
    """Return what the segment really reads: rows of its embedding for tokens, else x itself."""
    if segment.embedding is None or not is_tokens(x):
        return x
    check_tokens(f"input of {segment.ports.name}", x, segment.vocabulary)
    return np.asarray(segment.embedding[x])


def last_state(trace: Trace) -> tuple[Array, Array | None]:
    """Return the state that is handed over: h, and c of an lstm."""
    return trace.h[-1], None if trace.c is None else trace.c[-1]


def check_count(name: str, given: Sequence[object], segments: Sequence[Segment]) -> None:
    """Refuse a number of things that is not one per segment."""
    if len(given) != len(segments):
        raise ValueError(
            f"{name} are given for {len(given)} segments but there are {len(segments)}"
        )


def per_segment(
    lengths: Sequence[npt.ArrayLike | None] | None, segments: Sequence[Segment]
) -> Sequence[npt.ArrayLike | None]:
    """Return the lengths of each segment's sequences; None where all are full."""
    if lengths is None or len(lengths) == 0:
        return (None,) * len(segments)
    check_count("lengths", lengths, segments)
    return lengths


@takes(several={"traces": Trace}, arrays=("targets",))
def loss_of(traces: Sequence[Trace], targets: npt.ArrayLike) -> tuple[float, Array]:
    """Return the loss of the last segment, and its gradient of what that says.

    Cross entropy in nats where the targets are classes, (T, B) whole numbers; half the squared
    error where they are numbers, (T, B, C) floats. Targets beyond a sequence's length do not count.
    """
    wanted = np.asarray(targets)
    numbers = wanted.ndim == 3 and wanted.dtype.kind == "f"
    return (squared_error if numbers else cross_entropy)(
        traces[-1].logits, wanted, traces[-1].lengths
    )


@takes(network=Network, several={"traces": Trace}, arrays=("dlogits",))
def backpropagate(
    network: Network, traces: Sequence[Trace], dlogits: npt.ArrayLike, truncate: int | None = None
) -> NetworkGradients:
    """Send the gradient back through all segments, last to first.

    Parameters
    ----------
    network : Network
    traces : per segment, as ``run`` gave them
    dlogits : array, shape (T, B, C), of the last segment
    truncate : int, optional
        Chunk boundaries inside each segment; the hand-over is not cut.

    Returns
    -------
    NetworkGradients
    """
    check_count("traces", traces, network.segments)
    gradients = [backward_any(traces[-1], dlogits, None, None, truncate)]
    for trace in reversed(traces[:-1]):
        behind = gradients[0]
        gradients.insert(0, backward_any(trace, None, behind.dh0, behind.dc0, truncate))
    embeddings = tuple(
        _scatter(segment, grads) for segment, grads in zip(network.segments, gradients, strict=True)
    )
    return NetworkGradients(tuple(gradients), embeddings)


def _scatter(segment: Segment, grads: Gradients) -> Array | None:
    """Add each step's dx to the embedding row it was looked up by."""
    if segment.embedding is None:
        return None
    rows = np.zeros(segment.embedding.shape, grads.dh.dtype)
    if grads.dx is not None and grads.trace.tokens is not None:
        np.add.at(rows, grads.trace.tokens, grads.dx)
    return read_only(rows)
