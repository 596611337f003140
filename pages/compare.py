"""Why not feed-forward? The same data, the same number of weights, with and without the loop."""

import streamlit as st

from rnn_views.ui import (
    controls,
    frame,
    navigation,
    rival_contest,
    rival_guess,
    rival_pictures,
    rival_probe,
    rival_table,
    settings,
    training_example,
    training_setup,
)
from rnn_views.ui.training_runs import run_for

frame.show_heading(
    "Why not feed-forward?",
    "A feed-forward network sees only the present input. It has no memory of earlier ones. "
    "Train it beside the RNN and see what that costs.",
)
with st.container(horizontal=True, vertical_alignment="bottom", key="compare-row"):
    task = training_setup.choose_task()
    with st.popover("More", icon=":material/tune:"):
        controls.choose("seed", "Seed of both", range(10))
setup = training_setup.setup_of(settings.get(), rival=True)
run = run_for(setup)

guess = rival_guess.ask_guess(task)
st.header("Train both in one go", anchor=False)
contest = st.container(key="contest")

st.header("One example, with and without the wires", anchor=False)
example = training_example.choose_example(task)
pair = rival_pictures.pair_of(task, run)
rival_pictures.show_both(task, example, pair, running=run is not None and run.running)

left, right = st.columns(2, gap="large")
with left:
    st.header("Same last step, different past", anchor=False)
    rival_probe.show_probe(task, pair)
with right:
    st.header("What it means", anchor=False)
    if guess is None:
        st.caption("Answer the prediction above first: this text gives its answer.")
    else:
        frame.tell("compare", task.key)
models = st.empty()  # cleared when a run begins anew: the script then ends with the run
if guess is not None or (run is not None and run.over):
    with models.container():
        st.header("All models of this task", anchor=False)
        rival_table.show_all_models(task, guess)
navigation.show_next()
with contest:  # last, since a run in progress holds up what follows
    rival_contest.show_contest(task, setup)
