"""The question with which the app opens: a sentence that no single word decides."""

from __future__ import annotations

import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import ExampleRun, Task
from rnn_views.predictions import format_probability, judge
from rnn_views.ui.shell import header
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.verdicts.verdict import Verdict

PICTURE = "start-chain"
"""Key of the picture below the question."""
SENTENCE = "the film was not bad at all"
WITHOUT = "the film was bad"
WORDS = {"positive": "good", "negative": "bad"}
DECISIVE = "bad"
STEP = SENTENCE.split().index(DECISIVE) + 1
"""Where the word is read that the answer hangs on: what the text says to look at."""


def ask_sentence(task: Task, network: Network, example_run: ExampleRun) -> bool:
    """Ask whether the sentence is good or bad; return whether the answer may be seen."""
    guess, reveal = controls.ask(
        "sentence",
        f"## “{SENTENCE.capitalize()}.” Good or bad?",
        tuple(WORDS.values()),
        beside=(5, 7),
        onward=lambda: point_to_step("see-step"),
    )
    with reveal:
        if guess is None:
            header.show_text("start", "before")
        else:
            plain = judge(task, task.run(network, task.encode(WITHOUT)))
            answer = judge(task, example_run)
            controls.show_verdict(guess, Verdict((WORDS[answer.truth],)))
            st.markdown(
                f"The network answers **{WORDS[answer.says]}** (*{answer.says}*), with probability "
                f"{format_probability(answer.sure)}. For “{WITHOUT}” it answers "
                f"**{WORDS[plain.says]}**."
            )
    return guess is not None


def first_sight(answered: bool) -> dict[str, object]:
    """Return where the picture opens: rolled up, then unrolled at the step that decides."""
    if not answered:
        return {"rolled": True, "t": 1}
    return {"rolled": False, "t": STEP, **settings.view()}


def show_where_to_look() -> None:
    """Say below the picture what to look at in it, with a button that goes there."""
    with st.container(horizontal=True, vertical_alignment="center", key="look-here"):
        header.show_text("start", "after")
        point_to_step("see-step-again")


def point_to_step(key: str) -> None:
    """Offer to go to the step that the text says to look at."""
    controls.focus_button(key, f"Go to step {STEP}", PICTURE, rolled=False, t=STEP)
