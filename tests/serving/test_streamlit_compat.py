"""What is changed inside Streamlit is in force, and a release that differs is refused by name."""

import asyncio
import inspect
import os
import types
from pathlib import Path

import pytest
from streamlit import net_util
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData

from serving import streamlit_compat
from serving.streamlit_compat import (
    ScriptLoop,
    StreamlitChangedError,
    check,
    prepare_streamlit,
    replace,
)
from tests.support.event_loop import in_thread, run


def open_files() -> int:
    return len(os.listdir("/dev/fd"))


def a_session() -> AppSession:
    return AppSession(
        ScriptData("main.py", False), MemoryUploadedFileManager("/files"), None, None, {}
    )


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in (
        (net_util, "get_external_ip"),
        (AppSession, "register_file_watchers"),
        (AppSession, "__init__"),
    ):
        monkeypatch.setattr(owner, name, inspect.getattr_static(owner, name))  # put back afterwards
    prepare_streamlit()


def test_a_session_that_comes_back_watches_no_file() -> None:
    async def come_back() -> AppSession:
        session = a_session()
        session.disconnect_file_watchers()
        session.register_file_watchers()
        return session

    session = run(come_back())
    assert session._local_sources_watcher is None
    assert session._stop_config_listener is None


def test_no_address_is_asked_for() -> None:
    assert net_util.get_external_ip() is None


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="this system lists no open files")
def test_a_session_opens_no_file() -> None:
    async def count() -> int:
        before = open_files()
        sessions = [a_session() for _ in range(20)]
        opened = open_files() - before
        for session in sessions:
            session.shutdown()
        assert all(session._script_event_loop.is_closed() for session in sessions)
        return opened

    assert run(count()) == 0


def test_the_loop_of_a_session_still_runs() -> None:
    async def add() -> int:
        await asyncio.sleep(0)
        return 3

    loop = ScriptLoop()
    assert in_thread(loop.run_until_complete, add()) == 3
    in_thread(loop.run_until_complete, loop.shutdown_asyncgens())
    loop.close()
    assert loop.is_closed()


def test_a_second_call_changes_nothing_more() -> None:
    before = AppSession.__init__
    prepare_streamlit()
    assert AppSession.__init__ is before


def test_a_function_that_is_gone_is_named() -> None:
    module = types.ModuleType("runtime")
    with pytest.raises(StreamlitChangedError, match=r"has no function .*runtime\.watch"):
        replace(module, "watch", ("self",), lambda: None)


def test_other_parameters_are_named() -> None:
    module = types.ModuleType("runtime")
    module.watch = lambda self, how: None
    with pytest.raises(StreamlitChangedError, match=r"takes \('self', 'how'\); Unrolled expects"):
        check(module, "watch", ("self",))


@pytest.mark.parametrize("name", ["register_file_watchers", "disconnect_file_watchers"])
def test_the_start_fails_where_streamlit_changed(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(AppSession, name, property(lambda self: None))
    with pytest.raises(StreamlitChangedError, match=name):
        prepare_streamlit()


def test_every_change_is_checked() -> None:
    """No assignment to a name of Streamlit's but through `replace`, or after `check`."""
    source = inspect.getsource(streamlit_compat.prepare_streamlit)
    assert "setattr" not in source
    assert inspect.getsource(streamlit_compat).count("setattr(") == 1
