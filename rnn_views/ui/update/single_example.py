"""One example under the microscope: forward, loss, backward, one update, with true numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from rnn_core.network import Network
from rnn_core.norms import safe_norm
from rnn_core.tasks import Example, ExampleRun, Task
from rnn_core.trace import NonFiniteError
from rnn_views.chain.gradient_checks import pack_checks
from rnn_views.chain.payload import unit_of
from rnn_views.links.fields import steps_of
from rnn_views.number_format import format_number, format_setting
from rnn_views.ui.chain import editing, requests
from rnn_views.ui.inputs import example_input
from rnn_views.ui.inputs.task_choice import is_pretrained
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.runs.live_run import run_for
from rnn_views.ui.shell import header, reveal
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import settings
from rnn_views.ui.update.example_update import Update, make_update
from rnn_views.ui.update.panels import Panels, show_panels
from rnn_views.ui.update.teacher_forcing import LAST
from rnn_views.ui.widgets import controls

NETS = {"fresh": "Untrained", "shipped": "Trained", "mine": "Yours"}


def choose_example(task: Task) -> Example:
    """Offer the example: one of the held-out data or the visitor's own."""
    drawn = task.input_kind == "drawn"
    if task.input_kind not in ("text", "drawn"):
        example_input.show_gallery(task)
    with st.container(horizontal=True, vertical_alignment="bottom", key="input-row"):
        if drawn:
            st.markdown(f"**{task.question}** {task.source}", width="stretch")
        elif task.input_kind == "text":
            example_input.type_input(task, example_input.LABELS[task.key])
        example_input.show_steps(task)
    return ask_target(task, example_input.show_remarks(task))


def ask_target(task: Task, example: Example) -> Example:
    """Ask for the right answer where it is not known and one class is the whole answer."""
    if example.target or task.topology.segments[-1].says != "last":
        return example
    classes = task.data().classes
    right = st.segmented_control(
        "We have no label for this input. Choose one, so that a loss can be computed:",
        classes,
        **settings.recalled(f"right answer {task.key} {example.text}", "own-target", classes),
    )
    if right is None:
        return example
    targets = example.batch.targets.copy()
    targets[-1] = classes.index(right)
    return replace(example, batch=replace(example.batch, targets=targets), target=(right,))


def choose_network(task: Task, setup: RunConfig) -> tuple[Network, str]:
    """Offer the untrained network, the shipped one and the visitor's; return it with its badge."""
    run = run_for(setup)
    offered = {"fresh": NETS["fresh"]}
    if is_pretrained(task, setup.cell):
        offered["shipped"] = NETS["shipped"]
    if run is not None and run.update:
        offered["mine"] = f"{NETS['mine']}, update {run.update:,}"
    asked = settings.get().net
    if asked not in offered:
        why = "no network of yours is trained with these settings in this session"
        if asked == "shipped":
            why = f"no trained {setup.cell} network is shipped for this task"
        settings.fit("net", "fresh", why)
    chosen = controls.segmented("net", "Network", offered)
    if chosen == "mine" and run is not None:
        return run.trainer.network, f"trained by you, update {run.update:,}"
    if chosen == "shipped":
        return task.pretrained(setup.cell), "trained (shipped)"
    return setup.fresh(), f"untrained, seed {setup.seed}"


def show_update(
    task: Task, network: Network, badge: str, example: Example, setup: RunConfig
) -> None:
    """Show the chain with all four phases, and below it what each phase came to."""

    def again() -> tuple[editing.Drawn, Update | None, str]:
        return draw_update(task, network, badge, example, setup)

    first, update, problem = again()
    editing.show_edited(
        first,
        lambda: again()[0],
        key="train-chain",
        start=first_sight() if update else None,
        request=requests.handle_request,
    )
    if update is not None:
        show_phases(update)
        show_why("train-chain")

        def read(own: Sequence[int]) -> ExampleRun:
            return editing.read(task, network, example, teacher=True, own=own).example_run

        show_panels(update, example, setup, Panels(read if task.has_feedback else None))
    elif problem:
        st.error(problem, icon=":material/error:")
    else:
        st.info(describe_no_loss(example), icon=":material/flag:")


def first_sight() -> dict[str, object]:
    """Return where the picture opens, or where the text last sent it."""
    return {"phase": "forward", **settings.view()}


def show_why(picture: str) -> None:
    """Answer the two questions everybody has of the backward phase.

    Parameters
    ----------
    picture : str
        Key of the picture that the answers point to.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        header.show_text("train", "summed")
        with st.container(horizontal=True, key="why-summed"):
            controls.focus_button(
                "see-ledger",
                "See the ledger",
                picture,
                part='[data-testid="ledger-total"]',
                phase="backward",
                t=1,
                weight="W_hh",
                zoom=1,
            )
            st.button(
                "Put the sum to the test",
                icon=":material/rule:",
                type="tertiary",
                key="see-check",
                **reveal.revealing(settings.on_click_set(panel="check"), "panel-check"),
            )
    with right:
        header.show_text("train", "backward")
        controls.focus_button(
            "see-backward", "Go to the last step", picture, phase="backward", zoom=1
        )


def draw_update(
    task: Task, network: Network, badge: str, example: Example, setup: RunConfig
) -> tuple[editing.Drawn, Update | None, str]:
    """Return the picture of one update, the update, and why there is none where there is none."""
    own = steps_of(settings.get().own, LAST)
    edited = editing.read(task, network, example, teacher=True, own=own)
    if edited.example_run.loss is None:
        return editing.draw(edited, badge), None, ""
    try:
        update = make_update(task, edited, example, setup)
    except NonFiniteError as problem:
        return editing.draw(edited, badge), None, describe_overflow(problem)
    shown = replace(edited, example_run=update.before)
    how: dict[str, Any] = {"after": update.after, "rate": update.rate, "rule": update.rule}
    how["checks"] = pack_checks(update.before)
    return editing.draw(shown, badge, **how), update, ""


def describe_overflow(problem: NonFiniteError) -> str:
    """Return in words why an update cannot be made."""
    return (
        f"This update cannot be made: {escape(str(problem))}. Choose a lower learning rate "
        "under More."
    )


def describe_no_loss(example: Example) -> str:
    """Return in words why nothing is sent back."""
    if example.target:
        return "No loss flag stands, so there is no loss, and nothing is sent back."
    return (
        "Without a right answer there is no loss, so nothing is sent back. Choose another "
        "example, or say above what is right."
    )


def show_phases(update: Update) -> None:
    """Say in four cards what forward, loss, backward and update came to."""
    before, after = update.before, update.after
    assert before.loss is not None
    assert after.loss is not None
    cards = st.grid(4, min_column_width=165, gap="small", border=True, key="phases")
    with cards.cell():
        st.markdown("**1. Forward**")
        steps = sum(trace.steps for trace in before.traces)
        st.markdown(f"{steps} steps, left to right. It says **{escape(before.text)}**.")
    with cards.cell():
        st.markdown("**2. Loss**")
        st.markdown(describe_loss(before))
    with cards.cell():
        st.markdown("**3. Backward**")
        st.markdown(describe_reach(before, update.norm))
    with cards.cell():
        st.markdown("**4. Update**")
        st.markdown(
            f"{escape(update.rate)}: the loss of this example goes from "
            f"**{format_number(before.loss, 4)}** to "
            f"**{format_number(after.loss, 4)}** {after.unit}."
        )
        if after.loss > before.loss:
            st.caption("It rose: the change was too large, or not along the slope of the loss.")


def describe_loss(example_run: ExampleRun) -> str:
    """Return the loss in words, with the probability or the numbers it comes from."""
    scored = np.flatnonzero(example_run.scored)
    one = len(scored) == 1
    if not example_run.classes and one:
        pair = example_run.traces[-1].logits, example_run.targets
        said, wanted = (float(array[scored[0], 0, 0]) for array in pair)
        return (
            f"ŷ = {format_number(said, 4)} where y = {format_number(wanted, 4)} is correct"
            f"{describe_scale(example_run)}, so ½ (ŷ − y)² = "
            f"**{format_number(example_run.loss, 4)}**."
        )
    if not example_run.classes:
        return (
            f"½ (ŷ − y)² at {len(scored)} steps{describe_scale(example_run)}; their mean is "
            f"**{format_number(example_run.loss, 4)}**."
        )
    if one:
        p = float(np.exp(-example_run.losses[scored[0]]))
        label = example_run.classes[int(example_run.targets[scored[0], 0])]
        return (
            f"It gives **{escape(label)}** p = {format_number(p, 3)}, so −log p = "
            f"**{format_number(example_run.loss, 4)}** nats."
        )
    return (
        f"−log p of the right answer at {len(scored)} steps; their mean is "
        f"**{format_number(example_run.loss, 4)}** nats."
    )


def describe_scale(example_run: ExampleRun) -> str:
    """Return what 1 of the network's numbers is, where inputs and answers have another unit."""
    given = unit_of(example_run)
    return f" (1 is {format_setting(given['scale'])} {given['unit']})" if given else ""


def describe_reach(example_run: ExampleRun, norm: float) -> str:
    """Return in words what the gradient is at the last step and at the first."""
    assert example_run.gradients is not None
    last = safe_norm(example_run.gradients.segments[-1].dh[-1])
    first = safe_norm(example_run.gradients.segments[0].dh[1])
    return (
        f"‖dh‖ is {format_number(last, 3)} at the last step and {format_number(first, 3)} at the "
        "first. "
        "Summed over the steps, "
        f"the gradient of all weights has norm **{format_number(norm, 3)}**."
    )
