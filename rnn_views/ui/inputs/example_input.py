"""Which example a task's network works on: one from the held-out data, or the visitor's own.

An input that cannot be read is answered beside the field, and the last good picture stays.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from rnn_core.tasks import TASKS, Example, ExampleRun, Task
from rnn_views.links.codec import shorten
from rnn_views.png import picture_url
from rnn_views.strokes import read_ink
from rnn_views.ui.inputs.task_choice import choose_task, network_of
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls, drawing_pad
from rnn_views.ui.widgets.picker import Option, pick

LABELS = {
    "sentiment": "Good or bad? Type your own",
    "french": "A number to translate, 0 to 999",
    "german": "A number to translate, 0 to 999",
    "names": "A name to follow letter by letter",
    "digits": "Which digit is it? Pick one, or draw one.",
    "digit-rows": "Which digit is it? Pick one, or draw one.",
    "temporal-order": "X and Y among a, b, c, d: which came first, and which second?",
    "book": "A place, some words, and the question where?",
    "captions": "What does it show? Pick a picture that is new to the network.",
}
SUGGESTIONS = ("not bad at all", "good but boring", "boring but good", "i did not hate it")
GALLERY = 22


@dataclass(frozen=True)
class Remark:
    """What is said beside the field about what the visitor typed there."""

    task: str
    example: int
    input: str
    sentences: tuple[str, ...]
    refused: bool

    def is_about(self, chosen: settings.Settings) -> bool:
        """Return whether the visitor has stayed where it was said."""
        return (self.example, self.input) == (chosen.example, chosen.input)


def choose_example(task: Task, *, more: Callable[[Task], None]) -> Example:
    """Offer the tasks of the topology and the ways to choose an example; return the chosen one.

    Field, gallery and buttons write the settings `example` and `input`; an own input goes before
    the number of an example. `more` fills the popover with what is rarely changed.
    """
    typing = task.input_kind == "text"
    align: Literal["bottom", "center"] = "bottom" if typing else "center"
    with st.container(horizontal=True, vertical_alignment=align, gap="xsmall", key="input-row"):
        choose_task(task, hide_label=not typing)
        if typing:
            type_input(task, LABELS[task.key])
        else:
            st.markdown(LABELS[task.key])
        if task.input_kind == "digit":
            with st.popover("Draw", icon=":material/draw:"):
                drawing_pad.show_pad(answer_now(task))
        show_steps(task)
        with st.popover("More", icon=":material/tune:"):
            more(task)
    if not typing:
        show_gallery(task)
    return show_remarks(task)


def answer_now(task: Task) -> ExampleRun:
    """Return what the chosen network makes of the chosen input; of an odd one, of the example."""
    chosen = settings.get()
    example = task.example(known_index(task))
    if chosen.input:
        with suppress(ValueError):
            example = encode_input(task, chosen.input)
    return task.run(network_of(task)[0], example)


def choose_sentence(task: Task) -> tuple[Example, bool]:
    """Offer a sentence, the weights and the loop of a small network.

    Returns
    -------
    example : Example
        The sentence that is read.
    cut : bool
        Whether the loop is cut.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key="input-row"):
        type_input(task, "A sentence of your own")
        controls.segmented("weights", "Weights", controls.WEIGHTS)
        cut = offer_cut()
        with st.popover("More", icon=":material/tune:"):
            controls.segmented("cell", "Cell", controls.CELLS)
            if settings.get().weights == "untrained":
                controls.choose("hidden", "Hidden units H", (2, 4, 8, 16, 32))
                controls.choose("seed", "Seed of the weights", range(10))
            else:
                st.caption("The trained network has its size and its weights.")
    with st.container(horizontal=True, vertical_alignment="center", key="suggestions"):
        st.caption("Or try", width="content")
        for number, sentence in enumerate(SUGGESTIONS):
            st.button(
                f"“{sentence}”",
                type="tertiary",
                key=f"suggestion-{number}",
                **settings.on_click_set(input=sentence),
            )
        show_sizes(task)
    return show_remarks(task), cut


def show_sizes(task: Task) -> None:
    """Say how many units the network has with either weights; offer to make that the same."""
    chosen = settings.get()
    trained, untrained = task.pretrained(chosen.cell).hidden, chosen.hidden
    if untrained == trained:
        told = f"Trained and untrained have {trained} units each: only training differs."
        st.caption(told, width="content")
        return
    st.caption(
        f"The untrained network has {untrained} units, the trained one {trained}.", width="content"
    )
    st.button(
        f"Give both {trained}",
        type="tertiary",
        key="same-size",
        **settings.on_click_set(hidden=trained),
    )


def offer_cut() -> bool:
    """Offer to cut the loop, where that leaves no memory: a gated cell has a second way past W_hh.

    Returns
    -------
    bool
        Whether the loop is cut.
    """
    chosen = settings.get()
    if chosen.cell == "rnn":
        return controls.toggle(
            "cut", "Cut the loop", help="Set W_hh to zero: nothing is passed on."
        )
    if chosen.cut:
        settings.reject(
            f"cut = yes cannot be used with cell = {chosen.cell}: its gates pass the memory on "
            "without W_hh. The loop stays whole."
        )
    return False


def type_input(task: Task, label: str) -> None:
    """Offer a field for the visitor's own input."""
    chosen = settings.get()
    shown = chosen.input or task.example(known_index(task)).text
    st.text_input(
        label,
        width="stretch",
        autocomplete="off",
        **settings.text_args("input", shown, change=taker(task)),
    )


def taker(task: Task) -> Callable[[str], None]:
    """Return what happens with a typed text: it becomes the input, or it is refused with a why."""

    def take(text: str) -> None:
        chosen = settings.get()
        try:
            example = task.encode(text)
        except ValueError as problem:
            remark = Remark(task.key, chosen.example, chosen.input, (str(problem),), True)
        else:
            settings.put(input=example.text)
            remark = Remark(task.key, chosen.example, example.text, example.notes, False)
        settings.session_set(remark_name(), remark)

    return take


def remark_name() -> str:
    """Return the name under which the page's remark is kept."""
    return f"remark {settings.current_page()}"


def show_gallery(task: Task) -> None:
    """Offer held-out pictures to pick from."""
    chosen = known_index(task)
    options = list(gallery(task.key))
    if chosen not in [int(option.id) for option in options]:
        options.append(picture_option(task, chosen))
    marked = "" if settings.get().input else str(chosen)
    pick(
        "Pictures",
        options,
        marked,
        key=f"gallery-{task.key}",
        change=lambda picked: settings.put(example=int(picked), input=""),
    )


@st.cache_data(show_spinner=False)
def gallery(key: str) -> tuple[Option, ...]:
    """Return the pictures on offer: a varied few first, then the next of the test split."""
    task = TASKS[key]
    varied = [index for index, _ in task.pick]
    others = [index for index in range(task.data().test.size) if index not in varied]
    return tuple(picture_option(task, index) for index in (varied + others)[:GALLERY])


def picture_option(task: Task, index: int) -> Option:
    """Return one picture of the test split as something to pick."""
    example = task.example(index)
    if example.picture is None:
        raise ValueError(f"example {index} of {task.key!r} has no picture")
    return Option(str(index), example.text, picture=picture_url(example.picture))


def show_steps(task: Task) -> None:
    """Offer the previous, the next and a random example of the held-out data."""
    index, size = known_index(task), task.data().test.size

    def go(to: int) -> dict[str, Any]:
        return settings.on_click_set(example=to % size, input="")

    st.button("Previous", key="example-previous", **go(index - 1))
    st.button("Random", key="example-random", **go(draw(index, size)))
    st.button("Next", key="example-next", **go(index + 1))


def draw(present: int, size: int) -> int:
    """Return the number of another example, any of them with the same chance."""
    return (present + random.randrange(1, size)) % size if size > 1 else 0


def known_index(task: Task) -> int:
    """Return the number of the chosen example; a number beyond the data is named and 0 is used."""
    index, size = settings.get().example, task.data().test.size
    if index < size:
        return index
    settings.reject(
        f"example = {index} cannot be used: this task holds out examples 0 to {size - 1}. "
        "The page uses example 0."
    )
    return 0


def show_remarks(task: Task) -> Example:
    """Return the chosen example; say what is remarkable about it, or why it was refused."""
    chosen, remark = settings.get(), settings.session_get(remark_name())
    refused: tuple[str, ...] = ()
    example = task.example(known_index(task))
    if chosen.input:
        try:
            example = encode_input(task, chosen.input)
        except ValueError as problem:
            refused = (str(problem),)
    notes = example.notes
    if isinstance(remark, Remark) and remark.task == task.key and remark.is_about(chosen):
        refused = remark.sentences if remark.refused else refused
        notes = notes if remark.refused else remark.sentences
    with st.container(key="remarks", gap="xsmall"):
        if refused:
            still = f"The picture still shows {shorten(example.text, 60)}."
            said = " ".join(as_sentence(part) for part in (*refused, still))
            st.warning(escape(said), icon=":material/edit_off:")
        elif notes:  # what holds for the picture would read as said of the refused text
            st.info("  \n".join(escape(note) for note in notes), icon=":material/info:")
    return example


def encode_input(task: Task, text: str) -> Example:
    """Return the example that an own input of a link stands for: a text, or a drawing."""
    drawing = read_ink(text) if task.input_kind == "digit" else None
    return task.encode(text if drawing is None else drawing)


def as_sentence(text: str) -> str:
    """Return the words of an error as a sentence.

    >>> as_sentence("the text is empty"), as_sentence("“9999” is too large.")
    ('The text is empty.', '“9999” is too large.')
    """
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", ".”", "?")) else ".")
