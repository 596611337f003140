"""Why not feed-forward? The same data, the same number of weights, with and without the loop."""

import streamlit as st

from rnn_views.ui.comparison import accuracy_guess, chains, probe, ranking, training
from rnn_views.ui.runs import config
from rnn_views.ui.runs.live_run import run_for
from rnn_views.ui.shell import header, navigation
from rnn_views.ui.state import settings
from rnn_views.ui.update import single_example
from rnn_views.ui.widgets import controls

header.show_heading(
    "Why not feed-forward?",
    "A feed-forward network sees only the present input. It has no memory of earlier ones. "
    "Train it beside the RNN and see what that costs.",
)
with st.container(horizontal=True, vertical_alignment="bottom", key="compare-row"):
    task = config.choose_task()
    with st.popover("More", icon=":material/tune:"):
        controls.choose("seed", "Seed of both", range(10))
setup = config.setup_of(settings.get(), feedforward=True)
run = run_for(setup)

guess = accuracy_guess.ask_guess(task)
st.header("Train both in one go", anchor=False)
contest = st.container(key="contest")

st.header("One example, with and without the wires", anchor=False)
example = single_example.choose_example(task)
pair = chains.pair_of(task, run)
chains.show_both(task, example, pair, running=run is not None and run.running)

left, right = st.columns(2, gap="large")
with left:
    st.header("Same last step, different past", anchor=False)
    probe.show_probe(task, pair)
with right:
    st.header("What it means", anchor=False)
    if guess is None:
        st.caption("Answer the prediction above first: this text gives its answer.")
    else:
        header.show_text("compare", task.key)
models = st.empty()  # cleared when a run begins again: the script then ends with the run
if guess is not None or (run is not None and run.over):
    with models.container():
        st.header("All models of this task", anchor=False)
        ranking.show_all_models(task, guess)
navigation.show_next()
with contest:  # last, since a run in progress holds up what follows
    training.show_contest(task, setup)
