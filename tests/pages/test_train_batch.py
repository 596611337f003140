"""One update from the mean of a batch: all that can be done to one example can be done here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnn_core.analysis.weight_gradcheck import probe_weight
from rnn_core.tasks import TASKS
from rnn_core.training.batch_pass import run_batch
from rnn_core.training.batch_update import update_on_batch
from rnn_views.chain.gradient_checks import loss_like
from rnn_views.number_format import format_number
from rnn_views.ui.update.batch import first_batch
from tests.pages.conftest import App, Opener
from tests.pages.test_train_update import text, unpack

SIZE = 4


def batch_of(key: str) -> Any:
    recipe = TASKS[key].recipe
    return TASKS[key].data().train.batch(list(first_batch(key, SIZE, recipe.bucket_batches, 0)))


def visit_batch(visit: Opener, key: str, **settings: str) -> App:
    return visit("train", task=key, learn="batch", batch=str(SIZE), **settings)


def mean_of(app: App) -> list[np.ndarray]:
    """The mean gradient of W_hh, as the picture draws it, of each segment."""
    return [unpack(segment["W_hh"]) for segment in app.payload()["batch"]["segments"]]


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("sentiment", "rnn"),
        ("french", "gru"),
        ("captions", "lstm"),
        ("names", "lstm"),
        ("digit-rows", "gru"),
    ],
)
def test_the_picture_draws_the_mean_and_what_training_makes_of_it(
    visit: Opener, key: str, cell: str
) -> None:
    app = visit_batch(visit, key, cell=cell, truncate="3")
    drawn, recipe = app.payload(), TASKS[key].recipe
    rule = drawn["update"]["rule"]
    network, batch = TASKS[key].network(cell), batch_of(key)
    update = update_on_batch(
        network, batch, lr=rule["lr"], optimizer=rule["optimizer"], clip=rule["clip"],
        weight_decay=recipe.weight_decay, truncate=3,
    )  # fmt: skip
    told = drawn["batch"]
    assert (told["size"], told["number"]) == (SIZE, 1)
    assert told["part"] == update.example_run.scored[0]
    assert told["scored"] == update.example_run.scored.sum()
    assert told["loss_before"] == pytest.approx(update.before)
    assert told["loss_after"] == pytest.approx(update.after)
    for number, mean in enumerate(mean_of(app)):
        total = update.gradients.segments[number].total.W_hh
        assert mean == pytest.approx(total, abs=1e-5 * np.abs(total).max())
        new = unpack(drawn["update"]["segments"][number]["W_hh"])
        assert new == pytest.approx(update.network.segments[number].params.W_hh, abs=1e-5)
    # What the one example brings to the mean is its own gradient, weighed by its scored steps.
    assert drawn["loss"] == pytest.approx(update.example_run.losses[0], abs=1e-6)


@pytest.mark.parametrize(("key", "cell"), [("sentiment", "gru"), ("french", "lstm")])
def test_the_gradient_check_is_of_the_mean(visit: Opener, key: str, cell: str) -> None:
    app = visit_batch(visit, key, cell=cell, panel="check", row="2", column="3")
    network = TASKS[key].network(cell)
    example_run = run_batch(network, batch_of(key))
    probe = probe_weight(network, example_run.gradients, loss_like(example_run), "W_hh", (1, 2))
    shown = text(app)
    assert f"mean over all {SIZE}" in shown
    for number in (probe.analytic, probe.complex_step, float(probe.numeric[4])):
        assert f"**{format_number(number, 8)}**" in shown


def test_an_edited_weight_moves_the_whole_batch_and_a_flag_its_own_example(visit: Opener) -> None:
    plain = visit_batch(visit, "sentiment")
    moved = visit_batch(visit, "sentiment", edits="W_hh.1.1_3~h0.2_0.5")
    network = TASKS["sentiment"].network()
    params = network.segments[0].params
    W_hh = params.W_hh.copy()
    W_hh[0, 0] = 3.0
    (segment,) = network.segments
    edited = replace(network, segments=(replace(segment, params=replace(params, W_hh=W_hh)),))
    h0 = np.zeros((SIZE, params.hidden))
    h0[:, 1] = 0.5
    wanted = run_batch(edited, batch_of("sentiment"), h0=h0)
    assert moved.payload()["batch"]["loss_before"] == pytest.approx(wanted.loss)
    assert mean_of(moved)[0] == pytest.approx(wanted.gradients.segments[0].total.W_hh, abs=1e-5)
    T = plain.payload()["segments"][0]["steps"]
    flagged = visit_batch(visit, "sentiment", panel="reach").press("flags-each")
    told = flagged.payload()["batch"]
    assert (told["part"], told["scored"]) == (T, T + SIZE - 1)
    # Another example: the flags of the one that was left are back where the data have them.
    other = flagged.press("member-next").payload()["batch"]
    assert (other["number"], other["part"], other["scored"]) == (2, 1, SIZE)
    assert other["loss_before"] == pytest.approx(plain.payload()["batch"]["loss_before"])


def test_an_example_without_a_flag_is_told_and_the_page_goes_on(visit: Opener) -> None:
    app = visit_batch(visit, "sentiment")
    T = app.payload()["segments"][0]["steps"]
    app = visit_batch(visit, "sentiment", edits=f"flag.{T}_0")
    assert "adds nothing" in app.tester.info[-1].value
    assert app.payload()["segments"][0]["gradients"] is None


@pytest.mark.parametrize("key", ["french", "captions"])
def test_what_is_fed_is_switched_in_every_example(visit: Opener, key: str) -> None:
    app = visit_batch(visit, key, panel="fed").press("feed-free")
    batch = batch_of(key)
    taught = np.zeros(batch.targets.shape, bool)
    wanted = run_batch(TASKS[key].network(), batch, taught=taught)
    assert app.payload()["batch"]["loss_before"] == pytest.approx(wanted.loss)
    assert set(app.payload()["segments"][-1]["fed"]) == {"data", "own"}
    app.press("feed-forced")
    first = len(app.payload()["segments"][0]["labels"]) + 2
    app.press(f"feed-{first}")
    before = app.payload()["batch"]["loss_before"]
    for _ in range(SIZE):  # all the way round: the same step of the decoder in the same batch
        app.press("member-next")
        assert app.payload()["batch"]["loss_before"] == pytest.approx(before)
    assert app.query["own"] == str(first)


def test_boundaries_and_the_panels_speak_of_the_batch(visit: Opener) -> None:
    app = visit_batch(visit, "sentiment", panel="chunks", truncate="2")
    assert "The mean over the batch. With boundaries" in text(app)
    assert not app.payload()["checks"][0]["W_hh"]["passes"]["sum"]
    app = visit_batch(visit, "names", panel="losses")
    assert len(app.tester.get("plotly_chart")) == 2
    for panel in ("reach", "weights"):
        visit_batch(visit, "digits", panel=panel, cell="gru")


def test_untying_is_refused_with_its_reason(visit: Opener) -> None:
    app = visit_batch(visit, "sentiment", edits="untie_9")
    assert any("Untie it with" in one.value for one in app.tester.warning)
    assert app.payload()["segments"][0]["copies"] is None
