"""Forecasts of the sunspots: a network beside methods without one, next year or running free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from rnn_core.network import Network
from rnn_core.tasks.generated.base import GeneratedRecipe
from rnn_core.tasks.generated.sunspots import (
    SUNSPOTS,
    VARIANCE,
    Forecast,
    Forecaster,
    NetworkForecaster,
    fit_ar,
    forecast_next,
    persistence,
    run_free,
)
from rnn_core.training.stream_trainer import GeneratedTrainer
from rnn_views.cell_style import CELL_LOOKS
from rnn_views.comparison.seeds import baselines_of
from rnn_views.number_format import format_setting

AHEAD: Final = 35
"""Years that are predicted running free: as many as the test years are."""
AR, SAME = "AR(9)", "persistence"


@dataclass(frozen=True)
class SunspotPlan:
    """All that decides how one run on the sunspots goes."""

    cell: str = "rnn"
    seed: int = 0
    lr: float | None = None

    @property
    def recipe(self) -> GeneratedRecipe:
        """The cell's recipe with what the visitor changed."""
        recipe = SUNSPOTS.recipe_for(self.cell)
        return recipe if self.lr is None else replace(recipe, lr=self.lr)

    @property
    def updates(self) -> int:
        """Updates of a whole run."""
        return self.recipe.updates

    @property
    def is_recipe(self) -> bool:
        """Whether nothing was changed, so that the target holds."""
        return self.lr is None

    def start(self) -> tuple[GeneratedTrainer, ...]:
        """Begin the run."""
        changes: dict[str, Any] = {} if self.lr is None else {"lr": self.lr}
        return (GeneratedTrainer(SUNSPOTS, self.cell, seed=self.seed, **changes),)

    def describe(self) -> str:
        """How updates are made, in words."""
        recipe = self.recipe
        return (
            f"Adam, learning rate {format_setting(recipe.lr)} falling to 0, {recipe.batch} "
            "windows of "
            f"{SUNSPOTS.length} years per update"
        )


def forecasters(cell: str, network: Network) -> dict[str, Forecaster]:
    """Return the network of a cell and its baselines, by name."""
    return {
        CELL_LOOKS[cell].name: NetworkForecaster(network),
        AR: fit_ar(9),
        SAME: persistence(),
    }


def run_all(found: Mapping[str, Forecaster], year: int) -> dict[str, Forecast]:
    """Let each forecaster run free from a year on."""
    return {name: run_free(one, year, AHEAD) for name, one in found.items()}


def known_years(forecast: Forecast) -> int:
    """Return for how many of the predicted years it is known what happened."""
    return int(np.isfinite(forecast.values).sum())


def free_errors(forecasts: Mapping[str, Forecast]) -> dict[str, float]:
    """Return each mean squared error over the years that are known, relative to the variance."""
    errors = {}
    for name, one in forecasts.items():
        known = np.isfinite(one.values)
        gap = (one.predicted - one.values)[known]
        errors[name] = float((gap**2).mean() / VARIANCE) if known.any() else float("nan")
    return errors


def next_year_table(found: Mapping[str, Forecaster], sizes: Mapping[str, int]) -> pd.DataFrame:
    """Return how well each predicts the next year of 1921 to 1955 from all true years before.

    Feed-forward networks that see a window follow, as means over their recorded seeds.
    """
    rows = [
        (name, f"{sizes[name]:,}", f"{forecast_next(one).error():.3f}")
        for name, one in found.items()
    ]
    rows += [
        (one.model, f"{one.parameters:,}", f"{one.mean:.3f}") for one in baselines_of(SUNSPOTS.key)
    ]
    return pd.DataFrame(rows, columns=["forecast", "parameters", "error, next year"])
