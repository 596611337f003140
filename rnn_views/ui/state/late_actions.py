"""What a visitor did on a page whose session was gone, done by the session that takes its place.

A session ends with its server, or two minutes after its visitor was cut off. The page stays open,
and its next message comes to a new session, with the values of all its widgets and with what was
pressed. Streamlit knows no callback of a widget that it has not drawn, so it would drop the act,
and the page would go back to its old settings without a word.

So a session's first run sets aside what arrives with it, and draws the page as its link says.
Then it runs again with what was set aside: Streamlit compares, and calls the callbacks itself. A
visit that begins without an old page brings nothing with it, and pays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.state.session_state import Serialized, SessionState, WStates

from rnn_views.ui.state import settings

TRIGGERS = ("trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value")
"""Kinds of widget states that report one act: a press, what a component reported once."""
LOST = (
    "The connection was lost, and this page now has a new session. What you did last belongs to "
    "the old one, so it is not done. Please look at the page and do it again."
)

_NAME = "late acts"


@dataclass
class _Late:
    """What a new session has set aside.

    Attributes
    ----------
    states : dict of str to WidgetState
        By the widget's id.
    settled : bool
        Whether the page was drawn once to its end, so that its callbacks are known.
    delivering : bool
        Whether the present run began with what was set aside.
    """

    states: dict[str, WidgetState] = field(default_factory=dict)
    settled: bool = False
    delivering: bool = False


def set_aside() -> None:
    """Set aside what came with a session's first run. Called before any widget is drawn."""
    late = _late()
    if late.settled:
        late.delivering = False
        return
    state = _session()
    arrived = state._new_widget_state
    known = arrived.widget_metadata
    for widget in list(arrived.states):
        if widget in known:  # a first run that was cut short drew it: its callback was called
            late.states.pop(widget, None)
            continue
        kept = arrived.states.pop(widget)
        if isinstance(kept, Serialized):
            late.states[widget] = kept.value


def deliver() -> None:
    """Run again with what was set aside, if that changes anything. Called at the page's end.

    An act whose control is not there in the new session, or is disabled, is named.
    """
    late = _late()
    if late.settled:
        return
    late.settled = True
    state, states = _session(), late.states
    late.states = {}
    for widget, one in states.items():
        if _is_act(one) and not _can_act(state, widget):
            settings.reject(LOST)
    if any(_changes(state, widget, one) for widget, one in states.items()):
        late.delivering = True
        _run_with(WidgetStates(widgets=list(states.values())))


def is_late() -> bool:
    """Return whether a callback is called for an act that was meant for an older session."""
    return _late().delivering


def _late() -> _Late:
    late: _Late | None = settings.session_get(_NAME)
    if late is None:
        late = _Late()
        settings.session_set(_NAME, late)
    return late


def _session() -> SessionState:
    run = get_script_run_ctx()
    assert run is not None
    return run.session_state._state


def _is_act(one: WidgetState) -> bool:
    return one.WhichOneof("value") in TRIGGERS


def _can_act(state: SessionState, widget: str) -> bool:
    metadata = state._new_widget_state.widget_metadata.get(widget)
    return metadata is not None and not metadata.disabled


def _changes(state: SessionState, widget: str, one: WidgetState) -> bool:
    if not _can_act(state, widget):
        return False
    if _is_act(one):
        return True
    arrived = WStates()
    arrived.set_widget_from_proto(one)
    arrived.set_widget_metadata(state._new_widget_state.widget_metadata[widget])
    present: Any = state[widget]
    return bool(arrived[widget] != present)


def _run_with(states: WidgetStates) -> NoReturn:
    run = get_script_run_ctx()
    assert run is not None
    # Raised, not requested: a request would displace what the visitor has done in the meantime.
    raise RerunException(
        RerunData(
            query_string=run.query_string,
            widget_states=states,
            page_script_hash=run.page_script_hash,
            cached_message_hashes=run.cached_message_hashes,
            context_info=run.context_info,
        )
    )
