"""Tasks that draw their sequences: those of symbols under the microscope, those of numbers live."""

from __future__ import annotations

import pytest

from rnn_core.single_update import update_once
from rnn_core.stream_training import StreamTrainer
from rnn_core.tasks import backward
from rnn_core.tasks.stream_examples import STREAM_EXAMPLES
from rnn_core.tasks.streams import STREAMS
from rnn_views.packing import pack
from tests.pages.conftest import Opener
from tests.pages.test_train import text


@pytest.mark.parametrize("key", ["sunspots", "adding"])
def test_a_stream_of_numbers_says_why_its_update_is_not_drawn(visit: Opener, key: str) -> None:
    app = visit("train", view="one", task=key)
    assert (
        "the network says a number, and its loss is ½ the squared error" in app.tester.info[0].value
    )
    app.press("to-live")
    assert app.query["view"] == "live"


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("key", STREAM_EXAMPLES)
def test_a_stream_of_symbols_shows_one_update_with_true_numbers(
    visit: Opener, key: str, cell: str
) -> None:
    app = visit("train", task=key, cell=cell, panel="check", example="3")
    task, stream = STREAM_EXAMPLES[key], STREAMS[key]
    network, example = stream.network(cell), task.example(3)
    reading = backward(task.read(network, example))
    assert reading.gradients is not None
    drawn = app.payload()
    assert drawn["loss"] == pytest.approx(reading.loss, rel=1e-6)
    assert drawn["segments"][0]["labels"] == list(example.inputs[0])
    after, _ = update_once(reading.network, reading.gradients, lr=stream.recipe.lr, clip=1.0)
    again = task.read(after, example).loss
    assert drawn["update"]["loss_after"] == pytest.approx(again, rel=1e-6)
    assert "they agree" in text(app)
    assert drawn["checks"][0]["W_hh"]["passes"] == {"sum": True, "last": False, "mean": False}
    app.set("segmented_control", "train-net", "shipped")
    says = stream.shipped(cell)
    assert app.payload()["text"] == task.read(says, example).text


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
    trainer = StreamTrainer(STREAMS["book"], updates=20)
    trainer.run(float("inf"), max_updates=7)
    drawn = app.data("live-chain")["payload"]["segments"][0]["weights"]["W_hh"]
    assert drawn == pack(trainer.network.segments[0].params.W_hh)
    assert "On 1,000 held-out answers" in text(app)
    assert "part 20 of 20" in app.tester.progress[0].text
    app.press("look-inside")
    assert app.payload()["badge"] == "trained by you, update 20"
