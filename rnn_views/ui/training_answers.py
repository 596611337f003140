"""What a network in training answers to a few test examples."""

from __future__ import annotations

import time

import pandas as pd
import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import NamesTask, Reading, Task
from rnn_views.answers import judge
from rnn_views.pictures import picture_url
from rnn_views.ui.frame import escape
from rnn_views.ui.training_runs import Answers, Run
from rnn_views.ui.training_setup import Setup

EVERY = 0.5
"""Seconds between two looks at the answers while a network trains."""
SHOWN = 6
SEEDS = range(8)
LARGER = 2
"""Screen pixels per pixel of a picture."""


def show_answers(task: Task, setup: Setup, run: Run | None) -> None:
    """Show what the network answers now to a few examples of the test split.

    While it trains, the answers are worked out anew twice a second.
    """
    if run is None:
        answers = answers_of(task, setup.fresh())
    elif run.running and time.monotonic() - run.answered < EVERY:
        answers = run.answers
    else:
        answers = answers_of(task, run.trainer.network)
        run.answers, run.answered = answers, time.monotonic()
    st.markdown("**What it answers now** (test examples)")
    st.table(
        answers.table,
        hide_index=True,
        border="horizontal",
        alt=f"Answers of the network in training to {len(answers.table)} test examples",
    )
    if answers.names:
        st.markdown("**Names it writes now**")
        st.text(", ".join(answers.names))


def answers_of(task: Task, network: Network) -> Answers:
    """Return a network's answers to a few test examples, and names that it makes up."""
    readings = [task.read(network, task.example(index)) for index, _ in task.pick[:SHOWN]]
    names: tuple[str, ...] = ()
    if isinstance(task, NamesTask):
        names = tuple(task.sample(network, seed=seed) or "(nothing)" for seed in SEEDS)
    return Answers(answer_table(task, readings), names)


def answer_table(task: Task, readings: list[Reading]) -> pd.DataFrame:
    """Return each example with the network's answer and whether it is right."""
    if isinstance(task, NamesTask):
        return pd.DataFrame([letter_row(reading) for reading in readings])
    rows = []
    for reading in readings:
        answer = judge(task, reading)
        icon = ":material/check:" if answer.right else ":material/close:"
        rows.append(
            {
                "input": show_input(reading),
                "the network says": f"{icon} {escape(answer.says) or '(nothing)'}",
                "sure": f"{answer.sure:.2f}",
                "right answer": escape(answer.truth),
            }
        )
    return pd.DataFrame(rows)


def letter_row(reading: Reading) -> dict[str, str]:
    """Return a name with the likeliest next letter at each step."""
    answer_letters = "".join("." if len(letter) > 1 else letter for letter in reading.said)
    hits = sum(
        said == target for said, target in zip(reading.said, reading.example.target, strict=False)
    )
    return {
        "name": escape(reading.example.text),
        "likeliest next letters": escape(answer_letters),
        "right": f"{hits} of {len(reading.example.target)}",
    }


def show_input(reading: Reading) -> str:
    """Return the input of an example as Markdown: its picture or its text."""
    example = reading.example
    if example.picture is None:
        return escape(example.text)
    light = example.picture if example.picture.ndim == 3 else 1 - example.picture
    large = light.repeat(LARGER, axis=0).repeat(LARGER, axis=1)
    return f"![{escape(example.text)}]({picture_url(large)})"
