"""The page Find the bug: mysteries and known faults, instruments, naming, and links to it all."""

from __future__ import annotations

import pytest

from rnn_core.bug_lab.diagnostics import INSTRUMENTS
from rnn_core.bug_lab.faults import FAULTS
from rnn_core.bug_lab.recordings import PROGRAMS, load_records
from rnn_views.bug_lab.cases import (
    SLUGS,
    TITLES,
    TOOLS,
    evidence_against,
    hidden_fault,
    record_of,
    seed_of,
    title_of,
)
from rnn_views.bug_lab.derivatives import compare_sides
from rnn_views.bug_lab.snippets import lines_of
from rnn_views.links import codec
from rnn_views.number_format import format_percent
from tests.pages.conftest import App, Opener

CELLS = ("rnn", "gru", "lstm")
ALL = "check~overfit~permute~count"


def verdicts(app: App) -> dict[str, int]:
    """Return how many instruments passed and how many failed."""
    boxes = [box for kind in ("success", "error") for box in getattr(app.tester, kind)]
    said = [box.value.startswith("**Passes") for box in boxes if box.value.startswith("**")]
    return {"passed": sum(said), "failed": len(said) - sum(said)}


def text(app: App) -> str:
    return " ".join(one.value.replace("\\", "") for one in app.tester.markdown)


def test_the_catalogues_agree() -> None:
    assert tuple(SLUGS) == codec.BUGS
    assert set(SLUGS.values()) == {"", *FAULTS} == set(PROGRAMS)
    assert set(TOOLS.values()) == set(INSTRUMENTS)
    assert set(TITLES) == set(TOOLS)
    for slug in SLUGS:
        for cell in CELLS:
            lines = lines_of(slug, cell)
            assert (lines is None) == (slug == "none")
            assert lines is None or lines.right != lines.wrong


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("slug", codec.BUGS)
def test_a_known_fault_shows_its_line_its_course_and_its_findings(
    visit: Opener, cell: str, slug: str
) -> None:
    app = visit("bugs", lab="known", fault=slug, cell=cell)
    record = record_of(cell, slug, 0)
    assert format_percent(record.accuracy[-1]) in text(app)
    assert bool(app.tester.code) == (slug != "none")
    assert not app.tester.subheader, "nothing is told before the prediction"
    assert "Three slopes" not in text(app)
    app.press(f"ask-check-{cell} {slug}-0")
    assert "Three slopes" in text(app)
    assert compare_sides(cell, slug, 0).place in text(app)
    found = verdicts(app)
    assert found["failed"] == len(record.failed)
    assert found["passed"] == 4 - len(record.failed)


def test_a_mystery_tells_nothing_until_it_is_measured_and_named(visit: Opener) -> None:
    app = visit("bugs", case="3")
    truth = hidden_fault(3)
    assert not app.tester.code
    assert title_of(truth) not in text(app)
    assert "Three slopes" not in text(app)
    assert verdicts(app) == {"passed": 0, "failed": 0}
    for number, tool in enumerate(TOOLS, 1):
        app.press(f"use-{tool}")
        assert sum(verdicts(app).values()) == number
    assert app.query["tools"] == ALL
    app.set("radio", "name-rnn 3", truth)
    app.press("name-it")
    assert app.query["guess"] == truth
    assert title_of(truth) in app.tester.success[-1].value.replace("\\", "")
    assert "1 of 1" in app.tester.caption[-1].value


def test_a_wrong_name_is_answered_with_evidence_and_can_be_taken_back(visit: Opener) -> None:
    truth = hidden_fault(1)
    wrong = next(slug for slug in SLUGS if slug != truth)
    app = visit("bugs", guess=wrong)
    assert "something else" in app.tester.info[-1].value
    assert title_of(truth) not in text(app)
    app.press("name-again")
    assert "guess" not in app.query
    app = visit("bugs", guess=wrong).press("name-tell")
    assert title_of(truth) in text(app)
    keys = {one.key for one in app.tester.button}
    assert not keys & {"name-tell", "name-again"}  # there is nothing more to find
    app.press("next-case")
    assert app.query["case"] == "2"
    assert "tools" not in app.query


def test_only_the_first_name_counts_in_the_score(visit: Opener) -> None:
    truth = hidden_fault(1)
    wrong = next(slug for slug in SLUGS if slug != truth)
    app = visit("bugs")
    for named in (wrong, truth):
        app.set("radio", "name-rnn 1", named).press("name-it")
        assert "0 of 1" in app.tester.caption[-1].value
        if named == wrong:
            app.press("name-again")


@pytest.mark.parametrize("cell", CELLS)
def test_something_speaks_against_every_wrong_name(cell: str) -> None:
    for seed in range(3):
        for truth in SLUGS:
            for guess in SLUGS:
                if guess != truth:
                    said = evidence_against(cell, guess, truth, seed)
                    assert title_of(guess) in said
                    assert said.count("passes") < 2
                    assert said.count("fails") < 2


def test_eight_cases_in_a_row_are_eight_programs_of_all_seeds() -> None:
    for start in (1, 9, 801):
        assert {hidden_fault(n) for n in range(start, start + 8)} == set(SLUGS)
    assert {seed_of(n) for n in range(1, 4)} == {seed for _, _, seed in load_records()}


@pytest.mark.parametrize("variant", ["plain", "one", "even"])
@pytest.mark.parametrize("slug", ["dropped", "slope", "targets"])
def test_the_check_is_taken_in_three_ways(visit: Opener, slug: str, variant: str) -> None:
    number = next(n for n in range(1, 9) if hidden_fault(n) == slug)
    app = visit("bugs", case=str(number), tools="check", variant=variant)
    fails = {"dropped": variant != "one", "slope": True, "targets": False}[slug]
    assert bool(app.tester.error) == fails
    if slug == "targets" and variant == "one":
        assert "Nothing to differentiate" in app.warnings[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("case", "0"), ("fault", "x"), ("tools", "check~x"), ("guess", "<b>"), ("lab", "2")],
)
def test_bad_links_are_named(visit: Opener, name: str, value: str) -> None:
    app = visit("bugs", **{name: value})
    assert f"{name} = " in app.warnings[0]


def test_it_runs_twice_and_after_a_page_switch(visit: Opener) -> None:
    app = visit("bugs", tools=ALL).run().go("start").go("bugs").run()
    assert app.tester.title[0].value == "Find the bug"
