"""What a program of the bug lab has to learn, and how it goes."""

from __future__ import annotations

import streamlit as st

from rnn_core.bug_lab.experiment import STEPS
from rnn_views.bug_lab.cases import sample, title_of
from rnn_views.bug_lab.derivatives import compare_sides, describe_sides, table_sides
from rnn_views.bug_lab.snippets import lines_of
from rnn_views.figures.training.bug_lab import symptom_curves
from rnn_views.number_format import format_number, format_percent
from rnn_views.ui.bug_lab.program import BugCase
from rnn_views.ui.shell import header
from rnn_views.ui.widgets.figures import show_figure


def show_symptoms(case: BugCase) -> None:
    """Show the task, the fault where it is known, and the curves beside a right program's."""
    with st.container(key="bug-symptoms"):
        left, right = st.columns([2, 3], gap="large")
        with left:
            st.header(f"Case {case.number}" if case.mystery else title_of(case.slug), anchor=False)
            if not case.mystery:
                show_fault(case)
            header.show_text("bugs", "task")
            show_sample()
            st.markdown(describe_course(case))
        with right:
            st.header("How it learns", anchor=False)
            show_figure(symptom_curves(case.record, case.right), key="bug-curves")


def show_sample() -> None:
    """Show one sequence: what is read, and what is to be said."""
    read, said = sample()
    head = " | ".join(str(t) for t in range(1, STEPS + 1))
    rows = "\n".join(
        f"| {name} | {' | '.join(letters)} |" for name, letters in (("reads", read), ("says", said))
    )
    st.markdown(f"| t | {head} |\n|---|{'---|' * STEPS}\n{rows}")


def show_fault(case: BugCase) -> None:
    """Show what is wrong, and the line beside what it should be."""
    fault = case.fault
    if fault is None:
        st.markdown("Every line is as it should be.")
        return
    st.markdown(header.escape(fault.says))
    show_lines(case.slug, case.cell)


def show_lines(slug: str, cell: str) -> None:
    """Show the line a fault spoils, wrong and right."""
    lines = lines_of(slug, cell)
    if lines is not None:
        # Plain, since the colour of comments has too little contrast on a light page.
        st.code(f"# wrong\n{lines.wrong}\n# right\n{lines.right}", language=None)


def show_sides(case: BugCase) -> None:
    """Show the two slopes that the gradient check compares, and the one it never sees."""
    sides = compare_sides(case.cell, case.slug, case.seed)
    st.markdown(f"**Three slopes of {sides.place}** in a small copy of this program:")
    st.table(table_sides(sides), border="horizontal", width="content")
    st.markdown(describe_sides(case.slug))


def describe_course(case: BugCase) -> str:
    """Return in words where training ended, beside a right program."""
    now, right = case.record, case.right
    return (
        f"After {now.updates[-1]} updates it is correct at "
        f"**{format_percent(now.accuracy[-1])}** of "
        "the steps of sequences it never saw, a correct program at "
        f"{format_percent(right.accuracy[-1])}. Its own training loss is "
        f"**{format_number(now.losses[-1], 3)}** nats, that of the correct program "
        f"{format_number(right.losses[-1], 3)}. Both start from the same weights and see the same "
        "batches."
    )
