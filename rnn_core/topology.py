"""The types of RNN: one record of ports; each type is a value of it, none is a special case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rnn_core.record import ReadOnly

READS = ("data", "feedback")
SAYS = ("none", "last", "each")


@dataclass(frozen=True)
class Ports:
    """What one segment reads, says and is scored on.

    Attributes
    ----------
    name : str
        "network", "encoder", "decoder".
    reads : "data" or "feedback"
        Data at each step; or its own previous output (the target before it when taught).
    says : "none", "last" or "each"
        A loss flag stands wherever it says something.
    """

    name: str
    reads: str
    says: str

    def __post_init__(self) -> None:
        if self.reads not in READS:
            raise ValueError(f"reads is {self.reads!r} but it is one of {READS}")
        if self.says not in SAYS:
            raise ValueError(f"says is {self.says!r} but it is one of {SAYS}")


@dataclass(frozen=True)
class Topology:
    """One or more segments in a row; the last state of one is the first state of the next.

    The last segment is the one that is scored.
    """

    name: str
    segments: tuple[Ports, ...]

    def __post_init__(self) -> None:
        if not self.segments:
            raise ValueError("segments is empty; at least one is expected")
        if self.segments[-1].says == "none":
            raise ValueError(f"the last segment {self.segments[-1].name!r} says nothing to score")


ONE_TO_ONE = Topology("one to one", (Ports("network", "data", "last"),))
ONE_TO_MANY = Topology(
    "one to many", (Ports("encoder", "data", "none"), Ports("decoder", "feedback", "each"))
)
MANY_TO_ONE = Topology("many to one", (Ports("network", "data", "last"),))
ALIGNED = Topology("many to many, aligned", (Ports("network", "data", "each"),))
ENCODER_DECODER = Topology(
    "many to many, encoder–decoder",
    (Ports("encoder", "data", "none"), Ports("decoder", "feedback", "each")),
)

TOPOLOGIES: Mapping[str, Topology] = ReadOnly(
    {
        topology.name: topology
        for topology in (ONE_TO_ONE, ONE_TO_MANY, MANY_TO_ONE, ALIGNED, ENCODER_DECODER)
    }
)
