"""What the page Memory measures: which sequence, which weights, and how W_hh is scaled."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from rnn_core.tasks import TASKS
from rnn_core.tasks.generated.memory import ADDING
from rnn_views.links import codec
from rnn_views.links.codec import Settings
from rnn_views.memory.cases import RANDOM, Case
from rnn_views.memory.measurements import MOST_SPLIT
from rnn_views.ui.inputs import example_input
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls

PARTS = {
    "reach": "How far back?",
    "lags": "Where dW comes from",
    "adding": "The adding problem",
    "units": "What a state keeps",
    "sunspots": "Sunspots",
}
SOURCES = {
    RANDOM: "Random numbers",
    ADDING.key: "The adding problem",
    "sentiment": "A sentence, good or bad",
    "names": "A name, letter by letter",
}
LENGTHS = (2, 5, 10, 20, 40, 80, 120, 200)
SIZES = (2, 4, 8, 16, 32, 64)
FACTORS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
CLIPS = (None, 0.1, 1.0, 10.0)
STARTS = {"orthogonal": "orthogonal", "identity": "identity"}
ACTIVATIONS = {"tanh": "tanh", "relu": "ReLU"}
PRECISIONS = {"float64": "64 bits", "float32": "32 bits, as in training"}


def choose_sequence() -> Case:
    """Offer the sequence and, where a task has trained networks, their weights; return the case."""
    chosen = settings.get()
    with st.container(horizontal=True, vertical_alignment="bottom", key="input-row"):
        st.selectbox(
            "Sequence",
            list(SOURCES),
            index=list(SOURCES).index(chosen.source),
            format_func=lambda source: SOURCES[source],
            width=240,
            **settings.widget_args("source", also=open_source),
        )
        if chosen.source in TASKS:
            task = TASKS[chosen.source]
            example_input.type_input(task, example_input.LABELS[chosen.source])
            example_input.show_steps(task)
        else:
            offer_length()
        if chosen.source != RANDOM:
            controls.segmented("weights", "Weights", controls.WEIGHTS)
        with st.popover("More", icon=":material/tune:"):
            choose_more(chosen)
    return case_of(settings.get())


def open_source(source: str) -> dict[str, object]:
    """Return the settings with which another sequence opens."""
    return {"example": 0, "input": "", "word": "", "at": 1}


def open_part(part: str) -> dict[str, object]:
    """Return the settings with which a part opens: what a state keeps is seen in a sentence."""
    wordless = settings.get().source == RANDOM
    return dict(codec.OPENS_WITH.get(("memory", "part", part), {})) if wordless else {}


def offer_length() -> None:
    """Offer the length of the random sequence."""
    present = settings.get().steps
    lengths = sorted({*LENGTHS, present})
    st.selectbox(
        "Steps",
        lengths,
        index=lengths.index(present),
        width=110,
        filter_mode="prefix",
        **settings.widget_args("steps"),
    )


def choose_more(chosen: Settings) -> None:
    """Offer what is rarely changed, as far as it counts for what is shown."""
    if chosen.part in ("lags", "units"):
        controls.slider("factor", "W_hh is multiplied by", FACTORS)
    if is_pretrained(chosen):
        st.caption("The trained networks have their sizes and their weights.")
    else:
        controls.choose("hidden", "Hidden units H of the vanilla cell", SIZES)
        controls.toggle("equal", "GRU and LSTM with as many weights, not as many units")
        controls.segmented("start", "Initial W_hh", STARTS)
        controls.segmented("activation", "Activation of the vanilla cell", ACTIVATIONS)
    if not is_pretrained(chosen) or chosen.source == ADDING.key:
        controls.choose("seed", "Seed", range(10))
    controls.segmented("precision", "Numbers with", PRECISIONS)


def is_pretrained(chosen: Settings) -> bool:
    """Whether the settings ask for the trained networks of a task."""
    return chosen.weights == "trained" and chosen.source != RANDOM


def case_of(chosen: Settings) -> Case:
    """Return the case the settings ask for; what is refused is named beside the field."""
    case = Case(
        source=chosen.source,
        steps=chosen.steps,
        seed=chosen.seed,
        trained=is_pretrained(chosen),
        hidden=chosen.hidden or Case.hidden,
        equal=chosen.equal,
        factor=chosen.factor,
        start=chosen.start,
        activation="tanh" if is_pretrained(chosen) else chosen.activation,
        precision=chosen.precision,
    )
    if case.is_drawn:
        return case
    task = TASKS[chosen.source]
    example = example_input.show_remarks(task)
    if chosen.input and example.text != task.example(example_input.known_index(task)).text:
        return replace(case, text=example.text)
    return replace(case, example=example_input.known_index(task))


def shorten_for_split(case: Case) -> Case:
    """Return the case with no more random steps than dW is split for; say so where that cuts."""
    if not case.is_drawn or case.steps <= MOST_SPLIT:
        return case
    st.caption(
        f"The first {MOST_SPLIT} of {case.steps} steps: the split takes one backward pass for each."
    )
    return replace(case, steps=MOST_SPLIT)
