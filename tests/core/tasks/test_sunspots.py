"""Sunspots: the series, the baselines, one year ahead and running free."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core.tasks.generated.sunspots import (
    SUNSPOTS,
    TEST,
    TRAIN,
    VARIANCE,
    Autoregression,
    Forecaster,
    NetworkForecaster,
    baselines,
    fit_ar,
    forecast_next,
    load_years,
    persistence,
    run_free,
)


def forecaster_of(name: str) -> Forecaster:
    """A forecaster by its name."""
    if name in ("rnn", "gru", "lstm"):
        return NetworkForecaster(SUNSPOTS.pretrained(name))
    return persistence() if name == "persistence" else fit_ar(9)


NAMES = ("persistence", "AR(9)", "rnn", "gru", "lstm")


def test_the_series_is_the_literature_s() -> None:
    series = load_years()
    assert np.array_equal(series.years, np.arange(1700, 2009))
    assert series.values[(series.years == 1957)][0] == pytest.approx(190.2)
    assert len(series.between(*TEST)) == 35
    assert not series.values.flags.writeable


def test_yardsticks_are_those_of_the_literature() -> None:
    last, nine = baselines()
    assert last.test == pytest.approx(0.416, abs=0.001)
    assert nine.test == pytest.approx(0.123, abs=0.001)
    assert nine.parameters == 10
    mean = load_years().between(*TRAIN).mean()
    blind = np.mean((load_years().between(*TEST) - mean) ** 2) / VARIANCE
    assert pytest.approx(blind, abs=0.001) == SUNSPOTS.guess


def test_least_squares_leaves_no_better_neighbour() -> None:
    fitted, values = fit_ar(4), load_years().between(*TRAIN)

    def error(model: Autoregression) -> float:
        return float(np.nanmean((model.predict(values)[:-1] - values[1:]) ** 2))

    best = error(fitted)
    for k in range(4):
        for shift in (-0.01, 0.01):
            moved = np.array(fitted.weights)
            moved[k] += shift
            assert error(Autoregression(moved, fitted.bias)) > best
    assert error(Autoregression(fitted.weights, fitted.bias + 0.5)) > best


@pytest.mark.parametrize("name", NAMES)
def test_no_prediction_knows_its_own_year(name: str) -> None:
    forecaster, values = forecaster_of(name), load_years().values
    whole = forecaster.predict(values)
    cut = forecaster.predict(values[:200])
    assert np.allclose(whole[:200], cut, equal_nan=True)
    changed = np.array(values)
    changed[150] += 50
    moved = forecaster.predict(changed)
    assert np.allclose(moved[:150], whole[:150], equal_nan=True)
    assert moved[150] != whole[150]


@pytest.mark.parametrize("name", NAMES)
@given(start=st.integers(1710, 2009), years=st.integers(1, 60))
@settings(max_examples=8, deadline=None)
def test_running_free_reads_its_own_predictions(name: str, start: int, years: int) -> None:
    forecaster, series = forecaster_of(name), load_years()
    free = run_free(forecaster, start, years)
    assert free.years.tolist() == list(range(start, start + years))
    known = series.between(1700, start - 1)
    told = np.concatenate([known, free.predicted])
    again = forecaster.predict(told)[len(known) - 1 : -1]
    assert np.allclose(again, free.predicted, rtol=1e-6, atol=1e-5)
    happened = ~np.isnan(free.values)
    assert happened.sum() == max(0, min(years, 2009 - start))
    assert np.array_equal(free.values[happened], series.between(start, start + years - 1))


@pytest.mark.parametrize("name", NAMES)
def test_one_year_ahead_is_the_first_year_of_running_free(name: str) -> None:
    forecaster = forecaster_of(name)
    ahead = forecast_next(forecaster)
    for start in (1750, 1921, 2008):
        one = run_free(forecaster, start, 1).predicted[0]
        assert one == pytest.approx(ahead.predicted[start - 1700], rel=1e-6)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_pretrained_networks_beat_persistence_and_match_the_task_s_metric(cell: str) -> None:
    network = SUNSPOTS.pretrained(cell)
    error = forecast_next(NetworkForecaster(network)).error()
    assert error == pytest.approx(SUNSPOTS.evaluate(network), rel=1e-9)
    assert error < 0.15


def test_training_never_sees_the_test_years() -> None:
    values = load_years()
    limit = values.between(*TRAIN).max() / 200
    batch = SUNSPOTS.draw(np.random.default_rng(0), 3_000)
    targets = batch.targets[~np.isnan(batch.targets)]
    assert targets.max() <= limit
    assert np.isnan(batch.targets[:10]).all()
    assert np.isin(np.round(targets * 200, 6), np.round(values.between(*TRAIN), 6)).all()
    noise = batch.inputs[0][1:] - np.where(np.isnan(batch.targets[:-1]), 0, batch.targets[:-1])
    assert noise[11:].std() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize(
    ("start", "years", "reason"),
    [(1709, 5, "from 1710 to 2009"), (2010, 5, "2009"), (1800, 0, "1 to 200"), (1800, 201, "200")],
)
def test_years_out_of_range_are_named(start: int, years: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        run_free(persistence(), start, years)
