"""Shows a figure with its twins: spoken text, table, and a file to take home."""

from __future__ import annotations

import streamlit as st

from rnn_views.figures.figure import Figure

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def draw(figure: Figure, *, key: str) -> None:
    """Draw a figure alone; for one that is redrawn many times a second."""
    st.plotly_chart(figure.drawing, key=key, alt=figure.alt, config=CONFIG)


def show_figure(figure: Figure, *, key: str) -> None:
    """Draw a figure, with its numbers as a table and as a CSV file below."""
    draw(figure, key=key)
    with st.expander("The numbers of this figure", key=f"{key}-numbers"):
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
