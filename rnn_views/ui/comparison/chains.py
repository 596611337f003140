"""The chain beside itself with its horizontal wires cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import TASKS, Example, ExampleRun, Task
from rnn_views.comparison.results import load_feedforward
from rnn_views.predictions import judge
from rnn_views.ui.chain import editing
from rnn_views.ui.runs.live_run import Run
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import settings


@dataclass(frozen=True, eq=False)
class Pair:
    """A recurrent and a feed-forward network, and what was worked out for them so far.

    While both train the page is drawn again ten times a second; the networks in its pictures are
    those of the last rest, so what was worked out for them holds.
    """

    recurrent: Network
    feedforward: Network
    badge: str
    known: dict[object, Any] = field(default_factory=dict)

    def work_out(self, what: object, how: Callable[[], Any]) -> Any:
        """Return what is known under `what`, worked out now if it is not."""
        if what not in self.known:
            self.known[what] = how()
        return self.known[what]


def pair_of(task: Task, run: Run | None) -> Pair:
    """Return the visitor's own networks as they last rested, else the pretrained ones."""
    name, update = "pair of networks", 0 if run is None else run.paused_at
    origin = (task.key, None if update == 0 or run is None else (run.setup, update))
    kept = settings.session_get(name)
    if kept is None or kept[0] != origin:
        kept = (origin, make_pair(task, run if update else None))
        settings.session_set(name, kept)
    pair: Pair = kept[1]
    return pair


def make_pair(task: Task, run: Run | None) -> Pair:
    """Return the networks of a run at rest, or the pretrained ones."""
    if run is None:
        return Pair(task.pretrained(), stored_feedforward(task.key), "pretrained")
    recurrent, feedforward = (trainer.network for trainer in run.trainers)
    return Pair(recurrent, feedforward, f"trained by you, update {run.update:,}")


@st.cache_resource(show_spinner=False)
def stored_feedforward(key: str) -> Network:
    """Return the trained per-step network that comes with the project."""
    return load_feedforward(TASKS[key]).as_unroll()


def show_both(task: Task, example: Example, pair: Pair, *, running: bool = False) -> None:
    """Show one example read by the chain and by the chain with its horizontal wires cut.

    While a run goes on (`running`) the page's script does not end, so an edit waits for no
    fragment.
    """
    for cut in (False, True):
        name = "Feed-forward, horizontal wires cut" if cut else "RNN"
        again = partial(draw_one, task, example, pair, cut)
        # The page is drawn again ten times a second while both train; what was edited seldom is.
        edits = editing.edits_now(cut)
        what = (task.key, example.text, example.inputs, cut)
        drawn = again() if edits else pair.work_out(what, again)
        st.markdown(f"**{name}:** {describe_answer(task, drawn[0].example_run)}")
        editing.show_edited(
            drawn,
            again,
            key=f"compare-{'cut' if cut else 'whole'}",
            feedforward=cut,
            swift=not running,
            fragment="cut-" if cut else "",
            together="compare",
        )


def draw_one(task: Task, example: Example, pair: Pair, cut: bool) -> editing.Drawn:
    """Return what one of the networks makes of the example, and its picture."""
    network = pair.feedforward if cut else pair.recurrent
    edited = editing.read(task, network, example, cut=cut, feedforward=cut)
    return editing.draw(edited, pair.badge, cut=cut)


def describe_answer(task: Task, example_run: ExampleRun) -> str:
    """Return what a network answers and whether it is right, in words."""
    answer = judge(task, example_run)
    if answer.right is None:
        return f"answers {escape(answer.says)}; correct at {answer.hits} of {answer.scored} steps"
    verdict = "correct" if answer.right else f"wrong: the answer is {escape(answer.truth)}"
    return f"answers {escape(answer.says) or 'nothing'} (probability {answer.sure:.2f}), {verdict}"
