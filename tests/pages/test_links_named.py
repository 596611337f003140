"""What a link asks for is done, or a sentence names it: on every page, one by one and together."""

from __future__ import annotations

from typing import Any

import pytest

from rnn_views.links import codec
from tests.pages.conftest import App, Opener

PAGES = {page or "start": page for page in codec.PAGES}
OUT_OF_RANGE: list[tuple[str, str, dict[str, str]]] = [
    ("train", "member", {"learn": "batch", "member": "9999"}),
    ("train", "member", {"learn": "batch", "task": "names", "batch": "4", "member": "5"}),
    ("train", "row", {"panel": "check", "row": "9999"}),
    ("train", "row", {"panel": "check", "weight": "b_y", "row": "3"}),
    ("train", "row", {"row": "33"}),
    ("train", "column", {"panel": "check", "weight": "W_xh", "column": "9999"}),
    ("train", "weight", {"panel": "check", "weight": "b_hn"}),
    ("train", "weight", {"weight": "decoder-W_hh"}),
    ("train", "weight", {"task": "french", "weight": "decoder-b_hn"}),
    ("train", "weight", {"learn": "batch", "panel": "check", "weight": "b_hn"}),
    ("train", "panel", {"panel": "fed"}),
    ("train", "panel", {"task": "names", "panel": "fed", "learn": "batch"}),
    ("train", "own", {"own": "4"}),
    ("train", "own", {"own": "all"}),
    ("train", "own", {"task": "captions", "own": "2.99"}),
    ("train", "net", {"net": "mine"}),
    ("train", "learn", {"task": "adding", "learn": "batch"}),
    ("train", "examples", {"view": "live", "task": "sunspots", "examples": "50"}),
    ("train", "examples", {"view": "live", "examples": "9999"}),
    ("train", "epochs", {"view": "live", "task": "sunspots", "epochs": "9"}),
    ("train", "updates", {"view": "live", "updates": "9"}),
    ("train", "share", {"view": "live", "share": "0.5"}),
    ("train", "update", {"view": "live", "update": "999999"}),
    ("train", "beside", {"view": "live", "task": "names", "beside": "low"}),
    ("train", "foretold", {"view": "extremes", "extreme": "low", "foretold": "more"}),
    ("train", "example", {"example": "99999"}),
    ("compare", "update", {"update": "999999"}),
    ("compare", "example", {"example": "99999"}),
    ("topologies", "example", {"example": "99999", "input": ""}),
    ("topologies", "teacher", {"teacher": "yes"}),
    ("unroll", "cut", {"cut": "yes", "cell": "lstm"}),
    ("memory", "update", {"part": "adding", "update": "999999"}),
    ("memory", "update", {"part": "sunspots", "update": "999999"}),
    ("memory", "unit", {"part": "units", "source": "names", "unit": "128"}),
    ("memory", "at", {"part": "units", "source": "names", "at": "99"}),
    ("memory", "example", {"source": "names", "example": "99999"}),
    ("bugs", "seed", {"lab": "known", "seed": "9999"}),
]


def named(app: App, name: str) -> bool:
    return any(f"{name} = " in sentence for sentence in app.warnings)


@pytest.mark.parametrize(("page", "name", "query"), OUT_OF_RANGE)
def test_a_setting_that_does_not_fit_here_is_named(
    visit: Opener, page: str, name: str, query: dict[str, str]
) -> None:
    app = visit(page, **query)
    assert named(app, name), app.warnings
    asked = app.warnings
    assert app.run().warnings == asked  # nothing changed, so it stays in sight


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("train", {"learn": "batch"}),
        ("train", {"panel": "fed"}),
        ("train", {"panel": "check", "weight": "b_hn", "row": "99"}),
        ("train", {"net": "mine"}),
        ("memory", {"part": "units", "source": "names", "unit": "99"}),
        *((script, {}) for script in PAGES),
    ],
)
def test_all_that_is_wrong_with_a_link_is_named_together(
    visit: Opener, page: str, query: dict[str, str]
) -> None:
    app = visit(page, v="7", nonsense="1", seed=["1", "2"], edits="banana", **query)
    text = " ".join(app.warnings)
    for part in ("nonsense", "version “7”"):
        assert part in text
    for name in set(query) & {"row", "weight", "net", "unit"}:
        assert named(app, name)
    if "seed" in codec.PAGES[PAGES[page]]:
        assert "seed 2 times" in text
    if "edits" in codec.PAGES[PAGES[page]]:
        assert "edits = “banana”" in text


EDGES = ("0", "1", "2", "99", "128", "9999", "99999", "auto", "yes", "no", "all")


def values_of(page: str, name: str) -> list[str]:
    """Return texts at the edges of what a setting accepts."""
    options = codec.field_of(page, name).accepts.removeprefix("one of ").split(", ")
    found = [*EDGES, *options]
    good = []
    for text in dict.fromkeys(found):
        try:
            codec.field_of(page, name).check(text)
        except ValueError:
            continue
        good.append(text)
    return good


def changed(app: App, asked: dict[str, Any], page: str) -> set[str]:
    """Return the settings that are not what the link asked for."""
    stored = app.tester.session_state["unrolled"].settings[page]
    expected, _ = codec.read(page, {name: [text] for name, text in asked.items()})
    return {name for name in codec.PAGES[page] if getattr(stored, name) != getattr(expected, name)}


SCENES: dict[str, list[dict[str, str]]] = {
    "start": [{}],
    "unroll": [{}],
    "topologies": [{}, {"task": "captions"}],
    "train": [
        {},
        {"learn": "batch"},
        {"view": "live"},
        {"view": "extremes"},
        {"task": "adding"},
        {"task": "french", "panel": "check"},
    ],
    "compare": [{}],
    "memory": [{"part": part} for part in ("reach", "lags", "adding", "units", "sunspots")],
    "bugs": [{}, {"lab": "known"}],
}


@pytest.mark.parametrize(
    ("script", "scene"), [(script, scene) for script, scenes in SCENES.items() for scene in scenes]
)
def test_no_setting_is_changed_without_a_word(
    visit: Opener, script: str, scene: dict[str, str]
) -> None:
    page, app = PAGES[script], visit()
    for name in codec.PAGES[page]:
        for text in values_of(page, name)[-2:]:
            query = {**scene, name: text}
            del app.tester.session_state["unrolled"]  # a new visitor
            app.go(script, **query)
            for one in changed(app, query, page):
                assert named(app, one), (query, one, app.warnings)
