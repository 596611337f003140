"""One step at a time, and free running, where each output is the next input."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnn_core.cells import CELLS
from rnn_core.input_validation import check_array, check_input, check_state, common_dtype, is_tokens
from rnn_core.losses import log_softmax
from rnn_core.params import Array, Params
from rnn_core.trace import Trace
from rnn_core.unroll import forward, input_projection
from rnn_core.validation.arguments import takes
from rnn_core.validation.values import check_number, check_whole


@takes(params=Params, arrays=("x_t", "h", "c"))
def step(
    params: Params, x_t: npt.ArrayLike, h: npt.ArrayLike, c: npt.ArrayLike | None = None
) -> tuple[Array, Array | None, Array]:
    """Run one time step.

    Parameters
    ----------
    params : Params
    x_t : array, shape (B, D), float; or (B,), whole-number tokens
    h : array, shape (B, H)
    c : array, shape (B, H), for lstm and only there

    Returns
    -------
    h, c, logits : arrays, shapes (B, H), (B, H) and (B, C); ``c`` is None but for lstm

    Raises
    ------
    ValueError
        When shapes do not fit, or ``c`` is missing or not wanted.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> h, c, logits = rc.step(params, np.array([1, 2]), np.zeros((2, 4)))
    >>> h.shape, c, logits.shape
    ((2, 4), None, (2, 2))
    """
    given = check_input(params, x_t, name="x_t", axes="B")
    shape = (len(given), params.hidden)
    h_before, c_before = check_state("h", h, shape), check_state("c", c, shape)
    if h_before is None:
        raise ValueError(f"h is None but a state of shape {shape} is expected")
    if (c_before is None) != (params.cell != "lstm"):
        raise ValueError(
            f"c is {'missing' if c is None else 'given'} but the cell is {params.cell}"
        )
    dtype = common_dtype(params, params.W_hh, given, h_before, c_before)
    with np.errstate(over="ignore", invalid="ignore"):
        offset = input_projection(params, given).astype(dtype, copy=False) + params.b_h
        before = h_before.astype(dtype, copy=False)
        now = CELLS[params.cell].step(params, offset, before, c_before)
        return now.h, now.c, np.asarray(now.h.dot(params.W_hy) + params.b_y)


@takes(params=Params, arrays=("first", "h0", "c0"))
def generate(
    params: Params,
    first: npt.ArrayLike,
    steps: int,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
    seed: int = 0,
    temperature: float = 0.0,
) -> Trace:
    """Run free: each output is fed back as the next input.

    Parameters
    ----------
    params : Params
        For tokens C ≤ D: output k is token k. For dense values C = D.
    first : array, shape (B,), tokens; or (B, D), float, whose outputs are fed back as they are
    steps : int ≥ 1
    h0, c0 : array, shape (B, H), optional
    seed : int
        Of the draws; unused at temperature 0.
    temperature : float ≥ 0
        0 takes the largest logit; else draws from softmax(logits / temperature). Tokens only.

    Returns
    -------
    Trace
        Of what was really fed (``trace.x``) and said.

    Raises
    ------
    ValueError
        When outputs cannot be inputs, or a number is out of range.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=6, hidden=4, outputs=6)
    >>> rc.generate(params, np.array([0]), steps=5).x.shape
    (5, 1)
    """
    steps, temperature, seed = check_running(steps, temperature, seed)
    fed_now = check_input(params, first, name="first", axes="B")
    tokens = is_tokens(fed_now)
    if not 1 <= params.outputs <= params.inputs or (not tokens and params.outputs != params.inputs):
        raise ValueError(
            f"C={params.outputs} outputs cannot be fed back as D={params.inputs} inputs "
            f"({'tokens need 1 ≤ C ≤ D' if tokens else 'dense values need C = D'})"
        )
    if temperature > 0 and not tokens:
        raise ValueError(f"temperature is {temperature} but dense values are not drawn; expected 0")
    rng = np.random.default_rng(seed)
    shape = (len(fed_now), params.hidden)
    h = np.zeros(shape, params.dtype) if h0 is None else check_array("h0", h0, shape)
    c = np.zeros(shape, params.dtype) if c0 is None and params.cell == "lstm" else c0
    if c0 is not None:
        check_array("c0", c0, shape)
    fed = [fed_now]
    for _ in range(steps - 1):
        h, c, logits = step(params, fed[-1], h, c)
        fed.append(choose(logits, temperature, rng) if tokens else logits)
    return forward(params, np.stack(fed), h0, c0)


def choose(logits: Array, temperature: float, rng: np.random.Generator) -> Array:
    """Return a class per row: the largest logit at temperature 0, else a draw.

    >>> choose(np.array([[0.0, 2.0], [1.0, 0.0]]), 0.0, np.random.default_rng(0))
    array([1, 0])
    """
    if temperature == 0:
        return np.asarray(logits.argmax(axis=-1))
    wide = logits.astype(np.float64)
    with np.errstate(over="ignore"):
        # The largest becomes 0 first: of the coldest temperatures the others leave to −∞, not NaN.
        p = np.exp(log_softmax((wide - wide.max(axis=-1, keepdims=True)) / temperature))
    drawn = (p.cumsum(axis=-1) < rng.random((len(p), 1))).sum(axis=-1)
    return np.asarray(np.minimum(drawn, p.shape[-1] - 1))


def check_running(steps: int, temperature: float, seed: int = 0) -> tuple[int, float, int]:
    """Return steps, temperature and seed as Python numbers; refuse what is out of range."""
    return (
        check_whole("steps", steps, least=1),
        check_number("temperature", temperature),
        check_whole("seed", seed, least=0),
    )
