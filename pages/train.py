"""Training: one update under the microscope, a whole run live, and runs that went to extremes."""

import streamlit as st

from rnn_core.tasks import Task
from rnn_views.ui import (
    controls,
    frame,
    navigation,
    settings,
    training_batch,
    training_example,
    training_extremes,
    training_fitting,
    training_live,
    training_runs,
    training_setup,
    training_subject,
)

VIEWS = {
    "one": "One update, number by number",
    "live": "Train it live",
    "extremes": "Extremes",
}
LEARN = {"one": "One example", "batch": "A whole batch"}

frame.show_heading(
    "Training",
    "The error is sent back from the last step to the first. Then the weights are changed a "
    "little.",
)
with st.container(horizontal=True, vertical_alignment="bottom", key="train-controls"):
    view = controls.segments("view", "What to watch", VIEWS)
    if view == "extremes":
        case = training_extremes.choose_extreme()
    else:
        task = training_setup.choose_subject()
        training_fitting.fit_recipe(task)
        setup = training_setup.setup_of(settings.get())
        shown = training_subject.one_by_one(task)
        if view == "one":
            network, badge = training_example.choose_network(shown, setup)
        more = st.popover("More", icon=":material/tune:")
if view != "extremes":
    with more:
        if view == "one" and isinstance(task, Task):
            controls.segments("learn", "Learn from", LEARN)
        if view == "live" and training_runs.is_running(setup):
            st.caption("Pause the training to change how it is done.")
        else:
            training_setup.choose_recipe(task, live=view == "live")
stage = st.container(key="train-stage")
if view != "one":
    told = "live stream" if view == "live" and not isinstance(task, Task) else view
    frame.tell("train", told)  # before the stage is filled: a run holds up what follows
navigation.show_next()
with stage:
    if view == "extremes":
        training_extremes.show_extreme(case)
    elif view == "live":
        training_live.show_live(task, setup)
    elif settings.get().learn == "batch" and isinstance(task, Task):
        training_batch.show_batch(task, network, badge, setup)
    else:
        example = training_example.choose_example(shown)
        training_example.show_update(shown, network, badge, example, setup)
