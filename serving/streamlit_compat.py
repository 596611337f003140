"""What Unrolled changes inside Streamlit, each change checked before it is made.

Streamlit has no setting for these. Each reaches for a name that a release may drop or change, so
each says which parameters it expects there. A start that finds others fails at once and names
the attribute, instead of serving a class at a tenth of the speed.
"""

import asyncio
import inspect
import os
import selectors
from collections.abc import Callable
from typing import Any

import streamlit
from streamlit import net_util
from streamlit.runtime.app_session import AppSession


class StreamlitChangedError(RuntimeError):
    """This release of Streamlit lacks something that Unrolled relies on."""


def prepare_streamlit() -> None:
    """Make every change; a second call changes nothing more.

    Raises
    ------
    StreamlitChangedError
        If an attribute is gone, or takes other parameters than expected.
    """
    replace(net_util, "get_external_ip", (), stay_offline)
    replace(AppSession, "register_file_watchers", ("self",), watch_no_files)
    check(AppSession, "disconnect_file_watchers", ("self",))
    lean_sessions()


def check(owner: Any, name: str, parameters: tuple[str, ...]) -> Callable[..., Any]:
    """Return a function of Streamlit's, if it is still what Unrolled expects.

    Parameters
    ----------
    owner
        A module or a class of Streamlit.
    name
        Of the function.
    parameters
        The names of its parameters, in order.

    Raises
    ------
    StreamlitChangedError
        If it is gone or takes other parameters.
    """
    place = f"{getattr(owner, '__module__', '')}.{owner.__name__}.{name}".strip(".")
    found = inspect.getattr_static(owner, name, None)
    if not inspect.isfunction(found):
        raise StreamlitChangedError(
            f"Streamlit {streamlit.__version__} has no function {place}, which Unrolled replaces. "
            "Install the release that requirements.txt names."
        )
    takes = tuple(inspect.signature(found).parameters)
    if takes != parameters:
        raise StreamlitChangedError(
            f"In Streamlit {streamlit.__version__}, {place} takes {takes}; "
            f"Unrolled expects {parameters}. Install the release that requirements.txt names."
        )
    return found


def replace(
    owner: Any, name: str, parameters: tuple[str, ...], replacement: Callable[..., Any]
) -> None:
    """Put a function in place of one of Streamlit's, after `check`."""
    if inspect.getattr_static(owner, name, None) is not replacement:
        check(owner, name, parameters)
        setattr(owner, name, replacement)


def stay_offline() -> None:
    """Know no external address, where Streamlit would ask a host on the internet for it.

    It asks when a page of another origin knocks, and the event loop waits for the answer.
    """


def watch_no_files(self: AppSession) -> None:
    """Watch no source files, where a session that reconnects would watch every module.

    `server.fileWatcherType = "none"` keeps new sessions from it, but not those that come back:
    about 40 ms each on the event loop, so a class that drops out and returns waits for 20 s.
    """


class ScriptLoop(asyncio.SelectorEventLoop):
    """An event loop that opens no file: each session owns one, and no page ever runs it.

    Streamlit's takes three file descriptors per visitor, of the 256 that macOS gives a process
    at first. This one has no self-pipe: a thread cannot wake it up while it sleeps.
    """

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())

    def _make_self_pipe(self) -> None:
        self._ssock = self._csock = None
        self._internal_fds = 0

    def _close_self_pipe(self) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def lean_sessions() -> None:
    """Let each session own a `ScriptLoop` in place of a loop that holds three files open."""
    if os.name == "nt" or getattr(AppSession.__init__, "lean", False):
        return  # Windows counts no file descriptors, and cannot select on nothing
    parameters = (
        *("self", "script_data", "uploaded_file_manager", "script_cache"),
        *("message_enqueued_callback", "user_info", "session_id_override", "on_script_error"),
    )
    theirs = check(AppSession, "__init__", parameters)
    if "_script_event_loop" not in theirs.__code__.co_names:
        raise StreamlitChangedError(
            f"Streamlit {streamlit.__version__} gives its sessions no _script_event_loop. "
            "Install the release that requirements.txt names."
        )

    def begin(self: AppSession, *arguments: Any, **named: Any) -> None:
        theirs(self, *arguments, **named)
        self._script_event_loop.close()
        self._script_event_loop = ScriptLoop()

    begin.lean = True  # type: ignore[attr-defined]
    AppSession.__init__ = begin  # type: ignore[method-assign]
