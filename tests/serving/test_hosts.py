"""The server answers to names it knows, so that a stranger's name cannot lead to it."""

import http.client
import socket
from urllib.parse import urlsplit

import pytest
import websockets
from websockets.sync.client import connect

from scripts.app_server import LiveApp
from serving.environment import ALLOWED_HOSTS
from serving.hosts import is_known, own_names, refusal

BEFORE = f"export {ALLOWED_HOSTS}='unrolled.example.org *.school.example'"
KNOWN = [
    *("localhost", "localhost:8501", "LOCALHOST", "127.0.0.1:8501", "[::1]:8501", "192.168.1.7"),
    *("unrolled.example.org", "UNROLLED.example.org:443", "unrolled.example.org.", "a.localhost"),
    *("room.school.example", "a.b.school.example:8080"),
]
STRANGE = [
    *("evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example"),
    *(
        "school.example",
        "evilschool.example",
        "unrolled.example.org.evil",
        "127.0.0.1@evil.example",
    ),
    *("evil.example#localhost", "localhost evil.example", "[::1", "localhost:port", "example.org"),
]


def ask(address: str, host: str, path: str = "/") -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("host", KNOWN)
def test_known_names_are_served(server: LiveApp, host: str) -> None:
    status, body = ask(server.address, host)
    assert status == 200
    assert "<title>" in body


@pytest.mark.parametrize("host", STRANGE)
@pytest.mark.parametrize("path", ["/", "/static/x.js", "/_unrolled/connection", "/unroll"])
def test_strange_names_are_refused_with_what_to_do(server: LiveApp, host: str, path: str) -> None:
    status, body = ask(server.address, host, path)
    assert status == 400
    if "Invalid" not in body:  # refused by the HTTP server itself
        assert f"{ALLOWED_HOSTS}=" in body
    assert "<" not in body


def test_a_health_check_may_use_any_name(server: LiveApp) -> None:
    assert ask(server.address, "10-0-0-7.cluster", "/_stcore/health") == (200, "ok")


@pytest.mark.parametrize("path", ["/_stcore/stream", "/_unrolled/echo"])
def test_a_websocket_of_a_strange_name_is_refused(server: LiveApp, path: str) -> None:
    port = urlsplit(server.address).port
    with (
        socket.create_connection(("127.0.0.1", port)) as there,
        pytest.raises(websockets.InvalidStatus) as refused,
        connect(f"ws://evil.example:{port}{path}", sock=there),
    ):
        pass
    assert refused.value.response.status_code == 400
    assert b"evil.example" in (refused.value.response.body or b"")


def test_own_names_are_known() -> None:
    assert own_names()
    assert all(is_known(name, ()) for name in own_names())
    assert is_known("anything.example", ("*",))


def test_the_refusal_repeats_no_markup() -> None:
    said = refusal("<script>alert(1)</script>" + "x" * 500)
    assert "<" not in said
    assert len(said) < 300
