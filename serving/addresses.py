"""Addresses that mean a page: with a slash at the end, below a prefix, at the root."""

from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

START = "/start.html"  # the index page for the root, as `install_index_page` writes it
KEPT = ("/static/", "/assets/", "/_stcore/", "/media/", "/component/")


class Addresses:
    """Middleware that answers a page's address with a slash at its end, and the root.

    Streamlit sends `/train/` on to `/train`. Behind a proxy that strips a prefix the page is
    `/prefix/train`, so that is a 404. An address that is relative to the one that was asked for
    is right behind any proxy: `../train`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        base = config.get_option("server.baseUrlPath").strip("/")
        self.base = f"/{base}" if base else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = without_root_path(scope)
        path = scope["path"]
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            if self.base and path == self.base:
                there = quote(path.rsplit("/", 1)[-1]) + "/"
                await redirect(scope, there)(scope, receive, send)
                return
            below = path[len(self.base) :] if path.startswith(f"{self.base}/") else path
            if below in ("", "/"):
                scope = {**scope, "path": self.base + START, "raw_path": b""}
            elif there := without_slash(below):
                await redirect(scope, there)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def without_slash(path: str) -> str:
    """Return where a page with slashes at its end is, relative to that address; else nothing.

    >>> without_slash("/train/"), without_slash("/a/b//"), without_slash("/train")
    ('../train', '../../b', '')
    """
    bare = path.rstrip("/")
    if bare == path or not bare or path.startswith(("//", *KEPT)):
        return ""
    return "../" * (len(path) - len(bare)) + quote(bare.rsplit("/", 1)[-1])


def redirect(scope: Scope, there: str) -> RedirectResponse:
    """Return an answer that sends a browser to a relative address, with the same query."""
    query = scope.get("query_string", b"").decode("latin-1")
    headers = {"Cache-Control": "no-cache"}
    return RedirectResponse(there + (f"?{query}" if query else ""), 301, headers)


def without_root_path(scope: Scope) -> Scope:
    """Return the scope with the path the app knows: a server's `root_path` is not part of it."""
    root, path = scope.get("root_path", "").rstrip("/"), scope["path"]
    if not root or not path.startswith(f"{root}/"):
        return scope
    return {**scope, "path": path[len(root) :], "root_path": "", "raw_path": b""}
