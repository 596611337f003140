"""The pages of the app: their scripts, addresses and titles, and doors between them."""

from __future__ import annotations

from copy import copy
from functools import cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rnn_views.links.codec import shorten
from rnn_views.ui.state import settings

LINK_INSET = 8  # pixels by which Streamlit indents the text of a link
SCRIPTS = Path(__file__).parents[3] / "pages"
APP = "Unrolled"


class PageInfo(NamedTuple):
    """One page: its script, its address, its title and what is done there."""

    script: str
    path: str
    title: str
    about: str

    @property
    def file(self) -> Path:
        """Return the page's script."""
        return SCRIPTS / f"{self.script}.py"


PAGES = (
    PageInfo("start", "", "Start", "One minute: a loop unrolls into a chain on a real sentence."),
    PageInfo(
        "unroll",
        "unroll",
        "What is an RNN?",
        "Send a sentence of your own through the chain, one word at a time.",
    ),
    PageInfo(
        "topologies",
        "topologies",
        "Types of RNN",
        "Digits, captions, sentiment, translation, names: seven trained networks to try.",
    ),
    PageInfo(
        "train",
        "train",
        "Training",
        "Follow the error backward through time, then train a network live.",
    ),
    PageInfo(
        "compare",
        "compare",
        "Why not feed-forward?",
        "Take the loop away, keep the data, and see what is lost.",
    ),
    PageInfo(
        "memory",
        "memory",
        "Memory",
        "Measure how far back a network learns, and what its state keeps.",
    ),
    PageInfo(
        "bugs",
        "bugs",
        "Find the bug",
        "A program with at most one fault: watch, measure, and name it.",
    ),
)


def page_titles() -> dict[str, str]:
    """Return what the browser shows as the title of each page, by the page's path."""
    return {place.path: f"{place.title} · {APP}" for place in PAGES}


def list_pages() -> list[st.Page]:
    """Return the pages in the order in which they are met, for one run of the main script."""
    # Outside a run, as when the main script is only imported, Streamlit leaves pages unfinished.
    kept = get_script_run_ctx() is not None
    return [copy(page) for page in (_pages() if kept else _pages.__wrapped__())]


@cache
def _pages() -> tuple[st.Page, ...]:
    # Each is made once: Streamlit looks for the script on the disk, seven times a run otherwise.
    return tuple(
        st.Page(
            place.file,
            title=place.title,
            url_path=place.path,
            default=not place.path,
            help=place.about,
        )
        for place in PAGES
    )


def take_missing() -> str:
    """Return the page that the address asks for and that does not exist; "" if there is none.

    It is asked for no more then: Streamlit would lay a window of its own over Start.
    """
    context = get_script_run_ctx()
    asked = (context.pages_manager.intended_page_name if context else None) or ""
    if context is None or asked in [place.path for place in PAGES]:
        return ""
    context.pages_manager.set_script_intent("", "")
    return asked


def name_missing(asked: str) -> None:
    """Say that there is no such page, if one was asked for."""
    if asked:
        settings.reject(
            f"There is no page {shorten(asked, 60)} here. This is {PAGES[0].title}; the menu has "
            "all pages."
        )


def show_page_cards() -> None:
    """Show a card for each of the other pages, with a link that opens it."""
    with st.grid(3, min_column_width=220, key="doors"):
        for place in PAGES[1:]:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.page_link(place.file, label=f"**{place.title}**", width="stretch")
                with st.container(horizontal=True, gap=None, wrap=False):
                    st.space(LINK_INSET)
                    st.markdown(place.about, width="stretch")


def show_next() -> None:
    """Show a link to the page that follows in the menu; the last page leads back to the first."""
    number = [place.path for place in PAGES].index(settings.current_page()) + 1
    last = number == len(PAGES)
    following = PAGES[0] if last else PAGES[number]
    with st.container(horizontal=True, horizontal_alignment="right", key="next-page"):
        st.page_link(
            following.file,
            label=f"That was the last page. Back to {following.title}"
            if last
            else f"Next: {following.title}",
            icon=":material/restart_alt:" if last else ":material/arrow_forward:",
            icon_position="right",
        )
