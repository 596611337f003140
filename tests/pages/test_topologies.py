"""Types of RNN: seven trained networks on held-out examples and on the visitor's own input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from rnn_core.tasks import TASKS
from rnn_core.topology import TOPOLOGIES
from rnn_views.comparison.baselines import list_splits, measure_baselines
from rnn_views.comparison.results import load_model_results
from rnn_views.links import codec
from rnn_views.predictions import find_mistakes, judge, likeliest
from rnn_views.ui.inputs.task_choice import STEPS, tasks_of
from rnn_views.ui.topologies.answer import baseline_table
from rnn_views.ui.widgets.picker import draw_ports
from scripts.baselines.fit import fit_baselines
from tests.pages.conftest import HOSTILE, App, Opener

FIELD = "topologies-typed-input"
KEYS = sorted(TASKS)
TEXT_KEYS = [key for key in KEYS if TASKS[key].input_kind == "text"]
FED_KEYS = [key for key in KEYS if TASKS[key].topology.segments[-1].reads == "feedback"]


def test_the_page_offers_every_task_under_its_topology() -> None:
    assert set(codec.TASK_KEYS) == set(TASKS)
    assert set(STEPS) == set(TOPOLOGIES)
    offered = [task.key for name in STEPS for task in tasks_of(name)]
    assert sorted(offered) == KEYS


def test_the_page_opens_with_a_suggestion() -> None:
    for key in KEYS:
        opening, rejected = codec.read("topologies", {"task": [key]})
        assert opening.example == TASKS[key].pick[0][0]
        assert rejected == ()


def test_a_schematic_shows_where_a_topology_reads_and_speaks() -> None:
    captioner = draw_ports(TOPOLOGIES["one to many"], (1, 2))
    assert [column["reads"] for column in captioner] == [True, False, False]
    assert [column["says"] for column in captioner] == [False, True, True]
    assert [column["fed"] for column in captioner] == [False, False, True]
    sentence = draw_ports(TOPOLOGIES["many to one"], (3,))
    assert [column["says"] for column in sentence] == [False, False, True]


@pytest.mark.parametrize("key", KEYS)
def test_every_task_shows_its_trained_network_at_work(visit: Opener, key: str) -> None:
    app = visit("topologies", task=key, example="0").run()
    task, payload = TASKS[key], app.payload()
    assert payload["task"] == key
    assert payload["badge"] == "pretrained"
    expected = task.run(task.pretrained(), task.example(0))
    assert payload["text"] == expected.text
    assert app.data("topology")["chosen"] == task.topology.name
    assert any(task.simplified[:40] in text.value.replace("\\", "") for text in app.tester.markdown)
    assert app.warnings == []


@pytest.mark.parametrize("key", KEYS)
def test_extremes_of_a_link_work(visit: Opener, key: str) -> None:
    last = TASKS[key].data().test.size - 1
    app = visit("topologies", task=key, example=str(last), seed="9999", weights="untrained")
    assert app.payload()["badge"] == "untrained, seed 9999"
    assert app.warnings == []
    app = visit("topologies", task=key, example=str(last + 1), teacher="yes", temperature="2")
    assert f"0 to {last}" in app.warnings[0]


def test_previous_next_and_random_go_round(visit: Opener) -> None:
    app = visit("topologies", task="french", example="0")
    last = TASKS["french"].data().test.size - 1
    assert app.press("example-previous").query["example"] == str(last)
    assert app.press("example-next").query["example"] == "0"
    assert app.press("example-random").query["example"] != "0"


def test_a_picture_is_picked_from_the_gallery(visit: Opener) -> None:
    app = visit("topologies", task="captions", example="99")
    gallery = app.data("gallery-captions")
    ids = [option["id"] for option in gallery["options"]]
    assert gallery["chosen"] == "99"
    assert ids[-1] == "99"
    assert len(set(ids)) == len(ids) > 20
    assert all(option["picture"].startswith("data:image/png") for option in gallery["options"])


def test_changing_the_task_opens_its_first_suggestion(visit: Opener) -> None:
    app = visit("topologies", task="french", input="71")
    app.set("segmented_control", "topologies-task", "german")
    assert app.payload()["task"] == "german"
    assert app.query["example"] == str(TASKS["german"].pick[0][0])
    assert "input" not in app.query


@pytest.mark.parametrize(
    ("key", "text", "answer"),
    [
        ("french", "99", "quatre-vingt-dix-neuf"),
        ("french", "seventy-one", "soixante et onze"),
        ("german", "21", "einundzwanzig"),
        ("sentiment", "the film was not bad at all", "positive"),
    ],
)
def test_own_input_is_answered_plainly(visit: Opener, key: str, text: str, answer: str) -> None:
    app = visit("topologies", task=key).set("text_input", FIELD, text)
    said = [one.value.replace("\\", "") for one in app.tester.markdown if "says" in one.value]
    assert any(f"**{answer}**" in line for line in said)
    assert visit("topologies", **app.query).payload() == app.payload()


@pytest.mark.parametrize(
    ("key", "text", "named"),
    [
        ("french", "1000", "0 to 999"),
        ("french", "-1", "0 to 999"),
        ("french", "3.5", "0 to 999"),
        ("german", "", "0 to 999"),
        ("german", "🙂", "0 to 999"),
        ("names", "", "first name"),
        ("names", "🙂", "a to z"),
        ("sentiment", "", "English sentence"),
    ],
)
def test_what_cannot_be_read_is_answered_beside_the_field(
    visit: Opener, key: str, text: str, named: str
) -> None:
    app = visit("topologies", task=key, example="3")
    before = app.payload()
    app.set("text_input", FIELD, text)
    assert app.payload() == before
    assert named in app.warnings[0]
    assert "still shows" in app.warnings[0]
    assert app.tester.text_input(key=FIELD).value == text


@pytest.mark.parametrize("key", KEYS)
def test_a_link_with_an_unreadable_input_shows_an_example_instead(visit: Opener, key: str) -> None:
    app = visit("topologies", task=key, input="🙂", example="2")
    task = TASKS[key]
    assert app.payload()["text"] == task.run(task.pretrained(), task.example(2)).text
    assert app.warnings


@pytest.mark.parametrize("key", FED_KEYS)
def test_teacher_forcing_feeds_the_right_words(visit: Opener, key: str) -> None:
    app = visit("topologies", task=key)
    assert "own" in app.payload()["segments"][-1]["fed"]
    app.set("segmented_control", "topologies-teacher", True)
    assert "target" in app.payload()["segments"][-1]["fed"]
    assert app.query["teacher"] == "yes"


def test_the_network_writes_names(visit: Opener) -> None:
    app = visit("topologies", task="names", temperature="0")
    names = app.tester.text[0].value.split(", ")
    assert len(names) == 8
    assert len(set(names)) == 1
    app.set("select_slider", "topologies-temperature", 1.0)
    wild = app.tester.text[0].value
    assert len(set(wild.split(", "))) > 1
    assert app.press("write-others").tester.text[0].value != wild
    assert visit("topologies", **app.query).tester.text[0].value == app.tester.text[0].value


@pytest.mark.parametrize("key", KEYS)
def test_every_number_stands_in_a_table(visit: Opener, key: str) -> None:
    app = visit("topologies", task=key)
    assert not app.tester.dataframe
    app.tester.session_state["numbers"] = True
    outputs, states = (table.value for table in app.run().tester.dataframe)
    segments = app.payload()["segments"]
    assert len(states) == 1 + sum(segment["steps"] for segment in segments)
    assert len(outputs) == sum(segments[-1]["out"]["says"])


@pytest.fixture(scope="module")
def readers() -> dict[str, App]:
    """One visitor per task that reads text, who types one text after another."""
    return {key: App().go("topologies", task=key) for key in TEXT_KEYS}


@given(key=st.sampled_from(TEXT_KEYS), text=st.sampled_from(HOSTILE) | st.text(max_size=60))
@budget(max_examples=40, deadline=None)
def test_no_text_breaks_a_task(readers: dict[str, App], key: str, text: str) -> None:
    app = readers[key]
    before = app.payload()
    app.set("text_input", FIELD, text)
    if app.warnings:
        assert "still shows" in app.warnings[0]
        assert app.payload() == before
    else:
        assert app.query.get("input") or app.payload() == before


@given(
    query=st.dictionaries(
        st.sampled_from(sorted(codec.PAGES["topologies"])),
        st.sampled_from([*HOSTILE, *codec.TASK_KEYS, "yes", "0", "1", "5", "gru", "untrained"]),
        max_size=5,
    )
)
@budget(max_examples=25, deadline=None)
def test_no_link_breaks_the_page(readers: dict[str, App], query: dict[str, str]) -> None:
    app = readers["names"].go("unroll").go("topologies", **query)
    assert app.payload()["task"] in TASKS
    readers["names"].go("topologies", task="names")


@pytest.mark.parametrize("key", KEYS)
def test_the_verdict_is_the_comparison_with_the_data(key: str) -> None:
    task = TASKS[key]
    network = task.pretrained()
    for index in range(5):
        example_run = task.run(network, task.example(index))
        answer = judge(task, example_run)
        assert 0 < answer.sure <= 1
        assert 0 <= answer.hits <= answer.scored
        if task.metric == "accuracy":
            assert answer.right == (example_run.said[-1] == example_run.example.target[-1])
        elif task.metric == "exact match":
            assert answer.right == (answer.says == answer.truth)
            assert answer.truth
        else:
            assert answer.right is None
        probabilities = [p for _, p in likeliest(example_run)]
        assert probabilities == sorted(probabilities, reverse=True)


@pytest.mark.parametrize("key", ["digits", "captions"])
def test_mistakes_are_shown_one_after_another(visit: Opener, key: str) -> None:
    app = visit("topologies", task=key)
    seen = []
    for _ in range(3):
        seen.append(app.press("show-mistake").query["example"])
        assert any("wrong" in badge.value for badge in app.tester.markdown), "said to be wrong"
    assert len(set(seen)) == min(3, len(find_mistakes(TASKS[key])))


@pytest.mark.parametrize("key", KEYS)
def test_yardsticks_stand_beside_the_network(key: str) -> None:
    task = TASKS[key]
    table = measure_baselines(task)
    splits = list_splits(task)
    methods = table.index if len(splits) == 1 else table.columns
    assert methods[0] == "this network"
    assert len(methods) > 1
    assert table.size == len(methods) * len(splits)


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"sentiment"}))  # it takes two seconds to fit
def test_what_is_stored_of_simple_methods_is_what_they_reach(key: str) -> None:
    stored = {one.name: one for one in load_model_results()[key] if one.kind == "baseline"}
    fitted = {method.name: method for method in fit_baselines(TASKS[key])}
    assert set(fitted) == set(stored)
    for name, method in fitted.items():
        assert method.measure("test") == pytest.approx(stored[name].test, abs=1e-3)
        assert method.sees == stored[name].sees


def test_translation_stands_beside_the_best_feed_forward_network(visit: Opener) -> None:
    app = visit("topologies", task="french")
    best = max(one.test for one in load_model_results()["french"] if one.kind != "rnn")
    table = app.tester.table[0].value
    assert table.loc["feed-forward, padded"].tolist() == [f"{100 * best:.1f}\u00a0%"]
    said = [one.value.replace("\\", "") for one in app.tester.caption]
    assert any("the whole input at once, in fixed slots" in line for line in said)


def test_no_page_fits_a_method(visit: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a page fitted a method")

    for name in ("fit_logistic", "fit_ngram", "nearest_neighbour_score"):
        monkeypatch.setattr(f"scripts.baselines.fit.{name}", fail)
    baseline_table.clear()
    for key in KEYS:
        visit("topologies", task=key)
