"""The sunspots: train a network on a time series, then let it run free from a chosen year."""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import isfinite

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.network import Network
from rnn_core.tasks.generated.sunspots import SUNSPOTS, TEST, TRAIN, VARIANCE, Forecaster
from rnn_views.cell_style import CELL_LOOKS
from rnn_views.figures.figure import Figure
from rnn_views.figures.memory.forecast import forecast_curves
from rnn_views.figures.training.by_cell import cell_curves
from rnn_views.memory.sunspots import (
    AR,
    SAME,
    SunspotPlan,
    forecasters,
    free_errors,
    known_years,
    next_year_table,
    run_all,
)
from rnn_views.number_format import format_number
from rnn_views.ui.memory.adding import keep_bars, show_bars
from rnn_views.ui.runs.live_run import Run, is_running
from rnn_views.ui.shell import header
from rnn_views.ui.state import settings
from rnn_views.ui.training.controls import describe_state, interruption, settled_run, show_buttons
from rnn_views.ui.training.loop import follow
from rnn_views.ui.training.predictions import answers_due
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import LiveChart, show_figure, show_live_chart
from rnn_views.verdicts.memory import judge_forecasts
from rnn_views.verdicts.question_key import asked_of_network

CONSTANT = f"always the mean of {TRAIN[0]} to {TRAIN[1]}"
"""The answer that needs no network; its error is `SUNSPOTS.guess`."""
BASELINES = (
    f"the error of saying {CONSTANT} is {format_number(SUNSPOTS.guess, 3)} "
    f"for {TEST[0]} to {TEST[1]}"
)


def show_sunspots() -> None:
    """Show the forecast that runs on by itself, then how well next year is predicted, and the run.

    While a run goes on, the forecast is that of the network at its last rest.
    """
    plan = choose_plan()
    run = settled_run(plan)
    network, whose = network_of(plan, run)
    st.header("Run free from a year on", anchor=False)
    show_forecast(forecasters(plan.cell, network), network)
    if run is not None and run.running:
        st.caption(f"This forecast: {whose}. When the training rests, it is drawn again.")
    st.header("Train it, and predict the next year", anchor=False)
    show_buttons(plan, run, "adding", "Train from scratch", "Train it again")
    crowd = describe_state(plan, run)
    bars = [st.empty()]
    left, right = st.columns([3, 2], gap="medium")
    with left.empty().container():
        moving = show_curve(plan, run)
    next_year = right.empty()
    with next_year.container():
        show_next_year(plan, network, whose)
    header.show_text("memory", "sunspots")
    if run is None:
        keep_bars(plan.updates, bars, (plan.cell,))
    else:
        show_bars(run, bars, (plan.cell,))
        if run.running and moving is not None:
            follow(run, lambda: draw(plan, run, bars, moving, next_year), crowd=crowd)


def draw(
    plan: SunspotPlan,
    run: Run,
    bars: list[DeltaGenerator],
    moving: LiveChart,
    next_year: DeltaGenerator,
) -> None:
    """Draw what moves while it trains."""
    show_bars(run, bars, (plan.cell,))
    moving.draw(curve_of(plan, run), run.update)
    if answers_due(run):
        run.answered = time.monotonic()
        with next_year.container():
            show_next_year(plan, *network_of(plan, run))


def choose_plan() -> SunspotPlan:
    """Offer the cell and the seed; return the plan."""
    running = is_running(plan_of())
    with st.container(horizontal=True, vertical_alignment="bottom", key="sunspots-row"):
        controls.segmented("cell", "Cell", controls.CELLS, also=forget_update)
        with st.popover("More", icon=":material/tune:"):
            if running:
                st.caption("Pause the training to change how it is done.")
            else:
                controls.choose("seed", "Seed", range(10))
    return plan_of()


def plan_of() -> SunspotPlan:
    """Return the plan the settings ask for."""
    chosen = settings.get()
    return SunspotPlan(chosen.cell, chosen.seed, chosen.lr)


def forget_update(cell: str) -> dict[str, object]:
    """Return the settings that mean nothing for another cell's run."""
    return {"update": 0}


def network_of(plan: SunspotPlan, run: Run | None) -> tuple[Network, str]:
    """Return the network that forecasts, and where its weights come from."""
    if run is not None and run.update:
        return run.trainer.network, f"trained by you, update {run.update:,}"
    return SUNSPOTS.pretrained(plan.cell), "pretrained"


def curve_of(plan: SunspotPlan, run: Run | None) -> Figure:
    """Return the held-out error over the updates so far."""
    history = run.trainer.history if run is not None else ()
    return cell_curves(
        {plan.cell: history},
        "error",
        guess=SUNSPOTS.guess,
        constant=CONSTANT,
        updates=plan.updates,
        data=f"{TEST[0]} to {TEST[1]}",
        height=300,
    )


def show_curve(plan: SunspotPlan, run: Run | None) -> LiveChart | None:
    """Show the held-out error over the updates so far; return it if it can move."""
    figure = curve_of(plan, run)
    if run is None or run.running or not run.update:
        return show_live_chart(figure, key="sunspots-moving", ended=interruption(run))
    show_figure(figure, key="sunspots-curve")
    return None


def show_next_year(plan: SunspotPlan, network: Network, whose: str) -> None:
    """Show how well next year is predicted, beside methods without a network."""
    found = forecasters(plan.cell, network)
    sizes = {CELL_LOOKS[plan.cell].name: network.size, AR: 10, SAME: 0}
    st.markdown(f"**Next year, {TEST[0]} to {TEST[1]}**, from all true years before")
    table = next_year_table(found, sizes)
    st.table(table, hide_index=True, border="horizontal", alt="Errors of each forecast")
    st.caption(
        f"The network: {whose}. Error: mean squared, relative to {VARIANCE:.0f}; {BASELINES}. "
        f"Learned from {TRAIN[0]} to {TRAIN[1]} alone. "
        f"{header.escape(SUNSPOTS.simplified)}"
    )


def show_forecast(found: Mapping[str, Forecaster], network: Network) -> None:
    """Offer the year, ask which forecast comes nearest, then show what happened."""
    year = settings.get().year
    st.slider("First year that is predicted", 1710, 2009, year, **settings.widget_args("year"))
    forecasts = run_all(found, year)
    known = known_years(next(iter(forecasts.values())))
    if not known:
        st.caption("Nobody knows yet in this series what happened from then on.")
        show_figure(forecast_curves(forecasts, truth=False), key="figure-forecast")
        return
    guess, reveal = controls.ask(
        f"forecast-{year}",
        f"**Predict.** From {year} on each forecast reads its own predictions. Over the next "
        f"{count_years(known)}, which comes nearest to what happens?",
        tuple(forecasts),
        about=asked_of_network(network),
    )
    if guess is not None:
        with reveal:
            errors = free_errors(forecasts)
            controls.show_verdict(guess, judge_forecasts(errors))
            st.markdown(describe_errors(errors, year))
    show_figure(forecast_curves(forecasts, truth=guess is not None), key="figure-forecast")


def count_years(years: int) -> str:
    """Return a number of years in words.

    >>> count_years(1), count_years(35)
    ('year', '35 years')
    """
    return "year" if years == 1 else f"{years} years"


def describe_errors(errors: dict[str, float], year: int) -> str:
    """Say each error, and whether those years were learned from."""
    told = ", ".join(
        f"{name} {error:.2f}" if isfinite(error) else f"{name} not finite"
        for name, error in errors.items()
    )
    seen = (
        f" Years up to {TRAIN[1]} were learned from, so there this is no test."
        if year <= TRAIN[1]
        else ""
    )
    return f"Error running free: {told}. 1 is a mean squared error of {VARIANCE:.0f}.{seen}"
