"""Find the bug: a training program with at most one fault, and the instruments that find it."""

from rnn_views.ui.bug_lab import diagnostics, program, symptoms, verdict
from rnn_views.ui.shell import header, navigation

header.show_heading(
    "Find the bug",
    "This training program may contain one bug. Look at its curves, run four tests, then say which "
    "bug it is (or “Nothing is wrong”).",
)
case = program.choose_case()
symptoms.show_symptoms(case)
diagnostics.show_instruments(case)
verdict.show_verdict(case)
navigation.show_next()
