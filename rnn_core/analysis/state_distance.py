"""How much of the past a state can tell: different pasts that end in nearly the same state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnn_core.input_validation import check_finite
from rnn_core.norms import safe_norms
from rnn_core.params import Array
from rnn_core.record import read_only


@dataclass(frozen=True, eq=False)
class NearestStates:
    """The two states of a set that lie nearest to each other.

    Attributes
    ----------
    first, second : int
        Their numbers, ``first`` < ``second``.
    distance : float
        ‖h_first − h_second‖.
    typical : float
        Median distance of two states of the set.
    """

    first: int
    second: int
    distance: float
    typical: float


def distances(states: npt.ArrayLike) -> Array:
    """Return the Euclidean distances between all states, (N, H) → (N, N), 0 on the diagonal.

    Differences are taken before they are squared: of states that nearly agree, the expansion
    a² − 2ab + b² would keep no digit.
    """
    given = np.asarray(states, dtype=np.float64)
    if given.ndim != 2 or not given.size:
        raise ValueError(f"states have shape {given.shape} but (N, H) is expected")
    check_finite("states", given)
    found = np.empty((len(given), len(given)))
    for row, state in enumerate(given):
        found[row] = safe_norms(given - state)
    return read_only(found)


def nearest_pair(states: npt.ArrayLike, kinds: npt.ArrayLike | None = None) -> NearestStates:
    """Find the two states that lie nearest to each other.

    Parameters
    ----------
    states : array, shape (N, H)
    kinds : array, shape (N,), optional
        Two states count as a pair only where these differ: pasts of one kind are the same past.

    Raises
    ------
    ValueError
        When no two states differ in kind.

    Examples
    --------
    >>> found = nearest_pair([[0.0, 0.0], [3.0, 4.0], [3.0, 4.5]])
    >>> found.first, found.second, found.distance, found.typical
    (1, 2, 0.5, 5.0)
    """
    gaps = distances(states)
    upper = np.triu(np.ones(gaps.shape, dtype=bool), k=1)
    if kinds is not None:
        named = np.asarray(kinds)
        upper &= named[:, None] != named[None, :]
    if not upper.any():
        raise ValueError("no two pasts differ, so there is no pair")
    place = int(np.where(upper, gaps, np.inf).argmin())
    first, second = divmod(place, len(gaps))
    return NearestStates(first, second, float(gaps[first, second]), float(np.median(gaps[upper])))
