"""Mounts the component that keeps a visit going beyond its session: `assets/frame/visit.js`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rnn_views.component_values import as_mapping
from rnn_views.links import codec
from rnn_views.ui.runs.live_run import any_runs
from rnn_views.ui.state import settings
from rnn_views.visit_record import read_record, read_update

KEY = "visit"

_VISIT = st.components.v2.component(
    KEY,
    js=(Path(__file__).parents[2] / "assets" / "frame" / "visit.js").read_text(encoding="utf-8"),
)


def show_visit() -> None:
    """Let the browser keep what is to be remembered, and report when it meets a new session."""
    run = get_script_run_ctx()
    told, news = settings.news()
    _VISIT(
        key=KEY,
        data={"session": "" if run is None else run.session_id, "known": told, "news": news},
        on_here_change=take_report,
        height="content",
    )


def take_report() -> None:
    """Take over the browser's record, and how far the address says a run had come.

    The browser notes that by itself while a run goes on, and Streamlit does not hear of it. Where
    the session has runs of its own it knows better.
    """
    message = settings.component_value(KEY, "here", as_mapping)
    if message is None:
        return
    serial = message.get("serial")
    settings.restore(read_record(message.get("record")), serial if isinstance(serial, int) else 0)
    page = settings.current_page()
    update = read_update(message, page)
    if update is None or "update" not in codec.PAGES[page] or any_runs():
        return
    try:
        settings.note(codec.field_of(page, "update").check(update))
    except ValueError:
        return
