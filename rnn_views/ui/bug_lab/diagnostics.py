"""The four instruments of the bug lab: what each does, and what it says of the program."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from rnn_core.bug_lab.diagnostics import SAME, TOLERANCE
from rnn_core.bug_lab.experiment import STEPS, VARIANTS
from rnn_views.bug_lab.cases import TITLES, verdict
from rnn_views.figures.training.bug_lab import overfit_curve
from rnn_views.number_format import format_number
from rnn_views.ui.bug_lab.program import BugCase
from rnn_views.ui.bug_lab.symptoms import show_sides
from rnn_views.ui.shell import header
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.bugs import CHECKED, judge_found

TIMES = [f"t = {t}" for t in range(1, STEPS + 1)]
LETTERS = ("–", "a", "b", "c", "d")
HOW = dict(
    zip(VARIANTS, ("As it is", "Sequences of one step", "With a symmetric W_hh"), strict=True)
)
SLUG_OF_HOW = {"plain": VARIANTS[0], "one": VARIANTS[1], "even": VARIANTS[2]}


def show_instruments(case: BugCase) -> None:
    """Offer the instruments; show the findings of those that were used."""
    st.header("Measure", anchor=False)
    if not case.mystery and not ask_check(case):
        return
    show: dict[str, Callable[[BugCase], None]] = {
        "check": show_check,
        "overfit": show_overfit,
        "permute": show_permutation,
        "count": show_count,
    }
    used = settings.get().tools.split("~")
    for pair in (("check", "overfit"), ("permute", "count")):
        for column, tool in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column.container(border=True, height="stretch", key=f"tool-{tool}"):
                st.subheader(TITLES[tool], anchor=False)
                header.show_text("bugs", tool)
                if tool in used or not case.mystery:
                    show[tool](case)
                else:
                    st.button(
                        "Measure",
                        icon=":material/science:",
                        key=f"use-{tool}",
                        **settings.on_click_set(tools="~".join(filter(None, [*used, tool]))),
                    )


def ask_check(case: BugCase) -> bool:
    """Ask whether the gradient check finds a known fault; return whether findings may be seen."""
    guess, reveal = controls.ask(
        f"check-{case.name}",
        "**Predict.** Does the gradient check find it? It compares the program's own gradient with "
        "the derivative of the program's own loss.",
        CHECKED,
        about=f"seed {case.seed}",
    )
    if guess is None:
        return False
    fault = case.fault
    with reveal:
        controls.show_verdict(guess, judge_found(verdict(case.record, "check")))
        kind = "right" if fault is None else fault.kind
        header.show_text("bugs", f"why-{kind}")
        show_sides(case)
    return True


def format_verdict(passed: bool | None, good: str, bad: str) -> None:
    """Say whether a program passes an instrument, by word, mark and colour."""
    if passed:
        st.success(f"**Passes.** {good}", icon=":material/check_circle:")
    else:
        st.error(f"**Fails.** {bad}", icon=":material/error:")


def show_check(case: BugCase) -> None:
    """Show the gradient check, weight by weight, in one of three ways to take it."""
    how = controls.segmented(
        "variant", "How to take it", {slug: HOW[name] for slug, name in SLUG_OF_HOW.items()}
    )
    check = case.record.checks[SLUG_OF_HOW[how]]
    if not check.rows:
        st.warning(
            "**Nothing to differentiate.** With one step, this program scores nothing at all: it "
            "has no loss.",
            icon=":material/help:",
        )
        return
    format_verdict(
        check.passed,
        "Every gradient is the derivative of the loss that this program computes.",
        "The gradient is not the derivative of the loss that this program computes.",
    )
    table = pd.DataFrame(
        [
            {
                "weight": row.name,
                "its worst entry": "[" + " → ".join(str(n + 1) for n in row.place) + "]",
                "program": format_exact(row.analytic),
                "derivative": format_exact(row.numeric),
                "relative error": format_number(row.error),
                "verdict": "passes" if row.passed else "fails",
            }
            for row in check.rows
        ]
    )
    st.table(table, hide_index=True, border="horizontal", alt="Gradients by weight")
    st.caption(
        f"Complex step; a relative error below {format_number(TOLERANCE, 1)} passes. "
        "A network of 5 units, three sequences."
    )


def format_exact(value: float) -> str:
    """Return a number with seven decimals, so that two sides of a check can be compared.

    >>> format_exact(-0.0044491)
    '−0.0044491'
    """
    return f"{value:.7f}".replace("-", "−")


def show_overfit(case: BugCase) -> None:
    """Show how one example is learned, and what is said in the end."""
    record = case.record
    format_verdict(
        verdict(record, "overfit"),
        "It gives every answer of the example.",
        "It does not learn the answers of its one example.",
    )
    show_figure(overfit_curve(record), key="bug-by-heart")
    rows = {
        "wanted": [LETTERS[k] for k in record.wanted],
        "says": [LETTERS[k] for k in record.said],
    }
    show_steps(rows)


def show_steps(rows: dict[str, list[str]]) -> None:
    """Show what is known of each step, the steps side by side."""
    table = pd.DataFrame([[name, *row] for name, row in rows.items()], columns=["at", *TIMES])
    st.table(table, hide_index=True, border="horizontal", alt="Step by step")


def show_permutation(case: BugCase) -> None:
    """Show by how much outputs change when a batch stands in another order."""
    difference = case.record.difference
    format_verdict(
        verdict(case.record, "permute"),
        f"No output changes by more than {format_number(SAME, 1)}: a sequence's answer is its own.",
        f"Outputs change by up to {format_number(max(difference), 3)}: a sequence's answer "
        "depends on "
        "its place in the batch.",
    )
    show_steps({"change": [format_number(value) for value in difference]})
    st.caption("The largest change of an output at each step, after the rows were put back.")


def show_count(case: BugCase) -> None:
    """Show how many numbers each weight has, for T steps and for T + 1."""
    counts = case.record.counts
    now, longer = sum(row[1] for row in counts), sum(row[2] for row in counts)
    format_verdict(
        verdict(case.record, "count"),
        f"{now:,} parameters, however long the sequence is.",
        f"{now:,} parameters for {STEPS} steps, {longer:,} for {STEPS + 1}: a longer sequence "
        "needs weights that nobody has trained.",
    )
    columns = ["weight", f"numbers at T = {STEPS}", f"at T = {STEPS + 1}"]
    table = pd.DataFrame(counts, columns=columns)
    st.table(table, hide_index=True, border="horizontal", alt="Parameters by weight")
