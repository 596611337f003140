"""Norms by step and by lag, what-if and the path of the state, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

import rnn_core as rc
from tests.core.conftest import Draw

NEAR = {"rtol": 1e-11, "atol": 1e-14}


def test_norms_by_step_equal_explicit_sums(draw: Draw, cell: tuple[str, str]) -> None:
    grads = draw(*cell).backward()
    found = rc.gradient_norms(grads)
    for name in ("dh", "dh_local", "dh_recurrent", "dc", "da"):
        array = getattr(grads, name)
        if array is None:
            assert getattr(found, name) is None
            continue
        for t in range(len(array)):
            for b in range(array.shape[1]):
                expected = sum(float(entry) ** 2 for entry in array[t, b]) ** 0.5
                assert getattr(found, name)[t, b] == pytest.approx(expected, rel=1e-12)
    trace = grads.trace
    for t in range(trace.steps):
        outer = sum(np.outer(trace.x[t, b], grads.da[t, b]) for b in range(trace.batch))
        np.testing.assert_allclose(found.weights["W_xh"][t], np.sqrt((outer**2).sum()), **NEAR)
    assert list(found.weights) == list(grads.total.arrays())
    assert (found.dh <= found.dh_local + found.dh_recurrent + 1e-15).all()


def test_norms_by_lag_equal_one_perturbed_use_at_a_time(draw: Draw, cell: tuple[str, str]) -> None:
    """Each (s, t) by complex step: only the use of W_hh at step t is moved, only loss s is read."""
    case = draw(*cell, sizes=(4, 2, 2, 2, 3), seed=4)
    trace = case.forward()
    T, N = trace.steps, int((case.targets >= 0).sum())
    shape = case.params.W_hh.shape
    by_use = np.zeros((T, T, *shape))
    for t in range(T):
        for place in np.ndindex(shape):
            W_hh = case.params.W_hh.astype(complex)
            W_hh[place] += 1e-30j
            arrays = {k: a.astype(complex) for k, a in case.params.arrays().items()}
            moved = case.params.with_arrays({**arrays, "W_hh": W_hh})
            h, c = case.h0, case.c0
            for u in range(T):
                h, c, logits = rc.step(moved if u == t else case.params, case.x[u], h, c)
                counted = int((case.targets[u] >= 0).sum())
                if counted:
                    value = rc.cross_entropy(logits[None], case.targets[u][None])[0]
                    by_use[u, t][place] = np.imag(value) / 1e-30 * counted / N
    lags = np.zeros((T, *shape))
    for s in range(T):
        for t in range(s + 1):
            lags[s - t] += by_use[s, t]
    found = rc.lag_norms(rc.contributions(trace, case.targets))
    np.testing.assert_allclose(found.norm, np.sqrt((lags**2).sum(axis=(1, 2))), rtol=1e-9)
    total = by_use.sum(axis=(0, 1))
    share = [(lag * total).sum() / (total**2).sum() for lag in lags]
    np.testing.assert_allclose(found.share, share, rtol=1e-8, atol=1e-12)


def test_shares_are_of_the_gradient_and_sum_to_one(draw: Draw, cell: tuple[str, str]) -> None:
    case = draw(*cell)
    split = rc.contributions(case.forward(), case.targets)
    for name in case.params.arrays():
        found = rc.lag_norms(split, name)
        assert found.name == name
        assert found.share.sum() == pytest.approx(1.0, abs=1e-12)
        if name in ("W_hy", "b_y"):
            assert not found.norm[1:].any()
    with pytest.raises(ValueError, match="name is 'W'"):
        rc.lag_norms(split, "W")


def test_state_gradients_by_lag_are_those_of_each_loss_alone(
    draw: Draw, cell: tuple[str, str]
) -> None:
    case = draw(*cell)
    trace = case.forward()
    found = rc.lag_norms(rc.contributions(trace, case.targets))
    N = (case.targets >= 0).sum()
    entries: dict[int, list[float]] = {k: [] for k in range(trace.steps)}
    for s in range(trace.steps):
        for b in range(trace.batch):
            if case.targets[s, b] < 0:
                assert not found.dh[s, :, b].any()
                continue
            alone = np.full_like(case.targets, -1)
            alone[s, b] = case.targets[s, b]
            grads = rc.backward(trace, rc.cross_entropy(trace.logits, alone)[1] / N)
            for k in range(s + 1):
                entries[k].append(float(np.linalg.norm(grads.dh[s + 1 - k, b])))
                assert found.dh[s, k, b] == pytest.approx(entries[k][-1], rel=1e-10)
            assert not found.dh[s, s + 1 :, b].any()
    for k, norms in entries.items():
        assert found.mean_dh[k] == pytest.approx(np.mean(norms) if norms else np.nan, nan_ok=True)


def test_lags_beyond_the_scored_steps_have_no_mean(draw: Draw) -> None:
    case = draw()
    targets = np.full_like(case.targets, -1)
    targets[1] = 0
    found = rc.lag_norms(rc.contributions(case.forward(), targets))
    assert np.isnan(found.mean_dh).tolist() == [False, False, True, True, True, True]
    assert not found.norm[2:].any()


def test_gradient_of_nothing_has_no_shares() -> None:
    params = rc.init("rnn", inputs=2, hidden=3, outputs=2)
    trace = rc.forward(params, np.ones((1, 1, 2)))
    found = rc.lag_norms(rc.contributions(trace, np.array([[1]])))
    assert found.share.tolist() == found.norm.tolist() == [0.0]
    # One scored entry has a mean, and lag 0 is the state that was read out.
    expected = np.linalg.norm(rc.backward(trace, rc.cross_entropy(trace.logits, [[1]])[1]).dh[1])
    assert found.mean_dh[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    "record", [rc.GradientNorms, rc.LagNorms, rc.Counterfactual, rc.Trajectory, rc.Jacobians]
)
def test_records_are_frozen_and_compare_by_identity(record: type) -> None:
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert not record.__dataclass_params__.eq  # type: ignore[attr-defined]


@pytest.mark.parametrize("tokens", [False, True], ids=["dense", "tokens"])
def test_counterfactual_equals_running_it_again(
    draw: Draw, cell: tuple[str, str], tokens: bool
) -> None:
    case = draw(*cell, tokens=tokens)
    trace = case.forward(lengths=True)
    before = trace.x.copy()
    for step in (0, 2, 5):
        other = (case.x[step] + 1) % 4 if tokens else case.x[step] - 0.5
        found = rc.counterfactual(trace, step, other)
        h, c = case.h0, case.c0
        for t in range(trace.steps):
            read = other if t == step else case.x[t]
            h_next, c_next, logits = rc.step(case.params, read, h, c)
            ended = (case.lengths <= t)[:, None]
            h = np.where(ended, h, h_next)
            c = None if c is None else np.where(ended, c, c_next)
            np.testing.assert_allclose(found.new.h[t + 1], h, rtol=1e-12)
            moved = np.sqrt(((h - trace.h[t + 1]) ** 2).sum(axis=1))
            np.testing.assert_allclose(found.h[t + 1], moved, rtol=1e-9, atol=1e-14)
            logits = h @ case.params.W_hy + case.params.b_y
            gap = np.sqrt(((logits - trace.logits[t]) ** 2).sum(axis=1))
            np.testing.assert_allclose(found.logits[t], gap, rtol=1e-9, atol=1e-14)
            if c is not None:
                assert trace.c is not None
                assert found.c is not None
                by_c = np.sqrt(((c - trace.c[t + 1]) ** 2).sum(axis=1))
                np.testing.assert_allclose(found.c[t + 1], by_c, rtol=1e-9, atol=1e-14)
        assert not found.h[: step + 1].any()
        assert found.old is trace
        assert found.step == step
        # Padded steps read nothing, so changing them changes nothing.
        assert not found.h[:, case.lengths <= step].any()
    assert np.array_equal(trace.x, before)


def test_moved_probability_is_the_gap_of_the_softmaxes(draw: Draw) -> None:
    case = draw()
    found = rc.counterfactual(case.forward(), 1, case.x[1] + 3.0)
    p = [
        np.exp(t.logits) / np.exp(t.logits).sum(axis=-1, keepdims=True)
        for t in (found.old, found.new)
    ]
    more = np.maximum(p[1] - p[0], 0).sum(axis=-1)
    np.testing.assert_allclose(found.p, more, rtol=1e-9, atol=1e-14)
    silent = rc.forward(rc.init("rnn", inputs=4, hidden=3, outputs=0), case.x)
    unmoved = rc.counterfactual(silent, 1, case.x[1] + 3.0).p
    assert unmoved.shape == (6, 3)
    assert not unmoved.any()


def test_counterfactual_looks_words_up() -> None:
    rng = np.random.default_rng(0)
    params = rc.init("gru", inputs=3, hidden=4, outputs=2)
    segment = rc.Segment(rc.MANY_TO_ONE.segments[0], params, rng.standard_normal((7, 3)))
    network = rc.Network(rc.MANY_TO_ONE, (segment,))
    tokens = rng.integers(0, 7, (5, 2))
    (trace,) = rc.run(network, [tokens])
    found = rc.counterfactual(trace, 3, np.array([6, 0]), segment.embedding)
    tokens[3] = [6, 0]
    (again,) = rc.run(network, [tokens])
    assert np.array_equal(found.new.h, again.h)
    assert found.new.tokens is not None
    assert np.array_equal(found.new.tokens, tokens)
    assert found.old.tokens is not None
    with pytest.raises(ValueError, match="x has token 7 at index"):
        rc.counterfactual(trace, 3, np.array([6, 7]), segment.embedding)
    with pytest.raises(ValueError, match=r"x is float64 of shape \(3, 3\) but step 3 reads"):
        rc.counterfactual(trace, 3, np.array([6, 0, 1]), segment.embedding)


def test_counterfactual_names_what_does_not_fit(draw: Draw) -> None:
    trace = draw().forward()
    for step in (-1, 6, 1.0):
        with pytest.raises(ValueError, match=r"whole number from 0 to 5 is expected"):
            rc.counterfactual(trace, step, trace.x[0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"x is float64 of shape \(1, 4\) but step 0 reads"):
        rc.counterfactual(trace, 0, trace.x[0, :1])
    with pytest.raises(ValueError, match=r"x is int64 of shape \(3,\) but step 0 reads float64"):
        rc.counterfactual(trace, 0, np.zeros(3, int))
    with pytest.raises(ValueError, match=r"expected \(B, D\) floats or \(B\) whole-number tokens"):
        rc.counterfactual(trace, 0, np.zeros((1, 3, 4)))


def test_directions_are_the_eigenvectors_of_the_covariance(
    draw: Draw, cell: tuple[str, str]
) -> None:
    trace = draw(*cell, sizes=(9, 3, 4, 5, 3)).forward()
    found = rc.trajectory(trace)
    covariance = np.cov(trace.h.reshape(-1, 5).T)
    values, vectors = np.linalg.eigh(covariance)
    for k in (0, 1):
        expected = vectors[:, -1 - k]
        expected = expected * np.sign(expected[np.abs(expected).argmax()])
        np.testing.assert_allclose(found.directions[k], expected, atol=1e-8)
        assert found.directions[k][np.abs(found.directions[k]).argmax()] > 0
        assert found.explained[k] == pytest.approx(values[-1 - k] / values.sum())
    points = (trace.h - trace.h.reshape(-1, 5).mean(axis=0)) @ found.directions.T
    np.testing.assert_allclose(found.points, points, atol=1e-12)
    np.testing.assert_allclose(found.place(trace.h), found.points, atol=1e-12)
    again = rc.trajectory(trace)
    assert np.array_equal(again.points, found.points)


def test_two_units_keep_every_distance(draw: Draw) -> None:
    trace = draw("rnn", sizes=(6, 2, 3, 2, 2)).forward()
    found = rc.trajectory(trace)
    assert found.explained.sum() == pytest.approx(1.0)
    flat, plane = trace.h.reshape(-1, 2), found.points.reshape(-1, 2)
    for one in range(len(flat)):
        gaps = np.linalg.norm(flat - flat[one], axis=1)
        np.testing.assert_allclose(np.linalg.norm(plane - plane[one], axis=1), gaps, atol=1e-12)


def test_padding_does_not_pull_the_plane(draw: Draw) -> None:
    case = draw("gru", sizes=(6, 1, 4, 5, 3))
    short = rc.forward(case.params, case.x[:4], case.h0)
    long = rc.forward(case.params, case.x, case.h0, lengths=np.array([4]))
    found, expected = rc.trajectory(long), rc.trajectory(short)
    np.testing.assert_allclose(found.directions, expected.directions, atol=1e-12)
    np.testing.assert_allclose(found.points[:5], expected.points, atol=1e-12)


def test_paths_without_two_dimensions() -> None:
    params = rc.init("rnn", inputs=2, hidden=1, outputs=1)
    line = rc.trajectory(rc.forward(params, np.ones((4, 1, 2))))
    assert line.explained.tolist() == pytest.approx([1.0, 0.0])
    assert not line.points[..., 1].any()
    still = rc.trajectory(
        rc.forward(rc.init("rnn", inputs=2, hidden=3, outputs=1), np.zeros((4, 1, 2)))
    )
    assert not still.points.any()
    assert still.explained.tolist() == [0.0, 0.0]
    for misshapen in (np.zeros(2), 0.0):
        with pytest.raises(ValueError, match=r"\(\.\.\., 3\) is expected"):
            still.place(misshapen)


def test_rounding_is_no_direction() -> None:
    held = rc.init("rnn", inputs=1, hidden=3, outputs=1, activation="relu", recurrent="identity")
    trace = rc.forward(held, np.zeros((9, 1, 1)), np.array([[0.1, 0.7, 1e3]]))
    found = rc.trajectory(trace)
    assert np.ptp(trace.h, axis=0).max() == 0
    assert not found.directions.any()
    assert not found.explained.any()
