"""The data of each task: splits that share nothing, padding that changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.tasks import TASKS
from rnn_core.tasks.dataset import partition

KEYS = tuple(TASKS)
PARTS = ("train", "validation", "test")


@pytest.mark.parametrize("key", KEYS)
def test_splits_share_no_example(key: str) -> None:
    data = TASKS[key].data()
    seen = {}
    for part in PARTS:
        split = data.split(part)
        for n in range(split.size):
            # Training sentences have words replaced by <unk>, so sentences are compared as text.
            text = data.texts[part][n]
            example = text if key == "sentiment" else split.inputs[0][:, n].tobytes()
            assert seen.setdefault(example, part) == part, f"{part} shares {text!r}"


@pytest.mark.parametrize("key", KEYS)
def test_every_part_is_described(key: str) -> None:
    data = TASKS[key].data()
    for part in (*PARTS, *data.probes):
        split = data.split(part)
        assert split.size == len(data.texts[part])
        assert split.targets.max() < len(data.classes)
        for x, vocabulary in zip(split.inputs, data.vocabularies, strict=True):
            if vocabulary is not None:
                assert 0 <= x.min() <= x.max() < len(vocabulary)
        if data.pictures:
            assert len(data.pictures[part]) == split.size
            assert 0 <= data.pictures[part].min() < data.pictures[part].max() <= 1


@pytest.mark.parametrize("key", KEYS)
def test_data_cannot_be_written_to(key: str) -> None:
    split = TASKS[key].data().train
    for array in (*split.inputs, split.targets, *(n for n in split.lengths if n is not None)):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("key", KEYS)
def test_padding_changes_no_loss(key: str) -> None:
    """A batch of long and short examples has the mean loss of its examples read one by one."""
    task = TASKS[key]
    network, split = task.network(seed=3), task.data().test
    chosen = [0, 5, 17, 40]
    batch = split.batch(chosen)
    scored = (batch.targets >= 0).sum()
    together = rc.loss_of(rc.run(network, batch.inputs, batch.lengths), batch.targets)[0] * scored
    apart = 0.0
    for n in chosen:
        one = task.example(n).batch
        loss = rc.loss_of(rc.run(network, one.inputs), one.targets)[0]
        apart += loss * (one.targets >= 0).sum()
    assert together == pytest.approx(apart, abs=1e-9)


def test_a_batch_is_cut_to_its_longest_example() -> None:
    split = TASKS["sentiment"].data().test
    order = np.argsort(split.lengths[0], kind="stable")
    short = split.batch(order[:4])
    assert short.inputs[0].shape[0] == split.lengths[0][order[3]] < split.steps[0]
    assert short.targets.shape == short.inputs[0].shape
    assert (short.targets[-1] == split.targets[-1, order[:4]]).all()


def test_partition_is_pinned() -> None:
    """The order must be the same on every machine, or checkpoints would meet their test split."""
    train, validation, test = partition(10, (6, 2, 2), seed=1)
    assert (train.tolist(), validation.tolist(), test.tolist()) == (
        [2, 9, 6, 4, 0, 3],
        [1, 7],
        [8, 5],
    )
    with pytest.raises(ValueError, match="sum to 9"):
        partition(10, (6, 2, 1), seed=1)


def test_captions_hold_out_pairs_but_not_their_parts() -> None:
    data = TASKS["captions"].data()
    held, seen = set(data.texts["unseen pairs"]), set(data.texts["train"])
    assert len(held) == 10
    assert not held & seen
    other = {"woman": "man", "man": "woman"}
    for caption in held:
        gender, role = caption.split(" ", 1)
        assert f"{other[gender]} {role}" in seen


@pytest.mark.parametrize("key", KEYS)
def test_suggestions_are_varied_test_examples(key: str) -> None:
    task = TASKS[key]
    picked = task.pick
    assert len(picked) >= 7
    assert len({label for _, label in picked}) == len({index for index, _ in picked}) == len(picked)
    for index, label in picked:
        assert label
        assert task.example(index).target


@pytest.mark.parametrize("key", KEYS)
def test_every_task_says_what_it_is(key: str) -> None:
    task = TASKS[key]
    assert task.key == key
    assert task.question.endswith("?")
    assert len(task.simplified) > 150
    assert task.source
    assert task.better in ("higher", "lower")
    assert task.input_kind in ("text", "picture", "digit")
    if key == "german":
        assert "segmenter" in task.simplified
        assert "longest match" in task.simplified


def test_tasks_can_be_keys() -> None:
    assert len({TASKS[key]: key for key in KEYS}) == len(KEYS)


def test_an_example_out_of_range_is_named() -> None:
    with pytest.raises(ValueError, match="no example 400 in 'test': it holds 0 to 399"):
        TASKS["digits"].example(400)
    with pytest.raises(ValueError, match="there is no split 'exam'"):
        TASKS["digits"].example(0, split="exam")
