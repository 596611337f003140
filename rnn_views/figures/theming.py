"""A figure's colours in the theme that its reader sees, filled in by the browser.

Streamlit's browser half puts the theme's ten chart colours where a figure has ten agreed colours
(`#000001` to `#000010`). `.streamlit/config.toml` lists them, nine inks and the colour of axis
text, for each theme; a test holds the list to the palettes. So a figure is drawn in full contrast
on either ground, and follows a change of theme without a new run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rnn_views import colour_names
from rnn_views.figures.figure import TICK, Drawing
from rnn_views.theme import DARK, LIGHT, Palette

NAMES: Final = (
    *("w_xh", "w_hh", "w_hy", "negative", "positive", "grad_negative", "grad_positive"),
    *("cursor", "muted"),
)
AXIS_TEXT: Final = "#000010"
INKS: Final = {
    colour_names.between(name): (getattr(LIGHT, name), getattr(DARK, name)) for name in NAMES
}
"""The colours of each ink on the light and on the dark ground, for curves drawn without Plotly."""
PLACES: Final = {colour_names.between(name): f"#{n:06d}" for n, name in enumerate(NAMES, 1)}
"""The agreed colour that replaces each ink."""


def chart_colours(palette: Palette) -> tuple[str, ...]:
    """Return the ten chart colours of a theme, as `.streamlit/config.toml` lists them."""
    return (*(getattr(palette, name) for name in NAMES), palette.muted)


def fill_in_browser(spec: Drawing) -> Drawing:
    """Return a drawing whose inks and axis text take the theme's colours in the browser.

    >>> line = {"line": {"color": colour_names.W_HH}}
    >>> marked = fill_in_browser({"data": [line], "layout": {"xaxis": {}}})
    >>> marked["data"][0]["line"]["color"], marked["layout"]["xaxis"]["tickfont"]["color"]
    ('#000002', '#000010')
    """
    marked: Drawing = _replace(spec)
    layout = marked["layout"]
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            layout[name] = _with_text_colour(axis)
    for trace in marked["data"]:
        if isinstance(trace, dict) and "colorbar" in trace:
            trace["colorbar"] = _with_text_colour(trace["colorbar"])
    hover = {"font": {"color": AXIS_TEXT, "size": TICK}}
    layout.setdefault("hoverlabel", hover)
    return marked


def _with_text_colour(scale: Mapping[str, Any]) -> dict[str, Any]:
    """Give the ticks and the title of an axis or a colour bar the colour of text."""
    coloured = dict(scale)
    coloured["tickfont"] = {"color": AXIS_TEXT, **scale.get("tickfont", {})}
    if isinstance(title := scale.get("title"), Mapping):
        coloured["title"] = {**title, "font": {"color": AXIS_TEXT, **title.get("font", {})}}
    return coloured


def _replace(part: Any) -> Any:
    if isinstance(part, str):
        return PLACES.get(part, part)
    if isinstance(part, Mapping):
        return {key: _replace(value) for key, value in part.items()}
    if isinstance(part, Sequence) and part and isinstance(part[0], (str, Mapping, Sequence)):
        return [_replace(value) for value in part]
    return part
