"""How a small change of the state travels: the Jacobian of each step, and their products.

A state change δ before step t is δ @ J[t] behind it, rows times matrices as everywhere; a gradient
goes back as dh @ J[t]ᵀ. Through many steps the J multiply, which is why gradients vanish or explode
(Hochreiter 1991; Bengio et al. 1994; Pascanu et al. 2013, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnn_core.input_validation import check_finite
from rnn_core.norms import safe_norms
from rnn_core.params import GATES, Array, Params
from rnn_core.record import ReadOnly, Record, read_only
from rnn_core.trace import Trace
from rnn_core.validation.arguments import takes


@dataclass(frozen=True, eq=False)
class Jacobians(Record):
    """The Jacobians of one pass, their products up to the last state, and what they are made of.

    S is the width of the whole state: H, or 2·H for lstm, whose state is h and c side by side.
    Norms are spectral: the largest factor by which a small change can grow.

    Attributes
    ----------
    steps : array, shape (T, B, S, S)
        ``steps[t][b, i, j]`` = ∂s[t+1]_j / ∂s[t]_i; the identity at padded steps.
    products : array, shape (T+1, B, S, S)
        ``products[t]`` = ∂s[T] / ∂s[t] = steps[t] steps[t+1] … steps[T−1]; the identity at T.
    step_norms : array, shape (T, B)
    norms : array, shape (T+1, B)
        ‖∂s[T] / ∂s[t]‖.
    spectral_radius : mapping name → float
        Of W_hh: by "W_hh" for rnn, by gate for the blocks of gru and lstm.
    slopes : array, shape (T, B, H)
        The tanh′ factor: φ'(a) for rnn, tanh'(a_n) for gru, tanh'(c) for lstm.
    carry : array, shape (T, B, H), or None for rnn
        The gate by which the old state goes straight on: z for gru, f for lstm.
    weights_alone : array, shape (T+1,), or None for gated cells
        ‖W_hh^(T−t)‖: what the norms would be if every slope were 1.
    slopes_alone : array, shape (T+1, B), or None for gated cells
        The product of each step's largest slope: what the norms would be at most if W_hh were a
        rotation. A gated step has several recurrent matrices and does not part this way.
    """

    steps: Array
    products: Array
    step_norms: Array
    norms: Array
    spectral_radius: Mapping[str, float]
    slopes: Array
    carry: Array | None
    weights_alone: Array | None
    slopes_alone: Array | None


@takes(trace=Trace)
def jacobians(trace: Trace) -> Jacobians:
    """Return the state Jacobian of every step of a pass, and their products up to the last state.

    For the vanilla cell ``J[t] = W_hh diag(φ'(a[t]))`` (Pascanu et al. 2013, eq. 5). Memory grows
    with T·B·S²: meant for one sequence or a few.

    Parameters
    ----------
    trace : Trace

    Returns
    -------
    Jacobians

    Raises
    ------
    ValueError
        When the trace holds numbers that are not finite; the message says where.

    Examples
    --------
    >>> import rnn_core as rc
    >>> trace = rc.forward(rc.init("lstm", inputs=3, hidden=4, outputs=2), np.ones((5, 1, 3)))
    >>> found = jacobians(trace)
    >>> found.steps.shape, found.norms.shape, sorted(found.spectral_radius)
    ((5, 1, 8, 8), (6, 1), ['f', 'g', 'i', 'o'])
    """
    overflow = trace.first_overflow()
    if overflow is not None:
        raise ValueError(f"the trace is not finite ({overflow}); a Jacobian needs finite states")
    steps, slopes, carry = STEP_JACOBIANS[trace.params.cell](trace)
    identity = np.eye(steps.shape[-1], dtype=steps.dtype)
    if trace.real is not None:
        steps[~trace.real] = identity
    products = np.empty((trace.steps + 1, *steps.shape[1:]), steps.dtype)
    products[-1] = identity
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(trace.steps - 1, -1, -1):
            np.matmul(steps[t], products[t + 1], out=products[t])
    vanilla = carry is None
    return Jacobians(
        steps=read_only(steps),
        products=read_only(products),
        step_norms=read_only(spectral_norms(steps)),
        norms=read_only(spectral_norms(products)),
        spectral_radius=ReadOnly(spectral_radii(trace.params)),
        slopes=read_only(slopes),
        carry=carry,
        weights_alone=read_only(_powers_of_weights(trace)) if vanilla else None,
        slopes_alone=read_only(_largest_slopes(trace, slopes)) if vanilla else None,
    )


def typical_slopes(slopes: Array) -> Array:
    """Return the product of each step's root mean square slope over the last k steps, (T+1, B).

    A change that is spread evenly over all units shrinks so much in the slopes alone; the largest
    slope of a step is no measure of that, since a few units near 0 keep it at 1.

    >>> typical_slopes(np.array([[[0.5, 0.5]], [[1.0, 1.0]]]))[:, 0].tolist()
    [1.0, 1.0, 0.5]
    """
    # The root of a mean of squares, by a norm whose squares do not underflow.
    step = safe_norms(slopes) / np.sqrt(slopes.shape[-1])
    ones = np.ones((1, *step.shape[1:]), step.dtype)
    return read_only(np.cumprod(np.concatenate([ones, step[::-1]]), axis=0))


@takes(arrays=("matrix",))
def spectral_radius(matrix: npt.ArrayLike) -> float:
    """Return the largest absolute eigenvalue of a square matrix.

    >>> round(spectral_radius([[0.0, 2.0], [-2.0, 0.0]]), 12)
    2.0
    """
    given = np.asarray(matrix)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or given.size == 0:
        raise ValueError(f"the matrix has shape {given.shape} but a square one is expected")
    if not np.issubdtype(given.dtype, np.number):
        raise ValueError(f"the matrix has dtype {given.dtype} but numbers are expected")
    check_finite("the matrix", given)
    return float(np.abs(np.linalg.eigvals(given)).max())


def spectral_radii(params: Params) -> dict[str, float]:
    """Return the spectral radius of W_hh, or of each gate's block of it.

    >>> import rnn_core as rc
    >>> sorted(spectral_radii(rc.init("gru", inputs=1, hidden=2, outputs=1)))
    ['n', 'r', 'z']
    """
    names = GATES[params.cell] or ("W_hh",)
    blocks = np.split(params.W_hh, len(names), axis=1)
    return {name: spectral_radius(block) for name, block in zip(names, blocks, strict=True)}


def spectral_norms(matrices: Array) -> Array:
    """Return the largest singular value of each matrix, shape (...); inf where one is not finite.

    >>> spectral_norms(np.array([[[3.0, 0.0], [0.0, -4.0]]]))
    array([4.])
    """
    finite = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))
    norms = np.full(finite.shape, np.inf, matrices.dtype)
    if finite.any():
        norms[finite] = np.linalg.svd(matrices[finite], compute_uv=False)[..., 0]
    return norms


def _powers_of_weights(trace: Trace) -> Array:
    T, W_hh = trace.steps, trace.params.W_hh
    powers = np.empty((T + 1, *W_hh.shape), W_hh.dtype)
    powers[T] = np.eye(len(W_hh))
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(T - 1, -1, -1):
            np.matmul(W_hh, powers[t + 1], out=powers[t])
    return spectral_norms(powers)


def _largest_slopes(trace: Trace, slopes: Array) -> Array:
    largest = np.ones((trace.steps + 1, trace.batch), slopes.dtype)
    largest[:-1] = (
        slopes.max(axis=-1)
        if trace.real is None
        else np.where(trace.real, slopes.max(axis=-1), 1.0)
    )
    return np.asarray(np.cumprod(largest[::-1], axis=0)[::-1].copy())


def _diagonal(entries: Array) -> Array:
    """Return matrices with these diagonals, shape (..., H, H)."""
    return np.asarray(entries[..., None] * np.eye(entries.shape[-1], dtype=entries.dtype))


def _columns(block: Array, factors: Array) -> Array:
    """Return ``block diag(factors)`` for each row of factors, shape (..., H, H)."""
    return np.asarray(block * factors[..., None, :])


def _vanilla(trace: Trace) -> tuple[Array, Array, Array | None]:
    slopes = trace.slopes()["h"]
    return _columns(trace.params.W_hh, slopes), slopes, None


def _gru(trace: Trace) -> tuple[Array, Array, Array | None]:
    """h' = (1 − z) ⊙ n + z ⊙ h, with h inside z, inside n, and inside the r of n."""
    r, z, n = (trace.gates[name] for name in GATES["gru"])
    slopes = trace.slopes()
    W_hr, W_hz, W_hn = np.split(trace.params.W_hh, 3, axis=1)
    to_n = slopes["1 − z"] * slopes["n"]
    steps = _diagonal(z)
    steps += _columns(W_hz, (trace.h[:-1] - n) * slopes["z"])
    steps += _columns(W_hn, to_n * r)
    if trace.n_recurrent is not None:
        steps += _columns(W_hr, to_n * trace.n_recurrent * slopes["r"])
    return steps, slopes["n"], z


def _lstm(trace: Trace) -> tuple[Array, Array, Array | None]:
    """c' = f ⊙ c + i ⊙ g and h' = o ⊙ tanh(c'), both by h and by c."""
    assert trace.c is not None
    i, f, g, o = (trace.gates[name] for name in GATES["lstm"])
    W_hi, W_hf, W_hg, W_ho = np.split(trace.params.W_hh, 4, axis=1)
    tanh_c, slopes = np.tanh(trace.c[1:]), trace.slopes()
    c_by_h = _columns(W_hi, g * slopes["i"])
    c_by_h += _columns(W_hf, trace.c[:-1] * slopes["f"])
    c_by_h += _columns(W_hg, i * slopes["g"])
    c_by_c = _diagonal(f)
    to_h = (o * slopes["c"])[..., None, :]
    h_by_h = c_by_h * to_h + _columns(W_ho, tanh_c * slopes["o"])
    return np.block([[h_by_h, c_by_h], [c_by_c * to_h, c_by_c]]), slopes["c"], f


STEP_JACOBIANS = {"rnn": _vanilla, "gru": _gru, "lstm": _lstm}
