"""Addresses with a slash at the end, below a prefix, at the root: through proxies as schools have.

The proxy of these tests takes a prefix off the path, as nginx, Caddy and Traefik can, and passes
on the rest.
"""

import http.client
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urljoin, urlsplit

import pytest

from scripts.app_server import PAGES, ROOT, serve_app
from serving.addresses import without_slash
from serving.first_paint import START_MARK

PREFIX = "/lessons/unrolled"
BASED = (
    *(sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")),
    *("--server.port", "{port}", "--server.baseUrlPath", "lessons/unrolled"),
)
BELOW_ROOT_PATH = (
    *(sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(ROOT), "--port", "{port}"),
    *("--ws", "websockets-sansio", "--root-path", PREFIX),
)


@contextmanager
def stripping_proxy(address: str) -> Iterator[str]:
    """A proxy that takes the prefix off; what does not begin with it is a 404 of its own."""
    behind = urlsplit(address).netloc

    class Strip(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, mark, query = self.path.partition("?")
            if path != PREFIX and not path.startswith(PREFIX + "/"):
                self.send_error(404, "not below the prefix")
                return
            connection = http.client.HTTPConnection(behind, timeout=30)
            connection.request("GET", (path.removeprefix(PREFIX) or "/") + mark + query)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() in ("location", "content-type"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Strip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def get(address: str) -> tuple[int, str, str]:
    """Follow an address as a browser does; return status, body and where one ended."""
    for _ in range(5):
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        connection.close()
        if answer.status not in (301, 302, 303, 307, 308):
            return answer.status, body, address
        address = resolve(address, answer.getheader("location") or "")
    raise AssertionError(f"{address} goes in circles")


def resolve(address: str, there: str) -> str:
    """Resolve a relative address as browsers do: an empty part of a path counts (WHATWG URL)."""
    if not there.startswith("../"):
        return urljoin(address, there)
    parts = urlsplit(address)
    folders = parts.path.split("/")[:-1]
    while there.startswith("../"):
        there = there[3:]
        folders.pop()
    return f"{parts.scheme}://{parts.netloc}{'/'.join(folders)}/{there}"


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    with serve_app() as app:
        yield app.address


@pytest.fixture(scope="module")
def stripped(plain: str) -> Iterator[str]:
    with stripping_proxy(plain) as address:
        yield address + PREFIX


@pytest.fixture(scope="module")
def based() -> Iterator[str]:
    with serve_app(*BASED, path=f"{PREFIX}/") as app:
        yield app.address + PREFIX


def assert_opens(address: str) -> None:
    """The page is there, and so are the parts it names, read as a browser reads them."""
    status, body, there = get(address)
    assert status == 200
    assert "<title>Unrolled</title>" in body
    for part in ("favicon.png", "_stcore/health"):
        assert get(urljoin(there, f"./{part}"))[0] == 200


@pytest.mark.parametrize("slash", ["", "/", "//", "/?seed=3"])
@pytest.mark.parametrize("path", PAGES[1:])
@pytest.mark.parametrize("server", ["plain", "stripped", "based"])
def test_pages_open_with_a_slash_and_without(
    request: pytest.FixtureRequest, server: str, path: str, slash: str
) -> None:
    root = request.getfixturevalue(server)
    assert_opens(f"{root}/{path}{slash}")
    there = urlsplit(get(f"{root}/{path}{slash}")[2])
    assert there.path == f"{urlsplit(root).path}/{path}"
    assert there.query == ("seed=3" if "seed" in slash else "")


@pytest.mark.parametrize("server", ["plain", "stripped", "based"])
def test_the_root_opens(request: pytest.FixtureRequest, server: str) -> None:
    root = request.getfixturevalue(server)
    assert_opens(f"{root}/")
    assert START_MARK in get(f"{root}/")[1]
    assert START_MARK not in get(f"{root}/train")[1]


def test_a_base_path_without_its_slash_is_sent_on(based: str) -> None:
    assert_opens(based)
    assert get(based)[2] == f"{based}/"


def test_a_servers_root_path_is_no_part_of_a_page() -> None:
    with serve_app(*BELOW_ROOT_PATH) as app, stripping_proxy(app.address) as proxy:
        for path in ("/", "/train", "/train/"):
            assert_opens(proxy + PREFIX + path)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/train/", "../train"),
        ("/train//", "../../train"),
        ("/a b/", "../a%20b"),
        ("/http:/", "../http%3A"),
        ("/train", ""),
        ("/", ""),
        ("//", ""),
        ("//elsewhere.example.org/", ""),
        ("/static/js/", ""),
        ("/_stcore/health/", ""),
    ],
)
def test_where_a_slash_leads(path: str, there: str) -> None:
    assert without_slash(path) == there
