"""A browser that draws a widget again in another place falls back on the widget's default."""

from __future__ import annotations

import pytest
from streamlit.testing.v1.element_tree import Element

from tests.pages.conftest import App

KINDS = ("select_slider", "button_group", "selectbox", "toggle", "slider")
CASES = {
    "memory reach": ("memory", {"factor": "0.5", "clip": "1"}),
    "memory lags": ("memory", {"part": "lags", "factor": "1.5", "cell": "lstm"}),
    "memory units": ("memory", {"part": "units", "source": "sentiment", "unit": "3", "at": "2"}),
    "memory adding": ("memory", {"part": "adding", "length": "50", "seed": "4"}),
    "memory sunspots": ("memory", {"part": "sunspots", "year": "1930", "cell": "gru"}),
    "memory random": ("memory", {"steps": "80", "start": "identity", "equal": "yes"}),
    "train live": ("train", {"view": "live", "task": "sentiment", "factor": "2", "seed": "3"}),
    "train one update": ("train", {"cell": "gru", "truncate": "3"}),
    "unroll": ("unroll", {"cell": "lstm", "cut": "yes", "seed": "2"}),
    "topologies": ("topologies", {"task": "digits", "weights": "trained", "cell": "gru"}),
    "compare": ("compare", {"seed": "5"}),
    "bugs": ("bugs", {"lab": "known", "fault": "dropped"}),
}


def shown(widget: Element) -> list[object]:
    """What the server tells the browser to show."""
    proto = widget.proto
    if widget.type == "slider" or widget.type == "toggle":
        return list(proto.value) if widget.type == "slider" else [proto.value]
    if widget.type == "selectbox":
        return [proto.raw_value or proto.placeholder]  # None is the first option, by its name
    return list(proto.raw_value if widget.type == "select_slider" else proto.raw_values)


def default(widget: Element) -> list[object]:
    """What the browser shows if it has lost what it was told."""
    proto = widget.proto
    if widget.type == "slider":
        return list(proto.default)
    if widget.type == "toggle":
        return [proto.default]
    if widget.type == "button_group":
        return [proto.options[int(n)].content for n in proto.default]
    places = [proto.default] if widget.type == "selectbox" else proto.default
    return [proto.options[int(n)] for n in places]


@pytest.mark.parametrize("case", CASES)
def test_every_setting_is_its_widgets_default(case: str) -> None:
    script, query = CASES[case]
    tester = App().go(script, **query).tester
    widgets = [w for kind in KINDS for w in tester.get(kind) if w.proto.set_value]
    assert widgets
    for widget in widgets:
        assert default(widget) == shown(widget), widget.key
