"""Shows a figure with its twins: spoken text, table, and a file to take home."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_views.component_values import as_whole
from rnn_views.figures.figure import Drawing, Figure
from rnn_views.figures.theming import INKS, fill_in_browser
from rnn_views.ui.state import settings

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
ASSETS = Path(__file__).parents[3] / "assets" / "curves"
Mark = tuple[int, str]
"""An update that stands out, and what is written there."""

_CURVES = st.components.v2.component(
    "curves",
    html='<div class="curves" role="img" translate="no"></div>',
    css=(ASSETS / "curves.css").read_text(encoding="utf-8"),
    js=(ASSETS / "curves.js").read_text(encoding="utf-8"),
)


class LiveChart:
    """Curves on the page, redrawn where they stand as often as one likes while a script runs.

    Streamlit sends a component its data once a run of the script. What comes in between goes into
    an unseen element beside it, which the component watches: one message, and nothing else on the
    page is drawn again.

    Parameters
    ----------
    feed : DeltaGenerator
        The place of that element.
    """

    def __init__(self, feed: DeltaGenerator) -> None:
        self._feed = feed
        feed.html("<div hidden></div>")

    def draw(self, figure: Figure, update: int) -> None:
        """Draw the figure in the place of the one before; the address notes the update.

        So a page that is loaded again in mid-run still knows how far the run had come.
        """
        shown = {"figure": shorten(figure.spec), "alt": figure.alt, "update": update}
        frame = json.dumps(shown, separators=(",", ":"))
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), ("'", "&#39;")):
            frame = frame.replace(sign, entity)
        self._feed.html(f"<div hidden data-frame='{frame}'></div>")


def shorten(spec: Drawing) -> Drawing:
    """Return a drawing with values of four digits, which is finer than a screen; half the bytes.

    >>> shorten({"data": [{"x": [1], "y": [0.123456, None]}], "layout": {}})["data"][0]["y"]
    [0.1235, None]
    """
    traces = [
        trace | {"y": [None if value is None else float(f"{value:.4g}") for value in trace["y"]]}
        for trace in spec["data"]
    ]
    return {**spec, "data": traces}


def show_live_chart(
    figure: Figure,
    *,
    key: str,
    marks: Sequence[Mark] = (),
    pick: Callable[[Any], None] | None = None,
    ended: Callable[[], None] | None = None,
) -> LiveChart:
    """Draw curves that change many times a second; return them, to be drawn again.

    Parameters
    ----------
    figure : Figure
    key : str
    marks : sequence of (update, str)
        Drawn as upright lines.
    pick : callable, optional
        Called with the update at which the visitor points.
    ended : callable, optional
        Given where a run goes on after this. If its script ends all the same, the browser notices:
        this is called then, and the page is drawn again.
    """
    data = {
        "figure": figure.spec,
        "alt": figure.alt,
        "marks": [{"update": update, "text": text} for update, text in marks],
        "pick": pick is not None,
        "running": ended is not None,
        "inks": INKS,
    }

    def take() -> None:
        update = settings.component_value(key, "moment", as_whole)
        if pick is not None and update is not None:
            pick(update)

    with st.container(gap=None, key=f"moving-{key}"):
        _CURVES(
            key=key,
            data=data,
            height="content",
            on_moment_change=take,
            on_ended_change=lambda: None if ended is None else ended(),
        )
        return LiveChart(st.empty())


def show_figure(figure: Figure, *, key: str) -> None:
    """Draw a figure with Plotly; its numbers as a table and as a CSV file come when asked for."""
    st.plotly_chart(fill_in_browser(figure.spec), key=key, alt=figure.alt, config=CONFIG)
    show_numbers(figure, key=key, chart=False)


def show_numbers(figure: Figure, *, key: str, chart: bool = True) -> None:
    """Offer the numbers of a figure: as a table, as a CSV file, and as a chart to hover over."""
    expander = st.expander("The numbers of this figure", key=f"{key}-numbers", on_change="rerun")
    if not expander.open:  # the table's script is as large as all others of a page together
        return
    with expander:
        if chart:
            st.plotly_chart(fill_in_browser(figure.spec), key=key, alt=figure.alt, config=CONFIG)
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
