"""Memory: how far back a network learns and remembers, measured."""

import streamlit as st

from rnn_views.ui import (
    controls,
    frame,
    memory_adding,
    memory_lags,
    memory_reach,
    memory_setup,
    memory_sunspots,
    memory_units,
    navigation,
)

frame.show_heading(
    "Memory",
    "How far back does a network learn, and what does its state keep? The numbers on this page are "
    "measured on real networks.",
)
part = controls.segments(
    "part", "What to measure", memory_setup.PARTS, also=memory_setup.open_part, hide_label=True
)
stage = st.container(key="memory-stage")
navigation.show_next()  # before the stage is filled: a run in progress holds up what follows
with stage:
    if part == "reach":
        memory_reach.show_reach(memory_setup.choose_sequence())
    elif part == "lags":
        memory_lags.show_lags(memory_setup.choose_sequence())
    elif part == "adding":
        memory_adding.show_adding()
    elif part == "sunspots":
        memory_sunspots.show_sunspots()
    else:
        memory_units.show_units(memory_setup.choose_sequence())
