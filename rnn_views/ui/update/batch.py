"""One update from the mean over a batch, seen from one of its examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import TASKS, Example, ExampleRun, Recipe, Task
from rnn_core.trace import NonFiniteError
from rnn_core.training.batch_pass import BatchRun
from rnn_core.training.batch_update import BatchUpdate, cosine_similarity
from rnn_core.training.schedule import BatchSchedule
from rnn_views.chain.gradient_checks import pack_checks
from rnn_views.edits.batch import SINGLE, BatchContext, batch_context, shared, shift_steps
from rnn_views.edits.result import Edited, run_edited
from rnn_views.links.fields import steps_of
from rnn_views.number_format import format_fixed, format_number
from rnn_views.ui.chain import editing
from rnn_views.ui.chain.requests import handle_request
from rnn_views.ui.runs.config import RunConfig, rule_of
from rnn_views.ui.state import settings
from rnn_views.ui.update.example_update import Update
from rnn_views.ui.update.panels import Panels, show_panels
from rnn_views.ui.update.single_example import describe_overflow, first_sight, show_why
from rnn_views.ui.update.teacher_forcing import LAST

NOT_UNTIED = (
    "A batch’s examples share one W_hh, whatever their lengths: copies of it belong to the steps "
    "of one sequence. Untie it with “One example” under More."
)


@dataclass(frozen=True, eq=False)
class Member:
    """One example of the batch of a run's first update, and how it is read."""

    task: Task
    network: Network
    badge: str
    setup: RunConfig
    members: tuple[int, ...]
    number: int

    @property
    def example(self) -> Example:
        """The example."""
        return self.task.example(self.members[self.number - 1], "train")

    @property
    def recipe(self) -> Recipe:
        """How the network is trained."""
        assert isinstance(self.setup.recipe, Recipe)
        return self.setup.recipe

    def run(self, own: Sequence[int]) -> Edited:
        """Read the example, its decoder fed its own output at these steps."""
        given = editing.edits_now()
        edits = [edit for edit in given if edit.kind not in SINGLE]
        edited = run_edited(self.task, self.network, self.example, edits, teacher=True, own=own)
        if len(edits) == len(given):
            return edited
        return replace(edited, problems=(*edited.problems, NOT_UNTIED))

    def around(self, edited: Edited, own: Sequence[int]) -> BatchContext:
        """Return the batch as it is read with the example's edits."""
        batch = self.task.data().train.batch(np.array(self.members))
        return batch_context(edited, batch, self.number, own if self.task.has_feedback else None)


@st.cache_data(max_entries=256, show_spinner=False)
def first_batch(
    task: str, batch: int, pool: int, seed: int, examples: int | None = None
) -> tuple[int, ...]:
    """Return the numbers, in the training split, of the examples a run's first update sees."""
    recipe = replace(TASKS[task].recipe, batch=batch, bucket_batches=pool, examples=examples)
    return tuple(int(index) for index in BatchSchedule(TASKS[task].data(), recipe, seed).members(0))


def choose_member(task: Task, members: tuple[int, ...]) -> int:
    """Offer the examples of the batch one after the other; return the chosen one's number there.

    The batch stays what it is: edits of the example that is left go, a decoder's steps that are
    fed its own output stay the same ones.
    """
    size = len(members)
    count = "1 example" if size == 1 else f"{size} examples"
    number = int(settings.fit("member", min(settings.get().member, size), f"the batch has {count}"))

    def go(to: int) -> dict[str, Any]:
        other, own = (to - 1) % size + 1, settings.get().own
        if own not in ("", "all"):
            here, there = (_steps_before(task, members[n - 1]) for n in (number, other))
            own = shift_steps(steps_of(own, LAST), there - here)
        kept = shared(editing.edits_now())
        return settings.on_click_set(member=other, own=own, edits=kept)

    with st.container(horizontal=True, vertical_alignment="center", key="member-row"):
        st.markdown(f"Example **{number}** of the **{size}** in the batch", width="stretch")
        st.button("Previous", key="member-previous", disabled=size == 1, **go(number - 1))
        st.button("Next", key="member-next", disabled=size == 1, **go(number + 1))
    return number


def _steps_before(task: Task, index: int) -> int:
    return sum(len(x) for x in task.example(index, "train").batch.inputs[:-1])


def show_batch(task: Task, network: Network, badge: str, setup: RunConfig) -> None:
    """Show one example of a run's first batch, and the update that the batch's mean makes."""
    recipe = setup.recipe
    assert isinstance(recipe, Recipe)
    members = first_batch(
        task.key, recipe.batch, recipe.bucket_batches, setup.seed, recipe.examples
    )
    member = Member(task, network, badge, setup, members, choose_member(task, members))
    first, update, problem = draw_member(member)
    editing.show_edited(
        first,
        lambda: draw_member(member)[0],
        key="train-batch-chain",
        start=first_sight(),
        request=handle_request,
        tied=NOT_UNTIED,
    )
    if update is not None:
        assert update.mean is not None
        describe_batch(update.mean, update.before, update.after)
        show_why("train-batch-chain")
        show_panels(update, member.example, setup, panels_of(member))
    elif problem:
        st.error(problem, icon=":material/error:")
    else:
        st.info(
            "No loss flag stands on this example, so it adds nothing to the batch’s mean. Put a "
            "flag back, or look at another example.",
            icon=":material/flag:",
        )


def draw_member(member: Member) -> tuple[editing.Drawn, Update | None, str]:
    """Return the picture of one update of the batch, the update, and why there is none."""
    own = steps_of(settings.get().own, LAST)
    edited = member.run(own)
    badge = f"{member.badge} · example {member.number} of {len(member.members)}"
    if edited.example_run.loss is None:
        return editing.draw(edited, badge), None, ""
    before = edited.backward(settings.get().truncate)
    shown = replace(edited, example_run=before)
    try:
        mean = member.around(edited, own).update(member.recipe, settings.get().truncate)
    except NonFiniteError as problem:
        return editing.draw(shown, badge), None, describe_overflow(problem)
    again = run_edited(
        member.task, mean.network, member.example, edited.lasting, teacher=True, own=own
    )
    rate = f"{member.setup.describe()}, mean of {len(member.members)} examples"
    rule = rule_of(member.setup, mean.norm)
    after = again.backward(settings.get().truncate)
    update = Update(before, after, mean.norm, rate, rule, mean)
    how: dict[str, Any] = {"after": update.after, "rate": rate, "rule": rule}
    how["checks"] = pack_checks(mean.example_run)
    how["batch"] = (mean.example_run, mean.again, member.number)
    return editing.draw(shown, badge, **how), update, ""


def panels_of(member: Member) -> Panels:
    """Return how the panels read the example and its batch again."""

    def read(own: Sequence[int]) -> ExampleRun:
        return member.run(own).example_run

    def read_all(own: Sequence[int], truncate: int | None) -> BatchRun:
        return member.around(member.run(own), own).read(truncate)

    return Panels(read if member.task.has_feedback else None, read_all)


def describe_batch(mean: BatchUpdate, before: ExampleRun, after: ExampleRun) -> None:
    """Say what this example asks for, what the mean of the batch asks for, and what came of it."""
    size = len(mean.example_run.scored)
    assert before.gradients is not None
    assert before.loss is not None
    assert after.loss is not None
    cards = st.grid(3, min_column_width=220, gap="small", border=True, key="batch-cards")
    with cards.cell():
        st.markdown("**This example**")
        st.markdown(
            f"Its loss is **{format_number(before.loss, 4)}** nats and its gradient has norm "
            f"**{format_number(before.gradients.norm, 3)}**: what the picture shows going back."
        )
    with cards.cell():
        st.markdown(f"**The mean over all {size}**")
        st.markdown(
            f"The batch’s loss is **{format_number(mean.before, 4)}** nats, its gradient has norm "
            f"**{format_number(mean.norm, 3)}**. "
            f"{describe_angle(cosine_similarity(before.gradients, mean.gradients))}"
        )
    with cards.cell():
        st.markdown("**The update**")
        st.markdown(
            "The mean moves the weights: the batch goes from "
            f"**{format_number(mean.before, 4)}** to "
            f"**{format_number(mean.after, 4)}** nats, this example from "
            f"{format_number(before.loss, 4)} "
            f"to {format_number(after.loss, 4)}."
        )
        if after.loss > before.loss and mean.after < mean.before:
            st.caption("This example got worse, but the batch as a whole improved.")


def describe_angle(cosine: float) -> str:
    """Return in words how the gradient of one example lies to the mean."""
    if np.isnan(cosine):
        return "One of the two is zero."
    told = f"The cosine between the two is **{format_fixed(cosine, 2)}**"
    if cosine > 0.5:
        return f"{told}: they ask for much the same."
    if cosine < -0.1:
        return f"{told}: this example asks, in part, for the opposite."
    return f"{told}: this example mostly asks for something else."
