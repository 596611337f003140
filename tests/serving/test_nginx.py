"""The configurations of docs/serving.md, run in nginx as they are but for ports and files."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect

from scripts.app_server import ROOT, free_port, serve_app

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
DOCS = (ROOT / "docs" / "serving.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```nginx\n# (\w+)\n(.*?)```", DOCS, re.DOTALL))
CASES = {
    "tls": ("unrolled.example.org", "", "UNROLLED_ALLOWED_HOSTS=unrolled.example.org"),
    "path": (
        "school.example.org",
        "/unrolled",
        "UNROLLED_ALLOWED_HOSTS=school.example.org",
    ),
}


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[None]:
    """Run nginx with one server block in a folder of its own."""
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n"
        + "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"{server}\n}}\n"
    )
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def certificate(folder: Path, name: str) -> None:
    """Make a certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={name}", "-keyout", str(folder / "key"), "-out", str(folder / "pem")),
        ],
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module", params=CASES)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int, str, str]]:
    """Scheme, port, name and path of an app behind nginx."""
    kind = request.param
    name, path, variables = CASES[kind]
    folder, port, inside = tmp_path_factory.mktemp(kind), free_port(), free_port()
    block = BLOCKS[kind].replace("127.0.0.1:8501", f"127.0.0.1:{inside}")
    block = block.replace("/etc/ssl/unrolled.pem", f"{folder}/pem")
    block = block.replace("/etc/ssl/unrolled.key", f"{folder}/key")
    block = re.sub(r"listen \d+", f"listen 127.0.0.1:{port}", block)
    with ExitStack() as stack:
        if kind == "tls":
            certificate(folder, name)
        # `make run`, with the variables that the page names.
        command = f"PORT={{port}} {variables} exec '{sys.executable}' '{ROOT}/scripts/serve.py'"
        stack.enter_context(serve_app("sh", "-c", command, port=inside))
        stack.enter_context(nginx(folder, block))
        scheme = "https" if kind == "tls" else "http"
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield scheme, port, name, path


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def get(site: tuple[str, int, str, str], path: str, host: str = "") -> tuple[int, str]:
    scheme, port, name, base = site
    if scheme == "https":
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=trusting())
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", base + path, headers={"Host": host or f"{name}:{port}"})
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, body


def test_the_page_and_its_parts_come_through(site: tuple[str, int, str, str]) -> None:
    status, index = get(site, "/")
    assert status == 200
    assert "<title>Unrolled</title>" in index
    parts = re.findall(r'(?:href|src)="\./((?:assets|static)/[^"]+)"', index)
    assert len(parts) > 5
    for part in (*parts[:3], *parts[-3:]):
        assert get(site, f"/{part}")[0] == 200, part
    assert get(site, "/unroll")[0] == 200
    assert get(site, "/_stcore/health") == (200, "ok")


def test_the_server_sees_the_name_that_was_asked_for(site: tuple[str, int, str, str]) -> None:
    _, port, name, _ = site
    assert f'"host":"{name}:{port}"' in get(site, "/_unrolled/connection")[1]


@pytest.mark.parametrize("path", ["/_stcore/stream", "/_unrolled/echo"])
def test_websockets_come_through(site: tuple[str, int, str, str], path: str) -> None:
    """With the origin a browser would send: a name that was changed on the way is refused."""
    scheme, port, name, base = site
    with socket.create_connection(("127.0.0.1", port)) as there:
        address = f"{scheme.replace('http', 'ws')}://{name}:{port}{base}{path}"
        secure = {"ssl": trusting()} if scheme == "https" else {}
        with connect(address, sock=there, origin=f"{scheme}://{name}:{port}", **secure) as socket_:
            assert socket_.response is not None
            assert socket_.response.status_code == 101


def test_docs_name_every_variable() -> None:
    from serving.environment import KNOWN

    for name in (*KNOWN, "PORT", "HOST"):
        assert f"`{name}`" in DOCS or f"{name}`" in DOCS
