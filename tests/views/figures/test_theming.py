"""Figures take the colours of the theme in the browser: every ink has a place, each is readable."""

import tomllib
from pathlib import Path

import pytest

from rnn_views import colour_names
from rnn_views.figures.figure import base_layout
from rnn_views.figures.theming import (
    AXIS_TEXT,
    INKS,
    NAMES,
    PLACES,
    chart_colours,
    fill_in_browser,
)
from rnn_views.theme import DARK, LIGHT, Palette, contrast

CONFIG = tomllib.loads(
    (Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text("utf-8")
)


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_themes_list_the_palettes(theme: str, palette: Palette) -> None:
    listed = CONFIG["theme"][theme]["chartCategoricalColors"]
    assert tuple(listed) == chart_colours(palette)
    assert contrast(listed[int(AXIS_TEXT[1:]) - 1], palette.background) >= 4.5
    for colour in listed:
        assert contrast(colour, palette.background) >= 3


def test_every_ink_has_a_place_of_its_own() -> None:
    assert len(set(PLACES.values())) == len(PLACES) == len(NAMES) == len(INKS)
    for name in ("W_XH", "W_HH", "W_HY", "NEGATIVE", "POSITIVE", "ACCENT", "MUTED"):
        assert getattr(colour_names, name) in PLACES
    assert AXIS_TEXT not in PLACES.values()


def test_nothing_but_colours_changes() -> None:
    drawing = {
        "data": [
            {
                "x": [1, 2],
                "y": [0.5, None],
                "text": ["a", "b"],
                "line": {"color": colour_names.W_HH},
            }
        ],
        "layout": base_layout(x="update", y="loss"),
    }
    marked = fill_in_browser(drawing)
    assert marked["data"][0]["line"]["color"] == PLACES[colour_names.W_HH]
    assert drawing["data"][0]["line"]["color"] == colour_names.W_HH
    assert {**marked["data"][0], "line": 0} == {**drawing["data"][0], "line": 0}
    for name in ("xaxis", "yaxis"):
        axis = marked["layout"][name]
        assert axis["tickfont"]["color"] == axis["title"]["font"]["color"] == AXIS_TEXT
        assert axis["tickfont"]["size"] >= 13
