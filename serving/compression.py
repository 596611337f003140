"""Files that are compressed once, into a cache folder, and sent many times."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from servestatic.compress import Compressor

from rnn_views.ui.assets import content_digest

CACHE = Path(__file__).parents[1] / ".cache" / "static"


def compressed_copy(name: str, files: Mapping[str, bytes], cache: Path = CACHE) -> Path:
    """Write files into the cache, each with a gzip twin where that saves 5 % or more.

    Parameters
    ----------
    name
        What the copy is called in the cache; the content hash is appended.
    files
        Contents by relative path, with forward slashes.
    cache
        Where copies are kept. A place that cannot be written gives way to a temporary one.

    Returns
    -------
    Path
        The folder of the copy. A second call with the same contents finds the first one's.
    """
    target = cache / f"{name}-{content_digest(files)}"
    if target.is_dir():
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=cache))
    except OSError:
        staging = Path(tempfile.mkdtemp(prefix="unrolled-"))
        target = staging / target.name
    copy = staging / "copy"
    _write(files, copy)
    try:
        copy.rename(target)
    except OSError:
        if not target.is_dir():  # otherwise another server was quicker with the same copy
            raise
    if target.parent == cache:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    # Gzip only: browsers accept Brotli over HTTPS alone, and a class room has none.
    compressor = Compressor(use_brotli=False, use_zstd=False, quiet=True)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if compressor.should_compress(file.name):
            compressor.compress(file)
