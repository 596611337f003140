"""Training: one update under the microscope, a whole run live, and runs that went to extremes."""

import streamlit as st

from rnn_core.tasks import Task
from rnn_views.ui.runs import config, live_run, subject
from rnn_views.ui.shell import header, navigation
from rnn_views.ui.state import settings
from rnn_views.ui.training import failure_modes, live
from rnn_views.ui.update import batch, fit_settings, single_example
from rnn_views.ui.widgets import controls

VIEWS = {
    "one": "One update, number by number",
    "live": "Train it live",
    "extremes": "Extremes",
}
LEARN = {"one": "One example", "batch": "A whole batch"}

header.show_heading(
    "Training",
    "The error is sent back from the last step to the first. Then the weights are changed a "
    "little.",
)
with st.container(horizontal=True, vertical_alignment="bottom", key="train-controls"):
    view = controls.segmented("view", "What to watch", VIEWS)
    if view == "extremes":
        case = failure_modes.choose_extreme()
    else:
        task = config.choose_subject()
        fit_settings.fit_recipe(task)
        setup = config.setup_of(settings.get())
        shown = subject.one_by_one(task)
        if view == "one":
            network, badge = single_example.choose_network(shown, setup)
        more = st.popover("More", icon=":material/tune:")
if view != "extremes":
    with more:
        if view == "one" and isinstance(task, Task):
            controls.segmented("learn", "Learn from", LEARN)
        if view == "live" and live_run.is_running(setup):
            st.caption("Pause the training to change how it is done.")
        else:
            config.choose_recipe(task, live=view == "live")
stage = st.container(key="train-stage")
if view != "one":
    told = "live stream" if view == "live" and not isinstance(task, Task) else view
    header.show_text("train", told)  # before the stage is filled: a run holds up what follows
navigation.show_next()
with stage:
    if view == "extremes":
        failure_modes.show_extreme(case)
    elif view == "live":
        live.show_live(task, setup)
    elif settings.get().learn == "batch" and isinstance(task, Task):
        batch.show_batch(task, network, badge, setup)
    else:
        example = single_example.choose_example(shown)
        single_example.show_update(shown, network, badge, example, setup)
