"""What a network in training answers to a few test examples."""

from __future__ import annotations

import time
from functools import cache, lru_cache

import pandas as pd
import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import TASKS, Example, ExampleRun, NamesTask, Task
from rnn_core.tasks.generated.base import GeneratedTask
from rnn_views.generated_predictions import stream_table
from rnn_views.png import picture_url
from rnn_views.predictions import judge
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.runs.live_run import Answers, Run
from rnn_views.ui.runs.subject import Subject
from rnn_views.ui.shell.header import escape
from rnn_views.ui.training.time_machine import looked_at, pinned

EVERY = 0.5
"""Seconds between two looks at the answers while a network trains."""
SHOWN = 6
SAYS, LETTERS = "the network says", "likeliest next letters"
SEEDS = range(8)
LARGER = 2
"""Screen pixels per pixel of a picture."""


def show_answers(subject: Subject, setup: RunConfig, run: Run | None) -> None:
    """Show what the network answers to a few examples of the test split.

    While it trains, the answers are computed again twice a second; at rest they are those of the
    moment that is looked at, beside those of the pinned one.
    """
    st.markdown(f"**What it answers {describe_update(run)}** ({describe_which(subject)})")
    show_table(present_answers(subject, setup, run))
    if isinstance(subject, GeneratedTask):
        st.caption(escape(f"{subject.question} {subject.simplified}"))


def show_table(answers: Answers) -> None:
    """Show answers as a table, and the names that were made up."""
    st.table(
        answers.table,
        hide_index=True,
        border="horizontal",
        alt=f"Answers of the network to {len(answers.table)} test examples",
    )
    for title, names in answers.names.items():
        st.markdown(f"**Names it writes {title}**")
        st.text(", ".join(names))


def describe_which(subject: Subject) -> str:
    """Say which examples are answered."""
    return "held-out examples" if isinstance(subject, GeneratedTask) else "test examples"


def describe_update(run: Run | None) -> str:
    """Say of which moment the answers are."""
    if run is None or run.running or not run.update:
        return "now"
    pin, now = pinned(run), looked_at(run)
    return f"at update {now:,}" if pin is None else f"at update {pin:,} (A) and {now:,} (B)"


def answers_due(run: Run) -> bool:
    """Whether it is time to look at the answers of a running network again."""
    return time.monotonic() - run.answered >= EVERY


def present_answers(task: Subject, setup: RunConfig, run: Run | None) -> Answers:
    """Return the answers to show: those of now, or of the moments that are looked at."""
    if run is None or not run.update:
        return answers_of(task, setup.fresh())
    if run.running:
        if answers_due(run):
            run.answers = answers_of(task, run.trainer.network)
            run.answered = time.monotonic()
        return run.answers
    pin, now = pinned(run), looked_at(run)
    if pin is None:
        return answers_of(task, run.network_at(now), "then" if now < run.update else "now")
    then, here = (
        answers_of(task, run.network_at(one), f"at {name}")
        for one, name in ((pin, "A"), (now, "B"))
    )
    return put_beside(then, here, "A says", "B says")


def put_beside(one: Answers, other: Answers, left: str, right: str) -> Answers:
    """Return the answers of two networks to the same examples in one table, under two headings."""
    table = other.table.drop(columns="sure", errors="ignore")
    if LETTERS in table:
        mine, theirs = (
            which.table[LETTERS] + ", " + which.table["right"] for which in (one, other)
        )
        heads = [f"next letters, {name.removesuffix(' says')}" for name in (left, right)]
        table = table[["name"]].assign(**dict(zip(heads, (mine, theirs), strict=True)))
    else:
        table.insert(1, left, one.table[SAYS])
        table = table.rename(columns={SAYS: right})
    return Answers(table, {**one.names, **other.names})


def answers_of(task: Subject, network: Network, when: str = "now") -> Answers:
    """Return a network's answers to a few test examples, and names that it makes up."""
    if isinstance(task, GeneratedTask):
        return Answers(stream_table(task, network))
    example_runs = [task.run(network, example) for example in shown_examples(task.key)]
    names: dict[str, tuple[str, ...]] = {}
    if isinstance(task, NamesTask):
        names[when] = tuple(task.sample(network, seed=seed) or "(nothing)" for seed in SEEDS)
    return Answers(answer_table(task, example_runs), names)


@cache
def shown_examples(key: str) -> tuple[Example, ...]:
    """Return the test examples whose answers are shown."""
    task = TASKS[key]
    return tuple(task.example(index) for index, _ in task.pick[:SHOWN])


def answer_table(task: Task, example_runs: list[ExampleRun]) -> pd.DataFrame:
    """Return each example with the network's answer and whether it is right."""
    if isinstance(task, NamesTask):
        return pd.DataFrame([letter_row(example_run) for example_run in example_runs])
    rows = []
    for example_run in example_runs:
        answer = judge(task, example_run)
        icon = ":material/check:" if answer.right else ":material/close:"
        rows.append(
            {
                "input": show_input(example_run.example),
                SAYS: f"{icon}\u00a0{escape(answer.says) or '(nothing)'}",
                "sure": f"{answer.sure:.2f}",
                "right answer": escape(answer.truth),
            }
        )
    return pd.DataFrame(rows)


def letter_row(example_run: ExampleRun) -> dict[str, str]:
    """Return a name with the likeliest next letter at each step."""
    answer_letters = "".join("." if len(letter) > 1 else letter for letter in example_run.said)
    hits = sum(
        said == target
        for said, target in zip(example_run.said, example_run.example.target, strict=False)
    )
    return {
        "name": escape(example_run.example.text),
        LETTERS: escape(answer_letters),
        "right": f"{hits} of {len(example_run.example.target)}",
    }


@lru_cache(maxsize=64)
def show_input(example: Example) -> str:
    """Return the input of an example as Markdown: its picture or its text."""
    if example.picture is None:
        return escape(example.text)
    light = example.picture if example.picture.ndim == 3 else 1 - example.picture
    large = light.repeat(LARGER, axis=0).repeat(LARGER, axis=1)
    return f"![{escape(example.text)}]({picture_url(large)})"
