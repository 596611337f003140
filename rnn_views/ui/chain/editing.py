"""Chains whose numbers a visitor edits by hand, with undo, redo and reset.

An edit runs the picture alone: it stands in a fragment, so its new numbers are there before the
rest of the page is drawn. When the gesture is over the picture says so, and the page follows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from zlib import crc32

import streamlit as st

from rnn_core.network import Network
from rnn_core.tasks import Example, ExampleRun, Task
from rnn_views.chain.payload import payload
from rnn_views.edits.edit import Edit, add_edit, parse_edit, parse_edits, write_edits
from rnn_views.edits.result import Edited, run_edited
from rnn_views.ui.chain.component import Editing, show_chain
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import settings

FEEDFORWARD = "rival"
Drawn = tuple[Edited, Mapping[str, Any]]
"""A reading after the edits, and the payload of its picture."""


def read(
    task: Task,
    network: Network,
    example: Example,
    *,
    cut: bool = False,
    teacher: bool = False,
    feedforward: bool = False,
    own: Collection[int] = (),
) -> Edited:
    """Read an example with the edits of the page's settings applied."""
    edits = edits_now(feedforward)
    return run_edited(task, network, example, edits, cut=cut, teacher=teacher, own=own)


def edits_now(feedforward: bool = False) -> tuple[Edit, ...]:
    """Return the edits of the page's picture, or of its second one, the feed-forward one."""
    own = own_of(parse_edits(settings.get().edits), feedforward)
    if not feedforward:
        return own
    return tuple(replace(edit, owner=edit.owner[len(FEEDFORWARD) + 1 :]) for edit in own)


def own_of(edits: Sequence[Edit], feedforward: bool) -> tuple[Edit, ...]:
    """Return the edits of a page's first picture, or of its second one, the feed-forward one."""
    return tuple(edit for edit in edits if edit.owner.startswith(FEEDFORWARD) == feedforward)


def draw(edited: Edited, badge: str, **how: Any) -> Drawn:
    """Return the edited reading with the payload of its picture."""
    name = f"{badge}, edited" if edited.changes else badge
    return edited, payload(edited.example_run, badge=name, edited=edited, **how)


def show_edited(
    first: Drawn,
    again: Callable[[], Drawn],
    *,
    key: str,
    feedforward: bool = False,
    swift: bool = True,
    request: Callable[[object], None] | None = None,
    tied: str = "",
    **how: Any,
) -> None:
    """Show a picture whose numbers can be edited.

    Parameters
    ----------
    first : Drawn
        What this run of the page shows.
    again : callable
        Makes the same again with the settings as they are by then, after an edit.
    key : str
        As for `show_chain`, which takes the rest too.
    feedforward : bool
        The second picture of a page.
    swift : bool
        An edit runs the picture alone. Not where the page's script goes on for long: a fragment
        waits for its end.
    request : callable, optional
        Takes what is asked for by pointing, as in `show_chain`.
    tied : str
        Why W_hh cannot be untied here; it can where nothing is said.
    """
    ready = [first]

    def picture() -> None:
        edited, data = ready.pop() if ready else again()
        take = partial(take_edit, feedforward=feedforward)
        state = editing_state(
            knows_answer(edited.example_run.example),
            feedforward=feedforward,
            swift=swift,
            tied=tied,
        )
        show_chain(data, key=key, editing=Editing(take, state), request=request, **how)
        show_problems(edited, key, feedforward)
        if settings.session_get(settled_name(), False):
            settings.session_set(settled_name(), False)
            st.rerun()

    settings.session_set(settled_name(), False)
    (st.fragment(picture) if swift else picture)()


def show_problems(edited: Edited, key: str, feedforward: bool) -> None:
    """Say beside the picture which edits were refused, do not fit or do nothing."""
    refused = settings.session_get(problem_name(), ())
    said = (*(() if feedforward else refused), *edited.problems)
    with st.container(key=f"{key}-edit-problems"):
        if said:
            st.warning("  \n".join(map(escape, said)), icon=":material/edit_off:")


def show_editable_chain(
    task: Task,
    network: Network,
    example: Example,
    *,
    key: str,
    badge: str,
    cut: bool = False,
    start: Mapping[str, Any] | None = None,
    **how: Any,
) -> tuple[ExampleRun, Callable[[Sequence[str]], ExampleRun]]:
    """Show the chain of an example with the edits of the page's settings applied.

    Returns
    -------
    example_run : ExampleRun
        What the picture shows.
    read_words : callable
        Reads other words with the same edits.
    """

    def again() -> Drawn:
        return draw(read(task, network, example, cut=cut), badge, cut=cut)

    first = again()
    show_edited(first, again, key=key, start=settings.view() if start is None else start, **how)

    def read_words(words: Sequence[str]) -> ExampleRun:
        return read(task, network, task.encode(" ".join(words)), cut=cut).example_run

    return first[0].example_run, read_words


def knows_answer(example: Example) -> bool:
    """Return whether a right answer is known, so that loss flags can stand."""
    return bool(example.target)


def editing_state(
    flags: bool, *, feedforward: bool = False, swift: bool = True, tied: str = ""
) -> dict[str, object]:
    """Return what the picture's buttons show; `serial` answers the last thing it asked for."""
    return {
        "flags": flags,
        "undo": len(own_of(parse_edits(settings.get().edits), feedforward)),
        "redo": len(undone(feedforward)),
        "serial": settings.session_get(serial_name(feedforward), 0),
        "swift": swift,
        "tied": tied,
    }


def take_edit(message: object, *, feedforward: bool = False) -> None:
    """Do what the picture asks for: set a number, undo, redo, reset, or draw the rest of the page.

    Of two pictures on a page each undoes what was done in it. What cannot be done is said beside
    the picture, and changes nothing. A request whose answer was slow is sent again with the same
    serial; it is done once.
    """
    if not isinstance(message, Mapping):
        return
    serial = message.get("serial", 0)
    if serial and serial == settings.session_get(serial_name(feedforward)):
        return  # sent again, since its answer was slow to come
    settings.session_set(serial_name(feedforward), serial)
    edits = parse_edits(settings.get().edits)
    mine = own_of(edits, feedforward)
    redo = undone(feedforward)
    problem: tuple[str, ...] = ()
    match message.get("do"):
        case "settle":
            settings.session_set(settled_name(), True)
            return
        case "set":
            try:
                edit = parse_edit(f"{FEEDFORWARD}-" * feedforward + str(message.get("edit")))
                edits = add_edit(edits, edit, continues=message.get("continues") is True)
                redo = ()
            except ValueError as refused:
                problem = (str(refused),)
        case "undo" if mine:
            edits, redo = without_last(edits, mine[-1]), (*redo, mine[-1])
        case "redo" if redo:
            edits, redo = (*edits, redo[-1]), redo[:-1]
        case "reset":
            edits, redo = own_of(edits, not feedforward), (*redo, *reversed(mine))
    settings.session_set(problem_name(), problem)
    settings.put(edits=write_edits(edits))
    texts = (fingerprint(feedforward), *(write_edits((edit,)) for edit in redo))
    settings.remember(redo_name(feedforward), texts if redo else None)


def undone(feedforward: bool = False) -> tuple[Edit, ...]:
    """Return what was undone in a picture of the page, the last one last.

    It can be done again as long as the edits are those that were left.
    """
    match settings.remembered(redo_name(feedforward)):
        case (left, *texts) if left == fingerprint(feedforward):
            try:
                return tuple(parse_edit(text) for text in texts)
            except ValueError:
                return ()
    return ()


def fingerprint(feedforward: bool = False) -> str:
    """Return a short text that differs where the edits of a picture do."""
    mine = own_of(parse_edits(settings.get().edits), feedforward)
    return f"{crc32(write_edits(mine).encode()):08x}"


def without_last(edits: tuple[Edit, ...], edit: Edit) -> tuple[Edit, ...]:
    """Return the edits without the last one that is equal to this."""
    at = len(edits) - 1 - edits[::-1].index(edit)
    return edits[:at] + edits[at + 1 :]


def redo_name(feedforward: bool = False) -> str:
    """Return the name under which what was undone in a picture of the page is kept."""
    return f"undone {settings.current_page()}" + f" {FEEDFORWARD}" * feedforward


def problem_name() -> str:
    """Return the name under which a refused edit of the page is kept."""
    return f"edit problem {settings.current_page()}"


def serial_name(feedforward: bool = False) -> str:
    """Return the name under which the number of a picture's last request is kept."""
    return f"edit serial {settings.current_page()}" + f" {FEEDFORWARD}" * feedforward


def settled_name() -> str:
    """Return the name under which it is kept that a gesture is over and the page is to follow."""
    return f"edits settled {settings.current_page()}"
