"""The main script: reads the link, draws the frame and runs the page that was asked for."""

from __future__ import annotations

import streamlit as st

from rnn_views.turns import drawing_page
from rnn_views.ui import visit
from rnn_views.ui.shell import header, navigation, reveal
from rnn_views.ui.state import late_actions, settings

missing = navigation.take_missing()
page = st.navigation(navigation.list_pages(), position="top")
# The icon is in our index page.
st.set_page_config(page_title=navigation.page_titles()[page.url_path], layout="wide")
late_actions.set_aside()
settings.open_page(page.url_path)
navigation.name_missing(missing)
with st.container(gap=None):
    reveal.show_revealed()
    notices = st.container()
    visit.show_visit()
    with st.container(), drawing_page():
        page.run()
late_actions.deliver()
with notices:
    header.show_rejected()
if settings.has_pending_url_update() and settings.is_first_run_of_page():
    header.show_address()
elif settings.has_pending_url_update():
    st.rerun()
