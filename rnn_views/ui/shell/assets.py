"""Addresses of the files under assets/ that a browser loads."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parents[3] / "assets"
BROWSER_TYPES = frozenset({".js", ".css", ".svg", ".png", ".webp", ".woff2"})


def asset_url(path: str) -> str:
    """Return the address of an asset, relative to the app's root.

    The address holds the content hash of all assets: `chain/chain.js` becomes
    `assets/<hash>/chain/chain.js`. A module imports its neighbours relative to itself, so a
    changed neighbour gets a new address too, and browsers may keep every answer for ever.

    Parameters
    ----------
    path
        Path below assets/, with forward slashes.

    Raises
    ------
    ValueError
        If there is no such asset, or browsers have no business with its type.
    """
    if path not in browser_assets():
        kinds = " ".join(sorted(BROWSER_TYPES))
        raise ValueError(f"no asset {path!r} below {ASSETS} (types that are served: {kinds})")
    return f"assets/{assets_digest()}/{path}"


@cache
def assets_digest() -> str:
    """Return the content hash of all assets a browser loads."""
    return content_digest(browser_assets())


@cache
def browser_assets() -> Mapping[str, bytes]:
    """Return the assets a browser loads, contents by path, as this process found them first."""
    return {
        file.relative_to(ASSETS).as_posix(): file.read_bytes()
        for file in sorted(ASSETS.rglob("*"))
        if file.suffix in BROWSER_TYPES and file.is_file()
    }


def content_digest(files: Mapping[str, bytes]) -> str:
    """Return 12 hexadecimal digits that change with the names or contents of the files."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]
