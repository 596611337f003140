"""The traced path and the fast path give the same answer, or refuse for the same reason.

Both are fed what programs are fed when something has gone wrong: gates that are shut, targets that
are certain, weights that explode or vanish, NaN and infinity in any array, every type of number.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from rnn_core.fast.step import SINGLE
from rnn_core.losses import LOSSES
from rnn_core.training.update import apply_update
from tests.core.conftest import CELLS

Array = npt.NDArray[Any]
WHOLE = (
    *(np.int8, np.int16, np.int32, np.int64),
    *(np.uint8, np.uint16, np.uint32, np.uint64),
)
# Of float32 sums and of a tanh by exp that rounds by 2e-7, what is left after a dozen steps.
RTOL = {np.dtype(np.float32): 5e-3, np.dtype(np.float64): 1e-8}
CASES = 400


@dataclass
class Hostile:
    """Everything one update is given."""

    params: rc.Params
    x: Any
    targets: Any
    h0: Any
    c0: Any
    lengths: Any
    loss: str
    optimizer: str
    lr: Any
    clip: Any
    truncate: Any
    weight_decay: Any


def draw_hostile(seed: int) -> Hostile:
    """Draw one case; each kind of trouble comes up in a part of them."""
    rng = np.random.default_rng(seed)

    def rarely(share: float = 0.15) -> bool:
        return bool(rng.random() < share)

    cell, activation = CELLS[rng.integers(len(CELLS))]
    dtype = (np.float32, np.float64)[rng.integers(2)]
    T, B = (int(rng.choice([1, 2, 3, 6, 12])) for _ in range(2))
    D, H, C = (int(n) for n in rng.integers(1, 5, 3))
    drawn = rc.init(cell, inputs=D, hidden=H, outputs=C, seed=seed, activation=activation)
    arrays = {name: array + 0.2 * rng.standard_normal(array.shape) for name, array in
              drawn.arrays().items()}  # fmt: skip
    _spoil(arrays, rng, dtype)
    with np.errstate(over="ignore"):
        params = drawn.with_arrays({name: array.astype(dtype) for name, array in arrays.items()})
    loss = "cross_entropy" if rng.random() < 0.7 else "squared_error"
    return Hostile(
        params=params,
        x=_draw_x(rng, T, B, D, dtype),
        targets=_draw_targets(rng, T, B, C, loss),
        h0=rng.standard_normal((B, H)) if rarely(0.3) else None,
        c0=30 * rng.standard_normal((B, H)) if cell == "lstm" and rarely(0.3) else None,
        lengths=rng.integers(1, T + 1, B).astype(rng.choice(WHOLE)) if rarely(0.4) else None,
        loss=loss,
        # Adam makes a step of a gradient that is float32's rounding alone.
        optimizer=str(rng.choice(["sgd", "momentum", "adam"][: 2 + (dtype == np.float64)])),
        lr=np.float32(0.5) if rarely() else 1.0,
        clip=np.float64(1e-3) if rarely() else (np.int8(5) if rarely() else None),
        truncate=rng.choice(WHOLE)(rng.integers(1, T + 2)) if rarely(0.3) else None,
        weight_decay=0.1 if rarely() else 0.0,
    )


def _spoil(arrays: dict[str, Array], rng: np.random.Generator, dtype: Any) -> None:
    """Shut gates, make logits certain, let weights explode or vanish, or lose their numbers."""
    kind = rng.integers(12)
    name = str(rng.choice(list(arrays)))
    array = arrays[name]
    largest = float(np.finfo(dtype).max)
    if kind in (0, 1, 2):
        width = len(arrays["b_h"])
        arrays["b_h"] = arrays["b_h"] + rng.choice([-60, -30, -10, 0, 10, 30, 60], width)
    elif kind == 3:
        arrays["b_y"] = arrays["b_y"] + rng.choice([-700, -40, 0, 40, 700], len(arrays["b_y"]))
    elif kind == 4:
        array *= 10.0 ** rng.integers(1, 5)
    elif kind == 5:
        array *= np.sqrt(largest)
    elif kind == 6:
        array *= largest / 4
    elif kind == 7:
        array *= float(np.finfo(dtype).smallest_normal)
    elif kind == 8 and array.size:
        array.reshape(-1)[rng.integers(array.size)] = rng.choice([np.nan, np.inf, -np.inf])


def _draw_x(rng: np.random.Generator, T: int, B: int, D: int, dtype: Any) -> Any:
    if rng.random() < 0.35:
        tokens = rng.integers(0, D, (T, B)).astype(rng.choice(WHOLE))
        if rng.random() < 0.05:
            tokens.reshape(-1)[-1] = D
        return tokens.tolist() if rng.random() < 0.3 else tokens
    x = rng.standard_normal((T, B, D)).astype(dtype)
    kind = rng.integers(14)
    if kind == 0:
        x.reshape(-1)[rng.integers(x.size)] = rng.choice([np.nan, np.inf])
    elif kind == 1:
        x *= dtype(np.finfo(dtype).max / 8)
    elif kind == 2:
        x *= dtype(np.finfo(dtype).smallest_normal)
    elif kind == 3:
        x *= dtype(50.0)
    return x


def _draw_targets(rng: np.random.Generator, T: int, B: int, C: int, loss: str) -> Any:
    if loss == "squared_error":
        values = rng.standard_normal((T, B, C))
        values[rng.random(values.shape) < 0.3] = np.nan
        kind = rng.integers(12)
        if kind == 0:
            values[:] = np.nan
        elif kind == 1:
            values.reshape(-1)[0] = np.inf
        elif kind == 2:
            values *= 1e30
        return values
    kind = rng.integers(12)
    if kind == 0:
        return np.full((T, B), -1)
    if kind == 1:
        return rng.integers(0, C + 1, (T, B))
    if kind == 2:
        return rng.integers(0, C, (T, B)).tolist()
    if kind in (3, 4):
        targets = np.full((T, B), -1)
        targets[-1] = rng.integers(0, C, B)
        return targets
    if kind in (5, 6):
        return rng.integers(-1, C, (T, B)).astype(rng.choice(WHOLE[:4]))
    if kind == 7:
        return rng.integers(0, C, (T, B)) > 0
    return rng.integers(0, C, (T, B)).astype(rng.choice(WHOLE))


def answer_traced(case: Hostile) -> tuple[float, float, rc.Params]:
    """Return loss, norm and later weights by the path that keeps everything."""
    trace = rc.forward(case.params, case.x, case.h0, case.c0, case.lengths)
    loss, dlogits = LOSSES[case.loss](trace.logits, case.targets, case.lengths)
    gradients = rc.backward(trace, dlogits, truncate=case.truncate)
    network = rc.Network(SINGLE, (rc.Segment(SINGLE.segments[0], case.params),))
    later, norm = apply_update(
        network, rc.NetworkGradients((gradients,), (None,)), lr=case.lr,
        optimizer=case.optimizer, clip=case.clip, weight_decay=case.weight_decay,
    )  # fmt: skip
    if not np.isfinite(loss):
        raise rc.NonFiniteError(SINGLE.segments[0].name, rc.Overflow("loss", 0))
    return loss, norm, later.segments[0].params


def answer_fast(case: Hostile) -> tuple[float, float, rc.Params]:
    """Return loss, norm and later weights by the path that works in place."""
    T, B = np.shape(case.x)[:2]
    step = rc.TrainingStep(
        case.params, T, B, loss=case.loss, lr=case.lr, optimizer=case.optimizer,
        clip=case.clip, truncate=case.truncate, dtype=case.params.dtype,
        weight_decay=case.weight_decay,
    )  # fmt: skip
    loss = step.update(case.x, case.targets, case.h0, case.lengths, c0=case.c0)
    return loss, step.gradient_norm, step.params


def compare(case: Hostile) -> str:
    """Return in what the two paths differ, "" where they do not."""
    answers: list[Any] = []
    for path in (answer_traced, answer_fast):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                answers.append(path(case))
        except (ValueError, rc.NonFiniteError) as refusal:
            answers.append(refusal)
    traced, fast = answers
    if isinstance(traced, Exception) or isinstance(fast, Exception):
        return _compare_refusals(traced, fast)
    rtol, tiny = RTOL[case.params.dtype], float(np.finfo(case.params.dtype).tiny)
    for name, one, other in (("loss", traced[0], fast[0]), ("norm", traced[1], fast[1])):
        if not abs(one - other) <= rtol * abs(one) + tiny:
            return f"{name}: traced {one!r}, fast {other!r}"
    for name, old in case.params.arrays().items():
        one, other = (getattr(answer[2], name).astype(float) for answer in (traced, fast))
        with np.errstate(invalid="ignore", over="ignore"):
            moved = np.nan_to_num(np.abs(one - old), nan=0.0, posinf=0.0).max(initial=0.0)
            size = rtol * np.maximum(np.abs(one), moved) + tiny
            near = (
                (np.abs(one - other) <= size) | (one == other) | (np.isnan(one) & np.isnan(other))
            )
        if not near.all():
            place = tuple(int(i) for i in np.argwhere(~near)[0])
            return f"{name}{place}: was {old[place]}, traced {one[place]}, fast {other[place]}"
    return ""


def _compare_refusals(traced: Any, fast: Any) -> str:
    """The same type; and of what is not finite the same array and step."""
    if type(traced) is not type(fast):
        return f"traced {_say(traced)}, fast {_say(fast)}"
    if isinstance(traced, rc.NonFiniteError) and str(traced) != str(fast):
        return f"traced {traced}, fast {fast}"
    return ""


def _say(answer: Any) -> str:
    return repr(answer) if isinstance(answer, Exception) else f"loss {answer[0]}, norm {answer[1]}"


@pytest.mark.parametrize("start", range(0, CASES, 50))
def test_the_two_paths_agree_on_hostile_input(start: int) -> None:
    found = {seed: compare(draw_hostile(seed)) for seed in range(start, start + 50)}
    assert not {seed: gap for seed, gap in found.items() if gap}


def test_the_draw_holds_answers_and_every_refusal() -> None:
    """The comparison is no comparison of refusals alone, nor of answers alone."""
    kinds = {"answer": 0, "ValueError": 0, "NonFiniteError": 0}
    for seed in range(CASES):
        try:
            with np.errstate(all="ignore"):
                answer_fast(draw_hostile(seed))
            kinds["answer"] += 1
        except (ValueError, rc.NonFiniteError) as refusal:
            kinds[type(refusal).__name__] += 1
    assert kinds["answer"] > CASES / 3
    assert min(kinds.values()) > CASES / 20


def test_a_wrong_slope_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: without the search for flat units it does."""
    from rnn_core.fast import activations

    nowhere = dict.fromkeys(activations.FLAT, -1.0)
    monkeypatch.setattr(activations, "FLAT", nowhere)
    case = replace(draw_hostile(0), optimizer="sgd", clip=None, truncate=None, lengths=None)
    shut = rc.init("rnn", inputs=1, hidden=1, outputs=2, seed=1)
    shut = replace(shut, b_h=np.array([30.0]), W_xh=np.zeros((1, 1)))
    case = replace(case, params=shut, x=np.ones((3, 1, 1)), targets=np.array([[0], [1], [0]]),
                   h0=None, c0=None, loss="cross_entropy", weight_decay=0.0)  # fmt: skip
    assert compare(case)
    monkeypatch.undo()
    assert not compare(case)
