"""What the network answered, said plainly, and how far it can be trusted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import TASKS, Example, ExampleRun, NamesTask, Task
from rnn_views.comparison.baselines import explain_methods, measure_baselines
from rnn_views.edits.result import Edited
from rnn_views.predictions import Answer, find_mistakes, format_probability, judge, likeliest
from rnn_views.turns import measuring
from rnn_views.ui.chain import editing
from rnn_views.ui.inputs.example_input import known_index
from rnn_views.ui.shell import reveal
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls

SAMPLES = 8


def run_example(task: Task, network: Network, example: Example) -> tuple[Edited, bool]:
    """Run the network on the example; say what it answers, what is right, and whether they agree.

    Returns
    -------
    edited : Edited
        The reading, with the edits of the page's settings applied.
    taught : bool
        Whether a decoder is fed the right words instead of its own, where they are known.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="answer"):
        if task.topology.segments[-1].reads != "feedback":
            settings.fit("teacher", False, "nothing is fed back in this network")
        taught = task.topology.segments[-1].reads == "feedback" and controls.segmented(
            "teacher",
            "What the decoder is fed",
            {False: "fed its own words", True: "fed the right words"},
            hide_label=True,
        )
        edited = editing.read(task, network, example, teacher=taught)
        example_run = edited.example_run
        answer = judge(task, example_run)
        if isinstance(task, NamesTask):
            st.markdown(format_letters(answer, example_run), width="content")
        else:
            st.markdown(format_answer(answer), width="content")
            show_verdict(answer)
        show_place(task)
    return edited, taught


def show_place(task: Task) -> None:
    """Say which example this is."""
    number, size = known_index(task) + 1, task.data().test.size
    own = bool(settings.get().input)
    place = "your own input" if own else f"test example {number} of {size}"
    st.caption(place, width="content")


def format_answer(answer: Answer) -> str:
    """Return the answer in one line."""
    sure = format_probability(answer.sure)
    return f"The network says **{escape(answer.says)}**, probability {sure}."


def format_letters(answer: Answer, example_run: ExampleRun) -> str:
    """Return what an aligned network made of a name, in one line."""
    loss = "" if example_run.loss is None else f", {example_run.loss:.2f} nats per letter"
    nexts = ", ".join(f"{escape(name)} {p:.2f}" for name, p in likeliest(example_run, most=3))
    return (
        f"Its likeliest next letter was right at **{answer.hits} of {answer.scored}** steps{loss}. "
        f"After the last letter it expects **{nexts}**."
    )


def show_verdict(answer: Answer) -> None:
    """Show whether the answer is right; the right one stands beside a wrong one."""
    if answer.right is None:
        st.badge("no known answer", color="gray", icon=":material/question_mark:")
    elif answer.right:
        st.badge("right", color="green", icon=":material/check:")
    else:
        st.badge(
            f"wrong, the correct answer is {escape(answer.truth)}",
            color="red",
            icon=":material/close:",
        )


def show_facts(task: Task) -> None:
    """Show how well the network does on held-out data, and what is simplified here."""
    with st.container(key="facts"):
        left, right = st.columns(2, gap="medium")
        with left.container(border=True, height="stretch"):
            st.header("How good is it?", anchor=False)
            show_measures(task)
        with right.container(border=True, height="stretch"):
            st.header("What is simplified here", anchor=False)
            st.markdown(escape(task.simplified))
            st.caption(f"Data: {escape(task.source)}.")


def show_measures(task: Task) -> None:
    """Show how the pretrained network and simpler methods do on examples that were held out."""
    st.table(baseline_table(task.key), border="horizontal")
    network = task.pretrained()
    unit = "Mean loss in nats per letter, lower is better"
    if task.metric != "nats per character":
        unit = "Share of answers that are right" + " in every word" * (task.metric[0] == "e")
    st.caption(
        f"{unit}. The pretrained vanilla network has {network.hidden} hidden units and "
        f"{network.size:,} weights; nothing here was used to train or to choose it. "
        f"{explain_methods(task)}"
    )
    show_mistakes(task)


def show_mistakes(task: Task) -> None:
    """Offer the next held-out example that the network gets wrong."""
    found, present = mistakes(task.key), settings.get().example
    if not found:
        st.markdown("It makes no mistake on the new examples.")
        return
    place = found.index(present) + 1 if present in found else 0
    following = found[place % len(found)]
    what = "a name that surprises it" if isinstance(task, NamesTask) else "one it gets wrong"
    st.button(
        f"Show {what} ({place % len(found) + 1} of {len(found)})",
        icon=":material/visibility:",
        key="show-mistake",
        **reveal.revealing(
            settings.on_click_set(
                example=following, input="", weights="trained", cell="rnn", teacher=False
            ),
            "answer",
        ),
    )


@st.cache_data(show_spinner=False)
@measuring()
def mistakes(key: str) -> tuple[int, ...]:
    """Return the held-out examples that the pretrained network gets wrong."""
    return find_mistakes(TASKS[key])


@st.cache_data(show_spinner=False)
@measuring()
def baseline_table(key: str) -> pd.DataFrame:
    """Return what the pretrained network and simpler methods reach on held-out examples."""
    return measure_baselines(TASKS[key])


def show_sampler(task: NamesTask, example_run: ExampleRun) -> None:
    """Let the network write names: each letter it says is fed back as its next input."""
    with st.container(border=True, key="sampler"):
        st.header("Let it write", anchor=False)
        copies = example_run.network.segments[0].copies
        if copies is not None:
            st.markdown(
                f"Untied, it has {len(copies)} copies of W_hh and none for step "
                f"{len(copies) + 1}: it could write no name longer than that. Tie W_hh to let "
                "it write."
            )
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            temperature = controls.slider(
                "temperature", "Temperature", (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
            )
            seed = settings.get().seed
            st.button(
                "Write others",
                icon=":material/refresh:",
                key="write-others",
                **settings.on_click_set(seed=(seed + 1) % 10_000),
            )
        names = (
            task.sample(example_run.network, seed=SAMPLES * seed + n, temperature=temperature)
            for n in range(SAMPLES)
        )
        st.text(", ".join(name or "(nothing)" for name in names))
        st.caption(
            f"Seed {seed}. At temperature 0 it always takes the likeliest letter, so all names are "
            "the same; at 1 it draws as it predicts; above, it takes more risks."
        )
