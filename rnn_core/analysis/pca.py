"""The path of the hidden state, drawn in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnn_core.input_validation import check_finite
from rnn_core.params import Array
from rnn_core.record import Record, read_only
from rnn_core.trace import Trace
from rnn_core.validation.arguments import takes


@dataclass(frozen=True, eq=False)
class Trajectory(Record):
    """The states of a pass in the plane that keeps most of their variance.

    Attributes
    ----------
    points : array, shape (T+1, B, 2)
        Where each ``h[t]`` lies.
    explained : array, shape (2,)
        The fraction of the states' variance along each direction.
    centre : array, shape (H,)
        The mean state, which lies at (0, 0).
    directions : array, shape (2, H)
        Orthonormal rows; of each, the entry that is largest in size is positive. A direction of no
        variance is zero.
    """

    points: Array
    explained: Array
    centre: Array
    directions: Array

    def place(self, h: npt.ArrayLike) -> Array:
        """Return where other states lie in the same plane: (..., H) → (..., 2)."""
        given = np.asarray(h)
        if given.ndim == 0 or given.shape[-1] != len(self.centre):
            raise ValueError(f"h has shape {given.shape} but (..., {len(self.centre)}) is expected")
        if not np.issubdtype(given.dtype, np.floating):
            raise ValueError(f"h has dtype {given.dtype} but floats are expected")
        check_finite("h", given)
        return np.asarray((given - self.centre) @ self.directions.T)


@takes(trace=Trace)
def trajectory(trace: Trace) -> Trajectory:
    """Draw the path of the hidden state in two dimensions, by principal components (PCA).

    The directions are the first two right singular vectors of the centred states (Pearson 1901),
    h0 and all real steps of the batch together; copies of a last state in the padding do not count.

    Parameters
    ----------
    trace : Trace, finite

    Returns
    -------
    Trajectory

    Raises
    ------
    ValueError
        When a state is not finite.

    Examples
    --------
    >>> import rnn_core as rc
    >>> trace = rc.forward(rc.init("rnn", inputs=3, hidden=4, outputs=2), np.eye(3)[:, None])
    >>> path = trajectory(trace)
    >>> path.points.shape, path.directions.shape, bool(path.explained.sum() <= 1 + 1e-12)
    ((4, 1, 2), (2, 4), True)
    """
    overflow = trace.first_overflow()
    if overflow is not None:
        raise ValueError(f"the trace is not finite ({overflow}); a path needs finite states")
    lengths = np.full(trace.batch, trace.steps) if trace.lengths is None else trace.lengths
    states = trace.h[np.arange(trace.steps + 1)[:, None] <= lengths]
    # Measured by the largest state: sums of huge ones would overflow.
    scale = np.abs(states).max(initial=0.0)
    scale = scale if scale > 0 else states.dtype.type(1)
    states = states / scale
    mean = states.mean(axis=0)
    centre = mean * scale
    _, sizes, vectors = np.linalg.svd(states - mean, full_matrices=False)
    directions = np.zeros((2, trace.params.hidden), states.dtype)
    explained = np.zeros(2, states.dtype)
    # Rounding leaves tiny singular values where there is no variance; their vectors mean nothing.
    smallest = np.finfo(states.dtype).eps * max(states.shape) * np.abs(states).max(initial=0.0)
    kept = min(2, int((sizes > smallest).sum()))
    if kept:
        largest = np.abs(vectors[:kept]).argmax(axis=1)
        signs = np.sign(vectors[np.arange(kept), largest])
        directions[:kept] = vectors[:kept] * signs[:, None]
        explained[:kept] = sizes[:kept] ** 2 / (sizes**2).sum()
    points = (trace.h / scale - mean) @ directions.T * scale
    return Trajectory(
        read_only(points), read_only(explained), read_only(centre), read_only(directions)
    )
