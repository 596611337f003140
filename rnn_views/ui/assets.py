"""Addresses of the files under assets/ that a browser loads."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "assets"
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
    file = ASSETS / path
    if file not in browser_files(ASSETS):
        kinds = " ".join(sorted(BROWSER_TYPES))
        raise ValueError(f"no asset {path!r} below {ASSETS} (types that are served: {kinds})")
    return f"assets/{assets_digest()}/{path}"


@cache
def assets_digest() -> str:
    """Return the content hash of all assets a browser loads, as this process found them first."""
    return content_digest(ASSETS, browser_files(ASSETS))


def browser_files(folder: Path) -> list[Path]:
    """Return the files below a folder whose types browsers load, in a stable order."""
    return sorted(
        file for file in folder.rglob("*") if file.suffix in BROWSER_TYPES and file.is_file()
    )


def content_digest(folder: Path, files: Iterable[Path]) -> str:
    """Return 12 hexadecimal digits that change with the names or contents of the files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
