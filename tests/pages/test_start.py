"""Start: asks before it shows."""

from __future__ import annotations

import pytest

from rnn_views.ui.start.question import SENTENCE, STEP
from tests.pages.conftest import Opener


def test_the_loop_stands_rolled_until_the_visitor_has_answered(visit: Opener) -> None:
    app = visit()
    assert app.words() == SENTENCE.split()
    assert app.data("-chain")["start"] == {"rolled": True, "t": 1}
    assert not app.tester.success
    assert not app.tester.info


@pytest.mark.parametrize(("number", "right"), [(0, True), (1, False)])
def test_answering_unrolls_the_loop_and_shows_both_answers(
    visit: Opener, number: int, right: bool
) -> None:
    app = visit().press(f"ask-sentence-{number}")
    assert app.data("-chain")["start"] == {"rolled": False, "t": STEP}
    assert SENTENCE.split()[STEP - 1] == "bad"
    assert f"step {STEP}" in " ".join(one.value for one in app.tester.markdown)
    assert app.payload()["text"].startswith("positive")
    assert bool(app.tester.success) is right
    assert "good" in (app.tester.success or app.tester.info)[0].value
    again = app.press("ask-sentence-again")
    assert again.data("-chain")["start"]["rolled"]
    assert not again.tester.success


def test_the_doors_lead_to_the_other_pages(visit: Opener) -> None:
    labels = [link.value for link in visit().tester.page_link]
    assert labels == [
        "**What is an RNN?**",
        "**Types of RNN**",
        "**Training**",
        "**Why not feed-forward?**",
        "**Memory**",
        "**Find the bug**",
        "Next: What is an RNN?",
    ]


def test_it_runs_twice_and_after_a_page_switch(visit: Opener) -> None:
    app = visit().run().go("unroll").go("start").run()
    assert app.words() == SENTENCE.split()


def test_start_has_no_settings_and_says_so(visit: Opener) -> None:
    app = visit("start", seed="3")
    assert "no setting called “seed”" in app.warnings[0]


def test_its_chain_is_edited_by_hand_and_the_question_stays_as_it_was(visit: Opener) -> None:
    app = visit("start", edits="loop_0").press("ask-sentence-0")
    assert [change["kind"] for change in app.payload()["edited"]["changes"]] == ["loop"]
    assert app.payload()["badge"] == "pretrained, edited"
    assert app.data("-chain")["editing"]["undo"] == 1
    assert "The network answers **good** (*positive*)" in " ".join(
        text.value for text in app.tester.markdown
    )
