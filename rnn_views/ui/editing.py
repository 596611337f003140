"""The chain whose numbers a visitor edits by hand, with undo, redo and reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import Example, Reading, Task
from rnn_views.chain import payload
from rnn_views.edited import read_edited
from rnn_views.edits import Edit, add_edit, parse_edit, parse_edits, write_edits
from rnn_views.ui import settings
from rnn_views.ui.chain import Editing, show_chain
from rnn_views.ui.frame import escape


def show_editable_chain(
    task: Task, network: Network, example: Example, *, key: str, badge: str, cut: bool = False
) -> tuple[Reading, Callable[[Sequence[str]], Reading]]:
    """Show the chain of an example with the edits of the page's settings applied.

    Returns
    -------
    reading : Reading
        What the picture shows.
    read_words : callable
        Reads other words with the same edits.
    """
    edits = parse_edits(settings.get().edits)
    edited = read_edited(task, network, example, edits, cut=cut)
    name = f"{badge}, edited" if edited.changes else badge
    show_chain(
        payload(edited.reading, badge=name, cut=cut, edited=edited),
        key=key,
        start=settings.view(),
        editing=Editing(take_edit, editing_state(edits, knows_answer(example))),
    )
    said = (*settings.kept(problem_name(), ()), *edited.problems)
    with st.container(key="edit-problems"):
        if said:
            st.warning("  \n".join(map(escape, said)), icon=":material/edit_off:")

    def read_words(words: Sequence[str]) -> Reading:
        other = task.encode(" ".join(words))
        return read_edited(task, network, other, edits, cut=cut).reading

    return edited.reading, read_words


def knows_answer(example: Example) -> bool:
    """Return whether a right answer is known, so that loss flags can stand."""
    return bool(example.target)


def editing_state(edits: Sequence[Edit], flags: bool) -> dict[str, object]:
    """Return what the picture's buttons show; `serial` answers the last thing it asked for."""
    return {
        "flags": flags,
        "undo": len(edits),
        "redo": len(settings.kept(redo_name(), ())),
        "serial": settings.kept(serial_name(), 0),
    }


def take_edit(message: object) -> None:
    """Do what the picture asks for: set a number, undo, redo or reset.

    What cannot be done is said beside the picture, and changes nothing.
    """
    if not isinstance(message, Mapping):
        return
    settings.keep(serial_name(), message.get("serial", 0))
    edits = parse_edits(settings.get().edits)
    redo: tuple[Edit, ...] = settings.kept(redo_name(), ())
    problem: tuple[str, ...] = ()
    match message.get("do"):
        case "set":
            try:
                edit = parse_edit(str(message.get("edit")))
                edits = add_edit(edits, edit, continues=message.get("continues") is True)
                redo = ()
            except ValueError as refused:
                problem = (str(refused),)
        case "undo" if edits:
            edits, redo = edits[:-1], (*redo, edits[-1])
        case "redo" if redo:
            edits, redo = (*edits, redo[-1]), redo[:-1]
        case "reset":
            edits, redo = (), (*redo, *reversed(edits))
    settings.keep(redo_name(), redo)
    settings.keep(problem_name(), problem)
    settings.put(edits=write_edits(edits))


def redo_name() -> str:
    """Return the name under which what was undone on the page is kept."""
    return f"undone {settings.current_page()}"


def problem_name() -> str:
    """Return the name under which a refused edit of the page is kept."""
    return f"edit problem {settings.current_page()}"


def serial_name() -> str:
    """Return the name under which the number of the picture's last wish is kept."""
    return f"edit serial {settings.current_page()}"
