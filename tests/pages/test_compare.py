"""The page Why not feed-forward?: guess, train both, look at both, and the models of each task."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from rnn_core.baselines.feedforward_training import FeedForwardTrainer
from rnn_core.tasks import TASKS
from rnn_core.training.trainer import Trainer
from rnn_views.comparison.results import load_model_results
from tests.pages.conftest import App, Opener

KEYS = list(TASKS)


def chains(app: App) -> dict[str, dict[str, Any]]:
    """Return the payloads of both chains: whole and cut."""
    found = {}
    for name in ("whole", "cut"):
        [one] = [c for c in app.tester.get("bidi_component") if f"compare-{name}" in c.proto.id]
        found[name] = json.loads(one.proto.json)["payload"]
    return found


def unpack(packed: dict[str, Any]) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(packed["f32"]), "<f4")
    return values.reshape(packed["shape"])


def text(app: App) -> str:
    return " ".join(one.value.replace("\\", "") for one in app.tester.markdown)


def headings(app: App) -> list[str]:
    return [one.value for one in app.tester.header]


@pytest.mark.parametrize("key", KEYS)
def test_every_task_stands_with_and_without_its_wires(visit: Opener, key: str) -> None:
    app = visit("compare", task=key)
    both = chains(app)
    assert (both["whole"]["cut"], both["cut"]["cut"]) == (False, True)
    for segment in both["cut"]["segments"]:
        assert not unpack(segment["weights"]["W_hh"]).any()
        assert not unpack(segment["from_h"]).any()
    assert unpack(both["whole"]["segments"][-1]["weights"]["W_hh"]).any()
    last = [both[name]["segments"][-1] for name in ("whole", "cut")]
    assert last[0]["name"] == last[1]["name"]
    app.run()


def test_the_opening_example_is_one_where_the_past_matters(visit: Opener) -> None:
    app = visit("compare")
    assert "**RNN:** answers positive" in text(app)
    assert "wires cut:** answers negative" in text(app)
    assert "wrong: the answer is positive" in text(app)


@pytest.mark.parametrize("key", [key for key in KEYS if key != "digits"])
def test_the_probe_shows_what_cannot_be_known(visit: Opener, key: str) -> None:
    app = visit("compare", task=key)
    assert "The feed-forward network gives both exactly the same numbers" in text(app)
    assert "The RNN gives different numbers" in text(app)
    table = app.tester.table[0].value
    assert table["feed-forward"].nunique() == 1


def test_with_one_step_there_is_nothing_to_probe(visit: Opener) -> None:
    app = visit("compare", task="digits")
    assert "there is no past" in text(app)


def test_results_wait_for_a_guess(visit: Opener) -> None:
    app = visit("compare", task="names")
    assert "All models of this task" not in headings(app)
    app.press("ask-rival-names-0")
    assert "All models of this task" in headings(app)
    assert "The nearest answer is: about 2.3 nats" in app.tester.info[0].value.replace("\\", "")
    measured = load_model_results()["names"]
    assert "4-gram" in text(app)
    assert not app.tester.dataframe
    app.tester.session_state["figure-models-numbers"] = True
    app.tester.run()
    numbers = app.tester.dataframe[0].value
    assert set(numbers["model"]) == {model_result.name for model_result in measured}
    assert numbers["model"].iloc[0] == "4-gram"
    app.press("ask-rival-names-again")
    assert "All models of this task" not in headings(app)


def test_the_size_in_the_question_is_true(visit: Opener) -> None:
    for key in ("sentiment", "captions"):
        app = visit("compare", task=key)
        beside, ours = FeedForwardTrainer(TASKS[key]).feedforward.size, TASKS[key].network().size
        assert f"({beside:,}; the RNN has {ours:,})" in text(app)


def test_both_train_in_one_go_and_their_results_are_those_of_the_engine(visit: Opener) -> None:
    app = visit("compare", task="digit-rows", seed="2").press("contest-go")
    task = TASKS["digit-rows"]
    expected = []
    for trainer in (Trainer(task, seed=2), FeedForwardTrainer(task, seed=2)):
        trainer.run(float("inf"))
        expected.append(f"{100 * trainer.evaluate('test'):.1f}\u00a0%")
    assert [metric.value for metric in app.tester.metric[:2]] == expected
    assert app.query["update"] == str(trainer.schedule.updates)
    assert "All models of this task" in headings(app)
    both = chains(app)
    assert both["whole"]["badge"] == f"trained by you, update {trainer.schedule.updates:,}"
    assert [bar.value for bar in app.tester.progress] == [100, 100]
    app.press("contest-again")
    assert app.query["update"] == "0"
    assert chains(app)["whole"]["badge"] == "pretrained"


def test_the_run_of_this_page_is_not_the_run_of_the_training_page(visit: Opener) -> None:
    app = visit("train", task="digits", view="live").press("live-one")
    app.go("compare", task="digits")
    assert chains(app)["whole"]["badge"] == "pretrained"
    app.go("train", task="digits", view="live", update="1")
    assert any("Waiting at update 1" in caption.value for caption in app.tester.caption)


def test_switching_tasks_keeps_nothing_of_the_old_one(visit: Opener) -> None:
    app = visit("compare", task="sentiment")
    app.set("selectbox", "compare-task", "captions")
    assert chains(app)["whole"]["task"] == chains(app)["cut"]["task"] == "captions"
    app.set("selectbox", "compare-task", "sentiment")
    assert "dull" in chains(app)["whole"]["segments"][0]["labels"]
