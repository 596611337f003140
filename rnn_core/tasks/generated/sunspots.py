"""Yearly sunspot numbers: the next value of a time series, and a forecast that runs on by itself.

The series and the split are those of a literature of forty years: 1700–1920 to learn from, 1921–55
to be judged by, errors relative to a variance of 1535 (Weigend, Huberman & Rumelhart 1990).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from rnn_core.generation.step import step
from rnn_core.network import Batch, Network
from rnn_core.params import Array
from rnn_core.record import Record, read_only
from rnn_core.tasks.generated.base import GeneratedRecipe, GeneratedTask
from rnn_core.tasks.paths import read_text
from rnn_core.topology import ALIGNED
from rnn_core.unroll import forward

TRAIN = (1700, 1920)
TEST = (1921, 1955)
VARIANCE = 1535.0
SCALE = 200.0
"""A network is fed and says sunspot numbers divided by this."""
WARM_UP = 10
"""First steps of a training window that are not scored: the state knows too little there."""
NOISE = 0.02
LONGEST_FORECAST = 200


@dataclass(frozen=True, eq=False)
class Years(Record):
    """A yearly series: ``years`` (N,) whole numbers, ``values`` (N,) sunspot numbers."""

    years: Array
    values: Array

    def between(self, first: int, last: int) -> Array:
        """The values of some years, both ends included."""
        return np.asarray(self.values[(self.years >= first) & (self.years <= last)])


@lru_cache(maxsize=1)
def load_years() -> Years:
    """Read the series of 1700 to 2008.

    >>> series = load_years()
    >>> int(series.years[0]), int(series.years[-1]), len(series.values)
    (1700, 2008, 309)
    """
    rows = list(csv.DictReader(read_text("sunspots.csv").splitlines()))
    years = np.array([int(row["year"]) for row in rows])
    return Years(read_only(years), read_only(np.array([float(row["sunspots"]) for row in rows])))


class Forecaster(Protocol):
    """What predicts the value of the next year from all years before."""

    def predict(self, values: Array) -> Array:
        """The prediction after each value, shape (N,): entry n is for the year after value n."""

    def run_on(self, values: Array, years: int) -> Array:
        """Predict so many years on, each prediction read like a value, shape (years,)."""


@dataclass(frozen=True, eq=False)
class Forecast(Record):
    """Predictions beside what happened.

    Attributes
    ----------
    years : array, shape (N,)
    values : array, shape (N,)
        What happened; NaN where nobody knows yet.
    predicted : array, shape (N,)
        NaN where there was nothing to predict from.
    """

    years: Array
    values: Array
    predicted: Array

    def error(self, first: int = TEST[0], last: int = TEST[1]) -> float:
        """Mean squared error over some years, relative to the variance 1535."""
        chosen = (self.years >= first) & (self.years <= last)
        gap = self.predicted[chosen] - self.values[chosen]
        return float(np.nanmean(gap**2) / VARIANCE)


def forecast_next(forecaster: Forecaster) -> Forecast:
    """Predict every year of the series from the true values of all years before it.

    >>> forecast = forecast_next(persistence())
    >>> forecast.years.shape, round(forecast.error(), 3)
    ((309,), 0.416)
    """
    series = load_years()
    predicted = np.full(len(series.values), np.nan)
    predicted[1:] = forecaster.predict(series.values)[:-1]
    return Forecast(series.years, series.values, read_only(predicted))


def run_free(forecaster: Forecaster, start: int, years: int) -> Forecast:
    """Forecast from a year on without looking again: each prediction is the next input.

    Parameters
    ----------
    forecaster : Forecaster
    start : int
        The first year that is predicted; all years before it are read.
    years : int
        How many are predicted.

    Raises
    ------
    ValueError
        When the start is not 1710 to 2009, or the years are not 1 to 200.

    Examples
    --------
    >>> run_free(persistence(), 1956, 3).predicted.tolist()
    [38.0, 38.0, 38.0]
    """
    series = load_years()
    first, last = int(series.years[0]) + WARM_UP, int(series.years[-1]) + 1
    if not first <= start <= last:
        raise ValueError(f"start is {start!r} but a year from {first} to {last} is expected")
    if not 1 <= years <= LONGEST_FORECAST:
        raise ValueError(f"years is {years!r} but 1 to {LONGEST_FORECAST} are expected")
    known = series.between(int(series.years[0]), start - 1)
    ahead = np.arange(start, start + years)
    values = np.full(years, np.nan)
    happened = series.between(start, start + years - 1)
    values[: len(happened)] = happened
    return Forecast(read_only(ahead), read_only(values), read_only(forecaster.run_on(known, years)))


@dataclass(frozen=True, eq=False)
class Autoregression(Record):
    """A linear forecast from the last few values: ``ŷ = bias + Σ weights[k] · y[n−k]``.

    Parameters
    ----------
    weights : array, shape (order,), latest value first
    bias : float
    """

    weights: Array
    bias: float

    @property
    def size(self) -> int:
        """Number of parameters."""
        return len(self.weights) + 1

    def predict(self, values: Array) -> Array:
        """The prediction after each value; NaN while there are too few."""
        order = len(self.weights)
        predicted = np.full(len(values), np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(values, order)[:, ::-1]
        predicted[order - 1 :] = windows @ self.weights + self.bias
        return predicted

    def run_on(self, values: Array, years: int) -> Array:
        """Predict on from its own predictions."""
        known = list(values[-len(self.weights) :])
        for _ in range(years):
            latest = np.array(known[: -len(self.weights) - 1 : -1])
            known.append(float(latest @ self.weights + self.bias))
        return np.array(known[-years:])


def fit_ar(order: int = 9) -> Autoregression:
    """Fit an autoregression on 1700–1920 by least squares (Yule 1927, on this very series).

    >>> round(forecast_next(fit_ar(9)).error(), 2)
    0.12
    """
    values = load_years().between(*TRAIN)
    windows = np.lib.stride_tricks.sliding_window_view(values, order + 1)
    table = np.hstack([windows[:, -2::-1], np.ones((len(windows), 1))])
    solution, *_ = np.linalg.lstsq(table, windows[:, -1], rcond=None)
    return Autoregression(read_only(solution[:-1]), float(solution[-1]))


def persistence() -> Autoregression:
    """The forecast that next year is as this year."""
    return Autoregression(read_only(np.ones(1)), 0.0)


@dataclass(frozen=True, eq=False)
class NetworkForecaster:
    """A trained network as a forecaster; it reads one value a year and keeps the rest in h."""

    network: Network

    def predict(self, values: Array) -> Array:
        """The prediction after each value."""
        params = self.network.segments[0].params
        x = (values / SCALE)[:, None, None].astype(params.dtype)
        return np.asarray(forward(params, x).logits[:, 0, 0] * SCALE)

    def run_on(self, values: Array, years: int) -> Array:
        """Read all values, then its own predictions."""
        params = self.network.segments[0].params
        trace = forward(params, (values / SCALE)[:, None, None].astype(params.dtype))
        h, c = trace.h[-1], None if trace.c is None else trace.c[-1]
        said = [trace.logits[-1]]
        for _ in range(years - 1):
            h, c, logits = step(params, said[-1], h, c)
            said.append(logits)
        return np.array([float(one[0, 0]) for one in said]) * SCALE


@dataclass(frozen=True, kw_only=True, eq=False)
class SunspotsTask(GeneratedTask):
    """Windows of forty years out of 1700–1920, with a little noise on what is read."""

    length: int = 40
    scale: float = SCALE
    unit: str = "sunspots"

    @property
    def steps(self) -> int:
        return max(self.length, len(self.held_out.targets))

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Windows at random; the first ten steps are not scored."""
        values = load_years().between(*TRAIN) / SCALE
        starts = rng.integers(0, len(values) - self.length, batch)
        places = starts + np.arange(self.length + 1)[:, None]
        windows = values[places][:, :, None]
        x = windows[:-1] + NOISE * rng.standard_normal(windows[:-1].shape)
        targets = windows[1:].copy()
        targets[:WARM_UP] = np.nan
        return Batch((read_only(x),), read_only(targets))

    @property
    def held_out(self) -> Batch:
        """The whole series up to 1954, scored where 1921–1955 is to be predicted."""
        values = load_years().between(TRAIN[0], TEST[1])[:, None, None] / SCALE
        targets = values[1:].copy()
        targets[: TEST[0] - TRAIN[0] - 1] = np.nan
        return Batch((read_only(values[:-1]),), read_only(targets))

    def score(self, logits: Array, targets: Array) -> float:
        """Mean squared error in sunspot numbers, relative to the variance 1535."""
        return float(np.nanmean((logits - targets) ** 2)) * SCALE**2 / VARIANCE

    def describe(self, batch: Batch, which: int) -> tuple[str, ...]:
        return tuple(map(self.format_value, batch.inputs[0][:, which, 0]))

    def format_value(self, value: float) -> str:
        return f"{round(SCALE * value, 0) + 0.0:.0f}".replace("-", "−")

    @property
    def source(self) -> str:
        return (
            f"Forty years, as training draws them. The network reads them divided by {SCALE:.0f}."
        )


GATED = {"updates": 800}
SUNSPOTS = SunspotsTask(
    key="sunspots",
    title="Sunspots",
    question="How many sunspots will there be next year?",
    topology=ALIGNED,
    inputs=1,
    outputs=1,
    loss="squared_error",
    metric="relative error",
    better="lower",
    guess=1.149,
    target=0.125,
    recipe=GeneratedRecipe(
        hidden=12, lr=5e-3, batch=16, updates=2000, schedule="cosine", weight_decay=1e-2
    ),
    budget=0,
    simplified=(
        "One number a year, the mean of the year, and 35 test years: differences in the third "
        "digit are noise. A linear forecast from the last nine years has an error of 0.12, the "
        "networks 0.11 on average. Running free, errors are fed back and grow."
    ),
    cells={"gru": GATED, "lstm": GATED},
)


@dataclass(frozen=True)
class Baseline:
    """A method without a network: its name, what it is given, its parameters and test error."""

    name: str
    sees: str
    parameters: int
    test: float


def baselines() -> tuple[Baseline, ...]:
    """Measure persistence and AR(9) on 1921–55.

    >>> [(one.name, round(one.test, 2)) for one in baselines()]
    [('persistence', 0.42), ('AR(9)', 0.12)]
    """
    last, nine = persistence(), fit_ar(9)
    return (
        Baseline("persistence", "this year's number", 0, forecast_next(last).error()),
        Baseline("AR(9)", "the last nine numbers", nine.size, forecast_next(nine).error()),
    )
