"""The question with which the app opens: a sentence that no single word decides."""

from __future__ import annotations

import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import Reading, Task
from rnn_views.answers import judge, say_probability
from rnn_views.ui import controls, frame
from rnn_views.verdicts.verdict import Verdict

SENTENCE = "the film was not bad at all"
WITHOUT = "the film was bad"
WORDS = {"positive": "good", "negative": "bad"}


def ask_sentence(task: Task, network: Network, reading: Reading) -> bool:
    """Ask whether the sentence is good or bad; return whether the answer may be seen."""
    guess, reveal = controls.ask(
        "sentence",
        f"## “{SENTENCE.capitalize()}.” Good or bad?",
        tuple(WORDS.values()),
        beside=True,
    )
    with reveal:
        if guess is None:
            frame.tell("start", "before")
        else:
            plain = judge(task, task.read(network, task.encode(WITHOUT)))
            answer = judge(task, reading)
            controls.show_verdict(guess, Verdict((WORDS[answer.truth],)))
            st.markdown(
                f"The network answers **{WORDS[answer.says]}** (*{answer.says}*), with probability "
                f"{say_probability(answer.sure)}. For “{WITHOUT}” it answers "
                f"**{WORDS[plain.says]}**."
            )
            frame.tell("start", "after")
    return guess is not None
