"""What assets/text/memory.md says, measured again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rnn_core as rc
from rnn_core.analysis.gradient_flow import clip_factor
from rnn_core.tasks import TASKS
from rnn_core.tasks.generated.recordings import load_records
from rnn_core.tasks.generated.sunspots import SUNSPOTS, VARIANCE, NetworkForecaster, run_free
from rnn_views.comparison.seeds import smaller_of
from rnn_views.memory.adding import describe_smaller, recorded_table
from rnn_views.memory.cases import CELLS, Case, run_case
from rnn_views.memory.measurements import measure_factors, measure_lags, measure_reach
from rnn_views.memory.units import measure_pasts
from rnn_views.number_format import format_number
from rnn_views.ui.memory.gradient_flow import describe_halving
from rnn_views.ui.memory.initialisation import better_start
from rnn_views.verdicts.memory import NO_DIFFERENCE


def ratio(case: Case, cell: str = "rnn") -> float:
    return float(measure_reach(case, cell).reach.ratio)


def test_one_step_back_multiplies_by_w_hh_and_the_slopes() -> None:
    trace = run_case(Case(steps=6), "rnn").trace
    slopes = 1 - trace.h[1:, 0] ** 2
    assert slopes.max() <= 1
    found = rc.jacobians(trace)
    last = np.diag(slopes[-1]) @ trace.params.W_hh.T
    assert np.linalg.norm(last, 2) == pytest.approx(found.norms[-2, 0])


@pytest.mark.parametrize("seed", range(10))
def test_the_dial_fades_at_1_1_and_grows_at_1_5(seed: int) -> None:
    assert ratio(Case(seed=seed, factor=1.1)) < 0.5
    assert ratio(Case(seed=seed, factor=1.5)) > 2


def test_a_larger_w_hh_makes_the_slopes_smaller() -> None:
    slopes = [measure_factors(Case(factor=factor)).mean_slope for factor in (0.5, 1.0, 1.5, 2.0)]
    assert slopes == sorted(slopes, reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_an_untrained_gru_keeps_half_and_fades_faster_than_vanilla(seed: int) -> None:
    case = Case(seed=seed)
    assert ratio(case, "gru") < ratio(case, "rnn")
    gates = run_case(case, "gru").trace.gates
    assert float(np.mean(gates["z"])) == pytest.approx(0.5, abs=0.1)


def test_the_forget_gates_of_an_untrained_lstm_are_mostly_open() -> None:
    gates = run_case(Case(), "lstm").trace.gates
    assert float(np.mean(gates["f"])) == pytest.approx(0.73, abs=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_trained_gated_cells_send_ten_times_as_much_back(seed: int) -> None:
    case = Case("adding", trained=True, steps=30, seed=seed)
    vanilla, gru, lstm = (ratio(case, cell) for cell in CELLS)
    assert min(gru, lstm) > 10 * vanilla


def test_clipping_scales_near_and_far_alike() -> None:
    assert clip_factor(10.0, 1.0) == pytest.approx(0.1)
    norms = np.array([1.0, 1e-9])
    clipped = norms * clip_factor(10.0, 1.0)
    assert clipped[1] / clipped[0] == pytest.approx(norms[1] / norms[0])


def test_near_lags_contribute_and_far_ones_do_not() -> None:
    split = measure_lags(Case(), "rnn", "W_hh").split
    assert split.along[:3].sum() > 0.5 * split.total
    assert np.abs(split.along[20:]).sum() < 0.01 * split.total
    assert split.total > 0.1


@pytest.mark.parametrize("source", ["random", "sentiment", "names", "adding"])
def test_halving_w_hh_is_told_as_it_is_measured(source: str) -> None:
    case = Case(source, trained=source != "random", steps=30)
    slopes = [measure_factors(replace(case, factor=factor)).mean_slope for factor in (1.0, 0.5)]
    told = describe_halving(29, (slopes[0], slopes[1]), "tanh")
    assert f"from {format_number(slopes[0])} to {format_number(slopes[1])}" in told
    assert slopes[1] > slopes[0]


@pytest.mark.parametrize("source", ["sentiment", "names"])
def test_halving_makes_some_trained_gradients_grow(source: str) -> None:
    text = {"sentiment": "the film was not good", "names": ""}[source]
    case = Case(source, text=text, trained=True)
    norms = [measure_reach(replace(case, factor=factor), "rnn").reach for factor in (1.0, 0.5)]
    assert norms[1].norms[norms[1].step] > norms[0].norms[norms[0].step]


def test_gated_cells_win_and_smaller_vanilla_networks_do_better_than_large_ones() -> None:
    means = {cell: float(np.mean(load_records()["adding", cell].final)) for cell in CELLS}
    smaller = smaller_of("adding")
    assert max(means["gru"], means["lstm"]) < min(one.mean for one in smaller)
    assert max(one.mean for one in smaller) < means["rnn"]
    told = describe_smaller()
    assert f"H = 16 (321 weights) its mean error is {smaller[0].mean:.3f}" in told
    assert f"it is {means['rnn']:.3f}" in told
    assert len(recorded_table()) == len(CELLS) + len(smaller)
    sizes = [load_records()["adding", cell].parameters for cell in CELLS]
    assert max(sizes) < 1.05 * min(sizes)  # about the same size


def test_two_pasts_come_close_to_the_same_answer() -> None:
    found = measure_pasts(Case("sentiment"), "rnn")
    assert found.texts[found.pair.first] != found.texts[found.pair.second]
    assert found.apart < 0.01
    assert found.pair.distance < 0.01 * found.pair.typical


def test_errors_of_forecasts_that_run_free() -> None:
    lead: list[np.ndarray] = []
    for cell in CELLS:
        forecaster = NetworkForecaster(SUNSPOTS.pretrained(cell))
        for year in range(1800, 1975, 3):
            free = run_free(forecaster, year, 31)
            lead.append((free.predicted - free.values) ** 2 / VARIANCE)
    error = np.mean(lead, axis=0)
    assert error[0] == pytest.approx(0.1, abs=0.05)
    assert error[5] == pytest.approx(0.5, abs=0.1)
    assert error[30] == pytest.approx(1.0, abs=0.25)


def test_the_identity_hands_a_relu_state_on_and_tanh_shrinks_it() -> None:
    x = np.zeros((39, 1, 1))
    params = rc.init("rnn", inputs=1, hidden=1, outputs=1, recurrent="identity")
    params = replace(params, b_h=np.zeros(1))
    h0 = np.full((1, 1), 0.9)
    tanh, relu = (
        rc.forward(replace(params, activation=name), x, h0=h0).h[-1, 0, 0]
        for name in ("tanh", "relu")
    )
    assert relu == 0.9
    assert tanh == pytest.approx(0.19, abs=0.005)


def test_orthogonal_starts_are_rotations_or_mirrors() -> None:
    signs = set()
    for seed in range(8):
        W_hh = rc.init("rnn", inputs=1, hidden=8, outputs=1, seed=seed).W_hh
        assert np.allclose(W_hh @ W_hh.T, np.eye(8))
        signs.add(round(float(np.linalg.det(W_hh))))
    assert signs == {-1, 1}


def test_recipes_name_their_start_and_it_differs() -> None:
    assert {task.recipe.recurrent for task in TASKS.values()} == {"orthogonal", "identity"}
    better = {key: better_start(key) for key in ("french", "digit-rows")}
    assert better["french"] == "the identity"  # and elsewhere there is no difference beyond chance
    assert better["digit-rows"] == NO_DIFFERENCE
