"""Static files, compressed once and sent many times.

Streamlit sends its own scripts uncompressed (7 MB for a page with a chart), and compressing them
anew for each visitor would keep a core busy while a class arrives. So both Streamlit's files and
ours are copied into a cache folder, with a compressed twin beside each file that gains from it,
and served from there by ServeStatic. Gzip only: browsers accept Brotli over HTTPS alone, and a
class room has none.
"""

import shutil
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from servestatic import ServeStaticASGI
from servestatic.compress import Compressor
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, file_util

from rnn_views.ui.assets import ASSETS, assets_digest, browser_files, content_digest

CACHE = Path(__file__).parents[1] / ".cache" / "static"


class CompressedFiles(ServeStaticASGI):
    """Middleware that answers for /static (Streamlit's scripts) and /assets (ours).

    Streamlit's file names hold a hash of their content, and `asset_url` puts the hash of all
    assets into the path: both are marked immutable. `/assets/…` without the hash is revalidated
    at each use. A file that is not there is a 404; Streamlit would send its index page.
    """

    def __init__(self, app: ASGIApp) -> None:
        base = "/" + config.get_option("server.baseUrlPath").strip("/")
        root = base.rstrip("/")
        self.prefixes = (f"{root}/static/", f"{root}/assets/")
        self.immutable = (f"{root}/static/", f"{root}/assets/{assets_digest()}/")
        super().__init__(
            app,
            max_age=0,
            allow_all_origins=False,
            add_headers_function=_add_tag,
            immutable_file_test=lambda _, url: url.startswith(self.immutable),
        )
        scripts = Path(file_util.get_static_dir()) / "static"
        self.add_files(compressed_copy("streamlit", scripts, _all_files(scripts)), f"{root}/static")
        assets = compressed_copy("assets", ASSETS, browser_files(ASSETS))
        self.add_files(assets, f"{root}/assets")
        self.add_files(assets, f"{root}/assets/{assets_digest()}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(self.prefixes) and path not in self.files:
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def compressed_copy(name: str, folder: Path, files: Sequence[Path], cache: Path = CACHE) -> Path:
    """Copy files into the cache, each with a gzip twin where that saves 5 % or more.

    Parameters
    ----------
    name
        What the copy is called in the cache; the content hash is appended.
    folder, files
        The files, all below the folder.
    cache
        Where copies are kept. A place that cannot be written gives way to a temporary one.

    Returns
    -------
    Path
        The folder of the copy. A second call with the same contents finds the first one's.
    """
    target = cache / f"{name}-{content_digest(folder, files)}"
    if target.is_dir():
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=cache))
    except OSError:
        staging = Path(tempfile.mkdtemp(prefix="unrolled-"))
        target = staging / "copy"
    compressor = Compressor(use_brotli=False, use_zstd=False, quiet=True)
    copy = staging / "files"
    copy.mkdir()
    for file in files:
        twin = copy / file.relative_to(folder)
        twin.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, twin)
        if compressor.should_compress(twin.name):
            compressor.compress(twin)
    try:
        copy.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise another server was quicker with the same copy
            raise
    if target.parent == cache:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _all_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _add_tag(headers: Headers, path: str, _url: str) -> Any:
    """Tag a file by its content: times of files differ between machines and copies."""
    headers["ETag"] = f'"{sha256(Path(path).read_bytes()).hexdigest()[:16]}"'
