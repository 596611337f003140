"""The app under Streamlit's own tester, always from the main script."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "rnn_views" / "ui" / "main.py"
UNSEEN = "\\"

HOSTILE = (
    "",
    "   ",
    "\x00\x07\x1b",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "**bold** :red[x] $x^2$ `code` [link](javascript:alert(1)) ![i](http://x) :tada:",
    "👩‍🚀🙂🏳️‍🌈",
    "\u202eright to left\u202c مرحبا",
    "a" * 10_000,
    "good " * 2_000,
    "é" + "\u0301" * 500,
    "ÅÉ ß ﬁ ½ ٣",
    "=cmd|' /C calc'!A0",
    "999999999999999999999",
    "-1",
    "NaN",
    "\ud7ff\ufffd\uffff",
)


class App:
    """One visitor's app: opens pages, changes widgets, and never tolerates an exception."""

    def __init__(self) -> None:
        self.tester = AppTest.from_file(str(MAIN), default_timeout=60)
        self.run()

    def run(self) -> App:
        self.tester.run()
        assert not self.tester.exception, [error.value for error in self.tester.exception]
        return self

    def go(self, script: str, **query: str | list[str]) -> App:
        """Open a page by its script's name, with the settings of a link."""
        self.tester.switch_page(str(ROOT / "pages" / f"{script}.py"))
        for name in list(self.tester.query_params):
            del self.tester.query_params[name]
        for name, text in query.items():
            self.tester.query_params[name] = text
        return self.run()

    def press(self, key: str) -> App:
        self.tester.button(key=key).click()
        return self.run()

    def set(self, kind: str, key: str, value: Any) -> App:
        widget: Any = next(one for one in self.tester.get(kind) if one.key == key)
        widget.set_value(value)
        return self.run()

    def type_in(self, key: str, text: str) -> App:
        """Type a value into a list that accepts others than it offers."""
        box = self.tester.selectbox(key=key)
        box.options.append(text)
        box.set_value(text)
        return self.run()

    @property
    def verdicts(self) -> list[str]:
        """What was said of predictions, as it is read."""
        told = [*self.tester.success, *self.tester.info]
        texts = [one.value.replace("\\", "") for one in told]
        heads = ("Correct: ", "The nearest answer: ", "You predicted: ")
        return [text for text in texts if text.startswith(heads)]

    def data(self, key: str) -> dict[str, Any]:
        """Return what a component was given."""
        found = [one for one in self.tester.get("bidi_component") if key in one.proto.id]
        data: dict[str, Any] = json.loads(found[0].proto.json)
        return data

    def payload(self) -> dict[str, Any]:
        """Return what the chain of the page was given."""
        payload: dict[str, Any] = self.data("-chain")["payload"]
        return payload

    def words(self) -> list[str]:
        return [word for segment in self.payload()["segments"] for word in segment["labels"]]

    @property
    def warnings(self) -> list[str]:
        """Return the warnings as they are read, without what keeps Markdown away."""
        return [box.value.replace(UNSEEN, "") for box in self.tester.warning]

    @property
    def query(self) -> dict[str, str]:
        return dict(self.tester.query_params)


Opener = Callable[..., App]


@pytest.fixture
def visit() -> Opener:
    """Give a function that opens a fresh app, on a page if one is named."""

    def open_app(script: str = "", **query: str | list[str]) -> App:
        app = App()
        return app.go(script, **query) if script else app

    return open_app
