"""What one update came to, below the picture: one panel at a time, chosen by a setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from rnn_core.losses import is_counted
from rnn_core.network import NetworkGradients
from rnn_core.tasks import Example, ExampleRun
from rnn_core.training.batch_pass import BatchRun
from rnn_views.chain.gradient_checks import loss_like
from rnn_views.edits.edit import Edit, write_edits
from rnn_views.figures.update.batch_losses import batch_losses
from rnn_views.figures.update.gradient_by_step import gradient_reach
from rnn_views.figures.update.step_losses import step_losses
from rnn_views.figures.update.weight_step import weight_step
from rnn_views.links.fields import steps_of
from rnn_views.ui.chain import editing
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.state import settings
from rnn_views.ui.update.example_update import Update
from rnn_views.ui.update.fit_settings import fit_own, fit_weight
from rnn_views.ui.update.gradcheck import show_check
from rnn_views.ui.update.teacher_forcing import LAST, Read, show_feeding
from rnn_views.ui.update.truncation import show_chunks
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure

MATRICES: Final = ("W_xh", "W_hh", "W_hy")
PANELS: Final = {
    "reach": "The gradient, step by step",
    "check": "Gradient check",
    "chunks": "Chunk boundaries",
    "fed": "What is fed",
    "losses": "Loss before and after",
    "weights": "Old, step, new",
}


@dataclass(frozen=True)
class Panels:
    """What the panels need beside the update.

    Attributes
    ----------
    read : function or None
        Reads the example again, its decoder fed its own output at the steps given; None where
        nothing is fed back.
    run_batch : function or None
        Reads the whole batch again, so fed, cut at such chunk boundaries; None where the example
        stands alone.
    """

    read: Read | None = None
    run_batch: Callable[[Sequence[int], int | None], BatchRun] | None = None


def show_panels(update: Update, example: Example, setup: RunConfig, panels: Panels) -> None:
    """Show the chosen panel of an update.

    Parameters
    ----------
    update : Update
    example : Example
        As it was before edits.
    setup : RunConfig
    panels : Panels
    """
    before, mean = update.before, update.mean
    fit_own(before, feeds_back=panels.read is not None, whole_batch=mean is not None)
    fit_weight(before.network)
    offered = {name: label for name, label in PANELS.items() if name != "fed" or panels.read}
    if settings.get().panel not in offered:
        settings.fit("panel", "reach", "nothing is fed back in this network")
    chosen = controls.segmented("panel", "Look closer", offered, hide_label=True)
    assert before.gradients is not None
    with st.container(key=f"panel-{chosen}"):
        match chosen:
            case "reach":
                show_reach(before, example)
            case "check" if mean is not None:
                st.markdown(
                    f"**Gradient check on the mean over all {len(mean.example_run.scored)}**"
                )
                show_check(mean.example_run.network, mean.gradients, loss_like(mean.example_run))
            case "check":
                show_check(before.network, before.gradients, loss_like(before))
            case "chunks":
                show_chunks(before, _mean_cut(update, panels))
            case "fed" if panels.read is not None:
                show_feeding(before, panels.read, _mean_loss(panels))
            case "losses":
                if mean is not None:
                    show_figure(
                        batch_losses(mean, settings.get().member), key="figure-batch-losses"
                    )
                    st.markdown("**This example, step by step**")
                show_figure(step_losses(before, update.after), key="figure-losses")
            case "weights":
                show_weights(update, setup)
    st.caption(describe_mean(update))


def _mean_cut(update: Update, panels: Panels) -> tuple[NetworkGradients, NetworkGradients] | None:
    if update.mean is None or panels.run_batch is None:
        return None
    own = steps_of(settings.get().own, LAST)
    return panels.run_batch(own, None).gradients, update.mean.gradients


def _mean_loss(panels: Panels) -> Callable[[Sequence[int]], float] | None:
    again = panels.run_batch
    return None if again is None else lambda own: again(own, None).loss


def describe_mean(update: Update) -> str:
    """Return in words over what the mean is taken."""
    fresh = "The optimiser starts afresh here, as at the first update of a run."
    if update.mean is None:
        return (
            "This gradient is of one example: the loss is the mean over its own scored steps. In "
            "training the mean is over all scored steps of the batch, so an example counts by its "
            f"share of these steps. {fresh}"
        )
    scored = update.mean.example_run.scored
    return (
        f"The mean is over all {scored.sum()} scored steps of the {len(scored)} examples: an "
        "example counts by its share of these steps. Weights, h₀ and the recurrent "
        "wire that are edited change for the whole batch; a loss flag or an entry of an input "
        f"only for this example, until another one is looked at. {fresh}"
    )


def show_reach(example_run: ExampleRun, example: Example) -> None:
    """Show ‖dh‖ by step, and let the loss flags be moved."""
    show_figure(gradient_reach(example_run), key="figure-reach")
    steps = len(example.batch.targets)
    if not editing.knows_answer(example) or steps < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="flag-row"):
        st.markdown("**Where does the loss go?** Move the flags, and the profile moves with them:")
        choices: dict[str, tuple[str, Sequence[int]]] = {
            "last": ("Last step only", (steps,)),
            "each": ("Every step", range(1, steps + 1)),
            "first": ("First step only", (1,)),
        }
        for name, (label, flagged) in choices.items():
            st.button(
                label,
                key=f"flags-{name}",
                **settings.on_click_set(edits=flags_at(example, flagged)),
            )
    st.caption(
        f"{describe_flags(example)} After the last loss there is no gradient. Before it, each "
        "step’s dh is what its own flag sends plus what comes back from all later flags. In the "
        "picture, take the pencil and drag a flag from step to step."
    )


def describe_flags(example: Example) -> str:
    """Say which answer a loss flag asks for, at the steps of the last segment."""
    known = np.flatnonzero(is_counted(example.batch.targets)[:, 0])
    if not len(known):
        return "This input has no label yet, so no flag can ask for one."
    if len(known) == 1:
        return "This input has one label, at its last step. A flag at any step asks for that label."
    return "Each step has a label of its own, and a flag asks for the label of its step."


def flags_at(example: Example, flagged: Sequence[int]) -> str:
    """Return the edits with which loss flags stand at these steps of the last segment alone."""
    first = sum(len(x) for x in example.batch.inputs[:-1])
    kept = tuple(edit for edit in editing.edits_now() if edit.kind != "flag")
    known = is_counted(example.batch.targets)[:, 0]
    moved = tuple(
        Edit("flag", (first + t,), float(t in flagged))
        for t in range(1, len(known) + 1)
        if (t in flagged) != bool(known[t - 1])
    )
    return write_edits((*kept, *moved))


def show_weights(update: Update, setup: RunConfig) -> None:
    """Show one weight matrix before, what was added, and after."""
    segments = update.before.network.segments
    matrices = {
        f"{segment.ports.name} {name}" if len(segments) > 1 else name: (number, name)
        for number, segment in enumerate(segments)
        for name in MATRICES
        if getattr(segment.params, name).size
    }
    label = st.segmented_control(
        "Matrix",
        list(matrices),
        default=list(matrices)[1],
        required=True,
        key=f"matrix-{len(matrices)}",
    )
    number, name = matrices[label or list(matrices)[1]]
    old = getattr(segments[number].params, name)
    new = getattr(update.after.network.segments[number].params, name)
    show_figure(weight_step(name, old, new), key="figure-weights")
    if setup.recipe.optimizer == "adam":
        st.caption(
            "Adam divides each gradient by its own running size, so its first step moves every "
            "weight that has a gradient by about the learning rate, up or down. Choose SGD under "
            "More to see steps as large as the gradients."
        )
