"""How far back one loss reaches: the gradient of the state against distance, and of dW against lag.

The loss is that of a single scored step s. Going back, its gradient passes through one step after
the other; whether it fades or grows on the way is what "vanishing" and "exploding" mean (Hochreiter
1991; Bengio et al. 1994; Pascanu et al. 2013).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rnn_core.analysis.contributions import single_losses
from rnn_core.losses import LOSSES, is_counted, unscored
from rnn_core.norms import safe_norm, safe_norms
from rnn_core.padding import ignore_padding
from rnn_core.params import Array, Params
from rnn_core.record import Record, read_only
from rnn_core.trace import Gradients, Trace
from rnn_core.unroll import backward


@dataclass(frozen=True, eq=False)
class GradientFlow(Record):
    """The gradient of one scored step's loss, by how many steps it has gone back.

    Attributes
    ----------
    step : int
        The scored step s, from 0.
    norms : array, shape (s+2,), float64
        ``norms[k]`` = ‖∂L_s / ∂(state s+1−k)‖, so k = 0 is the state that is read out and k = s+1
        the state before the first step. The state is h, for lstm h and c jointly.
    exact_zero : array, shape (s+2,), bool
        Where every entry is exactly 0: nothing comes further back.
    denormal : array, shape (s+2,), bool
        Where the largest entry is smaller than the smallest normal number of its type, so that it
        has lost digits; not where all are 0.
    weights_norm : float
        Joint norm of the gradients of all weights; what clipping by norm looks at.
    overflow : str
        Where numbers stopped being finite, in words; "" where all are.
    """

    step: int
    norms: Array
    exact_zero: Array
    denormal: Array
    weights_norm: float
    overflow: str = ""

    @property
    def ratio(self) -> float:
        """The gradient of the first step's state relative to that of the last; NaN if that is 0."""
        last = float(self.norms[0])
        return float(self.norms[self.step]) / last if last > 0 else float("nan")


def gradient_reach(
    trace: Trace, targets: npt.ArrayLike, step: int | None = None, loss: str = "cross_entropy"
) -> GradientFlow:
    """Send the loss of one step back and measure it at every state it comes to.

    Parameters
    ----------
    trace : Trace
        Of one sequence (B = 1).
    targets : array
        For cross entropy (T, 1), whole numbers, −1 where nothing is scored; for the squared error
        (T, 1, C), NaN where nothing is.
    step : int, optional
        The scored step, from 0; the last one by default. The loss is of this step alone, N = 1.
    loss : {"cross_entropy", "squared_error"}

    Returns
    -------
    GradientFlow

    Raises
    ------
    ValueError
        When the trace has more than one sequence, or the step is not scored.

    Examples
    --------
    >>> import rnn_core as rc
    >>> trace = rc.forward(rc.init("lstm", inputs=3, hidden=4, outputs=2), np.ones((5, 1, 3)))
    >>> found = gradient_reach(trace, [[-1], [-1], [-1], [-1], [1]])
    >>> found.step, found.norms.shape, bool(found.exact_zero.any())
    (4, (6,), False)
    """
    if trace.batch != 1:
        raise ValueError(f"the trace has B={trace.batch} sequences but one is expected")
    wanted = ignore_padding(targets, trace.lengths)
    scored = np.flatnonzero(is_counted(wanted).any(axis=1))
    last = int(scored[-1]) if step is None and len(scored) else step
    if last is None or last not in scored:
        raise ValueError(f"step is {last!r} but the scored steps are {scored.tolist()}")
    overflow = trace.first_overflow()
    if overflow is not None:
        lost = np.full(last + 2, np.nan)
        nothing = np.zeros(last + 2, bool)
        return GradientFlow(last, lost, nothing, nothing, float("nan"), f"forward: {overflow}")
    alone = unscored(wanted)
    alone[last] = wanted[last]
    with np.errstate(over="ignore", invalid="ignore"):
        gradients = backward(trace, LOSSES[loss](trace.logits, alone)[1])
        return _measure(gradients, last)


def _measure(gradients: Gradients, step: int) -> GradientFlow:
    states = state_gradients(gradients)[step + 1 :: -1, 0]
    largest = np.abs(states).max(axis=-1)
    smallest = np.finfo(states.dtype).smallest_normal
    overflow = gradients.first_overflow()
    joint = [safe_norm(array) for array in gradients.total.arrays().values()]
    return GradientFlow(
        step=step,
        norms=read_only(safe_norms(states)),
        exact_zero=read_only(np.asarray(largest == 0)),
        denormal=read_only(np.asarray((largest > 0) & (largest < smallest))),
        weights_norm=safe_norm(joint),
        overflow="" if overflow is None else f"backward: {overflow}",
    )


def state_gradients(gradients: Gradients) -> Array:
    """Return the gradient of each whole state, shape (T+1, B, H), or (T+1, B, 2·H) for lstm.

    The parts of an lstm's state are h and c side by side, each moved with the other held fast; so
    c takes ``dc_recurrent``, not the total ``dc``, which holds the way through h as well.
    """
    if gradients.dc_recurrent is None:
        return gradients.dh
    return np.concatenate([gradients.dh, gradients.dc_recurrent], axis=-1)


def scale_recurrent(params: Params, factor: float) -> Params:
    """Return the weights with W_hh multiplied: its spectral radius is multiplied as well.

    >>> import rnn_core as rc
    >>> half = scale_recurrent(rc.init("rnn", inputs=3, hidden=4, outputs=2), 0.5)
    >>> round(rc.spectral_radius(half.W_hh), 9)
    0.5
    """
    return replace(params, W_hh=np.asarray(params.W_hh * params.dtype.type(factor)))


def clip_factor(norm: float, limit: float | None) -> float:
    """Return what clipping by norm multiplies a gradient by (Pascanu et al. 2013, section 3.2).

    >>> clip_factor(4.0, 1.0), clip_factor(0.5, 1.0), clip_factor(4.0, None)
    (0.25, 1.0, 1.0)
    """
    return limit / norm if limit is not None and norm > limit else 1.0


@dataclass(frozen=True, eq=False)
class LagSplit(Record):
    """One weight's gradient, split by scored step and lag.

    Attributes
    ----------
    name : str
    total : float
        ‖dW‖.
    cells : array, shape (T, T)
        ``cells[s, k]`` = ‖what the loss at step s adds through the use of W k steps before‖; NaN
        where s is not scored or k > s.
    norms : array, shape (T,)
        ‖all that lag k adds‖. Vectors do not add like lengths: these add up to more than ``total``.
    along : array, shape (T,)
        What lag k adds in the direction of dW; these add up to ``total`` exactly. Negative where
        lag k pulls the other way.
    """

    name: str
    total: float
    cells: Array
    norms: Array
    along: Array


def split_lags(
    trace: Trace, targets: npt.ArrayLike, name: str = "W_hh", loss: str = "cross_entropy"
) -> LagSplit:
    """Measure one weight's gradient by scored step and lag.

    One backward pass per scored step, as ``contributions`` makes them, but none is kept: memory
    grows with one pass, not with all.

    Parameters
    ----------
    trace : Trace
    targets : array
        For cross entropy (T, B), whole numbers, −1 where nothing is scored; for the squared error
        (T, B, C), NaN where nothing is.
    name : "W_xh", "W_hh", "b_h", "b_hn", "W_hy" or "b_y"
    loss : {"cross_entropy", "squared_error"}

    Returns
    -------
    LagSplit

    Raises
    ------
    ValueError
        When there is no such weight.

    Examples
    --------
    >>> import rnn_core as rc
    >>> trace = rc.forward(rc.init("rnn", inputs=3, hidden=4, outputs=2), np.array([[0], [2], [1]]))
    >>> lags = split_lags(trace, [[-1], [0], [1]])
    >>> lags.cells.shape, bool(np.isclose(lags.along.sum(), lags.total))
    ((3, 3), True)
    """
    if name not in trace.params.arrays():
        known = ", ".join(map(repr, trace.params.arrays()))
        raise ValueError(f"name is {name!r} but the weights are {known}")
    T, wanted = trace.steps, ignore_padding(targets, trace.lengths)
    dlogits = LOSSES[loss](trace.logits, wanted)[1]
    cells = np.full((T, T), np.nan)
    lags = np.zeros((T, trace.params.arrays()[name].size))
    for s, alone in single_losses(dlogits, wanted):
        shares = backward(trace, alone).by_step.arrays()[name].reshape(T, -1)[s::-1]
        cells[s, : s + 1] = safe_norms(shares)
        lags[: s + 1] += shares
    whole = lags.sum(axis=0)
    total = safe_norm(whole)
    along = lags @ (whole / total) if total > 0 else np.zeros(T)
    return LagSplit(name, total, read_only(cells), read_only(safe_norms(lags)), read_only(along))
