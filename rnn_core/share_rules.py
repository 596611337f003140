"""Why the shares of the steps are summed: three rules for dW, each held against the loss itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rnn_core.gradient_probe import Loss, relative_error
from rnn_core.network import Network, NetworkGradients
from rnn_core.params import Array
from rnn_core.refusals import check_choice

RULES: Final = ("sum", "last", "mean")
"""What becomes of the steps' shares: their sum, the last step's alone, their mean."""
STEP: Final = 1e-5


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
    """

    slope: float
    claimed: dict[str, float]
    errors: dict[str, float]


def keep_shares(total: Array, by_step: Array, rule: str) -> Array:
    """Return what a rule makes of the shares, of which ``total`` is the sum.

    >>> keep_shares(np.array([6.0]), np.array([[1.0], [3.0], [2.0]]), "mean").tolist()
    [2.0]
    """
    check_choice("rule", rule, RULES)
    if rule == "last":
        return np.asarray(by_step[-1])
    return total if rule == "sum" else total / len(by_step)


def check_rules(
    network: Network, gradients: NetworkGradients, loss: Loss, name: str, segment: int = 0
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

    Returns
    -------
    RuleCheck, or None where the gradient is zero, so that there is no direction.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> network = rc.Network(rc.ALIGNED, (rc.Segment(rc.ALIGNED.segments[0], params),))
    >>> x, y = [np.array([[0], [2], [1]])], [[0], [1], [0]]
    >>> traces = rc.run(network, x)
    >>> gradients = rc.backpropagate(network, traces, rc.loss_of(traces, y)[1])
    >>> found = check_rules(network, gradients, lambda n: rc.loss_of(rc.run(n, x), y)[0], "W_hh")
    >>> [rule for rule, error in found.errors.items() if error < 1e-6]
    ['sum']
    """
    check_choice("name", name, ("W_xh", "W_hh", "W_hy"))
    mine = gradients.segments[segment]
    total = np.asarray(getattr(mine.total, name))
    size = float(np.linalg.norm(total))
    if not size or not np.isfinite(size):
        return None
    along = total / size
    ahead, behind = (
        float(np.real(loss(_moved(network, segment, name, sign * STEP * along))))
        for sign in (1, -1)
    )
    slope = (ahead - behind) / (2 * STEP)
    shares = np.asarray(getattr(mine.by_step, name))
    claimed = {rule: float((keep_shares(total, shares, rule) * along).sum()) for rule in RULES}
    errors = {
        rule: float(relative_error(claim, np.array([slope]))[0]) for rule, claim in claimed.items()
    }
    return RuleCheck(slope, claimed, errors)


def _moved(network: Network, index: int, name: str, by: Array) -> Network:
    segments = list(network.segments)
    params = segments[index].params
    arrays = params.arrays()
    segments[index] = replace(
        segments[index], params=params.with_arrays({**arrays, name: arrays[name] + by})
    )
    return replace(network, segments=tuple(segments))
