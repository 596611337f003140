"""What a visitor changes by hand: a weight, h₀, an input, the recurrent wire, a loss flag, a copy.

An `Edit` says which number becomes what; a list of them, in the order in which they were made,
stands in the link as `W_hh.3.5_0.25~h0.2_-0.5~decoder-loop_0.5`. Places count from 1 and steps over
all segments, as on the screen. `rnn_views.edits.result` applies them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 60
"""How many edits one screen keeps."""
LARGEST_PLACE: Final = 9_999


@dataclass(frozen=True)
class Kind:
    """One kind of edit: how many numbers name its place, and which values it takes."""

    places: int
    low: float
    high: float
    accepts: str
    whole: bool = False


OWNERS: Final = ("", "decoder", "rival", "rival-decoder")
"""Whose numbers: "" are the first segment's; of two pictures on a page the second is the rival."""

MOST_COPIES: Final = 99
KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("W_xh", "W_hh", "W_hy"), Kind(2, -100.0, 100.0, "from -100 to 100")),
    **dict.fromkeys(("b_h", "b_hn", "b_y"), Kind(1, -100.0, 100.0, "from -100 to 100")),
    **dict.fromkeys(("h0", "c0"), Kind(1, -10.0, 10.0, "from -10 to 10")),
    "x": Kind(2, -100.0, 100.0, "from -100 to 100"),
    "loop": Kind(0, 0.0, 3.0, "a factor from 0 to 3"),
    "flag": Kind(1, 0.0, 1.0, "0 or 1", whole=True),
    "untie": Kind(0, 0.0, MOST_COPIES, f"a whole number of copies, 0 to {MOST_COPIES}", whole=True),
    "copy": Kind(3, -100.0, 100.0, "from -100 to 100"),
}


@dataclass(frozen=True)
class Edit:
    """One number that becomes another.

    Attributes
    ----------
    kind : str
        A weight's name, "h0", "c0", "x" (step, entry), "loop" (the factor on W_hh), "flag" (step),
        "untie" (into how many copies of W_hh; 0 ties it) or "copy" (step, row, column of one).
    place : tuple of int
        Row and column, or unit, or step; counted from 1.
    value : float
    owner : str
        One of `OWNERS`.

    Raises
    ------
    ValueError
        When the kind is unknown, the place has another number of parts, or the value is outside
        its bounds; the message says what is accepted.
    """

    kind: str
    place: tuple[int, ...]
    value: float
    owner: str = ""

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind)
        if kind is None or self.owner not in OWNERS:
            raise ValueError(f"{self.kind!r} cannot be edited; expected one of {', '.join(KINDS)}")
        if len(self.place) != kind.places or not all(1 <= p <= LARGEST_PLACE for p in self.place):
            raise ValueError(
                f"{self.kind} has the place {self.place}; expected {kind.places} whole numbers "
                f"from 1 to {LARGEST_PLACE}"
            )
        good = math.isfinite(self.value) and kind.low <= self.value <= kind.high
        if not good or (kind.whole and self.value != int(self.value)):
            raise ValueError(f"{self} has a value that cannot be used: it is {kind.accepts}")

    def __str__(self) -> str:
        """Return the edit as it stands in a link."""
        whose = f"{self.owner}-" if self.owner else ""
        return whose + ".".join((self.kind, *map(str, self.place))) + f"_{self.value:.6g}"

    @property
    def where(self) -> tuple[str, str, tuple[int, ...]]:
        """What is edited: of two edits of one place the later counts."""
        return self.owner, self.kind, self.place

    @property
    def segment(self) -> int:
        """Number of the segment, from 0."""
        return int(self.owner.endswith("decoder"))

    @property
    def name(self) -> str:
        """What is edited, as it is read: `W_hh[3 → 5]`, `the decoder’s b_h[2]`."""
        whose = f"the {self.owner.replace('-', '’s ')}’s " if self.owner else ""
        arrow = " → ".join(map(str, self.place))
        match self.kind:
            case "loop":
                return f"the factor on {whose}W_hh"
            case "untie":
                return f"{whose}W_hh in copies"
            case "flag":
                return f"the loss flag at t = {self.place[0]}"
            case "x":
                return f"{whose}x at t = {self.place[0]}, entry {self.place[1]}"
            case "copy":
                place = " → ".join(map(str, self.place[1:]))
                return f"{whose}W_hh of t = {self.place[0]} [{place}]"
        return f"{whose}{self.kind}[{arrow}]"


def parse_edit(text: str) -> Edit:
    """Return the edit a piece of a link stands for.

    >>> parse_edit("W_hh.3.5_0.25")
    Edit(kind='W_hh', place=(3, 5), value=0.25, owner='')
    >>> parse_edit("decoder-b_h.2_1").name
    'the decoder’s b_h[2]'

    Raises
    ------
    ValueError
        When it stands for none.
    """
    head, _, number = text.rpartition("_")
    whose, _, what = head.rpartition("-")
    kind, *places = what.split(".")
    plain = len(text) <= 60 and text.isascii() and not set(number) & set(" _")
    if not plain or not all(place.isdigit() for place in places):
        raise ValueError(f"{text[:40]!r} is no edit; one reads like W_hh.3.5_0.25")
    # Rounded as it is written, so that a link gives the very same number back.
    return Edit(kind, tuple(map(int, places)), float(f"{float(number):.6g}") + 0.0, whose)


def parse_edits(text: str) -> tuple[Edit, ...]:
    """Return the edits of a link, at most `MOST`, in the order in which they were made."""
    pieces = text.split("~") if text else []
    if len(pieces) > MOST:
        raise ValueError(f"{len(pieces)} edits are given; expected at most {MOST}")
    return tuple(parse_edit(piece) for piece in pieces)


def write_edits(edits: Sequence[Edit]) -> str:
    """Return edits as they stand in a link.

    >>> write_edits((Edit("h0", (2,), -0.5), Edit("loop", (), 0.0)))
    'h0.2_-0.5~loop_0'
    """
    return "~".join(map(str, edits))


def add_edit(edits: Sequence[Edit], edit: Edit, *, continues: bool = False) -> tuple[Edit, ...]:
    """Return the list with one more edit.

    One that continues the gesture before (a drag, a held key) replaces what that gesture had set.
    When the list is full, edits that later ones have overruled go first.

    Raises
    ------
    ValueError
        When `MOST` different numbers are edited already.
    """
    same = bool(edits) and edits[-1].where == edit.where
    grown = (*(edits[:-1] if continues and same else edits), edit)
    if len(grown) > MOST:
        grown = last_of_each(grown)
    if len(grown) > MOST:
        raise ValueError(f"{MOST} numbers are edited already; undo some, or reset them all")
    return grown


def last_of_each(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits that count: of each place the last one."""
    final: dict[object, Edit] = {}
    for edit in edits:
        final.pop(edit.where, None)
        final[edit.where] = edit
    return tuple(final.values())
