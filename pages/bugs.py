"""Find the bug: a training program with at most one fault, and the instruments that find it."""

from rnn_views.ui import (
    bug_case,
    bug_instruments,
    bug_symptoms,
    bug_verdict,
    frame,
    navigation,
)

frame.show_heading(
    "Find the bug",
    "This training program may contain one bug. Look at its curves, run four tests, then say which "
    "bug it is (or “Nothing is wrong”).",
)
case = bug_case.choose_case()
bug_symptoms.show_symptoms(case)
bug_instruments.show_instruments(case)
bug_verdict.show_verdict(case)
navigation.show_next()
