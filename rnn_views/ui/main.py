"""The main script: reads the link, draws the frame and runs the page that was asked for."""

from __future__ import annotations

import streamlit as st

from rnn_views.turns import drawing_page
from rnn_views.ui import frame, navigation, settings

st.set_page_config(page_title="Unrolled", layout="wide")  # the icon is in our index page
page = st.navigation(navigation.list_pages(), position="top")
settings.open_page(page.url_path)
with st.container(gap=None):
    notices = st.container()
    with st.container(), drawing_page():
        page.run()
with notices:
    frame.show_rejected()
if settings.link_waits() and settings.is_entering():
    frame.show_address()
elif settings.link_waits():
    st.rerun()
