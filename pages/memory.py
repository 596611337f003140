"""Memory: how far back a network learns and remembers, measured."""

import streamlit as st

from rnn_views.ui.memory import adding, config, gradient_flow, lags, sunspots, units
from rnn_views.ui.shell import header, navigation
from rnn_views.ui.widgets import controls

header.show_heading(
    "Memory",
    "How far back does a network learn, and what does its state keep? The numbers on this page are "
    "measured on real networks.",
)
part = controls.segmented(
    "part", "What to measure", config.PARTS, also=config.open_part, hide_label=True
)
stage = st.container(key="memory-stage")
navigation.show_next()  # before the stage is filled: a run in progress holds up what follows
with stage:
    if part == "reach":
        gradient_flow.show_reach(config.choose_sequence())
    elif part == "lags":
        lags.show_lags(config.choose_sequence())
    elif part == "adding":
        adding.show_adding()
    elif part == "sunspots":
        sunspots.show_sunspots()
    else:
        units.show_units(config.choose_sequence())
