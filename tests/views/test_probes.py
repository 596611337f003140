"""The probes: same last step, different pasts; and the stored results of all models."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.baselines.feedforward import kinds_for
from rnn_core.tasks import TASKS
from rnn_views.comparison.probes import probe_for, probe_table
from rnn_views.comparison.results import load_feedforward, load_model_results

NEAR = {"accuracy": 0.06, "exact match": 0.08, "nats per character": 0.05}
PROBED = [key for key in TASKS if key != "digits"]


def test_one_step_has_no_past_to_probe() -> None:
    assert probe_for(TASKS["digits"]) is None


@pytest.mark.parametrize("key", PROBED)
def test_both_inputs_give_the_same_at_the_step_that_is_compared(key: str) -> None:
    probe = probe_for(TASKS[key])
    assert probe is not None
    one, other = (
        example.batch.inputs[-1][t] for example, t in zip(probe.examples, probe.steps, strict=True)
    )
    assert np.array_equal(one, other)


@pytest.mark.parametrize("key", PROBED)
def test_only_the_rnn_can_tell_two_pasts_apart(key: str) -> None:
    task = TASKS[key]
    probe = probe_for(task)
    assert probe is not None
    networks = {"RNN": task.pretrained(), "feed-forward": load_feedforward(task).as_unroll()}
    table, same = probe_table(task, probe, networks)
    assert same == {"RNN": False, "feed-forward": True}
    assert table["feed-forward"].nunique() == 1


@pytest.mark.parametrize("key", list(TASKS))
def test_every_task_has_its_models_measured(key: str) -> None:
    task, model_results = TASKS[key], load_model_results()[key]
    assert model_results[0].kind == "rnn"
    assert {model_result.kind for model_result in model_results} >= {"rnn", *kinds_for(task)}
    pretrained = task.evaluate(task.pretrained())
    assert model_results[0].test == pytest.approx(pretrained, abs=NEAR[task.metric])
    assert set(model_results[0].probes) == set(task.data().probes)


@pytest.mark.parametrize("key", list(TASKS))
def test_the_stored_rival_is_the_one_that_was_measured(key: str) -> None:
    stored = load_feedforward(TASKS[key])
    measured = next(
        model_result
        for model_result in load_model_results()[key]
        if model_result.kind == "per-step"
    )
    assert (stored.hidden, stored.size) == (measured.hidden, measured.parameters)
    near = NEAR[TASKS[key].metric]
    assert stored.evaluate("test") == pytest.approx(measured.test, abs=near)


def test_on_names_counting_wins() -> None:
    by_name = {
        model_result.name: model_result.test for model_result in load_model_results()["names"]
    }
    assert min(by_name, key=lambda name: by_name[name]) == "4-gram"
