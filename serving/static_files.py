"""Static files, compressed once and sent from memory.

Streamlit sends its own scripts uncompressed (7 MB for a page with a chart), and compressing them
again for each visitor would keep a core busy while a class arrives. A first visit asks for more
than a hundred small files, so each answer has to be cheap too: it is put together once, when
somebody first asks for it, and sent as it stands from then on.
"""

import gzip
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from rnn_views.ui.shell.assets import ASSETS, assets_digest, browser_assets

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static"
ICON_FONT = "media/MaterialSymbols-Rounded.*.woff2"
ICONS = ASSETS / "frame" / "icons.woff2"  # the icons that can appear: scripts/build/icons.py
# Named here because some systems register other types, under which browsers refuse to run scripts.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Answers:
    """What to say when somebody asks for a file: plainly, compressed, or "you have it already"."""

    plain: Response
    packed: Response
    unchanged: dict[str, Response]  # by tag


class StaticFiles:
    """Middleware that answers for /static (Streamlit's scripts) and /assets (ours).

    Streamlit's file names hold a hash of their content, and `asset_url` puts the hash of all
    assets into the path: both are marked immutable. `/assets/…` without the hash is revalidated
    at each use, and so is Streamlit's icon font, in whose place comes the part that is needed
    (about 50 kB instead of 375, on every page). A file that is not there is a 404; Streamlit
    would send its index page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        base = config.get_option("server.baseUrlPath").strip("/")
        root = f"/{base}" if base else ""
        self.prefixes = (f"{root}/static/", f"{root}/assets/")
        self.immutable = (f"{root}/static/", f"{root}/assets/{assets_digest()}/")
        self.files: dict[str, Callable[[], bytes]] = {
            f"{root}/static/{file.relative_to(SCRIPTS).as_posix()}": file.read_bytes
            for file in SCRIPTS.rglob("*")
            if file.is_file()
        }
        for name in browser_assets():
            content = partial(browser_assets().__getitem__, name)
            self.files[f"{root}/assets/{name}"] = self.files[self.immutable[1] + name] = content
        self.icons = {
            f"{root}/static/{file.relative_to(SCRIPTS).as_posix()}"
            for file in SCRIPTS.glob(ICON_FONT)
        }
        self.files.update(dict.fromkeys(self.icons, ICONS.read_bytes))
        self.answers: dict[str, Answers] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(self.prefixes):
            await self.app(scope, receive, send)
        elif path not in self.files:
            await PlainTextResponse("Not found", 404)(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            refusal = PlainTextResponse("Method not allowed", 405, {"Allow": "GET, HEAD"})
            await refusal(scope, receive, send)
        else:
            if path not in self.answers:
                content = self.files[path]
                immutable = path.startswith(self.immutable) and path not in self.icons
                self.answers[path] = await run_in_threadpool(prepare, path, content, immutable)
            await choose(self.answers[path], Headers(scope=scope))(scope, receive, send)


def prepare(path: str, content: Callable[[], bytes], immutable: bool) -> Answers:
    """Put together the answers for a file.

    Parameters
    ----------
    path
        Where it is asked for; the ending tells its type.
    content
        Gives the bytes.
    immutable
        Whether browsers may keep it for ever, or must ask again each time.
    """
    plain = content()
    packed = gzip.compress(plain, 9, mtime=0)
    kind = TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0]
    worthwhile = len(packed) < 0.95 * len(plain)
    common = {
        "Cache-Control": f"public, max-age={YEAR}, immutable" if immutable else "no-cache",
        **({"Vary": "Accept-Encoding"} if worthwhile else {}),
    }
    tag = sha256(plain).hexdigest()[:16]
    as_is, zipped = common | {"ETag": f'"{tag}"'}, common | {"ETag": f'"{tag}-gzip"'}
    answer = Response(plain, headers=as_is, media_type=kind)
    smaller = Response(packed, headers=zipped | {"Content-Encoding": "gzip"}, media_type=kind)
    return Answers(
        plain=answer,
        packed=smaller if worthwhile else answer,
        unchanged={headers["ETag"]: Response(None, 304, headers) for headers in (as_is, zipped)},
    )


def choose(answers: Answers, request: Headers) -> Response:
    """Return the answer that fits what the browser has and understands."""
    for tag in request.get("if-none-match", "").split(","):
        if unchanged := answers.unchanged.get(tag.strip().removeprefix("W/")):
            return unchanged
    return answers.packed if accepts_gzip(request) else answers.plain


def accepts_gzip(request: Headers) -> bool:
    """Return whether the request names gzip and does not rule it out with q=0."""
    for part in request.get("accept-encoding", "").split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if name == "gzip":
            return quality.strip("0.") != "" or not quality
    return False
