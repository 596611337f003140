"""What the server says on the wire: compression, caching, guarded doors, both launchers."""

import gzip
import http.client
import re
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from rnn_views.ui.shell.assets import ASSETS, asset_url, assets_digest, browser_assets
from scripts.app_server import ROOT, serve_app
from serving.index_page import START, own_index
from serving.security_headers import content_security_policy
from serving.static_files import SCRIPTS, StaticFiles, accepts_gzip
from tests.support.event_loop import run

LAUNCHERS = {
    "uvicorn": (),
    "streamlit run": (
        *(sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")),
        *("--server.port", "{port}"),
    ),
}


class Answer:
    """Status, headers and body of an answer, as they came."""

    def __init__(self, address: str, path: str, method: str = "GET", **headers: str) -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=names)
        response = connection.getresponse()
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()
        connection.close()


@pytest.fixture(scope="module", params=LAUNCHERS)
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    with serve_app(*LAUNCHERS[request.param]) as app:
        yield app.address


def a_script(address: str) -> str:
    """The path of Streamlit's main script, as its index page says."""
    index = Answer(address, "/").body.decode()
    found = re.search(r'src="\./(static/js/index\.[^"]+\.js)"', index)
    assert found
    return "/" + found[1]


def an_asset() -> str:
    return next(iter(browser_assets()))


def test_scripts_are_compressed_and_kept(server: str) -> None:
    path = a_script(server)
    plain = Answer(server, path)
    packed = Answer(server, path, Accept_Encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] != packed.headers["etag"]
    for answer in (plain, packed):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]
        assert int(answer.headers["content-length"]) == len(answer.body)
        assert "javascript" in answer.headers["content-type"]


def test_index_is_not_kept(server: str) -> None:
    assert Answer(server, "/").headers["cache-control"] == "no-cache"
    assert Answer(server, "/unroll").headers["cache-control"] == "no-cache"


def test_assets_are_kept_by_hash_and_revalidated_without(server: str) -> None:
    name = an_asset()
    kept = Answer(server, "/" + asset_url(name))
    asked = Answer(server, f"/assets/{name}")
    assert kept.body == asked.body == (ASSETS / name).read_bytes()
    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in asked.headers["cache-control"]
    again = Answer(server, f"/assets/{name}", If_None_Match=asked.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/nothing.js",
        "/assets/000000000000/chain/chain.js",
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/data/../../app.py",
        "/static/js/nothing.js",
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_closed_doors(server: str, path: str, method: str) -> None:
    answer = Answer(server, path, method)
    assert answer.status in (400, 404, 405)
    assert b"import" not in answer.body
    assert "content-security-policy" in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/unroll", "/_stcore/health"])
def test_headers_guard_every_answer(server: str, path: str) -> None:
    headers = Answer(server, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "script-src 'self' blob: 'sha256-" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'self'" in policy


def test_other_origins_are_turned_away(server: str) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    foreign = Answer(server, "/_stcore/stream", Origin="https://elsewhere.example.org", **handshake)
    assert foreign.status == 403


def test_policy_changes_with_the_index_page() -> None:
    one = content_security_policy("<script>a()</script>", "'self'")
    other = content_security_policy("<script>b()</script>", "'self'")
    assert one != other
    # printf 'a()' | openssl dgst -sha256 -binary | base64
    assert "'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4='" in one


def test_schools_may_frame_it() -> None:
    policy = content_security_policy("", "'self' https://moodle.example.org")
    assert policy.endswith("frame-ancestors 'self' https://moodle.example.org")


@pytest.mark.parametrize("sources", ["", "  ", "*; script-src *", "'self', *", "a\nb"])
def test_frame_ancestors_cannot_open_the_policy(sources: str) -> None:
    with pytest.raises(ValueError, match="UNROLLED_FRAME_ANCESTORS"):
        content_security_policy("", sources)


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("br, gzip, zstd", True),
        ("deflate, gzip;q=0.5", True),
        ("gzip; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_compression_is_negotiated(header: str, accepted: bool) -> None:
    assert accepts_gzip(Headers({"accept-encoding": header})) is accepted


def test_compressed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []
    monkeypatch.setattr(gzip, "compress", lambda *a, **k: times.append(1) or b"packed")
    app = StaticFiles(PlainTextResponse("Streamlit"))
    path = "/" + asset_url(an_asset())
    assert ask(app, path) == ask(app, path)
    assert len(times) == 1
    assert ask(app, "/unroll")[1]["body"] == b"Streamlit"


def ask(app: StaticFiles, path: str) -> list[dict[str, object]]:
    """The messages with which an ASGI application answers a plain GET."""
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    run(app(scope, None, send))
    return sent


def test_pictures_are_not_compressed(server: str) -> None:
    answer = Answer(server, "/assets/frame/icon.png", Accept_Encoding="gzip")
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-type"] == "image/png"


def test_head_tells_without_showing(server: str) -> None:
    path = a_script(server)
    head, get = Answer(server, path, "HEAD"), Answer(server, path)
    assert head.body == b""
    assert head.headers["content-length"] == get.headers["content-length"]


def test_index_page_is_ours(server: str) -> None:
    index = Answer(server, "/unroll").body.decode()
    assert "<title>Unrolled</title>" in index
    assert START in index
    assert "agent" not in index
    for address in re.findall(r'href="\./(assets/[^"]+)"', index):
        assert Answer(server, f"/{address}").status == 200
    assert asset_url("frame/streamlit.css") in index
    assert asset_url("chain/chain.js") in index
    assert Answer(server, "/favicon.png").body == (ASSETS / "frame" / "icon.png").read_bytes()


def test_index_page_keeps_what_it_does_not_know() -> None:
    theirs = (SCRIPTS.parent / "index.html").read_text("utf-8")
    ours = own_index(theirs, "<link />")
    assert "<link />\n  </head>" in ours
    assert re.findall(r'(?:src|href)="(\./static[^"]+)"', ours) == re.findall(
        r'(?:src|href)="(\./static[^"]+)"', theirs
    )
    assert own_index("<html></html>", "<link />") == "<html></html>"


def test_asset_url_names_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"no asset 'chain/nothing\.js'"):
        asset_url("chain/nothing.js")
    assert asset_url(an_asset()).startswith(f"assets/{assets_digest()}/")
