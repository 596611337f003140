"""The chain beside itself with its horizontal wires cut."""

from __future__ import annotations

import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import TASKS, Example, Reading, Task
from rnn_views.answers import judge
from rnn_views.rivals import load_rival
from rnn_views.ui.chain import show_chain
from rnn_views.ui.frame import escape
from rnn_views.ui.training_runs import Run


def networks_of(task: Task, run: Run | None) -> tuple[tuple[Network, str], tuple[Network, str]]:
    """Return the recurrent network and its rival with their badges: the visitor's, else shipped."""
    if run is not None and run.update:
        badge = f"trained by you, update {run.update:,}"
        recurrent, rival = (trainer.network for trainer in run.trainers)
        return (recurrent, badge), (rival, badge)
    badge = "trained (shipped)"
    return (task.shipped(), badge), (stored_rival(task.key), badge)


@st.cache_resource(show_spinner=False)
def stored_rival(key: str) -> Network:
    """Return the trained per-step rival that comes with the project."""
    return load_rival(TASKS[key]).as_unroll()


def show_both(task: Task, example: Example, run: Run | None) -> None:
    """Show one example read by the chain and by the chain with its horizontal wires cut."""
    whole, cut = networks_of(task, run)
    for (network, badge), loose in ((whole, False), (cut, True)):
        reading = task.read(network, example)
        name = "Feed-forward, horizontal wires cut" if loose else "RNN"
        st.markdown(f"**{name}:** {tell_answer(task, reading)}")
        show_chain(
            reading,
            key=f"compare-{'cut' if loose else 'whole'}",
            badge=badge,
            cut=loose,
            fragment="cut-" if loose else "",
        )


def tell_answer(task: Task, reading: Reading) -> str:
    """Return what a network answers and whether it is right, in words."""
    answer = judge(task, reading)
    if answer.right is None:
        return f"says {escape(answer.says)}; right at {answer.hits} of {answer.scored} steps"
    verdict = "right" if answer.right else f"wrong, it is {escape(answer.truth)}"
    return f"says {escape(answer.says) or 'nothing'} (probability {answer.sure:.2f}), {verdict}"
