"""Training that is misused: wild settings, overflow and the way back, switching, two tabs."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from time import sleep
from typing import Any

import numpy as np
import pytest

from rnn_core.failure_modes.runs import FAILURE_MODES
from rnn_core.tasks import TASKS
from rnn_core.tasks.generated.registry import GENERATED_TASKS
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.trainer import Trainer
from rnn_views.failure_modes.cases import settings_for
from rnn_views.links.codec import STREAM_KEYS
from rnn_views.links.fields import write_value
from rnn_views.number_format import format_number
from rnn_views.ui.runs.live_run import Run
from tests.pages.conftest import App, Opener
from tests.pages.test_time_machine import LINK, drawn, packed, run_of, same, stopped_at
from tests.pages.test_train import captions, setup, text, training_runs_of

TYPED = {
    "lr": (("1e9", 1e9), ("0", 0.0), ("-1", None), ("NaN", None), ("fast", None), ("1e10", None)),
    "hidden": (("1", 1), ("128", 128), ("0", None), ("129", None), ("many", None), ("2.5", None)),
    "batch": (("512", 512), ("0", None)),
    "clip": (("0.001", 0.001), ("0", None), ("off", float("inf"))),
    "truncate": (("1", 1), ("0", None)),
    "epochs": (("0", None), ("500", 500)),
}


def errors(app: App) -> str:
    return " ".join(one.value.replace("\\", "") for one in app.tester.error)


def exploding(**changes: str) -> dict[str, str]:
    """The link of a live run that overflows after some updates."""
    settings = {n: write_value(v) for n, v in settings_for(FAILURE_MODES["exploding"]).items()}
    return {**settings, "view": "live", **changes}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_is_taken_or_named(visit: Opener, name: str) -> None:
    app = visit("train", task="french", view="live")
    for typed, taken in TYPED[name]:
        before = app.query.get(name, "auto")
        app.type_in(f"train-{name}", typed)
        if taken is None:
            assert f"{name} = “{typed}” cannot be used" in app.warnings[0]
            assert app.query.get(name, "auto") == before
        else:
            assert not app.warnings
            assert app.query[name] == write_value(taken)


@pytest.mark.parametrize(("lr", "told"), [("0", "no weight moves"), ("1e9", "nothing was learned")])
def test_a_useless_learning_rate_is_told(visit: Opener, lr: str, told: str) -> None:
    app = visit("train", task="digit-rows", lr=lr, **LINK).press("live-go")
    assert told in text(app)
    app.set("slider", "train-update", 3)
    fresh = stopped_at(3, "digit-rows", lr=float(lr), epochs=2, hidden=8, batch=128)
    assert drawn(app) == packed(fresh)
    if lr == "0":
        assert same(fresh, stopped_at(0, "digit-rows", lr=0.0, hidden=8))


def test_the_page_tells_of_an_overflow_and_takes_the_run_back(visit: Opener) -> None:
    app = visit("train", **exploding()).press("live-go")
    run, told = run_of(app), errors(app)
    broke = run.trainer.explosion
    assert broke is not None
    last = run.update
    assert 10 < last < run.trainer.schedule.updates
    # Which array overflows first depends on rounding, and so on the processor.
    assert f"in update {broke.update:,}, " in told
    assert " went beyond the largest float32" in told
    assert f"met loss {format_number(run.trainer.losses[-1], 3)} and gradient norm" in told
    assert "Choose a lower learning rate (now 0.5) or a smaller clipping norm under More" in told
    assert "take this run back with the time machine below" in told
    curves = app.data("live-curves")
    assert {"update": broke.update, "text": "overflow"} in curves["marks"]
    assert curves["figure"]["data"][0]["x"][-1] <= broke.update
    how = {**FAILURE_MODES["exploding"].changes}
    app.set("slider", "train-update", 4)  # a moment before it broke can be looked at …
    assert same(run.network_at(4), stopped_at(4, "sunspots", **how))
    app.press("live-again")  # … and gone back to
    assert errors(app) == ""
    assert "Waiting at update 4" in captions(app)
    assert run.trainer.explosion is None
    app.press("live-one")
    assert same(run.trainer.network, stopped_at(5, "sunspots", **how))
    app.press("live-go")  # the same settings break at the same update
    assert run.update == last
    assert run.trainer.explosion == broke
    app.set("selectbox", "train-clip", 1.0).press("live-go")  # what the page advised
    assert errors(app) == ""
    assert "All 400 updates are made" in captions(app)


@pytest.mark.parametrize("key", [*TASKS, *STREAM_KEYS])
def test_every_setting_reaches_the_run(visit: Opener, key: str) -> None:
    changes: dict[str, Any] = {"lr": 0.02, "optimizer": "momentum", "clip": 0.1, "truncate": 2}
    changes |= {"factor": 0.5, "batch": 8, "hidden": 6}
    link = {name: write_value(value) for name, value in changes.items()}
    if key in GENERATED_TASKS:
        trainer: Any = GeneratedTrainer(GENERATED_TASKS[key], "gru", seed=5, **changes)
    else:
        if TASKS[key].has_feedback:
            changes["teacher"], link["share"] = 0.5, "0.5"
        trainer = Trainer(TASKS[key], "gru", seed=5, **changes)
    app = visit("train", task=key, view="live", cell="gru", seed="5", **link)
    app.press("live-one").press("live-one")
    trainer.run(float("inf"), max_updates=2)
    assert same(run_of(app).trainer.network, trainer.network)
    assert ("share" in link) == any(one.key == "train-share" for one in app.tester.select_slider)
    assert ("Teacher forcing is a choice for decoders" in captions(app)) == ("share" not in link)
    steps = any(one.key == "train-truncate" for one in app.tester.selectbox)
    assert ("there is no boundary to truncate" in captions(app)) != steps
    assert steps == (key != "digits")


@pytest.mark.parametrize("pace", ["1", "10", "100", "full"])
def test_an_epoch_is_made_at_every_pace(visit: Opener, pace: str) -> None:
    app = visit("train", task="names", pace=pace, **LINK).press("live-epoch")
    assert run_of(app).update == run_of(app).trainer.schedule.per_epoch
    stream = visit("train", task="adding", view="live", pace=pace).press("live-epoch")
    assert run_of(stream).update == 40


def test_a_task_left_in_mid_training_waits_there(visit: Opener) -> None:
    app = visit("train", task="digits", **LINK).press("live-one").press("live-one")
    run = run_of(app)
    run.begin()  # as when the visitor's click ends the script between two updates
    app.set("selectbox", "train-task", "digit-rows")
    assert not run.running
    app.press("live-one")
    app.set("selectbox", "train-task", "digits")
    runs: dict[Any, Run] = dict(training_runs_of(app))
    assert {(plan.task, one.update) for plan, one in runs.items()} == {
        ("digits", 2),
        ("digit-rows", 1),
    }


def test_two_tabs_train_each_its_own(visit: Opener) -> None:
    one, other = (visit("train", task="digits", seed=seed, **LINK) for seed in ("0", "1"))
    third = visit("train", task="digits", seed="0", **LINK)
    for _ in range(3):
        one.press("live-one")
        other.press("live-one")
    third.press("live-one")
    how: dict[str, Any] = {"epochs": 2, "hidden": 8, "batch": 128}
    for app, seed, made in ((one, 0, 3), (other, 1, 3), (third, 0, 1)):
        assert app.query["update"] == str(made)
        assert same(run_of(app).trainer.network, stopped_at(made, "digits", seed=seed, **how))
    one.set("slider", "train-update", 1).press("live-again").press("live-go")
    assert (run_of(other).update, run_of(third).update) == (3, 1)
    assert f"Waiting at update {run_of(other).update}" in captions(other.run())
    assert run_of(one).setup == replace(setup("digits", seed=0, epochs=2, hidden=8, batch=128))


def test_a_link_copied_in_mid_run_comes_to_the_same_weights(visit: Opener) -> None:
    app = visit("train", task="digits", **LINK)
    for _ in range(5):
        app.press("live-one")
    again = visit("train", **app.query)  # a reload: the session is new, the address the same
    assert "made at update 5 of a run with seed 0" in again.tester.info[0].value
    again.press("live-replay")
    assert same(run_of(again).trainer.network, run_of(app).trainer.network)
    assert np.array_equal(run_of(again).trainer.losses, run_of(app).trainer.losses)
    again.press("live-go")
    app.press("live-go")
    assert same(run_of(again).trainer.network, run_of(app).trainer.network)


def test_a_pause_waits_for_the_update_that_is_being_made() -> None:
    """The page that answers a press runs in another thread than the one that trains."""
    plan = setup("sentiment")
    run = Run(plan, plan.start())
    run.begin()
    trainer = Thread(target=lambda: [run.advance("full") for _ in range(20)])
    trainer.start()
    while not run.update:
        sleep(0.001)
    run.pause()
    seen = [run.update, run.paused_at]
    trainer.join()
    assert seen == [run.update, run.update]
    run.make_one()
    assert run.update == seen[0] + 1
