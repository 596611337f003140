"""Which messages of a browser reach Streamlit, and how many.

Streamlit's protocol has messages that no page here needs and that reach beyond the one who sends
them: `clear_cache` empties the caches of all visitors, `install_skills` writes files. And a script
run costs about 20 ms, so who asks for 500 a second takes the whole server. So only the kinds that
a browser sends for a visitor pass, and each connection has a budget: more than a hand can use,
after which its messages wait, those of nobody else.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg

from serving.descriptors import warn_now_and_then

STREAM: Final = re.compile(r"/_stcore/stream$")
PASS: Final = frozenset({"rerun_script", "stop_script", "app_heartbeat"})
OPERATIONS: Final = frozenset({"dataframe_chunk"})  # a table that is read part by part
BURST, RATE = 40, 12.0
"""Messages at once, and a second in the long run. A hand on a slider sends about ten a second."""
LONGEST_TEXT: Final = 65_536
"""Characters of a widget's value; the longest that a page sends is a drawing of 30,000."""
LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a message, as maxWidgetStateSize in .streamlit/config.toml."""


class Messages:
    """Middleware that lets pass what a visitor's browser sends, at a pace that leaves room."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self.app, self.clock = app, clock
        quiet_logs()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not STREAM.search(scope["path"]):
            await self.app(scope, receive, send)
            return
        budget = Bucket(BURST, RATE, self.clock)

        async def receive_some() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                if (wait := budget.take()) > 0:
                    warn_now_and_then("pace", "A connection sends too much; its messages wait.")
                    await asyncio.sleep(wait)
                data = message.get("bytes")
                if data is None or (fit := judge(data)) is None:
                    warn_now_and_then("frame", "A connection sent what is no message; it is cut.")
                    await send({"type": "websocket.close", "code": 1003})
                    return {"type": "websocket.disconnect", "code": 1003}
                if fit:
                    return {"type": "websocket.receive", "bytes": fit}

        await self.app(scope, receive_some, send)


class Bucket:
    """A budget that refills: `size` at once, `rate` a second in the long run.

    Examples
    --------
    >>> bucket = Bucket(2, 10.0, clock=lambda: 0.0)
    >>> bucket.take(), bucket.take(), bucket.take()
    (0.0, 0.0, 0.1)
    """

    def __init__(self, size: int, rate: float, clock: Callable[[], float]) -> None:
        self.size, self.rate, self.clock = size, rate, clock
        self.full = float(size)
        self.seen = clock()

    def take(self) -> float:
        """Take one; return the seconds to wait until it was there to be taken."""
        now = self.clock()
        self.full = min(self.full + (now - self.seen) * self.rate, float(self.size)) - 1
        self.seen = now
        return -self.full / self.rate if self.full < 0 else 0.0


def judge(data: bytes) -> bytes | None:
    """Return what of a message may pass: all, less, nothing (b""), or None if it is none.

    A value that is far longer than any page sends is left out, so that the page is drawn with the
    rest. Streamlit would cut the connection, and the browser send the same again for ever.
    """
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except Exception:  # DecodeError, of a package that is Streamlit's business
        return None
    kind = message.WhichOneof("type")
    operation = message.backend_operation_request.WhichOneof("payload")
    if kind not in PASS and operation not in OPERATIONS:
        what = operation or kind or "without a kind"
        warn_now_and_then(f"kind {what}", f"A message {what} is ignored.")
        return b""
    return leave_out_bad_values(message, data) if kind == "rerun_script" else data


def leave_out_bad_values(message: BackMsg, data: bytes) -> bytes:
    """Return a message without values that are too long or that a component cannot have sent.

    Nothing is left of it when it is too large even so. Most messages pass as they came.
    """
    states = message.rerun_script.widget_states.widgets
    long = [state for state in states if state.ByteSize() > LONGEST_TEXT]
    broken = [state for state in states if state not in long and not is_sound(state)]
    for state in (*long, *broken):
        states.remove(state)
    if long:
        warn_now_and_then("long", f"A value of more than {LONGEST_TEXT:,} bytes is left out.")
    if broken:
        warn_now_and_then("broken", "A value that no component sends is left out.")
    if long or broken:
        data = message.SerializeToString()
    if len(data) > min(LARGEST, 1024 * 1024 * config.get_option("server.maxWidgetStateSize")):
        warn_now_and_then("large", f"A message of {len(data):,} bytes is ignored.")
        return b""
    return data


def is_sound(state: Any) -> bool:
    """Return whether a widget's state can be read: a component's has to be JSON of a known shape.

    A component reports its state as an object, and its events as a list of objects.
    """
    match state.WhichOneof("value"):
        case "json_value":
            return isinstance(read_json(state.json_value), dict)
        case "json_trigger_value":
            events = read_json(state.json_trigger_value)
            return isinstance(events, list) and all(isinstance(one, dict) for one in events)
    return True


def read_json(text: str) -> object:
    """Return what a JSON text says; None for what is none, or nested without end."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


class OncePerMinute(logging.Filter):
    """Lets a log line of each kind pass once a minute, an error with its traceback too."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether this line is the first of its kind for a minute."""
        now = time.monotonic()
        kind = f"{record.name} {record.msg}"
        if now - self.said.get(kind, -60.0) < 60.0:
            return False
        if len(self.said) > 1_000:
            self.said.clear()
        self.said[kind] = now
        return True

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, float] = {}


NOISY: Final = (
    "streamlit.web.server.starlette.starlette_websocket",
    "streamlit.runtime.websocket_session_manager",
    "streamlit.runtime.app_session",
    "streamlit.runtime.state.session_state",
)


def quiet_logs() -> None:
    """Keep those of Streamlit's log lines that a stranger can cause to one of a kind a minute."""
    for name in NOISY:
        logger: Any = logging.getLogger(name)
        if not any(isinstance(one, OncePerMinute) for one in logger.filters):
            logger.addFilter(OncePerMinute())
