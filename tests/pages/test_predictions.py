"""A prediction belongs to the question as it was asked: another question has no answer yet."""

from __future__ import annotations

import pytest

from tests.pages.conftest import App, Opener

SENTENCE = "not bad at all"
SENTIMENT = {"part": "units", "source": "sentiment"}
FRENCH = {"task": "french", "net": "shipped", "panel": "fed"}
CHECK = {"task": "sentiment", "panel": "check"}
CASES: tuple[tuple[str, dict[str, str], str, dict[str, str]], ...] = (
    ("unroll", {}, "ask-last-word-1", {"input": SENTENCE}),
    ("unroll", {}, "ask-last-word-1", {"weights": "trained"}),
    ("unroll", {}, "ask-swap-0", {"seed": "1"}),
    ("memory", {}, "ask-half-1", {"steps": "20"}),
    ("memory", {}, "ask-half-1", {"activation": "relu"}),
    ("memory", {}, "ask-half-1", {"source": "sentiment"}),
    ("memory", SENTIMENT, "ask-knockouts-1", {"source": "names"}),
    ("memory", SENTIMENT, "ask-knockouts-1", {"input": SENTENCE}),
    ("memory", SENTIMENT, "ask-knockouts-1", {"cell": "gru"}),
    ("memory", SENTIMENT, "ask-pasts-1", {"seed": "1", "weights": "untrained"}),
    ("memory", SENTIMENT, "ask-pasts-1", {"cell": "lstm"}),
    ("memory", {"part": "sunspots"}, "ask-forecast-1900-1", {"cell": "gru"}),
    ("train", FRENCH, "ask-feeding-1", {"example": "3"}),
    ("train", FRENCH, "ask-feeding-1", {"net": "fresh"}),
    ("train", CHECK, "ask-last-only-0", {"weight": "W_xh"}),
    ("train", CHECK, "ask-step-size-0", {"row": "2"}),
    ("bugs", {"lab": "known"}, "ask-check-rnn dropped-0", {"seed": "1"}),
    ("bugs", {"lab": "known"}, "ask-check-rnn dropped-0", {"fault": "start"}),
)


def open_case(visit: Opener, page: str, query: dict[str, str], key: str) -> App:
    if "forecast" in key:
        query = {**query, "year": "1900"}
    if "dropped" in key:
        query = {"fault": "dropped", **query}
    return visit(page, **query).press(key)


@pytest.mark.parametrize(("page", "query", "key", "change"), CASES, ids=str)
def test_a_prediction_is_not_graded_on_another_question(
    visit: Opener, page: str, query: dict[str, str], key: str, change: dict[str, str]
) -> None:
    app = open_case(visit, page, query, key)
    assert len(app.verdicts) == 1
    now = dict(app.query)
    app.go(page, **{**now, **change})
    assert app.verdicts == []
    app.go(page, **now)
    assert len(app.verdicts) == 1  # the same question has the answer it was given


def test_what_does_not_decide_the_truth_keeps_the_prediction(visit: Opener) -> None:
    app = visit("memory").press("ask-half-1")
    told = app.verdicts
    assert len(told) == 1
    for change in ({"factor": "0.5"}, {"clip": "1"}):
        assert app.go("memory", **change).verdicts == told
    app = visit("memory", **SENTIMENT).press("ask-pasts-1")
    told = app.verdicts
    assert app.go("memory", **SENTIMENT, input=SENTENCE).verdicts == told
