"""What start, unroll, topologies, train and the README say, checked against networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnn_core.losses import log_softmax
from rnn_core.tasks import TASKS, backward
from rnn_views.predictions import judge
from rnn_views.ui.shell.header import prose
from rnn_views.ui.start.question import SENTENCE

ROOT = Path(__file__).parents[2]


def test_the_network_of_the_start_page() -> None:
    task = TASKS["sentiment"]
    assert task.pretrained().hidden == 32
    assert "32 hidden units" in prose("start")["before"]
    words = SENTENCE.split()
    assert words[4] == "bad"
    assert "not" in words[:4]


def test_a_longer_sentence_has_not_one_weight_more() -> None:
    task = TASKS["sentiment"]
    network = task.network(seed=0)
    short, long = (
        task.run(network, task.encode(text)) for text in ("good", "the film was not good at all")
    )
    assert short.network.size == long.network.size
    assert len(long.inputs[0]) > len(short.inputs[0])


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_first_share_of_w_hh_is_exactly_zero(cell: str) -> None:
    task = TASKS["sentiment"]
    example_run = backward(task.run(task.network(cell, seed=0), task.encode("the film was bad")))
    assert example_run.gradients is not None
    trace, grads = example_run.traces[0], example_run.gradients.segments[0]
    shares = np.einsum("tbh,tbg->thg", trace.h[:-1], grads.da_recurrent)
    assert not shares[0].any()
    assert np.linalg.norm(shares[1:], axis=(1, 2)).all()
    assert np.allclose(shares.sum(axis=0), grads.total.W_hh)


def test_with_one_step_w_hh_multiplies_zeros() -> None:
    task = TASKS["digits"]
    trace = task.run(task.network(seed=0), task.example(0)).traces[0]
    assert trace.steps == 1
    assert not trace.h[0].any()


def test_the_answer_of_a_sentence_stands_above_its_last_step_only() -> None:
    task = TASKS["sentiment"]
    example_run = task.run(task.network(seed=0), task.encode("the film was bad"))
    assert [bool(said) for said in example_run.said] == [False, False, False, True]


@pytest.mark.parametrize("index", range(20))
def test_every_step_of_a_name_has_a_label(index: int) -> None:
    task = TASKS["names"]
    example_run = task.run(task.network(seed=0), task.example(index))
    assert example_run.scored.all()


def test_a_translation_may_have_another_length_and_order() -> None:
    task = TASKS["german"]
    example = task.encode("twenty one")
    example_run = task.run(task.pretrained(), example)
    assert judge(task, example_run).right
    assert example_run.text.replace("·", "") == "einundzwanzig"
    assert len(example.target) - 1 != len(example.inputs[0])


def test_the_picture_of_the_readme_is_described_as_it_is() -> None:
    task = TASKS["sentiment"]
    example_run = task.run(task.network(hidden=8, seed=0), task.encode("the film was not good"))
    p = np.exp(log_softmax(example_run.traces[0].logits)[-1, 0])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = f"the untrained network answers {example_run.said[-1]}, p = {p.max():.2f}"
    assert said in readme


def test_a_share_of_a_batch_is_that_of_its_scored_steps() -> None:
    task = TASKS["names"]
    network = task.network(seed=0)
    batch = task.data().train.batch([0, 1, 2])
    example_runs = [task.run(network, task.example(index, "train")) for index in range(3)]
    scored = np.array([example_run.scored.sum() for example_run in example_runs])
    assert len(set(scored)) > 1
    known = batch.targets >= 0
    assert known.sum() == scored.sum()
    assert np.array_equal(known.sum(axis=0), scored)
