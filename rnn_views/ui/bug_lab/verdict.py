"""Naming the fault of the bug lab: what the visitor says, what it is, and what shows it."""

from __future__ import annotations

import streamlit as st

from rnn_views.bug_lab.cases import SLUGS, TITLES, TOOLS, evidence_against, title_of
from rnn_views.ui.bug_lab.program import CLEAN, MOST_CASES, BugCase
from rnn_views.ui.bug_lab.symptoms import show_lines, show_sides
from rnn_views.ui.shell import header, reveal
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.verdicts.verdict import Verdict
from rnn_views.visit_record import MOST

SOLVED = "bugs named"


def show_verdict(case: BugCase) -> None:
    """Ask for the fault of a mystery and tell once it is named; then say what it teaches."""
    if case.mystery:
        st.header("Name it", anchor=False)
        guess = settings.get().guess
        if not guess:
            ask_name(case)
        else:
            show_explanation(case, guess)
    st.header("Why does a wrong program pass the gradient check?", anchor=False)
    if case.mystery and not settings.get().guess:
        st.caption("When you have named this one.")
    else:
        header.show_text("bugs", "passes")


def ask_name(case: BugCase) -> None:
    """Offer all faults, none of them chosen."""
    with st.container(key="name-row"):
        named = st.radio(
            "What is wrong with this program?",
            list(SLUGS),
            index=None,
            format_func=title_of,
            horizontal=True,
            key=f"name-{case.name}",
        )
        st.button(
            "That is it",
            type="primary",
            icon=":material/check:",
            key="name-it",
            disabled=named is None,
            on_click=name_it,
            args=(case, named),
        )


def name_it(case: BugCase, named: str) -> None:
    """Take the visitor's word; only the first for each case counts in the score."""
    verdicts = {case.name: named == case.slug, **score()}
    told = [f"{name} {'right' if right else 'wrong'}" for name, right in verdicts.items()]
    settings.remember(SOLVED, tuple(told[:MOST]))
    settings.put(guess=named)


def show_explanation(case: BugCase, guess: str) -> None:
    """Say whether the name is right and what shows it, or what speaks against it."""
    shown = bool(settings.remembered(shown_name(case), False))
    if guess == case.slug:
        controls.show_verdict(title_of(guess), Verdict((title_of(case.slug),)))
        describe_truth(case)
    else:
        st.info(
            f"You predicted: {header.escape(title_of(guess))}. It is something else. "
            + evidence_against(case.cell, guess, case.slug, case.seed),
            icon=":material/lightbulb:",
        )
        if shown:
            st.markdown(f"It is **{header.escape(title_of(case.slug))}**.")
            describe_truth(case)
    with st.container(horizontal=True, key="after-row"):
        if guess != case.slug and not shown:
            st.button("Look again", key="name-again", **settings.on_click_set(guess=""))
            st.button("Tell me", key="name-tell", **settings.remembering(shown_name(case), True))
        st.button(
            "Next case",
            icon=":material/skip_next:",
            key="next-case-below",
            **reveal.revealing(
                settings.on_click_set(case=case.number % MOST_CASES + 1, **CLEAN), "bug-symptoms"
            ),
        )
    describe_score()


def shown_name(case: BugCase) -> str:
    """Return the name under which it is kept that a case's answer was asked for."""
    return f"bug shown {case.name}"


def describe_truth(case: BugCase) -> None:
    """Say what is wrong, which instrument shows it, and the line."""
    fault = case.fault
    if fault is None:
        st.markdown("All four instruments pass, and it trains like the right program: it is one.")
        show_sides(case)
        return
    tool = next(slug for slug, name in TOOLS.items() if name == fault.instrument)
    st.markdown(f"{header.escape(fault.says)} What shows it: **{TITLES[tool]}**.")
    show_lines(case.slug, case.cell)
    show_sides(case)


def describe_score() -> None:
    """Say how many cases were named rightly at once."""
    named = score()
    if named:
        st.caption(f"Named rightly at the first try: {sum(named.values())} of {len(named)}.")


def score() -> dict[str, bool]:
    """Return for each case that was named whether its first name was right."""
    kept = settings.remembered(SOLVED, ())
    pairs = (entry.rpartition(" ") for entry in (kept if isinstance(kept, tuple) else ()))
    return {case: verdict == "right" for case, _, verdict in pairs}
