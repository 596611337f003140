"""Edits in the link of "What is an RNN?", and what the picture asks for while it is edited."""

from __future__ import annotations

import pytest

from rnn_views.ui.chain import editing
from rnn_views.ui.state import settings
from tests.pages.conftest import App, Opener


def changes(app: App) -> list[tuple[str, list[int], float]]:
    found = app.payload().get("edited", {}).get("changes", [])
    return [(one["kind"], one["place"], one["new"]) for one in found]


def test_a_link_opens_with_its_edits(visit: Opener) -> None:
    plain = visit("unroll").payload()
    app = visit("unroll", v="1", edits="W_hh.3.5_1.5~h0.2_-0.5~flag.2_1")
    assert changes(app) == [("W_hh", [3, 5], 1.5), ("h0", [2], -0.5), ("flag", [2], 1.0)]
    assert app.payload()["badge"] == "untrained, seed 0, edited"
    assert app.payload()["segments"][0]["h"] != plain["segments"][0]["h"]
    assert app.warnings == []


@pytest.mark.parametrize("text", ["W_hh.3.5_nan", "W_hh.3.5_1e9", "rm -rf", "~~~", "h0.1_1" * 300])
def test_a_link_with_bad_edits_opens_unedited_and_says_why(visit: Opener, text: str) -> None:
    app = visit("unroll", edits=text)
    assert changes(app) == []
    assert "edits = " in app.warnings[0]
    assert "W_hh.3.5_0.25" in app.warnings[0]


def test_an_edit_that_does_not_fit_is_named_beside_the_picture(visit: Opener) -> None:
    app = visit("unroll", edits="W_hh.30.5_1~h0.2_1")
    assert changes(app) == [("h0", [2], 1.0)]
    assert "lies outside W_hh" in app.warnings[0]


def test_undo_redo_and_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    store = settings._Store(page="unroll")
    monkeypatch.setattr(settings, "_store", lambda: store)

    def ask(**message: object) -> str:
        editing.take_edit(message)
        return settings.get().edits

    assert ask(do="set", edit="h0.1_1", serial=1) == "h0.1_1"
    assert ask(do="set", edit="loop_0.5", serial=2) == "h0.1_1~loop_0.5"
    assert ask(do="set", edit="loop_0.25", continues=True, serial=3) == "h0.1_1~loop_0.25"
    assert ask(do="undo") == "h0.1_1"
    assert ask(do="redo") == "h0.1_1~loop_0.25"
    assert ask(do="redo") == "h0.1_1~loop_0.25"
    assert ask(do="reset") == ""
    assert ask(do="undo") == ""
    assert ask(do="redo") == "h0.1_1"
    assert ask(do="redo") == "h0.1_1~loop_0.25"
    assert ask(do="undo") == "h0.1_1"
    assert ask(do="set", edit="b_y.1_2") == "h0.1_1~b_y.1_2"
    assert ask(do="redo") == "h0.1_1~b_y.1_2"


def test_each_picture_of_a_page_undoes_its_own_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    store = settings._Store(page="compare")
    monkeypatch.setattr(settings, "_store", lambda: store)

    def ask(feedforward: bool = False, **message: object) -> str:
        editing.take_edit(message, feedforward=feedforward)
        return settings.get().edits

    ask(do="set", edit="h0.1_1")
    ask(feedforward=True, do="set", edit="b_h.1_2")
    assert ask(do="set", edit="h0.2_1") == "h0.1_1~rival-b_h.1_2~h0.2_1"
    assert ask(feedforward=True, do="undo") == "h0.1_1~h0.2_1"
    assert editing.editing_state(True)["undo"] == 2
    assert editing.editing_state(True, feedforward=True)["undo"] == 0
    assert ask(feedforward=True, do="undo") == "h0.1_1~h0.2_1"
    assert ask(do="undo") == "h0.1_1"
    assert ask(feedforward=True, do="redo") == "h0.1_1~rival-b_h.1_2"
    assert ask(do="reset") == "rival-b_h.1_2"
    assert ask(do="redo") == "rival-b_h.1_2~h0.1_1"


def test_a_request_that_is_sent_twice_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store = settings._Store(page="unroll")
    monkeypatch.setattr(settings, "_store", lambda: store)
    for message in ({"edit": "h0.1_1", "serial": 1}, {"edit": "h0.2_1", "serial": 2}):
        for _ in range(2):
            editing.take_edit({"do": "set", **message})
    assert settings.get().edits == "h0.1_1~h0.2_1"
    for serial in (3, 3, 4):
        editing.take_edit({"do": "undo", "serial": serial})
    assert settings.get().edits == ""


@pytest.mark.parametrize(
    "message",
    [
        None, "undo", 3, {}, {"do": "rm"}, {"do": ["set"]}, {"do": "set"},
        {"do": "set", "edit": None}, {"do": "set", "edit": "W_hh.1.1_1e999"},
        {"do": "set", "edit": {"kind": "x"}}, {"do": "set", "edit": "h0.1_1" * 99},
    ],
)  # fmt: skip
def test_what_no_picture_asks_for_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, message: object
) -> None:
    store = settings._Store(page="unroll")
    monkeypatch.setattr(settings, "_store", lambda: store)
    editing.take_edit(message)
    assert settings.get().edits == ""
