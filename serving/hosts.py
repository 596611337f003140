"""By which names the server may be asked.

A page of a stranger can point a name of its own at this machine (DNS rebinding), and read what a
server here answers to it. Its name is in the Host header, so the server answers only to names
it knows: addresses, this machine's own names, and those of UNROLLED_ALLOWED_HOSTS. An address is
safe whatever it is: a stranger's page has a name.
"""

import re
import socket
from collections.abc import Collection
from functools import cache

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.connection import OURS
from serving.descriptors import refuse_websocket, warn_now_and_then
from serving.environment import ALLOWED_HOSTS, is_address

HEALTH = re.compile(r"/_stcore/(health|script-health-check)$")  # asked by machines, says "ok"
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:/@\s]+)(:\d{1,5})?", re.I)


class Hosts:
    """Middleware that answers only those who ask for the server by a name it knows."""

    def __init__(self, app: ASGIApp, allowed: Collection[str] = ()) -> None:
        self.app = app
        self.allowed = tuple(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or HEALTH.search(scope["path"]):
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        # Every browser names the host; what does not is no stranger's page.
        if not host or is_known(host, self.allowed):
            await self.app(scope, receive, send)
            return
        sentence = refusal(host)
        warn_now_and_then("host", sentence)
        if scope["type"] == "websocket":
            await refuse_websocket(scope, receive, send, sentence, 400, 1008)
        else:
            await PlainTextResponse(sentence, 400, OURS)(scope, receive, send)


def is_known(host: str, allowed: Collection[str]) -> bool:
    """Return whether the server answers to what a Host header says.

    >>> is_known("localhost:8501", ()), is_known("192.168.0.7", ()), is_known("evil.example", ())
    (True, True, False)
    >>> is_known("a.school.example", ("*.school.example",)), is_known("school.example:80", ("*",))
    (True, True)
    """
    found = HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].strip("[]").lower().rstrip(".")
    if is_address(name) or name == "localhost" or name.endswith(".localhost"):
        return True
    return any(_matches(name, pattern) for pattern in (*allowed, *own_names()))


def refusal(host: str) -> str:
    """Return the sentence for a name that is not known."""
    name = re.sub(r"[^\w.:\[\]-]", "?", host, flags=re.ASCII)[:80]
    return (
        f"This server does not answer to the name {name}. Whoever runs it can allow the name: "
        f"{ALLOWED_HOSTS}={name.rpartition(':')[0] or name}"
    )


@cache
def own_names() -> tuple[str, ...]:
    """Return the names of this machine: as it calls itself, and as its network finds it."""
    full = socket.gethostname().lower().rstrip(".")
    short = full.partition(".")[0]
    return tuple(name for name in dict.fromkeys((full, short, f"{short}.local")) if short)


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern in ("*", name)
