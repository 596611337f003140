"""The main script: reads the link, draws the frame and runs the page that was asked for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from rnn_views.ui import frame, settings

SCRIPTS = Path(__file__).parents[2] / "pages"
ICON = str(SCRIPTS.parent / "assets" / "frame" / "icon.png")
PAGES = (  # script, url path, title, what it is
    ("start", "", "Start", "One minute: a loop unrolls into a chain on a real sentence."),
    (
        "unroll",
        "unroll",
        "What is an RNN?",
        "A sentence goes through the chain, one word at a time. Yours, if you like.",
    ),
    (
        "topologies",
        "topologies",
        "Types of RNN",
        "One to one, one to many, many to one, many to many: seven trained networks to try.",
    ),
    (
        "train",
        "train",
        "Training",
        "Forward, loss, backward, update with true numbers; then train live.",
    ),
    (
        "compare",
        "compare",
        "Why not feed-forward?",
        "The same data and the same number of weights, with and without a memory.",
    ),
)


def list_pages() -> list[st.Page]:
    """Return the pages in the order in which they are met."""
    return [
        st.Page(SCRIPTS / f"{script}.py", title=title, url_path=path, default=not path, help=about)
        for script, path, title, about in PAGES
        if (SCRIPTS / f"{script}.py").exists()
    ]


st.set_page_config(page_title="Unrolled", page_icon=ICON, layout="wide")
page = st.navigation(list_pages(), position="top")
settings.open_page(page.url_path)
with st.container(gap=None):
    notices = st.container()
    with st.container():
        page.run()
with notices:
    frame.show_rejected()
