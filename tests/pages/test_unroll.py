"""What is an RNN?: the visitor's sentence, and questions whose answers the engine computes."""

from __future__ import annotations

from urllib.parse import parse_qsl

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from rnn_core.tasks import TASKS
from rnn_views.edits.difference import describe_changes, state_changes, steps_changed
from rnn_views.ui.inputs.task_choice import without_loop
from tests.pages.conftest import HOSTILE, App, Opener

FIELD = "unroll-typed-input"


def test_the_first_run_is_small_untrained_and_always_the_same(visit: Opener) -> None:
    app = visit("unroll")
    payload = app.payload()
    assert app.words() == "the film was not good".split()
    assert payload["segments"][0]["hidden"] == 8
    assert payload["badge"] == "untrained, seed 0"
    assert payload["id"] == visit("unroll").payload()["id"]
    assert app.query == {}


def test_one_switch_swaps_untrained_and_trained(visit: Opener) -> None:
    app = visit("unroll").set("segmented_control", "unroll-weights", "trained")
    payload = app.payload()
    assert payload["badge"] == "trained (shipped)"
    assert payload["segments"][0]["hidden"] == TASKS["sentiment"].pretrained().hidden
    assert app.query["weights"] == "trained"
    back = app.set("segmented_control", "unroll-weights", "untrained")
    assert back.payload()["id"] == visit("unroll").payload()["id"]


def test_an_own_sentence_is_read_and_stands_in_the_link(visit: Opener) -> None:
    app = visit("unroll").set("text_input", FIELD, "It wasn't GOOD")
    assert app.words() == ["it", "was", "not", "good"]
    assert app.query["input"] == "it was not good"
    assert app.query["v"] == "1"
    assert app.query["seed"] == "0"
    again = visit("unroll", **app.query)
    assert again.payload() == app.payload()
    assert again.warnings == []


def test_a_suggestion_is_one_press(visit: Opener) -> None:
    app = visit("unroll").press("suggestion-0")
    assert " ".join(app.words()) == app.query["input"] == "not bad at all"
    assert app.tester.text_input(key=FIELD).value == "not bad at all"


@pytest.mark.parametrize("text", ["", "   ", "🙂", "!!!"])
def test_what_is_no_sentence_is_refused_beside_the_field(visit: Opener, text: str) -> None:
    app = visit("unroll").press("suggestion-1").set("text_input", FIELD, text)
    assert app.words() == ["good", "but", "boring"]
    assert "type an English sentence" in app.warnings[0]
    assert "still shows “good but boring”" in app.warnings[0]
    assert app.tester.text_input(key=FIELD).value == text
    assert app.press("suggestion-0").warnings == []


def test_unknown_words_are_named(visit: Opener) -> None:
    app = visit("unroll").set("text_input", FIELD, "the zyzzyva was good")
    assert "zyzzyva" in app.tester.info[0].value
    assert app.words() == ["the", "<unk>", "was", "good"]


def test_ten_thousand_characters_are_cut_and_it_is_said(visit: Opener) -> None:
    app = visit("unroll").set("text_input", FIELD, "good " * 2_000)
    assert any("cut" in box.value for box in app.tester.info)
    assert set(app.words()) == {"good"}
    assert len(app.words()) < 100


@pytest.fixture(scope="module")
def reader() -> App:
    """One visitor who types one text after another."""
    return App().go("unroll")


@given(text=st.sampled_from(HOSTILE) | st.text(max_size=60))
@budget(max_examples=40, deadline=None)
def test_no_text_breaks_the_page(reader: App, text: str) -> None:
    before = reader.words()
    reader.set("text_input", FIELD, text)
    if reader.warnings:
        assert "still shows" in reader.warnings[0]
        assert reader.words() == before
    else:
        assert reader.query.get("input") or reader.words() == before


@pytest.mark.parametrize("hidden", ["1", "2", "8", "128"])
@pytest.mark.parametrize("seed", ["0", "9999"])
def test_every_size_and_seed_of_a_link_works(visit: Opener, hidden: str, seed: str) -> None:
    app = visit("unroll", hidden=hidden, seed=seed).run()
    assert app.payload()["segments"][0]["hidden"] == int(hidden)
    assert app.payload()["badge"] == f"untrained, seed {seed}"
    assert app.tester.selectbox(key="unroll-hidden").value == int(hidden)


def test_cutting_the_loop_leaves_each_state_its_own_word(visit: Opener) -> None:
    app = visit("unroll").set("toggle", "unroll-cut", True)
    payload = app.payload()
    assert payload["cut"] is True
    assert payload["badge"] == "untrained, seed 0, loop cut"
    assert app.query["cut"] == "yes"
    app.press("ask-swap-0")
    assert app.verdicts == ["You predicted: yes. The answer is: no."]


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_link_may_ask_for_a_gated_cell(visit: Opener, cell: str) -> None:
    app = visit("unroll", cell=cell)
    payload = app.payload()
    assert payload["cell"] == cell
    assert payload["segments"][0]["hidden"] == 8
    trained = app.set("segmented_control", "unroll-weights", "trained")
    assert trained.payload()["badge"] == "trained (shipped)"
    assert any("gates decide" in text.value for text in trained.tester.markdown)
    assert trained.payload()["cell"] == trained.query["cell"] == cell
    back = trained.set("segmented_control", "unroll-cell", "rnn")
    assert back.payload()["cell"] == "rnn"
    assert "cell" not in back.query or back.query["cell"] == "rnn"


def test_a_gated_cell_has_no_loop_to_cut(visit: Opener) -> None:
    app = visit("unroll", cell="lstm", cut="yes")
    assert app.payload()["cut"] is False
    assert "its gates pass the memory on without W_hh" in app.warnings[0]
    assert not any(one.key == "unroll-cut" for one in app.tester.toggle)


def test_predictions_are_asked_before_and_answered_after(visit: Opener) -> None:
    app = visit("unroll")
    assert not app.tester.dataframe
    app.press("ask-last-word-0")
    assert "only the last" in app.tester.info[0].value
    changes = app.tester.dataframe[0].value["change of h"].tolist()
    assert changes[:-1] == [0.0] * 4
    assert changes[-1] > 0
    app.press("ask-swap-0")
    assert "Correct: yes." in app.verdicts
    assert app.tester.dataframe[1].value["change of h"].tolist()[-1] > 0
    app.press("ask-swap-again").press("ask-last-word-again")
    assert not app.tester.dataframe


def test_a_sentence_of_one_word_has_nothing_to_swap(visit: Opener) -> None:
    app = visit("unroll", input="good").press("ask-swap-1").press("ask-last-word-1")
    assert any("A swap needs two words" in text.value for text in app.tester.markdown)
    assert app.verdicts == ["Correct: only the last. This fits as well: all of them."]


def test_a_sentence_of_the_text_sets_the_picture(visit: Opener) -> None:
    app = visit("unroll").press("see-memory")
    assert app.data("-chain")["start"] == {"rolled": False, "t": 5, "request": 1}
    assert app.press("see-memory").data("-chain")["start"]["request"] == 2
    assert app.press("see-loop").data("-chain")["start"]["rolled"] is True


def test_settings_come_back_after_a_page_switch(visit: Opener) -> None:
    app = visit("unroll").press("suggestion-2").go("topologies").go("unroll")
    assert app.words() == ["boring", "but", "good"]
    written = app.data("-address")  # by the browser, which the tester does not have
    assert written["page"] == "unroll"
    query = dict(parse_qsl(written["query"]))
    assert query["input"] == "boring but good"
    app.go("unroll", **query)
    assert app.words() == ["boring", "but", "good"]
    assert not any("-address" in one.proto.id for one in app.tester.get("bidi_component"))


def test_a_page_entered_with_its_defaults_has_a_bare_address(visit: Opener) -> None:
    app = visit("unroll").go("topologies").go("unroll")
    assert not any("-address" in one.proto.id for one in app.tester.get("bidi_component"))
    assert app.query == {}


def test_a_link_without_a_query_is_the_first_run_even_after_changes(visit: Opener) -> None:
    app = visit("unroll", input="bad")
    for name in list(app.tester.query_params):
        del app.tester.query_params[name]
    assert app.run().words() == "the film was not good".split()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_links_are_named_and_do_no_harm(visit: Opener, text: str) -> None:
    app = visit("unroll", input=text, seed=text, hidden=text, weights=text, cut=text, v=text)
    assert app.warnings
    assert app.payload()["badge"] == "untrained, seed 0"


def test_changes_are_measured_between_readings_of_the_same_length() -> None:
    task = TASKS["sentiment"]
    network = task.network("rnn", 8, 0)
    long, short, other = (
        task.run(network, task.encode(text)) for text in ("not very good", "good", "not so good")
    )
    assert steps_changed(long, other) == (2, 3)
    assert describe_changes(long, other)["before"].tolist() == ["not", "very", "good"]
    with pytest.raises(ValueError, match="shapes"):
        state_changes(long, short)
    cut = without_loop(network)
    assert not np.any(cut.segments[0].params.W_hh)
    assert steps_changed(task.run(cut, long.example), task.run(cut, other.example)) == (2,)


def test_the_page_says_how_large_both_networks_are_and_makes_them_alike(visit: Opener) -> None:
    trained = TASKS["sentiment"].pretrained().hidden
    app = visit("unroll")
    assert f"The untrained network has 8 units, the trained one {trained}." in [
        one.value for one in app.tester.caption
    ]
    app.press("same-size")
    for weights in ("trained", "untrained"):
        app.set("segmented_control", "unroll-weights", weights)
        assert app.payload()["segments"][0]["hidden"] == trained
        assert "only training differs" in " ".join(one.value for one in app.tester.caption)
