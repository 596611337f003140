"""The same numbers give the same results however they lie in memory, and are never written to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from tests.core.conftest import Draw

Array = npt.NDArray[Any]


def strided(array: Array) -> Array:
    """Every second entry of a larger array along each axis."""
    wide = np.full(tuple(2 * n for n in array.shape), 7, array.dtype)
    every_second = tuple(slice(None, None, 2) for _ in array.shape)
    wide[every_second] = array
    return wide[every_second]


def locked(array: Array) -> Array:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def unaligned(array: Array) -> Array:
    """Starts one byte off where a number of its kind may start."""
    raw = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    raw[...] = array
    return raw


FORMS: dict[str, Callable[[Array], Any]] = {
    "strided": strided,
    "backwards": lambda array: array[::-1].copy()[::-1],
    "by columns": np.asfortranarray,
    "read-only": locked,
    "unaligned": unaligned,
    "the other byte order": lambda array: array.astype(array.dtype.newbyteorder()),
    "lists": lambda array: array.tolist(),
    "narrow or wide": lambda array: array.astype("i1" if array.dtype.kind == "i" else "g"),
}
NAMES = ("x", "targets", "h0", "lengths")


def traced(params: rc.Params, fed: dict[str, Any]) -> tuple[float, rc.Params]:
    """The loss and the gradients of the traced path."""
    trace = rc.forward(params, fed["x"], fed["h0"], fed.get("c0"), fed["lengths"])
    loss, dlogits = rc.cross_entropy(trace.logits, fed["targets"], fed["lengths"])
    return loss, rc.backward(trace, dlogits).total


def trained(params: rc.Params, fed: dict[str, Any], padded: bool) -> tuple[float, rc.Params]:
    """The loss and the weights after one update of the fast path."""
    B = np.shape(fed["targets"])[1]
    step = rc.TrainingStep(params, 6, B, optimizer="sgd", lr=1.0, dtype=np.float64)
    lengths = fed["lengths"] if padded else None
    loss = step.update(fed["x"], fed["targets"], fed["h0"], lengths, c0=fed.get("c0"))
    return loss, step.params


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("tokens", [False, True], ids=["dense", "tokens"])
@pytest.mark.parametrize("batch", [1, 3], ids=["one example", "batch"])
def test_where_numbers_lie_does_not_matter(
    draw: Draw, cell: tuple[str, str], form: str, tokens: bool, batch: int
) -> None:
    case = draw(*cell, sizes=(6, batch, 4, 5, 3), seed=11, tokens=tokens)
    plain: dict[str, Any] = {name: getattr(case, name) for name in NAMES}
    names = NAMES
    if case.c0 is not None:
        plain["c0"], names = case.c0, (*NAMES, "c0")
    for padded in (False, True):
        expected = (traced(case.params, plain), trained(case.params, plain, padded))
        for name in names:
            odd = FORMS[form](plain[name])
            kept = np.array(odd, copy=True)
            fed = {**plain, name: odd}
            found = (traced(case.params, fed), trained(case.params, fed, padded))
            assert np.array_equal(kept, np.asarray(odd)), f"{name} was written to"
            for (loss, arrays), (right, right_arrays) in zip(found, expected, strict=True):
                assert loss == pytest.approx(right, rel=1e-12), name
                for weight, array in right_arrays.arrays().items():
                    assert arrays.arrays()[weight].dtype == np.float64
                    np.testing.assert_allclose(
                        arrays.arrays()[weight], array, rtol=1e-9, atol=1e-12, err_msg=name
                    )


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"lists", "narrow or wide"}))
def test_weights_are_kept_as_numbers_not_as_memory(
    draw: Draw, cell: tuple[str, str], form: str
) -> None:
    """Another byte order is refused by its name; every other form is copied."""
    case = draw(*cell)
    odd = {name: FORMS[form](array) for name, array in case.params.arrays().items()}
    if form == "the other byte order":
        with pytest.raises(ValueError, match=r"W_xh has dtype [<>]f8 but float32 or float64"):
            case.params.with_arrays(odd)
        return
    params = case.params.with_arrays(odd)
    for array in odd.values():
        if array.flags.writeable:
            array[...] = 0
    for name, array in case.params.arrays().items():
        assert np.array_equal(params.arrays()[name], array), name
    loss, _ = rc.cross_entropy(rc.forward(params, case.x, case.h0, case.c0).logits, case.targets)
    assert loss == pytest.approx(rc.cross_entropy(case.forward().logits, case.targets)[0])


def test_half_precision_is_read_as_the_weights_are_held(draw: Draw) -> None:
    case = draw()
    half = case.x.astype(np.float16)
    one, two = rc.forward(case.params, half), rc.forward(case.params, half.astype(np.float64))
    assert one.h.dtype == np.float64
    assert np.array_equal(one.h, two.h)
