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
        state = WidgetState(id=_make_trigger_id(own, "events"), json_trigger_value=told)
        said.widgets.append(state)
        return said

    return act


INK = "3c3c3cc8"  # one stroke down
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
    ("train", {}, report("train-chain", "request", {"do": "chunk", "steps": 2, "serial": 1})),
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
    ("bugs", {}, press("use-check")),
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


def here(**told: object) -> Act:
    """Let the browser report what it keeps, as it does when it meets a new session."""
    return report("visit", "here", {"path": "/", "search": "", "serial": 0, "record": [], **told})


def memory_of(app: App) -> dict[str, object]:
    return dict(app.tester.session_state["unrolled"].memory)


def test_what_was_predicted_comes_back_from_the_browser(visit: Opener) -> None:
    app = visit("unroll").press("ask-swap-0")
    kept = [[name, value] for _, name, value in app.data("visit")["news"]]
    assert app.data("visit") == app.run().data("visit"), "the same news, nothing more to send"
    again = visit("unroll")
    assert not [one for one in again.tester.button if one.key == "ask-swap-again"]
    send(again, here(record=kept)(again))
    assert again.data("visit")["known"]
    assert again.tester.button(key="ask-swap-again")
    assert memory_of(again) == memory_of(app) != {}
    again.press("ask-swap-again")
    assert again.data("visit")["news"][-1][1:] == [kept[0][0], None]


def test_what_was_done_after_the_browser_spoke_is_not_undone_by_it(visit: Opener) -> None:
    app = visit("unroll").press("ask-swap-0").press("ask-last-word-1")
    known = memory_of(app)
    send(app, here(serial=1, record=[next(iter(known.items())), ["elsewhere", "yes"]])(app))
    assert memory_of(app) == {**known, "elsewhere": "yes"}


@pytest.mark.parametrize(
    "record",
    [
        None,
        "nonsense",
        {"a": 1},
        [["prediction unroll swap", 7], [None, "x"], ["a"], [], 5, ["x" * 1_001, "y"]],
        [["prediction unroll swap", "no such answer"]],
        [["undone unroll", ["x", "not an edit"]], ["bugs named", "?"], ["bugs named", ["?"]]],
        [["undone unroll", True], ["bugs named", True], ["prediction unroll swap", ["a"]]],
        [[f"n{number}", "v" * 500] for number in range(900)],
    ],
)
@pytest.mark.parametrize("page", ["unroll", "bugs"])
def test_a_record_that_makes_no_sense_changes_nothing(
    visit: Opener, page: str, record: object
) -> None:
    query = {"guess": "sum"} if page == "bugs" else {}
    app = visit(page, **query)
    before = [one.value for one in app.tester.markdown]
    send(app, here(record=record)(app))
    assert [one.value for one in app.tester.markdown] == before
    assert len(memory_of(app)) <= 300


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("train", {"view": "live"}),
        ("compare", {}),
        ("memory", {"part": "adding"}),
        ("memory", {"part": "sunspots"}),
    ],
)
def test_a_run_that_is_gone_is_offered_again(
    visit: Opener, page: str, query: dict[str, str]
) -> None:
    app = visit(page, update="0", **query)
    said = here(path=f"/{page}", search="?v=1&update=123")(app)
    lose_session(app)
    send(app, said)
    assert app.tester.button(key="live-replay").label == "Train to update 123"
    # What follows leaves it in the link.
    assert app.press("present").query["update"] == "123"


@pytest.mark.parametrize("key", ["live-go", "live-one", "live-epoch"])
def test_a_press_for_a_run_that_is_gone_is_named(visit: Opener, key: str) -> None:
    app = visit("train", view="live", update="123")
    said = press(key)(app)
    lose_session(app)
    send(app, said)
    assert "gone with its session" in app.warnings[0]
    assert app.query["update"] == "123"
    assert app.tester.button(key="live-replay").label == "Train to update 123"
    assert app.press("live-one").query["update"] == "1"  # what is pressed here is done


def test_an_act_whose_control_is_gone_is_named(visit: Opener) -> None:
    app = visit("train", view="live").press("live-one")
    said = press("live-stop")(app)
    lose_session(app)
    send(app, said)
    assert "do it again" in app.warnings[0]
