"""The time machine: any update of a run again, two of them side by side, and on from there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from rnn_core.network import Network
from rnn_core.norms import safe_norm
from rnn_core.tasks import Example, Task, backward
from rnn_views.chain.payload import payload
from rnn_views.figures.training.metric import show_metric
from rnn_views.number_format import format_number
from rnn_views.ui.chain.component import show_chain
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.runs.live_run import Run, RunPlan, run_for
from rnn_views.ui.runs.subject import Subject, held_out_name, one_by_one, validation
from rnn_views.ui.state import settings
from rnn_views.ui.update.single_example import choose_example
from rnn_views.ui.widgets.figures import Mark


def go_to(update: int) -> None:
    """Look at an update that was pointed at in the curves."""
    settings.put(update=update)


def looked_at(run: Run) -> int:
    """Return the update that is looked at: the chosen one, as far as the run has come."""
    return min(settings.get().update, run.update)


def pinned(run: Run) -> int | None:
    """Return the update that is held beside it, if there is one."""
    pin = settings.get().pin
    return None if pin is None else min(pin, run.update)


def marks_of(run: Run) -> list[Mark]:
    """Return what stands out in the curves: the moment, what is beside it, where it broke."""
    now, pin, broke = looked_at(run), pinned(run), run.trainer.explosion
    if pin is None or pin == now:
        marks = [(now, "here" if pin is None else "A and B")]
    else:
        marks = [(now, "B"), (pin, "A")]
    if broke is not None:
        marks.append((min(broke.update, run.trainer.schedule.updates), "overflow"))
    return marks


def show_machine(setup: RunConfig, run: Run) -> None:
    """Offer every update of the run on a scale, a second one beside it, and to go on from there."""
    now, pin, goes_on = looked_at(run), pinned(run), may_go_on(run)
    reached = f"this run has come to update {run.update:,}"
    settings.fit("update", now, reached)
    if pin is not None:
        settings.fit("pin", pin, reached)
    with st.container(border=True, key="machine"):
        st.slider(
            "Time machine: look at the network after update",
            0,
            run.update,
            settings.get().update,
            **settings.widget_args("update"),
            help="Drag, use the arrow keys, or click in the curves. Each update is made again "
            "from the last snapshot before it, bit for bit.",
        )
        with st.container(horizontal=True, key="machine-buttons"):
            if pin is None:
                st.button(
                    "Compare with another update",
                    icon=":material/compare:",
                    key="pin",
                    **settings.on_click_set(pin=now, update=other_moment(run)),
                )
            else:
                st.button(
                    f"Unpin A (update {pin:,})",
                    icon=":material/close:",
                    key="pin",
                    **settings.on_click_set(pin=None),
                )
            st.button(
                f"Go on from update {now:,}" if goes_on else f"Back to update {now:,}",
                icon=":material/history:",
                key="live-again",
                disabled=now == run.update and (run.done or not run.over),
                help=("Trains on from there" if goes_on else "Waits there")
                + " and forgets what came later. On the same computer, the same settings come to "
                "the same weights again. Change one under More, and another run begins at "
                "update 0.",
                on_click=go_on_from,
                args=(setup, now),
            )


def other_moment(run: Run) -> int:
    """Return what a comparison begins with beside the moment that is looked at: where it rests.

    Where one looks at that already, the untrained network: A beside itself shows nothing.
    """
    return 0 if looked_at(run) == run.update else run.update


def may_go_on(run: Run) -> bool:
    """Whether a run goes on at once when it is taken back to the moment that is looked at.

    One that overflowed would do so again, and from update 0 nothing is gone on with.
    """
    return looked_at(run) > 0 and not run.failure


def go_on_from(setup: RunPlan, update: int) -> None:
    """Take the run back to a moment; let it go on from there where that can lead further."""
    run = run_for(setup)
    if run is None:
        return
    goes_on = may_go_on(run)
    run.rewind(update)
    pin = settings.get().pin
    settings.put(update=run.update, pin=None if pin is None else min(pin, run.update))
    if goes_on:
        run.begin()


def show_moments(subject: Subject, setup: RunConfig, run: Run) -> None:
    """Show the moment in numbers and as a whole chain; the pinned one beside it."""
    now, pin = looked_at(run), pinned(run)
    moments = [now] if pin is None else [pin, now]
    st.table(
        moment_table(subject, run, moments),
        border="horizontal",
        alt="Numbers of the run after " + " and ".join(f"update {one:,}" for one in moments),
    )
    if now == run.update and run.trainer.explosion is None and not run.done:
        st.caption("The next update is not made yet, so its batch, loss and gradient are unknown.")
    if now == pin:
        st.caption("A and B are the same update. Move the time machine, and B goes with it.")
    task = one_by_one(subject)
    example = choose_example(task)
    for moment in dict.fromkeys(moments):
        show_moment(task, run, moment, example, beside=moment != now)


def show_moment(task: Task, run: Run, moment: int, example: Example, *, beside: bool) -> None:
    """Show the chain of an example, forward and backward, as the network was at a moment."""
    example_run = backward(task.run(run.network_at(moment), example, teacher=True))
    drawn = payload(example_run, badge=f"trained by you, update {moment:,}")
    if beside:
        show_chain(drawn, key="pinned-chain", fragment="a-")
    else:
        show_chain(drawn, key="live-chain")


def moment_table(subject: Subject, run: Run, moments: Sequence[int]) -> pd.DataFrame:
    """Return the key numbers of one or two moments; of two, how far the weights lie apart."""
    columns = {f"update {one:,}": describe_moment(subject, run, one) for one in moments}
    names = list(next(iter(columns.values())))
    table = pd.DataFrame(columns, index=pd.Index(names, name="after this update"))
    if len(moments) == 2 and moments[0] != moments[1]:
        then, now = (run.network_at(one) for one in moments)
        # Its own column would hold nothing in the other rows: it belongs to both moments.
        for name, apart in distances(then, now).items():
            table.loc[f"‖Δ{name}‖ between A and B"] = [format_number(apart, 4), "same"]
    return table if len(moments) == 2 else table.T


def describe_moment(subject: Subject, run: Run, moment: int) -> dict[str, str]:
    """Return a moment's key numbers, as they are read."""
    trainer = run.trainer
    found, network = trainer.moment(moment), run.network_at(moment)
    metric, loss = validation(subject, network)
    held_out = held_out_name(subject)
    return {
        f"{'passes' if isinstance(subject, Task) else 'parts'} done": f"{found.epoch}",
        f"{held_out} {subject.metric}": show_metric(metric, subject.metric),
        f"{held_out} loss": format_number(loss, 4),
        "next: learning rate": format_value(found.rate),
        "next: loss of its batch": format_value(found.loss),
        "next: gradient norm": format_value(found.gradient_norm),
        "‖W_hh‖": format_number(hidden_norm(network), 4),
    }


def format_value(value: float) -> str:
    """Return a number of the next update; a dash where that was not made."""
    return format_number(value, 4) if np.isfinite(value) else "–"


def hidden_norm(network: Network) -> float:
    """Return the norm of the last segment's W_hh."""
    return safe_norm(network.segments[-1].params.W_hh)


def distances(then: Network, now: Network) -> dict[str, float]:
    """Return how far each weight matrix has moved: the norm of the difference."""
    found = {}
    for before, after in zip(then.segments, now.segments, strict=True):
        owner = f"{after.ports.name} " if len(now.segments) > 1 else ""
        for name in ("W_xh", "W_hh", "W_hy"):
            old, new = getattr(before.params, name), getattr(after.params, name)
            if new.size:
                found[owner + name] = safe_norm(new - old)
    return found
