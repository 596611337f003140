"""Same last word, different past: shown for both networks, with what the engine says to it."""

from __future__ import annotations

import streamlit as st

from rnn_core.tasks import Task
from rnn_views.comparison.probes import probe_for, probe_table
from rnn_views.ui.comparison.chains import Pair
from rnn_views.ui.shell.header import escape


def show_probe(task: Task, pair: Pair) -> None:
    """Show the answers of both networks to two inputs that differ in their past alone."""
    probe = pair.work_out((task.key, "probe"), lambda: probe_for(task))
    if probe is None:
        st.markdown(
            "With a single step there is no past, so there is nothing to probe: both networks see "
            "the whole picture."
        )
        return
    networks = {"RNN": pair.recurrent, "feed-forward": pair.feedforward}
    table, same = pair.work_out((task.key, "answers"), lambda: probe_table(task, probe, networks))
    st.table(
        table.map(escape),
        hide_index=True,
        border="horizontal",
        alt="Answers of both networks to two inputs that differ in their past alone",
    )
    st.markdown(
        f"At the step that is compared both inputs give **{escape(probe.same)}**. "
        + " ".join(describe_probe(name, alike) for name, alike in same.items())
    )


def describe_probe(name: str, alike: bool) -> str:
    """Say whether a network can tell two pasts apart."""
    if alike:
        return (
            f"The {name} network gives both exactly the same numbers, down to the last bit: what "
            "came before cannot reach them."
        )
    return f"The {name} gives different numbers: its state carries the past."
