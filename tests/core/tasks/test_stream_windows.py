"""The windowed baseline sees the last k inputs alone, and comes out where theory says."""

from __future__ import annotations

from math import inf, pi, sin, sqrt

import numpy as np
import pytest

from rnn_core.tasks.generated.memory import MEMORY_TASKS
from rnn_core.tasks.generated.sunspots import SUNSPOTS
from rnn_core.tasks.generated.windowed import WIDEST, scored_steps, windowed
from rnn_core.training.stream_trainer import GeneratedTrainer


@pytest.mark.parametrize("key", list(MEMORY_TASKS))
@pytest.mark.parametrize("window", [1, 4])
def test_windows_hold_the_inputs_before_each_scored_step(key: str, window: int) -> None:
    task = MEMORY_TASKS[key]
    feedforward = windowed(task, window)
    inner = task.draw(np.random.default_rng(3), 5)
    seen = feedforward.draw(np.random.default_rng(3), 5 * scored_steps(task))
    x = inner.inputs[0]
    dense = x if x.dtype.kind == "f" else np.eye(task.inputs)[x]
    lengths = inner.lengths[0] if inner.lengths else None
    targets = inner.targets
    known = ~np.isnan(targets[..., 0]) if targets.ndim == 3 else targets >= 0
    n = 0
    for t in range(len(targets)):
        for b in range(5):
            if not known[t, b]:
                continue
            end = t if lengths is None else int(lengths[b]) - 1
            rows = [
                dense[s, b] if s >= 0 else np.zeros(task.inputs)
                for s in range(end - window + 1, end + 1)
            ]
            assert np.array_equal(seen.inputs[0][0, n], np.concatenate(rows))
            assert np.array_equal(seen.targets[0, n], targets[t, b])
            n += 1
    assert n == seen.inputs[0].shape[1]


@pytest.mark.parametrize("window", [1, 5])
def test_the_rival_has_no_more_weights_than_it_may(window: int) -> None:
    feedforward = windowed(MEMORY_TASKS["brackets"], window)
    params = feedforward.network().segments[0].params
    assert feedforward.parameters == params.size - params.W_hh.size <= feedforward.budget
    assert params.hidden <= WIDEST


def test_without_the_past_the_wave_is_guessed_as_theory_says() -> None:
    trainer = GeneratedTrainer(windowed(MEMORY_TASKS["sine"], 1))
    trainer.run(inf)
    assert trainer.evaluate() == pytest.approx(sin(pi / 6) / sqrt(2), abs=0.002)


def test_a_window_as_long_as_the_delay_echoes() -> None:
    for window, expected in ((3, 0.5), (4, 1.0)):
        trainer = GeneratedTrainer(windowed(MEMORY_TASKS["echo"], window))
        trainer.run(inf)
        assert trainer.evaluate() == pytest.approx(expected, abs=0.03)


def test_sunspots_are_scored_in_their_own_units() -> None:
    feedforward = windowed(SUNSPOTS, 1, 181)
    assert feedforward.score(
        feedforward.held_out.inputs[0][:, :, -1:], feedforward.held_out.targets
    ) == pytest.approx(0.416, abs=0.001)


@pytest.mark.parametrize(("window", "parameters"), [(0, None), (4, 3)])
def test_windows_that_are_none_are_refused(window: int, parameters: int | None) -> None:
    with pytest.raises(ValueError, match="window"):
        windowed(MEMORY_TASKS["echo"], window, parameters)
