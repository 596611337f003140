"""Truncated backpropagation through time: where a gradient stops, and what goes on all the same."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnn_core.analysis.loss_attribution import attribute_losses
from rnn_core.network import NetworkGradients
from rnn_core.norms import safe_norm
from rnn_core.tasks import ExampleRun, backward
from rnn_views.figures.update.loss_attribution import loss_reach
from rnn_views.number_format import format_number
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.training import KEPT, judge_boundary


def show_chunks(
    example_run: ExampleRun, mean: tuple[NetworkGradients, NetworkGradients] | None
) -> None:
    """Offer the chunk length, and show which losses reach which uses of W_hh.

    Parameters
    ----------
    example_run : ExampleRun
        With gradients, cut as the settings say.
    mean : (NetworkGradients, NetworkGradients) or None
        Of the batch that the reading is an example of: in full, and cut as the settings say.
    """
    assert example_run.gradients is not None
    longest = max(trace.steps for trace in example_run.traces)
    if longest < 2:
        st.info("One step has nothing to cut. Choose a task with more steps.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="chunk-row"):
        names: dict[int | None, str] = {None: "no boundary: the full gradient"}
        names |= {k: f"every {k} steps" if k > 1 else "every step" for k in range(1, longest)}
        controls.choose("truncate", "Chunk boundaries", list(names), names=names)
        st.markdown(
            "Or drag a boundary in the picture, in its backward phase; keys [ and ] move it too.",
            width="stretch",
        )
    truncate = settings.get().truncate
    full_reading = backward(example_run)
    ask_memory(example_run, full_reading)
    reach = attribute_losses(
        example_run.network,
        example_run.traces,
        example_run.targets,
        truncate=example_run.gradients.segments[-1].truncate,
    )
    show_figure(loss_reach(reach), key="figure-chunks")
    full = full_reading.gradients
    assert full is not None
    st.markdown(describe_cut(full, example_run.gradients, truncate))
    if mean is not None:
        st.markdown(f"The mean over the batch. {describe_cut(*mean, truncate)}")
    st.caption(
        "Each row is the loss of one step sent back alone: what it adds to dW_hh through each use. "
        "A loss at the first step of a chunk is sent back one step only; a loss at the last step "
        "of a chunk is sent back through the whole chunk. The hand-over from an encoder to a "
        "decoder is never cut."
    )


def ask_memory(example_run: ExampleRun, whole: ExampleRun) -> None:
    """Ask what a boundary takes from the memory; show that the state crosses it.

    Parameters
    ----------
    reading, whole : ExampleRun
        Cut as the settings say, and not cut.
    """
    guess, reveal = controls.ask(
        "truncate",
        "**Predict.** A chunk boundary is set before the last step. How much of what the network "
        "read at the first step is still in the state at the last step?",
        KEPT,
    )
    if guess is None:
        return
    assert example_run.loss is not None
    with reveal:
        last = [one.traces[-1].h[-1, 0] for one in (whole, example_run)]
        controls.show_verdict(guess, judge_boundary(*last))
        st.markdown(
            "The forward pass knows no boundaries: h crosses each of them, and the loss is "
            f"{format_number(example_run.loss, 6)} {example_run.unit} with and without. How much "
            "of the first step is left in h depends on the weights. A boundary only stops the way "
            "back: a loss after it sends nothing to the steps before it."
        )


def describe_cut(full: NetworkGradients, cut: NetworkGradients, truncate: int | None) -> str:
    """Return in words what the boundaries leave of the gradient."""
    sizes = []
    for gradients in (full, cut):
        parts = [np.ravel(one.total.W_hh) for one in gradients.segments]
        sizes.append(safe_norm(np.concatenate(parts)))
    if truncate is None:
        return f"The full gradient: ‖dW_hh‖ = **{format_number(sizes[0], 3)}**."
    return (
        f"With boundaries ‖dW_hh‖ = **{format_number(sizes[1], 3)}**, the full gradient has "
        f"**{format_number(sizes[0], 3)}**. " + describe_apart(full, cut)
    )


def describe_apart(full: NetworkGradients, cut: NetworkGradients) -> str:
    """Say whether the truncated gradient of any weight differs from the full one."""
    same = all(
        np.allclose(array, other.total.arrays()[name], rtol=1e-9, atol=0.0)
        for one, other in zip(full.segments, cut.segments, strict=True)
        for name, array in one.total.arrays().items()
    )
    if same:
        return "Here the two gradients are the same: no loss is sent back across a boundary."
    return "The truncated gradient is not the slope of the loss."
