"""Make assets/frame/icons.woff2: the icons that can appear, out of the font Streamlit ships.

    pip install fonttools brotli
    python scripts/build/icons.py

Streamlit loads its whole icon font (375 kB, 4,300 icons) on every page. Kept is every icon that
our code names and every one whose name stands as a word in Streamlit's scripts, which is more than
they use. assets/frame/icons.txt lists them; a test compares it with the installed Streamlit and
our code. The font is Google's Material Symbols, Apache-2.0.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fontTools import subset  # type: ignore[import-not-found]  # noqa: E402
from fontTools.ttLib import TTFont  # type: ignore[import-not-found]  # noqa: E402

from serving.static_files import ICON_FONT, ICONS, SCRIPTS  # noqa: E402

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_ "
NAMES = re.compile(r"(?:(?<=:material/)|(?<=[`\"']))[a-z0-9_]{2,}(?=[`\"':$])")


def list_icons(font: TTFont) -> dict[str, str]:
    """Return the glyph of each icon by its name, which is written as a ligature."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, ligatures in table.ligatures.items():
                for ligature in ligatures:
                    name = "".join(letters[glyph] for glyph in (first, *ligature.Component))
                    found[name] = ligature.LigGlyph
    return found


def wanted_names() -> set[str]:
    """Return every word that may be the name of an icon, or the beginning of one."""
    scripts = list(SCRIPTS.glob("js/*.js"))
    pages = [file for folder in ("pages", "rnn_views") for file in (ROOT / folder).rglob("*.py")]
    texts = [file.read_text(encoding="utf-8") for file in (*scripts, *pages)]
    return {name for text in texts for name in NAMES.findall(text)}


def main() -> None:
    """Cut the font down and write it with the list of its icons."""
    font = TTFont(next(SCRIPTS.glob(ICON_FONT)))
    icons = list_icons(font)
    wanted = wanted_names()
    begun = tuple(name for name in wanted if name.endswith("_"))  # the rest comes from a variable
    kept = sorted(name for name in icons if name in wanted or name.startswith(begun))
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
    options.layout_closure = False
    cutter = subset.Subsetter(options)
    cutter.populate(glyphs=[icons[name] for name in kept], text=LETTERS)
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(ICONS)
    ICONS.with_suffix(".txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{len(kept)} icons of {len(icons)}, {ICONS.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
