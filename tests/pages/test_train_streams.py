"""Tasks that draw their sequences, of symbols and of numbers, under the microscope."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.tasks import backward
from rnn_core.tasks.generated.examples import STREAM_EXAMPLES
from rnn_core.tasks.generated.registry import GENERATED_TASKS
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.update import apply_update
from rnn_views.chain.encoding import pack
from tests.pages.conftest import Opener
from tests.pages.test_train import text

NUMBERS = ("sunspots", "adding")


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("key", NUMBERS)
def test_a_stream_of_numbers_shows_half_the_squared_error(
    visit: Opener, key: str, cell: str
) -> None:
    app = visit("train", task=key, cell=cell, panel="check", example="4")
    task, stream = STREAM_EXAMPLES[key], GENERATED_TASKS[key]
    network, example = stream.network(cell), task.example(4)
    example_run = backward(task.run(network, example))
    (trace,), wanted = example_run.traces, example.batch.targets[:, 0, 0]
    half = 0.5 * (trace.logits[:, 0, 0] - wanted) ** 2
    drawn = app.payload()
    assert drawn["loss"] == pytest.approx(np.nanmean(half), rel=1e-6)
    out = drawn["segments"][0]["out"]
    assert out["wanted"] == [None if np.isnan(one) else pytest.approx(one) for one in wanted]
    assert out["losses"] == [None if np.isnan(one) else pytest.approx(one) for one in half]
    assert "p" not in out
    changed = {} if key == "adding" else {"weight_decay": 1e-2}
    lr = stream.recipe_for(cell).lr
    after, _ = apply_update(example_run.network, example_run.gradients, lr=lr, clip=1.0, **changed)
    assert drawn["update"]["loss_after"] == pytest.approx(task.run(after, example).loss, rel=1e-6)
    assert "they agree" in text(app)
    assert drawn["checks"][0]["W_hh"]["passes"] == {"sum": True, "last": False, "mean": False}
    for panel in ("chunks", "losses", "weights", "reach"):
        app.set("segmented_control", "train-panel", panel)
        assert not app.warnings
    app.press("example-next")
    assert app.payload()["segments"][0]["labels"] == list(task.example(5).inputs[0])


def test_a_flag_asks_for_the_sum_earlier(visit: Opener) -> None:
    app = visit("train", task="adding").press("flags-first")
    task = STREAM_EXAMPLES["adding"]
    example = task.example(0)
    example_run = task.run(GENERATED_TASKS["adding"].network(), example)
    said = float(example_run.traces[0].logits[0, 0, 0])
    wanted = float(example.batch.targets[-1, 0, 0])
    assert app.payload()["loss"] == pytest.approx(0.5 * (said - wanted) ** 2, rel=1e-6)


def test_numbers_are_drawn_and_not_typed(visit: Opener) -> None:
    app = visit("train", task="adding", input="0.5 0.7")
    assert any("are drawn and cannot be typed" in one.replace("\\", "") for one in app.warnings)
    assert app.payload()["segments"][0]["steps"] == 30


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("key", ["temporal-order", "book"])
def test_a_stream_of_symbols_shows_one_update_with_true_numbers(
    visit: Opener, key: str, cell: str
) -> None:
    app = visit("train", task=key, cell=cell, panel="check", example="3")
    task, stream = STREAM_EXAMPLES[key], GENERATED_TASKS[key]
    network, example = stream.network(cell), task.example(3)
    example_run = backward(task.run(network, example))
    assert example_run.gradients is not None
    drawn = app.payload()
    assert drawn["loss"] == pytest.approx(example_run.loss, rel=1e-6)
    assert drawn["segments"][0]["labels"] == list(example.inputs[0])
    after, _ = apply_update(
        example_run.network, example_run.gradients, lr=stream.recipe.lr, clip=1.0
    )
    again = task.run(after, example).loss
    assert drawn["update"]["loss_after"] == pytest.approx(again, rel=1e-6)
    assert "they agree" in text(app)
    assert drawn["checks"][0]["W_hh"]["passes"] == {"sum": True, "last": False, "mean": False}
    app.set("segmented_control", "train-net", "shipped")
    says = stream.pretrained(cell)
    assert app.payload()["text"] == task.run(says, example).text


def test_a_sequence_of_ones_own_is_read_or_refused(visit: Opener) -> None:
    app = visit("train", task="book", net="shipped")
    app.set("text_input", "train-typed-input", "attic the dog fell day where?")
    assert app.words() == ["attic", "the", "dog", "fell", "day", "where?"]
    assert app.payload()["text"].startswith("attic")
    assert app.payload()["loss"] is None
    app.set("segmented_control", "own-target", "attic")
    assert app.payload()["loss"] < 0.1
    app.set("text_input", "train-typed-input", "attic the cat")
    said = " ".join(
        one.value for one in (*app.tester.caption, *app.tester.warning, *app.tester.error)
    )
    assert "is not one of" in said.replace("\\", "")
    assert app.words()[0] == "attic"


def test_a_stream_of_symbols_is_drawn_at_every_moment(visit: Opener) -> None:
    app = visit("train", task="book", view="live", updates="20").press("live-go")
    app.set("slider", "train-update", 7)
    trainer = GeneratedTrainer(GENERATED_TASKS["book"], updates=20)
    trainer.run(float("inf"), max_updates=7)
    drawn = app.data("live-chain")["payload"]["segments"][0]["weights"]["W_hh"]
    assert drawn == pack(trainer.network.segments[0].params.W_hh)
    assert "On 1,000 held-out answers" in text(app)
    assert "part 20 of 20" in app.tester.progress[0].text
    app.press("look-inside")
    assert app.payload()["badge"] == "trained by you, update 20"


def test_the_loss_of_the_sunspots_names_the_scale_of_its_numbers(visit: Opener) -> None:
    app = visit("train", task="sunspots")
    assert app.payload()["says_in"] == {"unit": "sunspots", "scale": 200.0}
    told = " ".join(one.value for one in app.tester.markdown)
    assert "(1 is 200 sunspots); their mean is" in told
