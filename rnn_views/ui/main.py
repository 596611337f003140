"""The main script: the frame and the navigation of the pages."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parents[2] / "pages"

st.set_page_config(page_title="Unrolled", layout="wide")
st.navigation([st.Page(PAGES / "start.py", title="Start", default=True)]).run()
