"""The first act of a page whose session is gone: done by the new session, or a sentence says so.

A server that starts again, and a visitor who was away for too long, come to the same: the page is
still there, with its widgets, its link and its next message, and the session that gets it is new.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.testing.v1.app_test import _AppTestSessionState

from tests.pages.conftest import App, Opener

Act = Callable[[App], WidgetStates]
"""Does something in the page, and returns what the page then says to the server."""


def lose_session(app: App) -> None:
    """Take the session away; the page, its link and its widgets stay."""
    tester: Any = app.tester
    tester._session_state = SafeSessionState(SessionState(), lambda: None)
    tester.session_state = _AppTestSessionState(tester._session_state)
    tester._fragment_storage = type(tester._fragment_storage)()


def send(app: App, said: WidgetStates) -> App:
    """Run the app with what the page said."""
    app.tester._run(said)
    assert not app.tester.exception, [error.value for error in app.tester.exception]
    return app


def press(key: str) -> Act:
    """Press a button."""

    def act(app: App) -> WidgetStates:
        app.tester.button(key=key).click()
        return app.tester._tree.get_widget_states()

    return act


def choose(kind: str, key: str, value: object) -> Act:
    """Give a widget another value."""

    def act(app: App) -> WidgetStates:
        widget: Any = next(one for one in app.tester.get(kind) if one.key == key)
        if kind == "selectbox" and isinstance(value, str) and value not in widget.options:
            widget.options.append(value)  # typed
        widget.set_value(value)
        return app.tester._tree.get_widget_states()

    return act


def report(component: str, event: str, value: object) -> Act:
    """Let a component in the browser report something once."""

    def act(app: App) -> WidgetStates:
        found = [one.proto.id for one in app.tester.get("bidi_component")]
        (own,) = [one for one in found if one.endswith(f"-{component}")]
        said = app.tester._tree.get_widget_states()
        told = json.dumps([{"event": event, "value": value}])
        said.widgets.append(WidgetState(id=_make_trigger_id(own, "events"), json_trigger_value=told))
        return said

    return act


INK = " ".join("".join(f"{x:02x}{y:02x}" for x, y in ((60, 60), (60, 200))) for _ in range(1))
ACTS: list[tuple[str, dict[str, str], Act]] = [
    ("start", {}, press("present")),
    ("start", {}, report("start-chain", "edit", {"do": "set", "edit": "h0.1_2", "serial": 1})),
    ("unroll", {}, press("suggestion-1")),
    ("unroll", {}, choose("text_input", "unroll-typed-input", "not bad")),
    ("unroll", {}, choose("text_input", "unroll-typed-input", "zzzz qqqq")),
    ("unroll", {}, choose("button_group", "unroll-weights", "trained")),
    ("unroll", {}, choose("button_group", "unroll-cell", "lstm")),
    ("unroll", {}, choose("toggle", "unroll-cut", True)),
    ("unroll", {}, choose("selectbox", "unroll-hidden", 16)),
    ("topologies", {}, report("topology", "picked", "one to one")),
    ("topologies", {"task": "digits"}, report("gallery-digits", "picked", "5")),
    ("topologies", {"task": "digits"}, report("pad", "drawn", INK)),
    ("topologies", {}, press("example-next")),
    ("topologies", {"task": "french"}, choose("button_group", "topologies-teacher", True)),
    ("train", {}, choose("selectbox", "train-task", "names")),
    ("train", {}, choose("button_group", "train-panel", "check")),
    ("train", {}, choose("selectbox", "train-lr", "0.05")),
    ("train", {}, choose("selectbox", "train-lr", "banana")),
    ("train", {}, press("see-check")),
    ("train", {}, report("train-chain", "wish", {"do": "chunk", "steps": 2, "serial": 1})),
    ("train", {"learn": "batch"}, press("member-next")),
    ("train", {"view": "extremes"}, press("ask-low-1")),
    ("train", {"view": "live"}, choose("button_group", "train-pace", "10")),
    ("compare", {}, press("example-random")),
    ("memory", {}, choose("select_slider", "memory-factor", 0.5)),
    ("memory", {}, choose("button_group", "memory-part", "units")),
    ("memory", {"part": "sunspots"}, choose("slider", "memory-year", 1950)),
    ("memory", {}, choose("selectbox", "memory-steps", 80)),
    ("bugs", {}, press("next-case")),
    ("bugs", {}, choose("button_group", "bugs-lab", "known")),
    ("bugs", {}, press("run-check")),
]


@pytest.mark.parametrize(("page", "query", "act"), ACTS)
def test_the_first_act_is_done(visit: Opener, page: str, query: dict[str, str], act: Act) -> None:
    random.seed(1)
    usual, late = visit(page, **query), visit(page, **query)
    before, refused = usual.query, len(usual.warnings)
    random.seed(1)
    send(usual, act(usual))
    assert usual.query != before or len(usual.warnings) > refused, "the act itself does something"
    said = act(late)
    lose_session(late)
    random.seed(1)
    send(late, said)
    assert late.query == usual.query
    assert late.warnings == usual.warnings
