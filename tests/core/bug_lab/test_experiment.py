"""Each fault of the bug lab is found by its instrument, and a right program passes all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_core as rc
from rnn_core.bug_lab.diagnostics import (
    INSTRUMENTS,
    check_gradients,
    count_parameters,
    overfit_one,
    permute_batch,
)
from rnn_core.bug_lab.experiment import (
    CLASSES,
    STEPS,
    VARIANTS,
    gradcheck_variants,
    make_batch,
    make_program,
    run_diagnostics,
    train_and_record,
)
from rnn_core.bug_lab.faults import FAULTS, Program, shift_targets
from tests.core.conftest import draw_case

GRADIENT_FAULTS = tuple(key for key, fault in FAULTS.items() if fault.kind == "gradient")
MODEL_FAULTS = tuple(key for key, fault in FAULTS.items() if fault.kind == "model")
cells = pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
sizes = st.tuples(
    st.integers(3, 6), st.integers(2, 3), st.integers(1, 4), st.integers(2, 4), st.integers(2, 4)
)


def test_the_catalogue_names_four_and_three() -> None:
    assert (len(GRADIENT_FAULTS), len(MODEL_FAULTS)) == (4, 3)
    assert {fault.instrument for fault in FAULTS.values()} == set(INSTRUMENTS)
    assert all(FAULTS[key].instrument == "gradient check" for key in GRADIENT_FAULTS)


@cells
@pytest.mark.parametrize("fault", [None, *FAULTS])
@pytest.mark.parametrize("seed", [0, 5])
def test_each_fault_is_found_by_its_instrument(cell: str, fault: str | None, seed: int) -> None:
    failed = run_diagnostics(cell, fault, seed).failed
    if fault is None:
        assert failed == ()
    elif FAULTS[fault].kind == "model":
        assert failed == (FAULTS[fault].instrument,), "the others pass, the gradient check too"
    else:
        assert "gradient check" in failed
        assert not {"permute the batch", "count parameters"} & set(failed)


@cells
@given(sizes=sizes, seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_the_gradient_check_finds_four_faults_of_any_size_and_only_those(
    cell: str, sizes: tuple[int, int, int, int, int], seed: int
) -> None:
    case = draw_case(cell, sizes=sizes, seed=seed)
    targets = np.random.default_rng(seed).integers(0, sizes[4], sizes[:2])
    for fault in (None, *FAULTS):
        program = Program(case.params, fault, steps=sizes[0])
        program.run(case.x[::-1])
        check = check_gradients(program, case.x, targets)
        assert check.passed == (fault not in GRADIENT_FAULTS), fault
        assert [row.name for row in check.rows] == list(program.weights)
        for row in check.rows:
            assert row.shape == program.weights[row.name].shape
            assert row.passed == (row.error < check.tolerance)


@cells
def test_rows_of_the_check_show_the_worst_entry(cell: str) -> None:
    program = make_program(cell, "tanh' missing", hidden=4)
    x, targets = make_batch(3, batch=2)
    check = check_gradients(program, x, targets)
    _, gradients = program.gradients(x, targets)
    for row in check.rows:
        assert row.analytic == gradients[row.name][row.place]
        moved = program.weights[row.name].copy()
        step = 1e-6
        moved[row.place] += step
        up = program.loss_with(row.name, moved, x, targets)
        moved[row.place] -= 2 * step
        down = program.loss_with(row.name, moved, x, targets)
        assert row.numeric == pytest.approx((up - down) / (2 * step), abs=1e-7)


@cells
def test_the_right_program_is_the_engine(cell: str) -> None:
    program = make_program(cell, hidden=6)
    x, targets = make_batch(1, batch=4)
    step = rc.TrainingStep(
        program.params, STEPS, 4, lr=program.lr, clip=program.clip, dtype=np.float64
    )
    for n in range(5):
        x, targets = make_batch(n, batch=4)
        assert program.update(x, targets) == pytest.approx(step.update(x, targets), rel=1e-10)
    for name, array in step.params.arrays().items():
        assert program.weights[name] == pytest.approx(array, rel=1e-9, abs=1e-12)


@cells
@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_asking_changes_nothing(cell: str, fault: str | None) -> None:
    program = make_program(cell, fault, hidden=4)
    x, targets = make_batch(1, batch=3)
    program.update(x, targets)
    before = {name: array.copy() for name, array in program.weights.items()}
    loss = program.loss(x, targets)
    check_gradients(program, x, targets)
    overfit_one(program, x[:, :1], targets[:, :1], updates=2)
    permute_batch(program, x, np.array([1, 0, 2]), x)
    count_parameters(program, STEPS)
    program.measure(x, targets)
    other = program.copy()
    other.update(x, targets)
    assert program.loss(x, targets) == loss
    assert all(np.array_equal(program.weights[name], array) for name, array in before.items())
    again = program.copy()
    again.update(x, targets)
    assert all(np.array_equal(again.weights[n], array) for n, array in other.weights.items())


@cells
def test_dh_next_dropped_is_the_share_of_the_read_out_alone(cell: str) -> None:
    program = make_program(cell, "dh_next dropped", hidden=4)
    x, targets = make_batch(2, batch=2)
    _, gradients = program.gradients(x, targets)
    trace = rc.forward(program.params, x)
    _, dlogits = rc.cross_entropy(trace.logits, targets)
    if cell == "lstm":
        right = rc.backward(trace, dlogits).total
        assert np.array_equal(gradients["W_hy"], right.W_hy)
        assert not np.allclose(
            gradients["W_hh"], rc.backward(trace, dlogits, truncate=1).total.W_hh
        )
        return
    alone = np.zeros_like(gradients["W_xh"])
    for t in range(STEPS):
        one = rc.forward(program.params, x[t : t + 1], trace.h[t])
        alone += rc.backward(one, dlogits[t : t + 1]).total.W_xh
    assert gradients["W_xh"] == pytest.approx(alone)


def test_shifted_targets_are_those_of_the_step_before() -> None:
    _, targets = make_batch(4, batch=3)
    shifted = shift_targets(targets)
    assert (shifted[0] == -1).all()
    assert np.array_equal(shifted[1:], targets[:-1])
    program = make_program("rnn", "targets shifted")
    x, _ = make_batch(4, batch=3)
    assert program.loss(x, targets) == pytest.approx(make_program().loss(x, shifted))


@cells
def test_a_carried_state_is_the_last_of_the_batch_before(cell: str) -> None:
    program = make_program(cell, "h0 not reset", hidden=5)
    first, second = make_batch(1, batch=4)[0], make_batch(2, batch=3)[0]
    program.run(first)
    said = program.run(second)
    together = rc.forward(program.params, np.concatenate([first[:, :3], second]))
    assert said == pytest.approx(together.logits[STEPS:])
    wider = program.copy().run(make_batch(3, batch=6)[0])
    assert wider.shape == (STEPS, 6, len(CLASSES))


@cells
def test_symptoms_differ_from_the_right_program_s(cell: str) -> None:
    right = train_and_record(cell, updates=300)
    assert right.accuracy[-1] > 0.97
    assert right.updates[-1] == 300
    assert right.losses[-1] == pytest.approx(right.held_out_losses[-1], abs=0.1)
    found: dict[str, Any] = {key: train_and_record(cell, key, updates=300) for key in FAULTS}
    for key in GRADIENT_FAULTS:
        assert found[key].accuracy[-1] < right.accuracy[-1] - 0.02, key
    shifted = found["targets shifted"]
    assert shifted.losses[-1] < 0.5 < shifted.held_out_losses[-1]
    assert shifted.accuracy[-1] < 0.6
    carried = found["h0 not reset"]
    assert carried.losses[-1] > right.losses[-1] + 0.2
    assert found["weights untied"].accuracy[-1] > 0.9


def test_what_does_not_fit_is_named() -> None:
    params = rc.init("rnn", inputs=4, hidden=3, outputs=5)
    with pytest.raises(ValueError, match="'typo'"):
        Program(params, "typo")
    with pytest.raises(ValueError, match="float32"):
        Program(params.astype(np.float32))
    with pytest.raises(ValueError, match="needs to know its steps"):
        Program(params, "weights untied")
    program, (x, targets) = Program(params), make_batch(0, batch=3)
    with pytest.raises(ValueError, match="B=3 but one example"):
        overfit_one(program, x, targets)
    for order in ([0, 1, 2], [0, 0, 1], [1, 0]):
        with pytest.raises(ValueError, match="a real permutation of 3"):
            permute_batch(program, x, np.array(order), x)
    untied = Program(params, "weights untied", steps=STEPS)
    with pytest.raises(ValueError, match="step 9 has no W_hh"):
        untied.run(make_batch(0, steps=STEPS + 1)[0])


@cells
def test_instruments_read_the_same_each_time(cell: str) -> None:
    """The example is drawn from the seed; the last loss is of the weights as they ended."""
    one, again = run_diagnostics(cell, seed=4).overfit, run_diagnostics(cell, seed=4).overfit
    assert one.wanted == again.wanted == tuple(make_batch(seed=4, batch=1)[1][:, 0])
    assert np.array_equal(one.losses, again.losses)


@cells
def test_the_last_loss_is_of_the_weights_as_they_ended(cell: str) -> None:
    found = overfit_one(make_program(cell, hidden=4), *make_batch(seed=4, batch=1), updates=3)
    assert np.isfinite(found.losses).all()
    assert found.losses[-1] == found.true_losses[-1] < found.losses[-2]


@cells
def test_the_worst_entry_is_worst_by_its_own_size(cell: str) -> None:
    """What a row shows is the entry that its error is measured at, not that of the largest gap."""
    program = make_program(cell, "dh_next dropped", hidden=4)
    rows = check_gradients(program, *make_batch(3, batch=2)).rows
    for row in rows:
        larger = max(abs(row.analytic), abs(row.numeric))
        if not row.passed:
            assert abs(row.analytic - row.numeric) / larger >= row.error * (1 - 1e-12)
    assert sum(not row.passed for row in rows) >= 2


def test_a_permutation_reports_its_largest_difference() -> None:
    x, other = make_batch(1, batch=3)[0], make_batch(2, batch=3)[0]
    found = permute_batch(make_program(fault="h0 not reset"), x, np.array([1, 2, 0]), other)
    assert found.largest == np.abs(found.outputs - found.permuted).max() > 0
    assert found.largest == found.difference.max()


@cells
def test_the_variants_of_the_check_obey_the_seed(cell: str) -> None:
    one, other = (gradcheck_variants(cell, seed=seed)[VARIANTS[0]] for seed in (1, 2))
    small = make_program(cell, seed=1, hidden=5)
    again = check_gradients(small, *make_batch(seed=4, batch=3))
    assert one is not None
    assert [row.analytic for row in one.rows] == [row.analytic for row in again.rows]
    assert one != other
