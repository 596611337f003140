"""What has to hold exactly, or to rounding, whatever the numbers are."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc
from rnn_core.padding import ignore_padding
from tests.core.conftest import Case, Draw

Array = npt.NDArray[Any]
NEAR = {"rtol": 1e-12, "atol": 1e-13}


def test_dh_is_local_plus_recurrent(draw: Draw, cell: tuple[str, str]) -> None:
    grads = draw(*cell).backward()
    assert np.array_equal(grads.dh, grads.dh_local + grads.dh_recurrent)
    assert np.array_equal(grads.dh0, grads.dh[0])
    assert not grads.dh_local[0].any()
    assert not grads.dh_recurrent[-1].any()


def test_local_part_is_the_readout_and_the_port(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    trace = case.forward()
    port = np.random.default_rng(1).standard_normal(trace.h[1:].shape)
    dlogits = rc.cross_entropy(trace.logits, case.targets)[1]
    grads = rc.backward(trace, dlogits, dh=port)
    np.testing.assert_allclose(grads.dh_local[1:], dlogits @ case.params.W_hy.T + port, **NEAR)


def test_dh_last_lands_in_the_last_recurrent_part(draw: Draw, cell: tuple[str, str]) -> None:
    trace = draw(*cell).forward()
    last = np.ones(trace.h[-1].shape)
    grads = rc.backward(trace, dh_last=last)
    assert np.array_equal(grads.dh_recurrent[-1], last)
    assert not grads.total.W_hy.any()
    assert not grads.total.b_y.any()
    assert not grads.dlogits.any()


def test_ports_add_up(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    trace, rng = case.forward(), np.random.default_rng(2)
    ports = {
        "dlogits": rng.standard_normal(trace.logits.shape),
        "dh": rng.standard_normal(trace.h[1:].shape),
        "dh_last": rng.standard_normal(trace.h[-1].shape),
    }
    if cell[0] == "lstm":
        ports["dc_last"] = rng.standard_normal(trace.h[-1].shape)
    alone = [rc.backward(trace, **{name: value}) for name, value in ports.items()]
    together = rc.backward(trace, **ports)
    for name, array in together.total.arrays().items():
        parts = sum(grads.total.arrays()[name] for grads in alone)
        np.testing.assert_allclose(array, parts, rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("tokens", [False, True], ids=["dense", "tokens"])
@pytest.mark.parametrize("padded", [False, True], ids=["full", "padded"])
def test_steps_sum_to_the_total(
    draw: Draw, cell: tuple[str, str], tokens: bool, padded: bool
) -> None:
    grads = draw(*cell, tokens=tokens).backward(lengths=padded)
    by_step = grads.by_step.arrays()
    assert list(by_step) == list(grads.total.arrays())
    for name, array in grads.total.arrays().items():
        assert by_step[name].shape == (6, *array.shape)
        np.testing.assert_allclose(by_step[name].sum(axis=0), array, err_msg=name, **NEAR)


def test_each_step_is_an_outer_product(draw: Draw, cell: tuple[str, str]) -> None:
    grads = draw(*cell, sizes=(4, 1, 3, 5, 2)).backward()
    trace = grads.trace
    for t in range(4):
        outer = np.outer(trace.h[t, 0], grads.da_recurrent[t, 0])
        np.testing.assert_allclose(grads.by_step.W_hh[t], outer, **NEAR)
        np.testing.assert_allclose(
            grads.by_step.W_xh[t], np.outer(trace.x[t, 0], grads.da[t, 0]), **NEAR
        )


@pytest.mark.parametrize("k", [6, 7, 1000])
def test_long_chunks_are_full_bptt_bit_for_bit(draw: Draw, cell: tuple[str, str], k: int) -> None:
    case = draw(*cell)
    full, chunked = case.backward(), case.backward(truncate=k)
    for name, array in full.total.arrays().items():
        assert np.array_equal(array, chunked.total.arrays()[name])
    assert np.array_equal(full.dh, chunked.dh)


def test_chunks_of_one_send_nothing_back(draw: Draw, cell: tuple[str, str]) -> None:
    grads = draw(*cell).backward(truncate=1, dh_last=np.ones((3, 5)), dh=np.ones((6, 3, 5)))
    assert not grads.dh_recurrent[1:-1].any()
    assert grads.dh_recurrent[0].any(), "h0 is no boundary"
    assert (grads.dh_recurrent[-1] == 1).all(), "dh_last is not cut"


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_chunks_are_separate_unrolls(draw: Draw, cell: tuple[str, str], k: int) -> None:
    """Truncation is detaching the state every k steps: the sum of independent chunks."""
    case = draw(*cell)
    trace = case.forward()
    dlogits = rc.cross_entropy(trace.logits, case.targets)[1]
    grads = rc.backward(trace, dlogits, truncate=k)
    parts = []
    for start in range(0, 6, k):
        stop = min(start + k, 6)
        c0 = None if trace.c is None else trace.c[start]
        chunk = rc.forward(case.params, case.x[start:stop], trace.h[start], c0)
        parts.append(rc.backward(chunk, dlogits[start:stop]))
    for name, array in grads.total.arrays().items():
        summed = sum(part.total.arrays()[name] for part in parts)
        np.testing.assert_allclose(array, summed, err_msg=name, **NEAR)
    np.testing.assert_allclose(grads.dh0, parts[0].dh0, **NEAR)
    if grads.dc is not None and parts[0].dc0 is not None:
        np.testing.assert_allclose(grads.dc[0], parts[0].dc0, **NEAR)
        assert grads.dc[k].any(), "what a step's own output sends to c is not cut"


def test_contributions_sum_to_the_total(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    trace = case.forward(lengths=True)
    split = rc.contributions(trace, case.targets)
    _, dlogits = rc.cross_entropy(trace.logits, case.targets, trace.lengths)
    total = rc.backward(trace, dlogits).total
    for name, array in total.arrays().items():
        parts: Array = getattr(split, name)
        assert parts.shape == (6, 6, *array.shape)
        np.testing.assert_allclose(parts.sum(axis=(0, 1)), array, err_msg=name, **NEAR)
        np.testing.assert_allclose(split.by_lag(name).sum(axis=0), array, err_msg=name, **NEAR)
        for s in range(6):
            assert not parts[s, s + 1 :].any(), "nothing flows forward"
        np.testing.assert_array_equal(
            split.by_lag(name)[5], parts[5, 0], err_msg="the longest lag is one entry"
        )
    counted = ignore_padding(case.targets, trace.lengths) >= 0
    scored = {int(s) for s in np.flatnonzero(counted.any(axis=1))}
    assert set(split.scored) == scored
    if cell[0] != "gru":
        assert split.b_hn is None
    with pytest.raises(ValueError, match="'W_zz'"):
        split.by_lag("W_zz")


def test_without_recurrent_weights_nothing_is_sent_back(draw: Draw) -> None:
    for activation in ("tanh", "relu"):
        case = draw("rnn", activation)
        cut = case.params.with_arrays({**case.params.arrays(), "W_hh": np.zeros((5, 5))})
        trace = rc.forward(cut, case.x, case.h0)
        grads = rc.backward(trace, rc.cross_entropy(trace.logits, case.targets)[1])
        assert not grads.dh_recurrent.any()


def test_one_step_is_a_feedforward_network(draw: Draw) -> None:
    case = draw(sizes=(1, 4, 3, 5, 2))
    p = case.params
    trace = rc.forward(p, case.x)
    hidden = np.tanh(case.x[0] @ p.W_xh + p.b_h)
    np.testing.assert_allclose(trace.logits[0], hidden @ p.W_hy + p.b_y, **NEAR)


def test_padding_changes_nothing(draw: Draw, cell: tuple[str, str]) -> None:
    """A padded sequence has the states and gradients it has alone."""
    case = draw(*cell, seed=6)
    lengths = np.array([6, 4, 1])
    targets = case.targets.copy()
    targets[np.arange(6)[:, None] >= lengths] = -1
    targets[0] = 0
    trace = rc.forward(case.params, case.x, case.h0, case.c0, lengths)
    N = int((targets >= 0).sum())
    grads = rc.backward(
        trace, rc.cross_entropy(trace.logits, targets)[1], dh_last=np.ones((3, 5)), dc_last=None
    )
    total = {name: np.zeros_like(array) for name, array in grads.total.arrays().items()}
    for b, n in enumerate(lengths):
        one = slice(b, b + 1)
        c0 = None if case.c0 is None else case.c0[one]
        alone = rc.forward(case.params, case.x[:n, one], case.h0[one], c0)
        np.testing.assert_allclose(trace.h[: n + 1, one], alone.h, **NEAR)
        assert (trace.h[n:, b] == trace.h[n, b]).all(), "the last real state is kept"
        if trace.c is not None:
            assert (trace.c[n:, b] == trace.c[n, b]).all()
        loss, dlogits = rc.cross_entropy(alone.logits, targets[:n, one])
        share = (targets[:n, b] >= 0).sum() / N
        back = rc.backward(alone, dlogits * share, dh_last=np.ones((1, 5)))
        np.testing.assert_allclose(grads.dh[0, one], back.dh0, **NEAR)
        np.testing.assert_allclose(grads.da[:n, one], back.da, **NEAR)
        assert not grads.da[n:, b].any(), "what is padded counts nowhere"
        for name in total:
            total[name] += back.total.arrays()[name]
        del loss
    for name, array in grads.total.arrays().items():
        np.testing.assert_allclose(array, total[name], err_msg=name, **NEAR)


def test_what_padding_holds_does_not_matter(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell, seed=7)
    lengths = np.array([2, 6, 3])
    other = case.x.copy()
    other[np.arange(6)[:, None] >= lengths] = 99.0
    one, two = (rc.forward(case.params, x, case.h0, case.c0, lengths) for x in (case.x, other))
    assert np.array_equal(one.h, two.h)
    dlogits = rc.cross_entropy(one.logits, case.targets)[1]
    back = [rc.backward(trace, dlogits).total.arrays() for trace in (one, two)]
    for name, array in back[0].items():
        assert np.array_equal(array, back[1][name]), name


def test_what_comes_later_changes_nothing_before(draw: Draw, cell: tuple[str, str]) -> None:
    """To the last bit: a state does not know how many steps will follow."""
    case = draw(*cell, sizes=(9, 1, 5, 7, 3))
    whole = rc.forward(case.params, case.x, case.h0, case.c0)
    for steps in range(1, 9):
        part = rc.forward(case.params, case.x[:steps], case.h0, case.c0)
        assert np.array_equal(part.h, whole.h[: steps + 1])
        assert np.array_equal(part.logits, whole.logits[:steps])


def test_batch_order_changes_nothing(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell, seed=8)
    order = [2, 0, 1]
    c0 = None if case.c0 is None else case.c0[order]
    mixed = rc.forward(case.params, case.x[:, order], case.h0[order], c0, case.lengths[order])
    straight = case.forward(lengths=True)
    np.testing.assert_allclose(mixed.h, straight.h[:, order], **NEAR)
    grads = rc.backward(mixed, rc.cross_entropy(mixed.logits, case.targets[:, order])[1])
    for name, array in case.backward(lengths=True).total.arrays().items():
        np.testing.assert_allclose(grads.total.arrays()[name], array, err_msg=name, **NEAR)


def test_tokens_are_one_hot_rows(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell, tokens=True)
    dense = rc.forward(case.params, np.eye(4)[case.x], case.h0, case.c0)
    picked = case.forward()
    np.testing.assert_allclose(picked.h, dense.h, **NEAR)
    dlogits = rc.cross_entropy(dense.logits, case.targets)[1]
    one, two = rc.backward(picked, dlogits), rc.backward(dense, dlogits)
    assert one.dx is None
    np.testing.assert_allclose(one.total.W_xh, two.total.W_xh, **NEAR)
    np.testing.assert_allclose(one.by_step.W_xh, two.by_step.W_xh, **NEAR)
    assert picked.tokens is not None
    assert dense.tokens is None


def test_a_second_call_gives_the_same(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    one, two = case.backward(), case.backward()
    assert np.array_equal(one.dh, two.dh)
    assert np.array_equal(one.total.W_hh, two.total.W_hh)


def _arrays(record: object) -> list[tuple[str, Array]]:
    found = [(k, v) for k, v in vars(record).items() if isinstance(v, np.ndarray)]
    if isinstance(record, rc.Trace):
        found += list(record.gates.items())
    return found


def test_records_are_read_only_and_inputs_unchanged(draw: Draw, cell: tuple[str, str]) -> None:
    case: Case = draw(*cell)
    before = {name: array.copy() for name, array in _arrays(case)}
    trace = case.forward(lengths=True)
    grads = case.backward(lengths=True)
    assert trace.a is not None
    for record in (trace, trace.params, grads, grads.total, grads.by_step):
        for name, array in _arrays(record):
            assert not array.flags.writeable, name
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0
    for name, array in _arrays(case):
        assert np.array_equal(array, before[name], equal_nan=True), name
    case.x[...] = 0
    assert trace.x.any(), "the record keeps its own copy"


def test_attributes_cannot_be_replaced(draw: Draw) -> None:
    trace = draw().forward()
    with pytest.raises(AttributeError):
        trace.h = trace.h  # type: ignore[misc]


def test_float32_stays_float32_and_near(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    exact = case.forward()
    rough = rc.forward(case.params.astype(np.float32), case.x, case.h0, case.c0)
    for name, array in _arrays(rough):
        assert array.dtype == np.float32, name
    np.testing.assert_allclose(rough.h, exact.h, atol=1e-5)
    loss, dlogits = rc.cross_entropy(rough.logits, case.targets)
    grads = rc.backward(rough, dlogits)
    assert isinstance(loss, float)
    single = np.dtype(np.float32)
    assert {array.dtype for array in grads.total.arrays().values()} == {single}
    tokens = rc.forward(rough.params, np.zeros((4, 2), int))
    for trace in (rough, tokens):
        given = np.ones_like(trace.logits)
        steps = rc.backward(trace, given).by_step.arrays()
        assert {array.dtype for array in steps.values()} == {single}
        found, path = rc.jacobians(trace), rc.trajectory(trace)
        made = (found.steps, found.products, path.points, path.explained, path.directions)
        assert {array.dtype for array in made} == {single}


def test_stacked_and_bidirectional_by_composition(draw: Draw, cell: tuple[str, str]) -> None:
    """Two layers, the upper one over both directions of the lower, against complex step."""
    case = draw(*cell, sizes=(4, 2, 3, 4, 3), seed=9)
    activation = cell[1]
    ahead = rc.init(cell[0], inputs=3, hidden=4, outputs=0, seed=1, activation=activation)
    behind = rc.init(cell[0], inputs=3, hidden=4, outputs=0, seed=2, activation=activation)
    upper = rc.init(cell[0], inputs=8, hidden=4, outputs=3, seed=3, activation=activation)

    def run(x: Array) -> tuple[rc.Trace, rc.Trace, rc.Trace]:
        one, two = rc.forward(ahead, x), rc.forward(behind, x[::-1])
        return one, two, rc.forward(upper, np.concatenate([one.h[1:], two.h[1:][::-1]], axis=2))

    one, two, top = run(case.x)
    grads = rc.backward(top, rc.cross_entropy(top.logits, case.targets)[1])
    assert grads.dx is not None
    from_one = rc.backward(one, dh=grads.dx[:, :, :4])
    from_two = rc.backward(two, dh=grads.dx[::-1, :, 4:])
    assert from_one.dx is not None
    assert from_two.dx is not None
    dx = from_one.dx + from_two.dx[::-1]
    numeric = rc.complex_step(lambda x: rc.cross_entropy(run(x)[2].logits, case.targets)[0], case.x)
    assert rc.worst_error(dx, numeric) < 1e-9
    assert from_one.total.W_hy.shape == (4, 0)


def test_the_engine_needs_numpy_alone() -> None:
    """Importing rnn_core pulls in the standard library and NumPy, nothing else."""
    code = (
        "import sys, numpy; before = set(sys.modules); import rnn_core;"
        "new = {m.split('.')[0] for m in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names) - {'numpy', 'rnn_core'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
