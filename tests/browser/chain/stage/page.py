"""A page with nothing but a chain: `?sample=name` picks the reading, `&twin` adds a second one."""

import streamlit as st

from rnn_views.chain.payload import payload
from rnn_views.ui.chain.component import show_chain
from tests.support.sample_readings import SAMPLES, edited, updated

st.set_page_config(layout="wide", page_title="A chain")
st.title("A chain")
name = st.query_params.get("sample", "sentence")
cut = "cut" in st.query_params
if name.startswith("update"):
    before, after = updated(name.partition("-")[2] or "rnn")
    example_run = payload(before, badge="untrained", after=after, rate="plain descent, rate 0.1")
else:
    example_run = SAMPLES[name]()
    if name.startswith("untied"):
        example_run = payload(example_run, badge="untrained", edited=edited(example_run))
selected = show_chain(example_run, key="chain", badge="untrained", cut=cut, selectable=True)
if "twin" in st.query_params:
    show_chain(example_run, key="twin", badge="the second", fragment="b.", start={"t": 2})
st.text(f"selected: {selected}")
