"""One update under the microscope: gradient check, chunk boundaries, what is fed, loss flags."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from rnn_core.analysis.weight_gradcheck import probe_weight
from rnn_core.tasks import TASKS, backward
from rnn_views.chain.gradient_checks import loss_like
from rnn_views.links import codec
from rnn_views.number_format import format_number
from rnn_views.ui.chain import requests
from rnn_views.ui.state import settings
from tests.pages.conftest import App, Opener


def text(app: App) -> str:
    return " ".join(one.value.replace("\\", "") for one in app.tester.markdown)


def unpack(array: dict[str, Any]) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(array["f32"]), dtype="<f4")
    return data.reshape(array["shape"])


def opening(key: str) -> Any:
    start = codec.defaults("train", key)
    task = TASKS[key]
    return task.encode(start.input) if start.input else task.example(start.example)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize(
    ("key", "weight"), [("sentiment", "W_hh"), ("french", "decoder-W_hy"), ("digit-rows", "b_h")]
)
def test_the_check_shows_the_engines_numbers(
    visit: Opener, cell: str, key: str, weight: str
) -> None:
    app = visit("train", task=key, cell=cell, panel="check", weight=weight, row="2", column="3")
    task = TASKS[key]
    example_run = backward(task.run(task.network(cell), opening(key), teacher=True))
    segment, name = (1, weight[8:]) if weight.startswith("decoder-") else (0, weight)
    place = (1,) if name.startswith("b") else (1, 2)
    assert example_run.gradients is not None
    probe = probe_weight(
        example_run.network,
        example_run.gradients,
        loss_like(example_run),
        name,
        place,
        segment=segment,
    )
    shown = text(app)
    for number in (probe.analytic, probe.complex_step, float(probe.numeric[4])):
        assert f"**{format_number(number, 8)}**" in shown
    assert "they agree" in shown
    assert "they do not agree" not in shown


TINY_GRADIENTS = [
    "task=digits&example=0&net=shipped&panel=check&weight=b_y&row=4",
    "task=digits&cell=gru&net=shipped&panel=check&weight=W_xh&row=61&column=24",
    "task=digit-rows&cell=gru&net=shipped&panel=check&weight=b_y&row=1",
]


@pytest.mark.parametrize("link", TINY_GRADIENTS)
def test_a_right_gradient_agrees_however_small(visit: Opener, link: str) -> None:
    """One ε for all is too fine where the loss is nearly flat."""
    shown = text(visit("train", **dict(one.split("=") for one in link.split("&"))))
    assert "they agree" in shown
    assert "they do not agree" not in shown


def test_a_gradient_of_exactly_zero_is_explained_and_not_asked_about(visit: Opener) -> None:
    """A black corner of the picture: no ε is nearer than another."""
    app = visit("train", task="digits", panel="check", weight="W_xh", row="1", column="1")
    shown = text(app)
    assert any("is exactly **0**" in one.value for one in app.tester.info)
    assert "With which ε" not in shown
    assert "Why are the shares summed? Predict." not in shown


@pytest.mark.parametrize(
    ("weight", "words"),
    [("W_hy", "Only the last step has a share"), ("W_hh", "4 of 5 steps"), ("b_h", "every step")],
)
@pytest.mark.parametrize("answer", [0, 1])
def test_why_the_shares_are_summed_is_said_of_this_weight(
    visit: Opener, weight: str, words: str, answer: int
) -> None:
    """Before the first step the state is 0, and a sentence is scored at its end only."""
    app = visit("train", task="sentiment", panel="check", weight=weight).press("largest-entry")
    app.press(f"ask-last-only-{answer}")
    assert words in text(app)
    fails = weight != "W_hy"
    assert ("the check **fails**" in text(app)) is fails
    told = [one.value.replace("\\", "") for one in (*app.tester.success, *app.tester.info)]
    right = "Yes, it would fail" if fails else "No, it would pass"
    assert any(right in one for one in told)
    assert any(one.icon == ":material/check:" for one in app.tester.success) is (
        (answer == 0) is fails
    )


def test_last_only_and_mean_fail_the_check_and_the_sum_passes(visit: Opener) -> None:
    app = visit("train", task="sentiment", panel="check").press("largest-entry")
    app.press("ask-last-only-0")
    assert "the check **fails**" in text(app)
    app.set("segmented_control", "kept-shares", "mean")
    assert "the check **fails**" in text(app)
    app.set("segmented_control", "kept-shares", "sum")
    assert "the check passes" in text(app)


@pytest.mark.parametrize("learn", ["one", "batch"])
def test_the_text_leads_to_why_the_shares_are_summed(visit: Opener, learn: str) -> None:
    app = visit("train", learn=learn)
    assert app.data("-chain")["start"] == {"phase": "forward"}
    app.press("see-ledger")
    there = app.data("-chain")["start"]
    assert (there["phase"], there["t"], there["weight"]) == ("backward", 1, "W_hh")
    app.press("see-check")
    assert app.query["panel"] == "check"
    assert "Why are the shares summed? Predict." in text(app)


def test_the_step_size_is_predicted_before_its_curve_is_shown(visit: Opener) -> None:
    app = visit("train", panel="check").press("largest-entry")
    assert not app.tester.get("plotly_chart")
    app.press("ask-step-size-2")
    assert len(app.tester.get("plotly_chart")) == 1
    assert "The answer is: 10⁻⁵" in app.tester.info[-1].value.replace("\\", "")


def test_a_truncated_gradient_fails_the_check_and_is_told_why(visit: Opener) -> None:
    app = visit("train", panel="check", truncate="2").press("largest-entry")
    assert "they do not agree" in text(app)
    assert any("on purpose" in caption.value for caption in app.tester.caption)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("key", ["sentiment", "french", "digit-rows"])
def test_nothing_comes_back_over_a_chunk_boundary(visit: Opener, key: str, cell: str) -> None:
    app = visit("train", task=key, cell=cell, truncate="2", panel="chunks")
    task = TASKS[key]
    whole = backward(task.run(task.network(cell), opening(key), teacher=True))
    assert app.payload()["loss"] == pytest.approx(whole.loss, rel=1e-6)
    for segment, trace in zip(app.payload()["segments"], whole.traces, strict=True):
        assert unpack(segment["h"]) == pytest.approx(trace.h[:, 0], abs=1e-5)
        recurrent = unpack(segment["gradients"]["dh_recurrent"])
        for t in range(2, trace.steps, 2):
            assert not recurrent[t].any()
        assert segment["gradients"]["truncate"] == 2
    assert len(app.tester.get("plotly_chart")) == 1


def test_chunks_are_chosen_by_control_and_stand_in_the_link(visit: Opener) -> None:
    app = visit("train", panel="chunks")
    app.set("selectbox", "train-truncate", 3)
    assert app.query["truncate"] == "3"
    app.press("ask-truncate-1")
    assert "with and without" in text(app)


@pytest.mark.parametrize("key", ["french", "german", "captions"])
def test_what_is_fed_is_switched_step_by_step_and_all_at_once(visit: Opener, key: str) -> None:
    app = visit("train", task=key, panel="fed")
    fed = [segment["fed"] for segment in app.payload()["segments"]]
    assert set(fed[-1]) == {"data", "target"}
    first = len(fed[0]) + 2
    app.press(f"feed-{first}")
    decoder = app.payload()["segments"][-1]
    assert decoder["fed"][:3] == ["data", "own", *decoder["fed"][2:3]]
    assert decoder["labels"][1] == decoder["out"]["said"][0]
    assert app.query["own"] == str(first)
    app.press("feed-free")
    decoder = app.payload()["segments"][-1]
    assert set(decoder["fed"]) == {"data", "own"}
    assert decoder["labels"][1:] == decoder["out"]["said"][:-1]
    app.press("feed-forced")
    assert set(app.payload()["segments"][-1]["fed"]) == {"data", "target"}


def test_the_losses_of_both_ways_are_shown_after_a_guess(visit: Opener) -> None:
    app = visit("train", task="french", net="shipped", panel="fed")
    assert not app.tester.get("plotly_chart")
    app.press("ask-feeding-0")
    assert len(app.tester.get("plotly_chart")) == 1
    assert "nats fed the right words" in text(app)


def test_flags_move_by_button_and_the_profile_with_them(visit: Opener) -> None:
    app = visit("train", task="sentiment", panel="reach")
    app.press("flags-each")
    segment = app.payload()["segments"][0]
    assert all(loss is not None for loss in segment["out"]["losses"])
    assert (unpack(segment["gradients"]["dh_local"])[1:] != 0).any(axis=1).all()
    app.press("flags-first")
    segment = app.payload()["segments"][0]
    assert [loss is not None for loss in segment["out"]["losses"]] == [True] + [False] * 4
    assert not unpack(segment["gradients"]["dh"])[2:].any()
    app.press("flags-last")
    assert app.query.get("edits", "") == ""


def test_a_batch_is_checked_by_its_mean(visit: Opener) -> None:
    app = visit("train", learn="batch", panel="check").press("largest-entry")
    assert "Gradient check on the mean over all 64" in text(app) or "mean over all" in text(app)
    assert "they agree" in text(app)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_the_code_of_the_update_knows_its_rule(visit: Opener, optimizer: str) -> None:
    rule = visit("train", optimizer=optimizer).payload()["update"]["rule"]
    assert rule["optimizer"] == optimizer
    assert rule["norm"] > 0


REQUESTS: list[tuple[object, dict[str, object]]] = [
    ({"do": "chunk", "steps": 2}, {"truncate": 2, "panel": "chunks"}),
    ({"do": "chunk", "steps": 0}, {"truncate": None}),
    ({"do": "feed", "t": 5, "first": 4, "last": 7}, {"own": "5", "panel": "fed"}),
    (
        {"do": "weight", "segment": 1, "weight": "W_hh", "row": 3, "column": 4},
        {"weight": "decoder-W_hh", "row": 3, "column": 4, "panel": "check"},
    ),
    ({"do": "chunk", "steps": 1_000}, {}),
    ({"do": "feed", "t": 9, "first": 4, "last": 7}, {}),
    ({"do": "weight", "segment": 0, "weight": "<b>", "row": 1, "column": 1}, {}),
    ({"do": "weight", "segment": 0, "weight": "W_hh", "row": -1, "column": "x"}, {}),
    ({"do": "nothing"}, {}),
    ("chunk", {}),
    (None, {}),
]


@pytest.mark.parametrize(("message", "changed"), REQUESTS)
def test_a_request_of_the_picture_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, message: object, changed: dict[str, object]
) -> None:
    put: dict[str, object] = {}
    monkeypatch.setattr(settings, "get", lambda: codec.defaults("train"))
    monkeypatch.setattr(settings, "put", lambda **given: put.update(given))
    monkeypatch.setattr(settings, "session_set", lambda name, thing: None)
    monkeypatch.setattr(settings, "current_page", lambda: "train")
    requests.handle_request(message)
    assert changed.items() <= put.items()
    assert bool(put) == bool(changed)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("key", ["sentiment", "french", "names"])
def test_only_summed_shares_pass_the_check_of_the_ledger(
    visit: Opener, key: str, cell: str
) -> None:
    drawn = visit("train", task=key, cell=cell).payload()
    for segment, checks in zip(drawn["segments"], drawn["checks"], strict=True):
        for name in ("W_xh", "W_hh"):
            found = checks[name]
            # With h₀ = 0 the first of two steps adds nothing to dW_hh: there the last is the sum.
            alone = name == "W_hh" and segment["steps"] == 2
            assert found["passes"] == {"sum": True, "last": alone, "mean": False}
            assert found["slope"] == pytest.approx(found["claimed"]["sum"], rel=1e-4)


def test_a_truncated_sum_fails_the_check_of_the_ledger(visit: Opener) -> None:
    (segment,) = visit("train", truncate="2").payload()["checks"]
    assert not segment["W_hh"]["passes"]["sum"]
