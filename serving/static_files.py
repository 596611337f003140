"""Static files, compressed once and sent many times.

Streamlit sends its own scripts uncompressed (7 MB for a page with a chart), and compressing them
anew for each visitor would keep a core busy while a class arrives. So both Streamlit's files and
ours are copied into a cache folder, with a compressed twin beside each file that gains from it,
and served from there by ServeStatic.
"""

from hashlib import sha256
from pathlib import Path
from wsgiref.headers import Headers

import streamlit
from servestatic import ServeStaticASGI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from rnn_views.ui.assets import assets_digest, browser_assets
from serving.compression import compressed_copy

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static"


class CompressedFiles(ServeStaticASGI):
    """Middleware that answers for /static (Streamlit's scripts) and /assets (ours).

    Streamlit's file names hold a hash of their content, and `asset_url` puts the hash of all
    assets into the path: both are marked immutable. `/assets/…` without the hash is revalidated
    at each use. A file that is not there is a 404; Streamlit would send its index page.
    """

    def __init__(self, app: ASGIApp) -> None:
        base = config.get_option("server.baseUrlPath").strip("/")
        root = f"/{base}" if base else ""
        self.prefixes = (f"{root}/static/", f"{root}/assets/")
        self.immutable = (f"{root}/static/", f"{root}/assets/{assets_digest()}/")
        super().__init__(
            app,
            max_age=0,
            allow_all_origins=False,
            add_headers_function=_add_tag,
            immutable_file_test=lambda _, url: url.startswith(self.immutable),
        )
        scripts = {
            file.relative_to(SCRIPTS).as_posix(): file.read_bytes()
            for file in sorted(SCRIPTS.rglob("*"))
            if file.is_file()
        }
        self.add_files(compressed_copy("streamlit", scripts), f"{root}/static")
        assets = compressed_copy("assets", browser_assets())
        self.add_files(assets, f"{root}/assets")
        self.add_files(assets, f"{root}/assets/{assets_digest()}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(self.prefixes) and path not in self.files:
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def _add_tag(headers: Headers, path: str, _url: str) -> None:
    """Tag a file by its content: times of files differ between machines and copies."""
    headers["ETag"] = f'"{sha256(Path(path).read_bytes()).hexdigest()[:16]}"'
