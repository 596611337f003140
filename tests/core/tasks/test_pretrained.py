"""The shipped checkpoints do what the project says, on examples they have never seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.tasks import TASKS
from rnn_core.tasks.checkpoint import (
    MODELS,
    checkpoint_path,
    load_network,
    read_facts,
    save_network,
)
from rnn_core.tasks.dataset import Recipe

KEYS = tuple(TASKS)


@pytest.mark.parametrize("key", KEYS)
def test_each_reaches_its_target_on_the_test_split(key: str) -> None:
    task = TASKS[key]
    assert task.reached(task.evaluate(task.pretrained()))


@pytest.mark.parametrize("key", KEYS)
def test_each_does_what_is_written_beside_it(key: str) -> None:
    task, facts = TASKS[key], read_facts(checkpoint_path(key, "rnn"))
    assert facts["task"] == key
    assert facts["metric"] == task.metric
    assert facts["recipe"]["hidden"] == task.pretrained().hidden == task.recipe.hidden
    for split, figure in facts["figures"].items():
        assert task.evaluate(task.pretrained(), split) == pytest.approx(figure, abs=0.005), split


@pytest.mark.parametrize("key", KEYS)
def test_each_has_the_shape_of_a_fresh_network(key: str) -> None:
    task = TASKS[key]
    fresh, pretrained = task.network(), task.pretrained()
    assert pretrained.topology is task.topology
    assert pretrained.size == fresh.size
    assert pretrained.segments[0].params.dtype == np.float64


def test_sentiment_generalises_to_words_never_seen_negated() -> None:
    task = TASKS["sentiment"]
    assert task.evaluate(task.pretrained(), "never seen negated") >= 0.95


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("the film was not good", "negative"),
        ("not bad at all", "positive"),
        ("good but boring", "negative"),
        ("boring but good", "positive"),
        ("i did not hate it", "positive"),
        ("never boring, always charming", "positive"),
    ],
)
def test_sentiment_understands_negation(text: str, answer: str) -> None:
    task = TASKS["sentiment"]
    example_run = task.run(task.pretrained(), task.encode(text))
    assert example_run.said[-1] == answer == example_run.example.target[0]


def test_known_failures_are_still_failures() -> None:
    """What the card of a task admits is true; when it is cured, the card must change."""
    task = TASKS["sentiment"]
    for failure, said in (("not not good", "negative"), ("hardly good", "positive")):
        assert failure in task.simplified
        example = task.encode(f"the film was {failure}")
        assert task.run(task.pretrained(), example).said[-1] == said
    task = TASKS["captions"]
    assert task.evaluate(task.pretrained(), "unseen pairs") < 0.5


@pytest.mark.parametrize("key", KEYS)
def test_a_cell_that_is_not_shipped_is_named(key: str) -> None:
    with pytest.raises(ValueError, match="no trained 'elman' network is shipped"):
        TASKS[key].pretrained("elman")


@pytest.mark.parametrize("key", KEYS)
def test_shipped_networks_are_read_once(key: str) -> None:
    assert TASKS[key].pretrained() is TASKS[key].pretrained()


def test_a_network_survives_storage(tmp_path: Path) -> None:
    task = TASKS["french"]
    network = task.network("lstm", hidden=6, seed=2)
    save_network(tmp_path / "one.npz", network, {"note": "naïve"})
    loaded = load_network(tmp_path / "one.npz")
    assert read_facts(tmp_path / "one.npz")["note"] == "naïve"
    assert loaded.cell == "lstm"
    for one, other in zip(network.segments, loaded.segments, strict=True):
        assert one.ports == other.ports
        for name, array in one.params.arrays().items():
            assert np.array_equal(array.astype(np.float32), getattr(other.params, name))


def test_checkpoints_are_small_and_hold_no_pickle() -> None:
    stored = [path for cell in rc.GATES for path in MODELS.glob(f"*-{cell}.npz")]
    assert len(stored) >= len(TASKS)
    for path in stored:
        assert path.stat().st_size < 900_000
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind in "fU" for name in arrays.files)


@pytest.mark.parametrize("key", ["digits", "german"])
def test_checkpoints_can_be_made_again_from_their_seed(key: str) -> None:
    facts = read_facts(checkpoint_path(key, "rnn"))
    trainer = rc.Trainer(TASKS[key], seed=facts["seed"])
    trainer.run(60)
    # A recipe's field that is younger than the file had its default then.
    assert trainer.recipe == Recipe(**facts["recipe"])
    assert trainer.evaluate("test") == pytest.approx(facts["figures"]["test"], abs=0.02)


def test_shipped_takes_no_paths() -> None:
    with pytest.raises(ValueError, match="is shipped"):
        TASKS["digits"].pretrained("../models/digits-rnn")
