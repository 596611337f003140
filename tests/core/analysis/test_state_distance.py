"""The two states that lie nearest, against a search by hand, and close to the edge of floats."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.analysis.state_distance import distances, nearest_pair


def test_distances_and_the_nearest_pair_are_those_of_a_plain_search() -> None:
    states = np.random.default_rng(0).standard_normal((40, 3))
    gaps = {
        (i, j): float(np.linalg.norm(states[i] - states[j]))
        for i in range(40)
        for j in range(i + 1, 40)
    }
    found, table = nearest_pair(states), distances(states)
    assert (found.first, found.second) == min(gaps, key=lambda pair: gaps[pair])
    assert found.distance == pytest.approx(min(gaps.values()))
    assert found.typical == pytest.approx(np.median(list(gaps.values())))
    assert all(table[i, j] == pytest.approx(gap) for (i, j), gap in gaps.items())


def test_equal_pasts_are_no_pair() -> None:
    found = nearest_pair([[0.0], [0.0], [1.0]], kinds=[7, 7, 8])
    assert (found.first, found.second, found.distance) == (0, 2, 1.0)
    with pytest.raises(ValueError, match="no two pasts"):
        nearest_pair([[0.0], [1.0]], kinds=[1, 1])


def test_states_that_nearly_agree_keep_their_digits() -> None:
    assert distances([[1.0, 1.0], [1.0, 1.0 + 1e-12]])[0, 1] == pytest.approx(1e-12, rel=1e-3)


@pytest.mark.parametrize("states", [[], [1.0, 2.0], [[np.nan], [0.0]]])
def test_states_that_are_none_are_refused(states: object) -> None:
    with pytest.raises(ValueError, match="states"):
        distances(states)  # type: ignore[arg-type]
