"""Which program of the bug lab is on the bench: a mystery, or one whose fault is known."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from rnn_core.bug_lab.faults import Fault
from rnn_core.bug_lab.recordings import SEEDS, BugRecord
from rnn_views.bug_lab.cases import (
    NONE,
    SLUGS,
    fault_of,
    hidden_fault,
    record_of,
    seed_of,
    title_of,
)
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls

MOST_CASES = 9_999
LABS = {"mystery": "A mystery", "known": "A known fault"}
CLEAN: dict[str, object] = {"guess": "", "tools": ""}
"""What another program starts with: nothing named, nothing measured."""


@dataclass(frozen=True)
class BugCase:
    """A program on the bench.

    Attributes
    ----------
    cell, slug : str
        `slug` names its fault in a link.
    seed, number : int
        `number` of the mystery.
    mystery : bool
        Whether the visitor is to find the fault.
    """

    cell: str
    slug: str
    seed: int
    number: int
    mystery: bool

    @property
    def record(self) -> BugRecord:
        """What was recorded of it."""
        return record_of(self.cell, self.slug, self.seed)

    @property
    def right(self) -> BugRecord:
        """The right program with the same weights and batches."""
        return record_of(self.cell, NONE, self.seed)

    @property
    def fault(self) -> Fault | None:
        """What the engine knows of its fault, if it has one."""
        return fault_of(self.slug)

    @property
    def name(self) -> str:
        """What tells it from all others; it gives nothing away."""
        what = str(self.number) if self.mystery else self.slug
        return f"{self.cell} {what}"


def choose_case() -> BugCase:
    """Offer a mystery or a known fault, and the cell; return the program."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="bug-row"):
        lab = controls.segmented("lab", "On the bench", LABS, also=start_clean)
        if lab == "known":
            st.selectbox(
                "Fault",
                list(SLUGS),
                index=list(SLUGS).index(settings.get().fault),
                format_func=title_of,
                width=280,
                **settings.widget_args("fault", also=start_clean),
            )
        controls.segmented("cell", "Cell", controls.CELLS, also=start_clean)
        if lab == "mystery":
            number = settings.get().case
            st.button(
                "Next case",
                icon=":material/skip_next:",
                key="next-case",
                **settings.on_click_set(case=number % MOST_CASES + 1, **CLEAN),
            )
    return case_of()


def start_clean(value: object) -> dict[str, object]:
    """Return the settings with which another program opens."""
    return dict(CLEAN)


def case_of() -> BugCase:
    """Return the program the settings ask for."""
    chosen = settings.get()
    mystery = chosen.lab == "mystery"
    if not mystery:
        seeds = f"programs with a known fault are recorded for seeds 0 to {SEEDS - 1}"
        settings.fit("seed", chosen.seed % SEEDS, seeds)
    number = chosen.case
    return BugCase(
        cell=chosen.cell,
        slug=hidden_fault(number) if mystery else chosen.fault,
        seed=seed_of(number) if mystery else chosen.seed % SEEDS,
        number=number,
        mystery=mystery,
    )
