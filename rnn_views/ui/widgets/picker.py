"""A choice out of a few things that are better drawn than named: a topology, a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from rnn_core.topology import Topology
from rnn_views.component_values import as_one_of
from rnn_views.ui.state import settings

ASSETS = Path(__file__).parents[3] / "assets" / "frame"

_PICKER = st.components.v2.component(
    "picker",
    css=(ASSETS / "picker.css").read_text(encoding="utf-8"),
    js=(ASSETS / "picker.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Option:
    """One thing to choose: its id, its name, a line below it, and what is drawn."""

    id: str
    name: str
    note: str = ""
    columns: tuple[dict[str, bool], ...] = ()
    picture: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return what the browser draws; absent parts are absent."""
        parts = {"id": self.id, "name": self.name, "note": self.note, "picture": self.picture}
        return {key: part for key, part in parts.items() if part} | (
            {"columns": list(self.columns)} if self.columns else {}
        )


def pick(
    label: str, options: Sequence[Option], chosen: str, *, key: str, change: Callable[[str], object]
) -> None:
    """Show the options with one of them marked; `change` is called with the id that is picked."""
    ids = {option.id for option in options}

    def take() -> None:
        picked = settings.component_value(key, "picked", as_one_of(ids))
        if picked is not None:
            change(picked)

    _PICKER(
        key=key,
        data={
            "label": label,
            "options": [option.as_data() for option in options],
            "chosen": chosen,
        },
        on_picked_change=take,
        height="content",
    )


def draw_ports(topology: Topology, steps: Sequence[int]) -> tuple[dict[str, bool], ...]:
    """Return a schematic of a topology, one column per step: where it reads and where it speaks."""
    columns = []
    for number, (ports, count) in enumerate(zip(topology.segments, steps, strict=True)):
        for t in range(count):
            columns.append(
                {
                    "reads": ports.reads == "data",
                    "says": ports.says == "each" or (ports.says == "last" and t == count - 1),
                    "fed": ports.reads == "feedback" and t > 0,
                    "starts": number > 0 and t == 0,
                    "second": number > 0,
                }
            )
    return tuple(columns)
