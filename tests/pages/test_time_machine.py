"""The time machine: what is shown of update k is a fresh training stopped at k, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn_core.network import Network
from rnn_core.tasks import TASKS
from rnn_core.tasks.generated.registry import GENERATED_TASKS
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_core.training.trainer import Trainer
from rnn_views.chain.encoding import pack
from rnn_views.number_format import format_number
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.runs.live_run import Run
from rnn_views.ui.training.predictions import answers_of
from tests.pages.conftest import App, Opener
from tests.pages.test_train import captions, text

LINK = {"view": "live", "epochs": "2", "hidden": "8", "batch": "128"}
"""A run short enough for a test: of digits 18 updates, of all tasks at most 100."""


def run_of(app: App) -> Run:
    """The one run of the visitor."""
    runs: dict[RunConfig, Run] = app.tester.session_state["unrolled"].kept["training runs"]
    (run,) = runs.values()
    return run


def stopped_at(update: int, key: str, cell: str = "rnn", **changes: Any) -> Network:
    """The network of a fresh training that is stopped after so many updates."""
    if key in GENERATED_TASKS:
        trainer: Any = GeneratedTrainer(GENERATED_TASKS[key], cell, **changes)
    else:
        trainer = Trainer(TASKS[key], cell, **changes)
    trainer.run(float("inf"), max_updates=update)
    assert trainer.updates_made == update
    return trainer.network


def same(one: Network, other: Network) -> bool:
    """Whether all parameters of two networks are equal, to the bit."""
    pairs = zip(one.segments, other.segments, strict=True)
    return all(
        mine.tobytes() == theirs.tobytes()
        for left, right in pairs
        for mine, theirs in zip(
            (*left.params.arrays().values(), *([] if left.embedding is None else [left.embedding])),
            (
                *right.params.arrays().values(),
                *([] if right.embedding is None else [right.embedding]),
            ),
            strict=True,
        )
    )


def drawn(app: App, key: str = "live-chain") -> list[Any]:
    """W_hh of each segment, as the picture was given it."""
    segments = app.data(key)["payload"]["segments"]
    return [segment["weights"]["W_hh"] for segment in segments]


def packed(network: Network) -> list[Any]:
    return [pack(segment.params.W_hh) for segment in network.segments]


def shown_answers(app: App) -> list[list[str]]:
    table = next(one.value for one in app.tester.table if "right answer" in one.value)
    return table.to_numpy().tolist()


@pytest.mark.parametrize(
    ("key", "cell", "how"),
    [
        ("digits", "rnn", {"optimizer": "momentum"}),
        ("digit-rows", "lstm", {"truncate": 3, "optimizer": "sgd"}),
        ("french", "gru", {"teacher": 0.5}),
    ],
)
def test_every_moment_is_a_fresh_training_stopped_there(
    visit: Opener, key: str, cell: str, how: dict[str, Any]
) -> None:
    link = {("share" if name == "teacher" else name): str(value) for name, value in how.items()}
    app = visit("train", task=key, cell=cell, **LINK, **link).press("live-go")
    how |= {"epochs": 2, "hidden": 8, "batch": 128}
    last = run_of(app).update
    assert last == run_of(app).trainer.schedule.updates
    for update in (last, 0, 7, 3, last - 1):
        app.set("slider", "train-update", update)
        fresh = stopped_at(update, key, cell, **how)
        assert same(run_of(app).network_at(update), fresh)
        assert drawn(app) == packed(fresh)
        assert app.data("live-chain")["payload"]["badge"] == f"trained by you, update {update:,}"
        assert shown_answers(app) == answers_of(TASKS[key], fresh).table.to_numpy().tolist()


def test_a_run_that_waited_and_went_back_comes_to_the_same(visit: Opener) -> None:
    app = visit("train", task="digits", **LINK)
    app.press("live-one").press("live-epoch").press("live-one")  # three times it waits
    half = run_of(app).trainer.schedule.per_epoch
    assert "Waiting at" in captions(app)
    assert run_of(app).update == half + 1
    app.set("slider", "train-update", 0).press("live-again")
    assert "Not begun" in captions(app)
    app.press("live-one").press("live-one").press("live-one")
    app.set("slider", "train-update", 2).press("live-again")  # it goes on, as the button says
    assert f"All {2 * half} updates are made" in captions(app)
    how: dict[str, Any] = {"epochs": 2, "hidden": 8, "batch": 128}
    for update in (2 * half, 0, 2, 3, half, half + 1):
        app.set("slider", "train-update", update)
        assert drawn(app) == packed(stopped_at(update, "digits", **how))
        assert same(run_of(app).network_at(update), stopped_at(update, "digits", **how))


def test_two_moments_side_by_side(visit: Opener) -> None:
    app = visit("train", task="digits", **LINK).press("live-go")
    app.set("slider", "train-update", 3).press("pin")
    assert (app.query["pin"], app.query["update"]) == ("3", str(run_of(app).update))
    app.set("slider", "train-update", 3)
    assert "A and B are the same update" in captions(app)
    assert app.data("live-curves")["marks"] == [{"update": 3, "text": "A and B"}]
    app.set("slider", "train-update", 9)
    assert (app.query["pin"], app.query["update"]) == ("3", "9")
    marks = {mark["text"]: mark["update"] for mark in app.data("live-curves")["marks"]}
    assert marks == {"A": 3, "B": 9}
    how: dict[str, Any] = {"epochs": 2, "hidden": 8, "batch": 128}
    then, now = (stopped_at(update, "digits", **how) for update in (3, 9))
    assert drawn(app, "pinned-chain") == packed(then)
    assert drawn(app, "live-chain") == packed(now)
    apart = np.linalg.norm(now.segments[0].params.W_xh - then.segments[0].params.W_xh)
    numbers = next(one.value for one in app.tester.table if "update 3" in one.value)
    assert numbers.loc["‖ΔW_xh‖ between A and B", "update 3"] == format_number(apart, 4)
    said = [answers_of(TASKS["digits"], one).table["the network says"] for one in (then, now)]
    for column, wanted in zip(("A says", "B says"), said, strict=True):
        table = next(one.value for one in app.tester.table if column in one.value)
        assert list(table[column]) == list(wanted)


@pytest.mark.parametrize("key", ["names", "captions", "sentiment", "sunspots", "book"])
def test_what_was_answered_at_a_moment_is_shown_again(visit: Opener, key: str) -> None:
    """Captions, letters, generated names and forecasts of a moment come from its parameters."""
    shorter = {"updates": "40"} if key in GENERATED_TASKS else {"examples": "400"}
    app = visit("train", task=key, **LINK, **shorter).press("live-go")
    subject = run_of(app).setup.subject  # type: ignore[attr-defined]
    seen = []
    for update in (run_of(app).update, 1):
        app.set("slider", "train-update", update)
        answers = answers_of(subject, run_of(app).trainer.at(update), "now")
        table = app.tester.table[0].value
        assert table.to_numpy().tolist() == answers.table.to_numpy().tolist()
        assert f"**What it answers at update {update:,}**" in text(app)
        seen.append((table.to_numpy().tolist(), [one.value for one in app.tester.text]))
        for names in answers.names.values():
            assert ", ".join(names) in seen[-1][1]
    assert seen[0] != seen[1]


def shown_update(app: App) -> set[int]:
    """The update that slider, picture, table and address show; one number when they agree."""
    slider = next(one for one in app.tester.get("slider") if one.key == "train-update")
    badge = app.data("live-chain")["payload"]["badge"]
    (heads,) = (one.value for one in app.tester.table if "‖W_hh‖" in [*one.value, *one.value.index])
    named = [head for head in [*heads, *heads.index] if str(head).startswith("update ")]
    numbers = [badge.rsplit(" ", 1)[1], str(named[-1]).removeprefix("update ")]
    marks = app.data("live-curves")["marks"]
    here = next(mark["update"] for mark in marks if mark["text"] in ("here", "B", "A and B"))
    return {
        *(int(number.replace(",", "")) for number in numbers),
        slider.value,
        slider.proto.value[0],
        int(app.query["update"]),
        here,
    }


def test_slider_picture_table_and_address_agree_after_every_action(visit: Opener) -> None:
    app = visit("train", task="digits", **LINK).press("live-epoch")
    half = run_of(app).update
    assert shown_update(app) == {half}
    app.set("slider", "train-update", 3)
    assert shown_update(app) == {3}
    app.press("pin")  # A stays at 3, B is where the run rests
    assert shown_update(app) == {half}
    assert app.query["pin"] == "3"
    app.set("slider", "train-update", 3).press("live-again")
    last = run_of(app).trainer.schedule.updates
    assert run_of(app).update == last
    assert shown_update(app) == {last}
    assert app.query["pin"] == "3"
    app.set("slider", "train-update", 5)
    app.press("pin")
    assert shown_update(app) == {5}
    query = app.query
    app.go("memory").go("train", **query)
    assert shown_update(app) == {5}


@pytest.mark.parametrize("back", [True, False])
def test_after_an_interruption_one_looks_at_where_the_run_has_come(
    visit: Opener, back: bool
) -> None:
    app = visit("train", task="digits", **LINK).press("live-one").press("live-one")
    query, run = app.query, run_of(app)
    run.begin()
    run.make_one()  # the script that trained is gone; the address knows an older update
    run.begin()
    run.heartbeat -= 60
    if back:
        app.go("memory").go("train", **query)
    else:
        app.run()
    assert run.interrupted
    assert run.update == 3
    assert shown_update(app.run()) == {3}  # the address follows one run later
    assert "interrupted at update 3" in " ".join(one.value for one in app.tester.info)
