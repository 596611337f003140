"""Shows a figure with its twins: spoken text, table, and a file to take home."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from rnn_views.figures.figure import Figure

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
ASSETS = Path(__file__).parents[2] / "assets" / "curves"

_CURVES = st.components.v2.component(
    "curves",
    html='<div class="curves" role="img"></div>',
    css=(ASSETS / "curves.css").read_text(encoding="utf-8"),
    js=(ASSETS / "curves.js").read_text(encoding="utf-8"),
)


def show_moving(figure: Figure, *, key: str) -> None:
    """Draw curves that change many times a second; they are redrawn where they stand."""
    _CURVES(key=key, data={"figure": figure.drawing, "alt": figure.alt}, height="content")


def show_figure(figure: Figure, *, key: str) -> None:
    """Draw a figure with Plotly; its numbers as a table and as a CSV file come when asked for."""
    st.plotly_chart(figure.drawing, key=key, alt=figure.alt, config=CONFIG)
    shelf = st.expander("The numbers of this figure", key=f"{key}-numbers", on_change="rerun")
    if not shelf.open:  # the table's script is as large as all others of a page together
        return
    with shelf:
        st.dataframe(figure.table, hide_index=True, alt=figure.alt)
        st.download_button(
            "Download as CSV",
            figure.csv,
            file_name=f"{figure.name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"{key}-csv",
        )
