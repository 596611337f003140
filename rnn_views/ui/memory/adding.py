"""The adding problem: three cells with as many weights train side by side, before one's eyes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.network import Network
from rnn_core.tasks.generated.memory import ADDING
from rnn_core.training.protocols import Progress
from rnn_views.cell_style import CELL_LOOKS
from rnn_views.figures.figure import Figure
from rnn_views.figures.memory.gradient_flow import gradient_distance
from rnn_views.figures.training.by_cell import cell_curves
from rnn_views.memory.adding import (
    AddingPlan,
    answers_table,
    describe_smaller,
    measure_profiles,
    name_errors,
    recorded_table,
)
from rnn_views.memory.cases import CELLS
from rnn_views.number_format import format_setting
from rnn_views.turns import measuring
from rnn_views.ui.memory.gradient_flow import describe_cell
from rnn_views.ui.runs.live_run import Run, is_running
from rnn_views.ui.shell import header
from rnn_views.ui.state import settings
from rnn_views.ui.training.controls import (
    describe_state,
    interruption,
    settled_run,
    show_buttons,
)
from rnn_views.ui.training.loop import follow
from rnn_views.ui.training.predictions import answers_due
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import LiveChart, show_figure, show_live_chart
from rnn_views.verdicts.memory import EVEN, judge_errors
from rnn_views.verdicts.verdict import Verdict, list_answers, unknown

LENGTHS = (10, 20, 30, 50, 100)
RATES = (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1)


def show_adding() -> None:
    """Show the question, the controls, the three runs, and what they come to."""
    plan = choose_plan()
    guess, reveal = controls.ask(
        "cell",
        "**Predict.** A vanilla network, a GRU and an LSTM, each with at most "
        f"{ADDING.budget:,} weights, learn from the same sequences. Which ends with the lowest "
        "error?",
        (*(CELL_LOOKS[cell].name for cell in CELLS), EVEN),
        about=repr(plan),
    )
    run = settled_run(plan)
    show_buttons(plan, run, "adding", "Train the three", "Train the three again")
    crowd = describe_state(plan, run)
    header.show_text("memory", "adding")
    bars = [column.empty() for column in st.columns(3, gap="medium")]
    moving, answers = show_runs(plan, run)
    profiles, recorded = st.empty(), st.empty()
    if run is not None and run.over:
        with reveal:
            describe_winner(run, guess)
        with profiles.container():
            show_profiles(plan, run)
    if guess is not None or (run is not None and run.over):
        with recorded.container():
            show_recorded()
    if run is None:
        keep_bars(plan.updates, bars)
    else:
        show_bars(run, bars)
        if run.running and moving is not None:
            follow(run, lambda: draw(plan, run, bars, moving, answers), crowd=crowd)


def draw(
    plan: AddingPlan,
    run: Run,
    bars: list[DeltaGenerator],
    moving: LiveChart,
    answers: DeltaGenerator,
) -> None:
    """Draw what moves while the three train."""
    show_bars(run, bars)
    moving.draw(curves_of(plan, run), run.update)
    if answers_due(run):
        run.answered = time.monotonic()
        show_table(plan, run, answers)


def choose_plan() -> AddingPlan:
    """Offer length, learning rate and seed; return the plan."""
    chosen = settings.get()
    running = is_running(plan_of())
    with st.container(horizontal=True, vertical_alignment="bottom", key="plan-row"):
        lengths = sorted({*LENGTHS, chosen.length})
        st.selectbox(
            "Steps in a sequence",
            lengths,
            index=lengths.index(chosen.length),
            width=170,
            filter_mode="prefix",
            disabled=running,
            **settings.widget_args("length", also=forget_update),
        )
        with st.popover("More", icon=":material/tune:"):
            if running:
                st.caption("Pause the training to change how it is done.")
            else:
                names: dict[float | None, str] = {rate: format_setting(rate) for rate in RATES}
                names[None] = f"recipe ({format_setting(ADDING.recipe.lr)})"
                controls.choose("lr", "Learning rate", (None, *RATES), names=names)
                controls.choose("seed", "Seed", range(10))
    return plan_of()


def plan_of() -> AddingPlan:
    """Return the plan the settings ask for."""
    chosen = settings.get()
    return AddingPlan(chosen.length, chosen.seed, chosen.lr)


def forget_update(length: int) -> dict[str, object]:
    """Return the settings that mean nothing for sequences of another length."""
    return {"update": 0}


def keep_bars(updates: int, bars: list[DeltaGenerator], cells: Sequence[str] = CELLS) -> None:
    """Keep the place of the bars before there is a run: nothing moves when one begins."""
    for cell, bar in zip(cells, bars, strict=True):
        bar.progress(0.0, f"{CELL_LOOKS[cell].name}: update 0 of {updates:,}")


def show_bars(run: Run, bars: list[DeltaGenerator], cells: Sequence[str] = CELLS) -> None:
    """Show how far each network is."""
    for cell, trainer, bar in zip(cells, run.trainers, bars, strict=True):
        now = trainer.progress
        name = CELL_LOOKS[cell].name
        text = f"{name}: update {now.update:,} of {now.updates:,}, {now.seconds:.1f} s of updates"
        bar.progress(now.update / now.updates, text)


def show_runs(plan: AddingPlan, run: Run | None) -> tuple[LiveChart | None, DeltaGenerator]:
    """Show the curves, and what each network answers now; return what moves of both."""
    left, right = st.columns([3, 2], gap="medium")
    figure, moving = curves_of(plan, run), None
    with left.empty().container():
        if run is None or run.running or not run.update:
            moving = show_live_chart(figure, key="adding-moving", ended=interruption(run))
        else:
            show_figure(figure, key="adding-curves")
    with right:
        st.markdown("**What they answer now** (held-out sequences)")
        answers = st.empty()
        show_table(plan, run, answers)
        st.caption(describe_sizes(plan))
    return moving, answers


def show_table(plan: AddingPlan, run: Run | None, place: DeltaGenerator) -> None:
    """Show what each network answers now."""
    table = answers_of(plan, run)
    place.table(table, hide_index=True, border="horizontal", alt="Right and given sums")


def curves_of(plan: AddingPlan, run: Run | None) -> Figure:
    """Return the curves so far; empty axes before the first update."""
    histories: dict[str, tuple[Progress, ...]] = dict.fromkeys(CELLS, ())
    if run is not None:
        histories |= {cell: one.history for cell, one in zip(CELLS, run.trainers, strict=True)}
    return cell_curves(histories, ADDING.metric, guess=ADDING.guess, updates=plan.updates)


def answers_of(plan: AddingPlan, run: Run | None) -> pd.DataFrame:
    """Return the answers to a few held-out sequences, of the networks as they are now."""
    return answers_table(plan.task, networks_of(plan, run))


def networks_of(plan: AddingPlan, run: Run | None) -> dict[str, Network]:
    """Return each cell's network as it is now; untrained before the run."""
    if run is None:
        return {cell: plan.task.network(cell, seed=plan.seed) for cell in CELLS}
    return {cell: one.network for cell, one in zip(CELLS, run.trainers, strict=True)}


def describe_sizes(plan: AddingPlan) -> str:
    """Return units and weights of each network."""
    sizes = []
    for cell in CELLS:
        network = plan.task.network(cell, seed=plan.seed)
        sizes.append(f"{CELL_LOOKS[cell].name} H = {network.hidden}, {network.size:,} weights")
    return "; ".join(sizes) + "."


@measuring()
def errors_of(run: Run) -> dict[str, float]:
    """Return the error of each network on held-out sequences as it is now."""
    return {cell: one.evaluate() for cell, one in zip(CELLS, run.trainers, strict=True)}


def judge_run(run: Run, errors: Mapping[str, float]) -> Verdict:
    """Say which cell ended with the lowest error; unknown where the run did not come to its end."""
    if run.failure:
        return unknown("the training ended when numbers overflowed")
    if run.stopped:
        return unknown("the training was stopped before its end")
    return judge_errors(name_errors(errors))


def describe_winner(run: Run, guess: str | None) -> None:
    """Show the three errors, and say which cell is best and whether that was predicted."""
    errors = errors_of(run)
    if guess is not None:
        controls.show_verdict(guess, judge_run(run, errors))
    if run.failure:
        return
    columns = st.columns(3, border=True)
    for column, (cell, error) in zip(columns, errors.items(), strict=True):
        column.metric(f"{CELL_LOOKS[cell].name}, RMSE", f"{error:.3f}")
    stopped = f"Stopped at update {run.update:,}. " if run.stopped else ""
    st.markdown(
        f"{stopped}Measured on {ADDING.held_out.size:,} sequences that none has seen. "
        f"{describe_failed(errors)} Always answering 1 reaches √(1/6) = {ADDING.guess:.3f}."
    )


def describe_failed(errors: Mapping[str, float]) -> str:
    """Say which cells are not clearly better than one constant answer.

    >>> describe_failed({"rnn": 0.41, "gru": 0.02, "lstm": 0.03})
    'The error of Vanilla is at least 0.9 times that of the best constant answer.'
    """
    failed = [name for name, error in name_errors(errors).items() if not is_better(error)]
    if not failed:
        return "The error of all three is below 0.9 times that of the best constant answer."
    return (
        f"The error of {list_answers(failed, 'and')} is at least 0.9 times that of the best "
        "constant answer."
    )


def is_better(error: float) -> bool:
    """Whether an error is a tenth below that of the best constant answer; NaN is not."""
    return error < 0.9 * ADDING.guess


def show_profiles(plan: AddingPlan, run: Run) -> None:
    """Show how far the gradient reaches in the three networks as they are now."""
    st.header("How far back the gradient of each reaches", anchor=False)
    with measuring():
        found = measure_profiles(plan.task, networks_of(plan, run))
    show_figure(gradient_distance(found), key="figure-profiles")
    cards = st.grid(3, min_column_width=240, gap="small", border=True, key="profiles")
    for one in found:
        with cards.cell():
            st.markdown(describe_cell(one, None))
    header.show_text("memory", "profiles")


def show_recorded() -> None:
    """Show what five seeds came to, so that one run is not taken for the rule."""
    st.header("Recorded runs, five seeds each", anchor=False)
    st.table(recorded_table(), hide_index=True, border="horizontal", alt="Recorded errors by cell")
    st.markdown(describe_smaller())
    st.caption(
        f"Recorded once on one processor core: {ADDING.length} steps, {ADDING.recipe.updates:,} "
        "updates, held-out sequences. The seconds are processor seconds of one whole run."
    )
