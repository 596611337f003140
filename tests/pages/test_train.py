"""The page Training: one update with true numbers, and runs that begin, wait, end and go on."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from rnn_core.tasks import TASKS
from rnn_core.training.trainer import Trainer
from rnn_views.edits.result import run_edited
from rnn_views.links import codec
from rnn_views.links.codec import Settings
from rnn_views.number_format import format_number
from rnn_views.ui.runs import live_run
from rnn_views.ui.runs.config import RunConfig, setup_of
from rnn_views.ui.runs.live_run import CHUNK, Run
from rnn_views.ui.training.controls import describe_failure
from rnn_views.ui.update.example_update import make_update
from tests.pages.conftest import App, Opener

KEYS = list(TASKS)
FAILURE_MODES = {
    "lr": ("1e-05", "10"),
    "hidden": ("1", "128"),
    "batch": ("1", "512"),
    "clip": ("0.001", "1000"),
    "seed": ("9999",),
    "optimizer": ("sgd", "momentum"),
    "example": ("99999",),
    "cell": ("gru", "lstm"),
}
BAD = (
    "lr=-1",
    "lr=1e10",
    "lr=nan",
    "clip=0",
    "truncate=0",
    "share=2",
    "epochs=0",
    "hidden=0",
    "hidden=129",
    "pace=7",
    "update=-3",
)


def setup(key: str = "digits", *, feedforward: bool = False, **changes: object) -> RunConfig:
    return setup_of(Settings(task=key, **changes), feedforward=feedforward)  # type: ignore[arg-type]


def begin(chosen: RunConfig) -> Run:
    run = Run(chosen, chosen.start())
    run.begin()
    return run


def captions(app: App) -> str:
    return " ".join(caption.value for caption in app.tester.caption)


def text(app: App) -> str:
    return " ".join(one.value.replace("\\", "") for one in app.tester.markdown)


# One update under the microscope


@pytest.mark.parametrize("key", KEYS)
def test_every_task_shows_one_update_with_true_numbers(visit: Opener, key: str) -> None:
    app = visit("train", task=key)
    task, opening = TASKS[key], codec.defaults("train", key)
    example = task.encode(opening.input) if opening.input else task.example(opening.example)
    edited = run_edited(task, task.network(), example, (), teacher=True)
    update = make_update(task, edited, example, setup(key))
    drawn = app.payload()
    assert drawn["badge"] == "untrained, seed 0"
    assert drawn["loss"] == pytest.approx(update.before.loss, rel=1e-6)
    assert drawn["update"]["loss_after"] == pytest.approx(update.after.loss, rel=1e-6)
    assert all(segment["gradients"] for segment in drawn["segments"])
    assert format_number(update.before.loss, 4) in text(app)
    assert format_number(update.after.loss, 4) in text(app)
    assert len(app.tester.get("plotly_chart")) == 1
    for panel in ("losses", "weights"):
        app.set("segmented_control", "train-panel", panel)
        assert len(app.tester.get("plotly_chart")) == 1


def test_the_update_is_the_first_of_a_run_on_this_example() -> None:
    task = TASKS["digit-rows"]
    network, example = task.network(), task.example(0)
    edited = run_edited(task, network, example, (), teacher=True)
    update = make_update(task, edited, example, setup("digit-rows", optimizer="sgd", clip=1000.0))
    gradients = update.before.gradients
    assert gradients is not None
    old, new = (one.segments[0].params for one in (network, update.after.network))
    assert np.allclose(new.W_hh - old.W_hh, -0.005 * gradients.segments[0].total.W_hh, atol=1e-12)
    assert update.norm == pytest.approx(gradients.norm)


def test_pretrained_weights_and_back(visit: Opener) -> None:
    app = visit("train", task="names")
    app.set("segmented_control", "train-net", "shipped")
    assert app.payload()["badge"] == "pretrained"
    trained = app.payload()["loss"]
    app.set("segmented_control", "train-net", "fresh")
    assert app.payload()["loss"] > trained


def test_an_answer_nobody_knows_can_be_given(visit: Opener) -> None:
    app = visit("train", input="what a film this is")
    assert app.payload()["loss"] is None
    assert "nothing is sent back" in app.tester.info[-1].value
    app.set("segmented_control", "own-target", "negative")
    assert app.payload()["loss"] > 0
    assert app.payload()["update"]["loss_after"] < app.payload()["loss"]


@pytest.mark.parametrize("view", ["one", "live"])
@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in FAILURE_MODES.items() for value in values]
)
def test_extremes(visit: Opener, view: str, name: str, value: str) -> None:
    app = visit("train", task="digit-rows", view=view, **{name: value})
    if view == "live":
        app.press("live-one")
        assert app.query["update"] == "1"


@pytest.mark.parametrize("query", BAD)
def test_bad_values_are_named(visit: Opener, query: str) -> None:
    name, value = query.split("=")
    app = visit("train", **{name: value})
    assert f"{name} = “{value}” cannot be used" in app.warnings[0]


# Runs


def test_single_updates_and_starting_again(visit: Opener) -> None:
    app = visit("train", task="digits", view="live")
    assert "nothing yet" in app.data("live-curves")["alt"]
    app.press("live-one").press("live-one")
    assert "Waiting at update 2" in captions(app)
    assert app.query["update"] == "2"
    app.set("slider", "train-update", 0).press("live-again")
    assert app.query["update"] == "0"
    assert "Not begun" in captions(app)


@pytest.mark.parametrize("key", ["digits", "digit-rows", "german"])
def test_a_run_reaches_the_target_of_its_task(visit: Opener, key: str) -> None:
    app = visit("train", task=key, view="live").press("live-go")
    task = TASKS[key]
    reference = Trainer(task)
    reference.run(float("inf"))
    value = reference.evaluate("test")
    assert task.reached(value)
    assert app.tester.metric[0].value == f"{100 * value:.1f}\u00a0%"
    assert app.query["update"] == str(reference.schedule.updates)
    assert "**reaches** the target" in text(app)
    assert app.tester.progress[0].value == 100
    app.press("look-inside")
    assert app.payload()["badge"] == f"trained by you, update {reference.schedule.updates:,}"
    trained = app.payload()["segments"][0]["weights"]["W_hh"]
    app.run()
    assert app.payload()["segments"][0]["weights"]["W_hh"] == trained


def test_another_task_has_a_run_of_its_own(visit: Opener) -> None:
    app = visit("train", task="digits", view="live").press("live-one")
    app.set("selectbox", "train-task", "french")
    assert app.query["update"] == "0"
    assert "From scratch" in captions(app)
    app.press("live-one").press("live-one")
    app.set("selectbox", "train-task", "digits")
    assert "Waiting at update 1" in captions(app)


def test_a_run_waits_while_another_page_is_open(visit: Opener) -> None:
    app = visit("train", task="digits", view="live").press("live-one")
    app.go("start").go("train", task="digits", view="live", update="1")
    assert "Waiting at update 1" in captions(app)


def test_a_link_made_in_mid_run_is_trained_again_from_its_seed(visit: Opener) -> None:
    app = visit("train", task="digits", view="live", update="40", seed="3")
    assert "made at update 40 of a run with seed 3" in app.tester.info[0].value
    app.press("live-replay")
    assert "Waiting at update 40" in captions(app)
    app.set("segmented_control", "train-view", "one").set("segmented_control", "train-net", "mine")
    reference = Trainer(TASKS["digits"], seed=3)
    reference.run(float("inf"), max_updates=40)
    run = training_runs_of(app)[setup("digits", seed=3)]
    for name, array in reference.network.segments[0].params.arrays().items():
        assert np.array_equal(array, getattr(run.trainer.network.segments[0].params, name))


def training_runs_of(app: App) -> dict[RunConfig, Run]:
    runs: dict[RunConfig, Run] = app.tester.session_state["unrolled"].kept["training runs"]
    return runs


def test_pace_full_speed_stays_within_a_chunk() -> None:
    run = begin(setup("sentiment"))
    started = time.perf_counter()
    run.advance("full")
    # Not a speed test: ten chunks would mean that the clock is not looked at between updates.
    assert time.perf_counter() - started < 10 * CHUNK + 1
    assert 0 < run.update < run.trainer.schedule.updates


@pytest.mark.parametrize(("pace", "due"), [("1", 1), ("10", 5), ("100", 50)])
def test_pace_makes_what_is_due(monkeypatch: pytest.MonkeyPatch, pace: str, due: int) -> None:
    clock = [100.0]
    monkeypatch.setattr(live_run.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(live_run.time, "sleep", lambda seconds: None)
    monkeypatch.setattr("rnn_core.training.run.perf_counter", lambda: clock[0])
    run = begin(setup("digits"))
    run.advance(pace)
    assert run.update == 0
    for _ in range(10 if pace == "1" else 5):
        clock[0] += 0.1001
        run.advance(pace)
    assert run.update == due


def test_a_pace_does_not_make_up_for_a_long_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(live_run.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr("rnn_core.training.run.perf_counter", lambda: clock[0])
    run = begin(setup("digits"))
    clock[0] += 60
    run.advance("10")
    assert run.update == 10


def test_an_interrupted_run_is_noticed_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(live_run.time, "monotonic", lambda: clock[0])
    run = begin(setup("digits"))
    run.check()
    assert run.running
    clock[0] += live_run.HEARTBEAT_TIMEOUT + 1
    run.check()
    assert run.interrupted
    assert not run.running
    run.begin()
    assert run.running
    assert not run.interrupted


def test_a_stopped_run_is_over_and_keeps_its_weights() -> None:
    run = begin(setup("digits"))
    run.make_one()
    run.stop()
    assert run.over
    assert run.update == 1
    assert run.test() == (run.trainer.evaluate("test"),)
    run.make_one()
    assert run.update == 1


def test_overflow_says_where_and_what_to_change() -> None:
    run = begin(setup("digit-rows", lr=1e38, optimizer="sgd", clip=1000.0))
    for _ in range(50):
        if run.failure:
            break
        run.advance("full")
    told = describe_failure(run.setup, run)
    assert run.over
    assert not run.running
    assert "overflowed" in told
    assert "a lower learning rate (now 10³⁸) or a smaller clipping norm" in told
    for array in run.trainer.network.segments[0].params.arrays().values():
        assert np.isfinite(array).all()


def test_both_networks_make_as_many_updates() -> None:
    run = begin(setup("digit-rows", feedforward=True))
    for _ in range(3):
        run.advance("full")
        recurrent, beside = (trainer.progress.update for trainer in run.trainers)
        assert beside <= recurrent
    while run.running:
        run.advance("full")
    assert run.done
    assert len({trainer.progress.update for trainer in run.trainers}) == 1
    assert all(report.loss == report.loss for report in run.trainers[1].history)


def test_a_run_that_learned_nothing_is_told_why(visit: Opener) -> None:
    app = visit("train", task="digits", view="live", lr="10").press("live-go")
    assert "does not reach" in text(app)
    assert "nothing was learned. The learning rate is 10, the recipe's 0.01" in text(app)
    assert "Its validation loss is no lower than that of guessing, 2.3 nats" in text(app)


def test_a_stream_is_measured_on_held_out_data_and_says_so(visit: Opener) -> None:
    app = visit("train", task="sunspots", view="live", updates="25").press("live-go")
    assert "validation" not in json.dumps(app.data("live-curves"))
    assert "relative error on held-out data" in json.dumps(app.data("live-curves"))
    assert app.tester.metric[0].label == "Your network, held-out relative error"
    assert "(held-out examples)" in text(app)
    table = next(one.value for one in app.tester.table if "held-out loss" in one.value)
    reached = table["held-out relative error"].iloc[0]
    assert reached == app.tester.metric[0].value
