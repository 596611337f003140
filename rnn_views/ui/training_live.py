"""Live training: the visitor starts, paces, pauses and stops it; the picture follows."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.history import Explosion
from rnn_core.stream_training import StreamTrainer
from rnn_core.tasks import Task
from rnn_views.figures.figure import Figure
from rnn_views.figures.metric_curve import show_metric
from rnn_views.figures.runs import RunCurves, run_of
from rnn_views.figures.training_curves import training_curves
from rnn_views.ui import controls, settings
from rnn_views.ui.frame import escape
from rnn_views.ui.task_choice import is_shipped
from rnn_views.ui.training_answers import answers_due, show_answers
from rnn_views.ui.training_extremes import beside, show_beside
from rnn_views.ui.training_figures import Moving, show_moving, show_numbers
from rnn_views.ui.training_follow import follow
from rnn_views.ui.training_moments import go_to, marks_of, show_machine, show_moments
from rnn_views.ui.training_runs import Plan, Run, pause_others, run_for, start_anew
from rnn_views.ui.training_setup import Setup, measure_shipped
from rnn_views.ui.training_subject import (
    Subject,
    guessing_loss,
    held_out_name,
    loss_unit,
    one_by_one,
    tell_held_out,
)

BROKEN = {
    "total": "the gradient summed over all steps",
    "weights": "the weights that it left",
}
"""What can overflow at no step of its own."""
PACES = {"1": "1", "10": "10", "100": "100", "full": "full speed"}


def show_live(subject: Subject, setup: Setup) -> None:
    """Show the controls, the curves and the answers; go on with the run if it is running.

    What is there only while it rests has a place of its own, which is cleared before it goes on:
    what a script does not send anew stays on the page until the script ends.
    """
    run = run_for(setup)
    pause_others(setup)
    if run is not None:
        run.check()
    show_buttons(setup, run)
    tell_state(setup, run)
    show_beside(setup)
    bar, result = st.empty(), st.empty()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        moving, machine = show_curves(subject, setup, run), st.empty()
    answers, moments = right.empty(), st.empty()
    with answers.container():
        show_answers(subject, setup, run)
    if run is None:
        return
    show_bar(run, bar)
    if run.running:

        def draw() -> None:
            show_bar(run, bar)
            moving.draw(curves_of(subject, setup, run), run.update)
            if answers_due(run):
                with answers.container():
                    show_answers(subject, setup, run)

        def finish() -> None:
            if run.over and not run.failure:
                with result.container():
                    show_result(subject, run)

        follow(run, draw, finish)
    if run.over and not run.failure:
        with result.container():
            show_result(subject, run)
    if run.update:
        with machine.container():
            show_machine(setup, run)
        with moments.container():
            show_moments(subject, setup, run)


def show_curves(subject: Subject, setup: Setup, run: Run | None) -> Moving:
    """Show the curves so far; empty axes before the first update.

    At rest they can be pointed at: the time machine goes there.
    """
    figure = curves_of(subject, setup, run)
    resting = run is not None and not run.running and run.update > 0
    marks = marks_of(run) if run is not None and resting else ()
    moving = show_moving(figure, key="live-curves", marks=marks, pick=go_to if resting else None)
    numbers = st.empty()
    if resting:
        with numbers.container():
            show_numbers(figure, key="training-curves")
    return moving


def curves_of(subject: Subject, setup: Setup, run: Run | None) -> Figure:
    """Return the curves of a run; empty axes before there is one."""
    mine = RunCurves("RNN") if run is None else run_of("RNN", "rnn", run.trainer)
    return training_curves(
        [mine, *beside(setup)],
        subject.metric,
        unit=loss_unit(subject),
        target=subject.target,
        clip=setup.recipe.clip,
        updates=setup.updates,
        held_out=held_out_name(subject),
    )


def show_bar(run: Run, place: DeltaGenerator) -> None:
    """Show how far the run is."""
    course, made = run.trainer.course, run.update
    epoch = min(made // course.per_epoch + 1, run.epochs)
    part = "part" if isinstance(run.trainer, StreamTrainer) else "pass"
    text = (
        f"update {made:,} of {course.updates:,} · {part} {epoch} of {run.epochs} · "
        f"{run.trainer.progress.seconds:.1f} s of updates"
    )
    place.progress(made / course.updates, text)


def show_buttons(setup: Setup, run: Run | None) -> None:
    """Offer pace, go and pause, a single update, an epoch, and stop."""
    begun = run is not None and run.update > 0
    if run is not None and run.running:
        label, icon = "Pause", ":material/pause:"
    elif run is not None and run.over:
        label, icon = "Train anew", ":material/play_arrow:"
    else:
        label, icon = ("Continue" if begun else "Train"), ":material/play_arrow:"
    busy = run is not None and (run.running or run.over)
    epoch = "One epoch" if isinstance(setup.subject, Task) else "A 25th of it"
    buttons = (
        ("live-go", label, icon, go_or_pause, False),
        ("live-one", "One update", ":material/skip_next:", make_one, busy),
        ("live-epoch", epoch, ":material/fast_forward:", make_epoch, busy),
        (
            "live-stop",
            "Stop",
            ":material/stop:",
            stop,
            run is None or run.over or not (begun or run.running),
        ),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="live-controls"):
        for key, name, shown, act, disabled in buttons:
            st.button(
                name,
                icon=shown,
                type="primary" if key == "live-go" else "secondary",
                key=key,
                disabled=disabled,
                on_click=act,
                args=(setup,),
            )
        controls.segments("pace", "Updates a second", PACES)


def go_or_pause(setup: Plan) -> None:
    """Begin, go on or wait; a run that is over begins anew."""
    run = run_for(setup)
    if run is None or run.over:
        run = start_anew(setup)
    if run.running:
        run.pause()
        settings.put(update=run.update)
    else:
        run.begin()


def make_one(setup: Plan) -> None:
    """Make exactly one update."""
    run = run_for(setup) or start_anew(setup)
    run.make_one()
    settings.put(update=run.update)


def make_epoch(setup: Plan) -> None:
    """Go on at full speed to the end of the present pass over the examples."""
    (run_for(setup) or start_anew(setup)).begin_epoch()


def stop(setup: Plan) -> None:
    """End the run where it is."""
    run = run_for(setup)
    if run is not None:
        run.stop()
        settings.put(update=run.update)


def start_again(setup: Plan) -> None:
    """Go back to update 0 of the same seed."""
    start_anew(setup)
    settings.put(update=0)


def replay(setup: Plan, update: int) -> None:
    """Train from the seed to the update at which a link was made."""
    start_anew(setup, replay=update).begin()


def tell_state(setup: Plan, run: Run | None) -> None:
    """Say in one line where the run stands, and what happens to an interrupted one."""
    asked = settings.get().update
    with st.container(key="live-state"):
        if run is None and asked:
            st.info(
                f"This link was made at update {asked:,} of a run with seed {setup.seed}. The run "
                "is gone with its session; trained again from the seed, it comes to the same "
                "weights.",
                icon=":material/history:",
            )
            st.button(
                f"Train to update {asked:,}",
                key="live-replay",
                on_click=replay,
                args=(setup, asked),
            )
        elif run is None:
            st.caption(f"From scratch, seed {setup.seed}: {setup.tell()}.")
        elif run.failure:
            st.error(tell_failure(setup, run), icon=":material/error:")
        elif run.interrupted:
            st.info(
                f"Training was interrupted at update {run.update:,}, when its page was left or the "
                "connection was lost. Nothing is lost: Continue goes on from there.",
                icon=":material/pause_circle:",
            )
        else:
            st.caption(tell_course(setup, run))


def tell_course(setup: Plan, run: Run) -> str:
    """Return a run's state in words."""
    how = f"Seed {setup.seed}, {setup.tell()}"
    if run.running:
        return f"Training. {how}."
    if run.trainer.done:
        return f"All {run.update:,} updates are made. {how}."
    if run.stopped:
        return f"Stopped at update {run.update:,}. {how}."
    return f"Waiting at update {run.update:,}. {how}." if run.update else f"Not begun. {how}."


def tell_failure(setup: Plan, run: Run) -> str:
    """Say where numbers overflowed, what they were before, and what to change."""
    recipe, broke = setup.recipe, run.trainer.explosion
    advice = [f"a lower learning rate (now {recipe.lr:g})"]
    if recipe.clip is None or recipe.clip > 1:
        advice.append("a smaller clipping norm")
    where = escape(run.failure) if broke is None else tell_place(broke)
    told = f"Numbers overflowed: {where}."
    if run.update:
        told += (
            f" The update before met loss {run.trainer.losses[-1]:.3g} and gradient norm "
            f"{run.trainer.gradient_norms[-1]:.3g}."
        )
    return (
        f"{told} The weights are those of update {run.update:,}, the last finite ones. "
        f"Choose {' or '.join(advice)} under More, then Train anew; or take this run back with "
        "the time machine below."
    )


def tell_place(broke: Explosion) -> str:
    """Return in words which update broke down, and where in it."""
    place = BROKEN.get(broke.array)
    if place is None:
        place = f"{escape(broke.array)} at step {broke.step} of the {escape(broke.segment)}"
    return f"in update {broke.update:,}, {place} went beyond the largest float32, 3.4·10³⁸"


def show_result(subject: Subject, run: Run) -> None:
    """Show the held-out result beside the target of the task and the shipped network."""
    value = run.test()[0]
    name = f"{'test' if isinstance(subject, Task) else 'held-out'} {subject.metric}"
    with st.container(border=True, key="result"):
        yours, target, shipped = st.columns(3)
        yours.metric(f"Your network, {name}", show_metric(value, subject.metric))
        target.metric("Target of the task", show_metric(subject.target, subject.metric))
        if isinstance(subject, Task) and is_shipped(subject, "rnn"):
            known = show_metric(measure_shipped(subject.key), subject.metric)
            shipped.metric("The shipped network", known)
        st.markdown(tell_result(subject, run, value))
        if one_by_one(subject) is not None:
            st.button(
                "Look inside your network",
                icon=":material/zoom_in:",
                key="look-inside",
                **settings.changing(view="one", net="mine"),
            )


def tell_result(subject: Subject, run: Run, value: float) -> str:
    """Return in words whether the target is reached, and on what it was measured."""
    seconds, plan = run.trainer.progress.seconds, run.setup
    verdict = "reaches" if subject.reached(value) else "does not reach"
    told = (
        f"{tell_held_out(subject)} it **{verdict}** the target, after "
        f"{run.update:,} updates in {seconds:.1f} seconds."
    )
    mine, usual = run.trainer.recipe.lr, subject.recipe.lr
    if mine == 0:
        told += " At learning rate 0 no weight moves: it is the untrained network still."
    elif learned_nothing(subject, run):
        told += (
            f" Its {held_out_name(subject)} loss is no lower than that of guessing, "
            f"{guessing_loss(subject):.3g} nats: nothing was learned. The learning rate is "
            f"{mine:g}, the recipe's {usual:g}."
        )
    elif not subject.reached(value) and not plan.is_recipe:
        told += " The target was set for the task's own recipe."
    elif not subject.reached(value) and run.stopped:
        told += " It was stopped before its last update."
    return told


def learned_nothing(subject: Subject, run: Run) -> bool:
    """Whether the last validation loss is about that of giving every class the same chance."""
    losses = [report.validation_loss for report in run.trainer.history]
    known, guess = [loss for loss in losses if loss is not None], guessing_loss(subject)
    return guess is not None and bool(known) and not known[-1] <= 0.97 * guess
