"""Targets of padded sequences: what lies beyond a sequence's length is no target."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnn_core.input_validation import check_lengths
from rnn_core.params import Array

IGNORE_INDEX = -1


def ignore_padding(targets: npt.ArrayLike, lengths: npt.ArrayLike | None) -> Array:
    """Return targets whose padded steps have no loss, whatever they were padded with.

    A sequence that is scored at none of its real steps keeps its targets beyond them: its state is
    copied to the last step, so that a whole batch can be scored there (many to one).

    Parameters
    ----------
    targets : array, shape (T, B), whole numbers, −1 = no loss; or (T, B, C), floats, NaN = no loss
    lengths : array, shape (B,), or None where all sequences are full

    Returns
    -------
    array, shape of ``targets``
        The same array where nothing is to be ignored.

    Raises
    ------
    ValueError
        For lengths that are not whole numbers from 1 to T, one for each sequence.

    Examples
    --------
    >>> ignore_padding(np.array([[1, 2], [1, 0], [1, 0]]), np.array([3, 1])).tolist()
    [[1, 2], [1, -1], [1, -1]]
    >>> ignore_padding(np.array([[-1, -1], [-1, -1], [1, 0]]), np.array([3, 1])).tolist()
    [[-1, -1], [-1, -1], [1, 0]]
    """
    given = np.asarray(targets)
    if lengths is None or given.ndim not in (2, 3):
        return given
    limits = np.asarray(check_lengths(lengths, *given.shape[:2]))
    if given.dtype.kind not in ("iu" if given.ndim == 2 else "f"):
        return given  # the loss has the words for it
    scored = given != IGNORE_INDEX if given.ndim == 2 else ~np.isnan(given).all(axis=2)
    real = np.arange(len(given))[:, None] < limits
    ignored = scored & ~real & (scored & real).any(axis=0)
    if not ignored.any():
        return given
    kept = given.astype(np.int64 if given.dtype.kind == "u" else given.dtype)
    kept[ignored] = IGNORE_INDEX if given.ndim == 2 else np.nan
    return kept
