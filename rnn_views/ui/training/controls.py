"""What a visitor does with a run: begin, wait, one update, one epoch, stop; and where it stands."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.training.snapshots import Divergence
from rnn_views.number_format import format_number, format_setting
from rnn_views.ui.runs.live_run import Run, RunPlan, pause_others, restart_run, run_for
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import late_actions, settings

BROKEN = {
    "total": "the gradient summed over all steps",
    "weights": "the weights that it left",
}
"""What can overflow at no step of its own."""


def is_gone(setup: RunPlan) -> bool:
    """Name a press that steered a run of an older session; say whether it was one.

    Where it would begin another run at update 0, the one that is gone could not be made again.
    """
    asked = settings.get().update
    gone = run_for(setup) is None and asked > 0 and late_actions.is_late()
    if gone:
        settings.reject(
            f"This run had come to update {asked:,} and is gone with its session, so what you "
            "pressed is not done. The page offers to train it again to there."
        )
    return gone


def go(setup: RunPlan) -> None:
    """Begin or go on; a run that is over starts again."""
    if is_gone(setup):
        return
    run = run_for(setup)
    if run is None or run.over:
        run = restart_run(setup)
    if not run.running:
        run.begin()


def pause(setup: RunPlan) -> None:
    """Wait. A run that waits already goes on waiting: the page may have been late to show it."""
    run = run_for(setup)
    if run is not None:
        run.pause()
        settings.put(update=run.update)


def go_or_pause(run: Run | None) -> Callable[[RunPlan], None]:
    """Return what the button does that a run in this state is shown with."""
    return pause if run is not None and run.running else go


def interruption(run: Run | None) -> Callable[[], None] | None:
    """Return what to do if the script of a run that goes on ends; None where none goes on."""
    return run.interrupt if run is not None and run.running else None


def settle(run: Run) -> None:
    """Notice an interruption; let the time machine look at where the run has come to a rest.

    The address notes the update now and then while a run goes on. After Back it is an old one.
    """
    if settings.is_first_run_of_page():
        run.interrupt()  # its page was left, however short the time
    run.check()
    if run.moved and not run.running:
        run.moved = False
        settings.note(run.update)


def settled_run(setup: RunPlan) -> Run | None:
    """Return the run of this setup, if there is one, with what happened to it noticed."""
    run = run_for(setup)
    pause_others(setup)
    if run is not None:
        settle(run)
    return run


def show_buttons(setup: RunPlan, run: Run | None, key: str, begin: str, again: str) -> None:
    """Offer to train, to wait, to stop and to go back.

    Parameters
    ----------
    key : str
        What the keys of the buttons begin with.
    begin, again : str
        What the first button says before a run and after it.
    """
    begun = run is not None and (run.update > 0 or run.running)
    over = run is not None and run.over
    label, icon = (again if over else "Continue" if begun else begin), ":material/play_arrow:"
    if run is not None and run.running:
        label, icon = "Pause", ":material/pause:"
    buttons: tuple[tuple[str, str, str, bool, Callable[[RunPlan], None]], ...] = (
        ("go", label, icon, False, go_or_pause(run)),
        ("stop", "Stop", ":material/stop:", not begun or over, stop),
        ("again", "Back to update 0", ":material/restart_alt:", not begun, start_again),
    )
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-controls"):
        for name, text, symbol, disabled, act in buttons:
            st.button(
                text,
                icon=symbol,
                type="primary" if name == "go" else "secondary",
                key=f"{key}-{name}",
                disabled=disabled,
                on_click=act,
                args=(setup,),
            )


def make_one(setup: RunPlan) -> None:
    """Make exactly one update."""
    if is_gone(setup):
        return
    run = run_for(setup) or restart_run(setup)
    run.make_one()
    settings.put(update=run.update)


def make_epoch(setup: RunPlan) -> None:
    """Go on at full speed to the end of the present pass over the examples."""
    if is_gone(setup):
        return
    (run_for(setup) or restart_run(setup)).begin_epoch()


def stop(setup: RunPlan) -> None:
    """End the run where it is."""
    run = run_for(setup)
    if run is not None:
        run.stop()
        settings.put(update=run.update)


def start_again(setup: RunPlan) -> None:
    """Go back to update 0 of the same seed."""
    restart_run(setup)
    settings.put(update=0)


def replay(setup: RunPlan, update: int) -> None:
    """Train from the seed to the update at which a link was made."""
    restart_run(setup, replay=update).begin()


def describe_state(setup: RunPlan, run: Run | None) -> DeltaGenerator | None:
    """Say in one line how far the run is, and what happens to an interrupted one.

    Returns
    -------
    DeltaGenerator or None
        Of a run that goes on: where to say that others train as well.
    """
    asked = settings.get().update
    if run is None and asked:
        most = f"a run with these settings has {setup.updates:,} updates"
        asked = int(settings.fit("update", min(asked, setup.updates), most))
    with st.container(key="live-state"):
        if run is None and asked:
            st.info(
                f"This link was made at update {asked:,} of a run with seed {setup.seed}. The run "
                "is gone with its session. Trained again from the seed on the same computer, it "
                "comes to the same weights; another processor may round differently.",
                icon=":material/history:",
            )
            st.button(
                f"Train to update {asked:,}",
                key="live-replay",
                on_click=replay,
                args=(setup, asked),
            )
        elif run is None:
            st.caption(f"From scratch, seed {setup.seed}: {setup.describe()}.")
        elif run.failure:
            st.error(describe_failure(setup, run), icon=":material/error:")
        elif run.interrupted:
            st.info(
                f"Training was interrupted at update {run.update:,}: its page was left, its "
                "script was stopped, or the connection was lost. Nothing is lost: Continue goes "
                "on from there.",
                icon=":material/pause_circle:",
            )
        else:
            st.caption(describe_course(setup, run))
            if run.running:
                return st.empty()
    return None


def describe_course(setup: RunPlan, run: Run) -> str:
    """Return a run's state in words."""
    how = f"Seed {setup.seed}, {setup.describe()}"
    if run.running:
        return f"Training. {how}."
    if run.trainer.done:
        return f"All {run.update:,} updates are made. {how}."
    if run.stopped:
        return f"Stopped at update {run.update:,}. {how}."
    return f"Waiting at update {run.update:,}. {how}." if run.update else f"Not begun. {how}."


def describe_failure(setup: RunPlan, run: Run) -> str:
    """Say where numbers overflowed, what they were before, and what to change."""
    recipe, broke = setup.recipe, run.trainer.explosion
    advice = [f"a lower learning rate (now {format_setting(recipe.lr)})"]
    if recipe.clip is None or recipe.clip > 1:
        advice.append("a smaller clipping norm")
    where = escape(run.failure) if broke is None else describe_place(broke)
    told = f"Numbers overflowed: {where}."
    if run.update:
        told += (
            f" The update before met loss {format_number(run.trainer.losses[-1], 3)} and "
            f"gradient norm {format_number(run.trainer.gradient_norms[-1], 3)}."
        )
    return (
        f"{told} The weights are those of update {run.update:,}, the last finite ones. "
        f"Choose {' or '.join(advice)} under More, then Train again; or take this run back with "
        "the time machine below."
    )


def describe_place(broke: Divergence) -> str:
    """Return in words which update broke down, and where in it."""
    place = BROKEN.get(broke.array)
    if place is None:
        place = f"{escape(broke.array)} at step {broke.step} of the {escape(broke.segment)}"
    return f"in update {broke.update:,}, {place} went beyond the largest float32, 3.4·10³⁸"
