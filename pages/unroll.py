"""What is an RNN? A sentence goes through the chain, one word at a time."""

from typing import Any

import streamlit as st

from rnn_core.tasks import TASKS
from rnn_views.ui.chain import editing
from rnn_views.ui.inputs.example_input import choose_sentence
from rnn_views.ui.inputs.task_choice import network_of
from rnn_views.ui.shell import header, navigation
from rnn_views.ui.unroll import questions
from rnn_views.ui.widgets import controls, tables

header.show_heading(
    "What is an RNN?",
    "A network made for sequences: at every step it reads one word together with its own state "
    "from the step before.",
)
task = TASKS["sentiment"]
example, cut = choose_sentence(task)
network, badge = network_of(task, cut=cut)
example_run, read_words = editing.show_editable_chain(
    task, network, example, key="unroll-chain", badge=badge, cut=cut
)

last = len(example_run.inputs[0])
sights: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("loop", "See it as a loop", {"rolled": True, "phase": "forward"}),
    ("memory", "Go to the last step", {"rolled": False, "t": last}),
    ("weights", "Go to the first step", {"rolled": False, "t": 1}),
)
for column, (name, label, view) in zip(st.columns(3, gap="medium"), sights, strict=True):
    with column.container(height="stretch"):
        section = name
        if name == "memory" and cut:
            section = "memory-cut"
        elif name == "memory" and network.cell != "rnn":
            section = "memory-gated"
        header.show_text("unroll", section)
        st.space("stretch")
        controls.focus_button(f"see-{name}", label, "unroll-chain", **view)
left, right = st.columns(2, gap="medium")
with left:
    questions.ask_last_word(example_run, read_words)
with right:
    questions.ask_swap(example_run, read_words)
tables.show_numbers(example_run)
navigation.show_next()
