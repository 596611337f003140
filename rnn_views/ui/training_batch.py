"""One update from the mean over a batch, seen from one of its examples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from rnn_core.batch_update import BatchUpdate, alignment, update_on_batch
from rnn_core.course import Course
from rnn_core.network import Batch, Network, loss_of, run
from rnn_core.tasks import TASKS, Reading, Recipe, Task, backward
from rnn_core.trace import NonFiniteError
from rnn_views.chain import payload
from rnn_views.ui import settings
from rnn_views.ui.chain import show_chain
from rnn_views.ui.frame import escape
from rnn_views.ui.gradient_question import show_check
from rnn_views.ui.training_setup import Setup, rule_of
from rnn_views.ui.wishes import take_wish


@st.cache_data(max_entries=256, show_spinner=False)
def first_batch(task: str, batch: int, pool: int, seed: int) -> tuple[int, ...]:
    """Return the numbers, in the training split, of the examples a run's first update sees."""
    recipe = replace(TASKS[task].recipe, batch=batch, pool=pool)
    return tuple(int(index) for index in Course(TASKS[task].data(), recipe, seed).members(0))


def choose_member(members: tuple[int, ...]) -> int:
    """Offer the examples of the batch one after the other; return the chosen one's number there."""
    number, size = min(settings.get().member, len(members)), len(members)

    def go(to: int) -> dict[str, Any]:
        return settings.changing(member=(to - 1) % size + 1)

    with st.container(horizontal=True, vertical_alignment="center", key="member-row"):
        st.markdown(f"Example **{number}** of the **{size}** in the batch", width="stretch")
        st.button("Previous", key="member-previous", **go(number - 1))
        st.button("Next", key="member-next", **go(number + 1))
    return number


def show_batch(task: Task, network: Network, badge: str, setup: Setup) -> None:
    """Show one example of a run's first batch, and the update that the batch's mean makes."""
    recipe = setup.recipe
    assert isinstance(recipe, Recipe)
    members = first_batch(task.key, recipe.batch, recipe.pool, setup.seed)
    number = choose_member(members)
    example = task.example(members[number - 1], "train")
    truncate = settings.get().truncate
    before = backward(task.read(network, example, teacher=True), truncate)
    batch = task.data().train.batch(np.array(members))
    badge = f"{badge} · example {number} of {len(members)}"
    try:
        update = update_on_batch(
            network,
            batch,
            lr=recipe.lr,
            optimizer=recipe.optimizer,
            clip=recipe.clip,
            weight_decay=recipe.weight_decay,
            truncate=truncate,
        )
    except NonFiniteError as problem:
        show_chain(before, key="train-batch-chain", badge=badge)
        st.error(
            f"This update cannot be made: {escape(str(problem))}. Choose a lower learning rate "
            "under More.",
            icon=":material/error:",
        )
        return
    after = backward(task.read(update.network, example, teacher=True), truncate)
    rate = f"{setup.tell()}, mean of {len(members)} examples"
    picture = payload(before, badge=badge, after=after, rate=rate, rule=rule_of(setup, update.norm))
    show_chain(picture, key="train-batch-chain", start={"phase": "forward"}, wish=take_wish)
    tell_batch(update, before, after, len(members))
    show_batch_check(network, update, batch)


def show_batch_check(network: Network, update: BatchUpdate, batch: Batch) -> None:
    """Put one weight's mean gradient under the gradient check."""

    def loss(one: Network) -> complex:
        return loss_of(run(one, batch.inputs, batch.lengths), batch.targets)[0]

    st.markdown(f"**Gradient check on the mean over all {batch.size}**")
    show_check(network, update.gradients, loss)


def tell_batch(update: BatchUpdate, before: Reading, after: Reading, size: int) -> None:
    """Say what this example asks for, what the mean of the batch asks for, and what came of it."""
    assert before.gradients is not None
    assert before.loss is not None
    assert after.loss is not None
    cards = st.grid(3, min_column_width=220, gap="small", border=True, key="batch-cards")
    with cards.cell():
        st.markdown("**This example**")
        st.markdown(
            f"Its loss is **{before.loss:.4g}** nats and its gradient has norm "
            f"**{before.gradients.norm:.3g}**: what the picture shows going back."
        )
    with cards.cell():
        st.markdown(f"**The mean over all {size}**")
        st.markdown(
            f"The batch’s loss is **{update.before:.4g}** nats, its gradient has norm "
            f"**{update.norm:.3g}**. {tell_angle(alignment(before.gradients, update.gradients))}"
        )
    with cards.cell():
        st.markdown("**The update**")
        st.markdown(
            f"The mean moves the weights: the batch goes from **{update.before:.4g}** to "
            f"**{update.after:.4g}** nats, this example from {before.loss:.4g} to {after.loss:.4g}."
        )
        if after.loss > before.loss and update.after < update.before:
            st.caption("This example got worse for the good of the others.")


def tell_angle(cosine: float) -> str:
    """Return in words how the gradient of one example lies to the mean."""
    if np.isnan(cosine):
        return "One of the two is zero."
    told = f"The cosine between the two is **{cosine:.2f}**".replace("-", "−")
    if cosine > 0.5:
        return f"{told}: they ask for much the same."
    if cosine < -0.1:
        return f"{told}: this example asks for the opposite."
    return f"{told}: this example mostly asks for something else."
