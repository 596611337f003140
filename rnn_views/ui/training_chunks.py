"""Truncated backpropagation through time: where a gradient stops, and what goes on all the same."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnn_core.loss_reach import reach_of_losses
from rnn_core.network import NetworkGradients
from rnn_core.norms import safe_norm
from rnn_core.tasks import Reading, backward
from rnn_views.figures.loss_reach import loss_reach
from rnn_views.ui import controls, settings
from rnn_views.ui.training_figures import show_figure

MEMORY = ("Yes, all of it is still there", "No, that part is forgotten")


def show_chunks(reading: Reading, mean: tuple[NetworkGradients, NetworkGradients] | None) -> None:
    """Offer the chunk length, and show which losses reach which uses of W_hh.

    Parameters
    ----------
    reading : Reading
        With gradients, cut as the settings say.
    mean : (NetworkGradients, NetworkGradients) or None
        Of the batch that the reading is an example of: in full, and cut as the settings say.
    """
    assert reading.gradients is not None
    longest = max(trace.steps for trace in reading.traces)
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
    ask_memory(reading)
    reach = reach_of_losses(
        reading.network,
        reading.traces,
        reading.targets,
        truncate=reading.gradients.segments[-1].truncate,
    )
    show_figure(loss_reach(reach), key="figure-chunks")
    full = backward(reading).gradients
    assert full is not None
    st.markdown(tell_cut(full, reading.gradients, truncate))
    if mean is not None:
        st.markdown(f"The mean over the batch. {tell_cut(*mean, truncate)}")
    st.caption(
        "Each row is the loss of one step sent back alone: what it adds to dW_hh through each use. "
        "Boundaries stand at fixed steps, so a loss just behind one sees a single step, one at a "
        "chunk’s end sees all of it. The hand-over from an encoder to a decoder is never cut."
    )


def ask_memory(reading: Reading) -> None:
    """Ask whether a boundary cuts the memory; show that the state crosses it."""
    guess, reveal = controls.ask(
        "truncate",
        "**Predict.** A chunk boundary stands before the last step. Does the network at the last "
        "step still have what it read at the first?",
        MEMORY,
    )
    if guess is None:
        return
    assert reading.loss is not None
    with reveal:
        controls.say_prediction(guess, MEMORY[0])
        st.markdown(
            f"The forward pass knows no boundaries: h crosses each of them, and the loss is "
            f"{reading.loss:.6g} {reading.unit} with and without. Only what is *learned* from a "
            "step stops there: the weights get no credit for what they did before the boundary."
        )


def tell_cut(full: NetworkGradients, cut: NetworkGradients, truncate: int | None) -> str:
    """Return in words what the boundaries leave of the gradient."""
    sizes = []
    for gradients in (full, cut):
        parts = [np.ravel(one.total.W_hh) for one in gradients.segments]
        sizes.append(safe_norm(np.concatenate(parts)))
    if truncate is None:
        return f"The full gradient: ‖dW_hh‖ = **{sizes[0]:.3g}**."
    return (
        f"With boundaries ‖dW_hh‖ = **{sizes[1]:.3g}**, the full gradient has **{sizes[0]:.3g}**. "
        "The truncated one is not the slope of the loss, and the gradient check says so."
    )
