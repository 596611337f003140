"""What is an RNN? A sentence goes through the chain, one word at a time."""

import streamlit as st

from rnn_core.tasks import TASKS
from rnn_views.ui import controls, frame, memory_questions, numbers, settings
from rnn_views.ui.chain import show_chain
from rnn_views.ui.task_choice import network_of
from rnn_views.ui.task_input import choose_sentence

frame.show_heading(
    "What is an RNN?",
    "A network made for sequences: at every step it reads one word, and what it has kept so far.",
)
task = TASKS["sentiment"]
example, cut = choose_sentence(task)
network, badge = network_of(task, cut=cut)
reading = task.read(network, example)
show_chain(reading, key="unroll-chain", badge=badge, cut=cut, start=settings.view())

loop, memory, weights = st.columns(3, gap="medium")
with loop:
    frame.tell("unroll", "loop")
    controls.point("see-loop", "See it as a loop", rolled=True, phase="forward")
with memory:
    frame.tell("unroll", "memory")
    controls.point("see-last", "Go to the last step", rolled=False, t=len(reading.inputs[0]))
with weights:
    frame.tell("unroll", "weights")
    controls.point("see-first", "Go to the first step", rolled=False, t=1)
left, right = st.columns(2, gap="medium")
with left:
    memory_questions.ask_last_word(task, network, reading)
with right:
    memory_questions.ask_swap(task, network, reading)
numbers.show_numbers(reading)
