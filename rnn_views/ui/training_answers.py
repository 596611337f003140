"""What a network in training answers to a few test examples."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.network import Network
from rnn_core.tasks import NamesTask, Reading, Task
from rnn_views.answers import judge
from rnn_views.pictures import picture_url
from rnn_views.ui.frame import escape

SHOWN = 6
SEEDS = range(8)
LARGER = 2
"""Screen pixels per pixel of a picture."""


def show_answers(task: Task, network: Network, place: DeltaGenerator) -> None:
    """Show the answers of a network to a few examples of the test split."""
    readings = [task.read(network, task.example(index)) for index, _ in task.pick[:SHOWN]]
    with place.container():
        st.markdown("**What it answers now** (test examples)")
        st.table(
            answer_table(task, readings),
            hide_index=True,
            border="horizontal",
            alt=f"Answers of the network in training to {len(readings)} test examples",
        )
        if isinstance(task, NamesTask):
            names = (task.sample(network, seed=seed) for seed in SEEDS)
            st.markdown("**Names it writes now**")
            st.text(", ".join(name or "(nothing)" for name in names))


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
