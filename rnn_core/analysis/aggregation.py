"""Why the shares of the steps are summed: three rules for dW, each held against the loss itself.

In a batch each example has steps of its own: "last" is each example's last real step, "mean"
divides each by its own number of steps, and the batch adds up what the examples bring.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rnn_core.analysis.gradient_verdict import measure_differences
from rnn_core.analysis.weight_gradcheck import Loss, relative_error
from rnn_core.network import Network, NetworkGradients
from rnn_core.norms import safe_norm
from rnn_core.params import Array
from rnn_core.trace import Gradients
from rnn_core.validation.values import check_choice

REDUCTIONS: Final = ("sum", "last", "mean")
"""What becomes of the steps' shares: their sum, the last step's alone, their mean."""
STEP: Final = 1e-5
PASSES: Final = 1e-4
"""A relative error below this passes; a larger one is looked at with an error bar."""


@dataclass(frozen=True)
class RuleCheck:
    """Three rules for the gradient of one weight array, against a difference of the loss.

    The array is moved as a whole along the unit vector of dW, by ±ε.

    Attributes
    ----------
    slope : float
        (L(W + εu) − L(W − εu)) / 2ε.
    claimed : dict of str to float
        The slope each rule foretells: the inner product of its gradient with u.
    errors : dict of str to float
        |claimed − slope| / max(|claimed|, |slope|).
    passes : dict of str to bool
        Whether the error is below 1e-4, or no larger than the error bar of the slope.
    """

    slope: float
    claimed: dict[str, float]
    errors: dict[str, float]
    passes: dict[str, bool]


def contributions_along(gradients: Gradients, name: str, along: Array) -> Array:
    """Return what each step of each example brings to ``(dW * along).sum()``, shape (T, B).

    With ``along`` 1 at one entry and 0 elsewhere: the shares of that entry's gradient. A share is
    an outer product u vᵀ, so along a matrix M it is u M v: nothing of W's size is made for it.

    Parameters
    ----------
    gradients : Gradients
    name : "W_xh", "W_hh", "W_hy", "b_h", "b_y" or "b_hn"
    along : array of that weight's shape

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> trace = rc.forward(params, np.array([[0, 1], [2, 0], [1, 1]]))
    >>> grads = rc.backward(trace, dlogits=np.ones((3, 2, 2)))
    >>> along = np.arange(16.0).reshape(4, 4)
    >>> steps = contributions_along(grads, "W_hh", along)
    >>> bool(np.isclose(steps.sum(), (grads.total.W_hh * along).sum()))
    True
    """
    trace = gradients.trace
    check_choice("name", name, tuple(trace.params.arrays()))
    behind = {"W_xh": gradients.da, "b_h": gradients.da}.get(name)
    if behind is None:
        behind = gradients.dlogits if name.endswith("y") else gradients.da_recurrent
    if name.startswith("b"):
        behind = behind[..., -along.size :]  # gru's b_hn is the last block alone
        return np.asarray((behind * along).sum(axis=-1))
    if name == "W_xh" and trace.x.ndim == 2:
        seen = along[trace.x]
    else:
        came = {"W_xh": trace.x, "W_hh": trace.h[:-1], "W_hy": trace.h[1:]}[name]
        seen = came @ along
    return np.asarray((seen * behind).sum(axis=-1))


def reduce_contributions(shares: Array, rule: str, lengths: Array | None = None) -> float:
    """Return what a rule makes of the shares of all steps.

    Parameters
    ----------
    shares : array, shape (T, B)
    rule : "sum", "last" or "mean"
    lengths : array, shape (B,), optional
        Real steps of each example; all T where left out.

    Examples
    --------
    >>> shares = np.array([[1.0, 4.0], [3.0, 2.0], [2.0, 0.0]])
    >>> lengths = np.array([3, 2])
    >>> [reduce_contributions(shares, rule, lengths) for rule in ("mean", "last")]
    [5.0, 4.0]
    """
    check_choice("rule", rule, REDUCTIONS)
    steps, batch = shares.shape
    real = np.full(batch, steps) if lengths is None else np.asarray(lengths)
    if rule == "last":  # a loss that stands behind the padding is the last step's
        return float(shares[np.arange(steps)[:, None] >= real - 1].sum())
    return float(shares.sum() if rule == "sum" else (shares.sum(axis=0) / real).sum())


def check_rules(
    network: Network,
    gradients: NetworkGradients,
    loss: Loss,
    name: str,
    segment: int = 0,
    lengths: Array | None = None,
) -> RuleCheck | None:
    """Hold the sum, the last share and the mean against the slope of the loss.

    Parameters
    ----------
    network : Network, float64
    gradients : NetworkGradients
        Of ``loss`` at ``network``.
    loss : function of a Network
    name : "W_xh", "W_hh" or "W_hy"
    segment : int
    lengths : array, shape (B,), optional
        Steps of each example of a batch; all T where left out.

    Returns
    -------
    RuleCheck, or None where the gradient is zero, so that there is no direction, or so small that
    rounding hides the slope.

    Notes
    -----
    One difference is enough where the sum agrees with it to four digits. Where it does not, the
    slope is taken at all step sizes, and the one with the smallest error bar counts.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params),))
    >>> x, y = [np.array([[0], [2], [1]])], [[0], [1], [0]]
    >>> traces = rc.run(network, x)
    >>> gradients = rc.backpropagate(network, traces, rc.loss_of(traces, y)[1])
    >>> found = check_rules(network, gradients, lambda n: rc.loss_of(rc.run(n, x), y)[0], "W_hh")
    >>> [rule for rule, passes in found.passes.items() if passes]
    ['sum']
    """
    check_choice("name", name, ("W_xh", "W_hh", "W_hy"))
    mine = gradients.segments[segment]
    total = np.asarray(getattr(mine.total, name))
    size = safe_norm(total)
    if not size or not np.isfinite(size):
        return None
    along = total / size

    def loss_at(by: float) -> float:
        return float(np.real(loss(_moved(network, segment, name, by * along))))

    shares = contributions_along(mine, name, along)
    claimed = {rule: reduce_contributions(shares, rule, lengths) for rule in REDUCTIONS}
    slope, bar = (loss_at(STEP) - loss_at(-STEP)) / (2 * STEP), 0.0
    if not relative_error(claimed["sum"], np.array([slope]))[0] < PASSES:
        found = measure_differences(loss_at, 0.0)
        slope, bar = found.value, found.bar
        if not bar < abs(slope):
            return None
    errors = {
        rule: float(relative_error(claim, np.array([slope]))[0]) for rule, claim in claimed.items()
    }
    passes = {
        rule: error < PASSES or abs(claimed[rule] - slope) <= bar for rule, error in errors.items()
    }
    return RuleCheck(slope, claimed, errors, passes)


def _moved(network: Network, index: int, name: str, by: Array) -> Network:
    segments = list(network.segments)
    params = segments[index].params
    arrays = params.arrays()
    segments[index] = replace(
        segments[index], params=params.with_arrays({**arrays, name: arrays[name] + by})
    )
    return replace(network, segments=tuple(segments))
