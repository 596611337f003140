"""The icon font that is sent holds every icon that can appear."""

import re
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from scripts.app_server import ROOT
from serving.static_files import ICON_FONT, ICONS, SCRIPTS, choose, prepare

KEPT = set(ICONS.with_suffix(".txt").read_text(encoding="utf-8").split())
OURS = [file for folder in ("pages", "rnn_views") for file in (ROOT / folder).rglob("*.py")]
THEIRS = list(SCRIPTS.glob("js/*.js"))


@pytest.mark.parametrize("files", [OURS, THEIRS], ids=["ours", "Streamlit's"])
def test_every_icon_that_is_named_is_kept(files: list[Path]) -> None:
    texts = [file.read_text(encoding="utf-8") for file in files]
    named = {name for text in texts for name in re.findall(r":material/(\w+):", text)}
    assert named
    missing = (named & set(ALL_MATERIAL_ICONS)) - KEPT
    assert not missing, f"run scripts/build/icons.py: {sorted(missing)}"


def test_streamlits_own_controls_have_their_icons() -> None:
    assert {"keyboard_arrow_down", "chevron_right", "close", "menu", "more_vert"} <= KEPT


def test_the_font_stands_in_for_one_that_streamlit_asks_for() -> None:
    (font,) = SCRIPTS.glob(ICON_FONT)
    styles = "".join(file.read_text(encoding="utf-8") for file in SCRIPTS.glob("css/*.css"))
    assert font.name in styles
    answer = choose(prepare("icons.woff2", ICONS.read_bytes, False), Headers({}))
    assert answer.headers["cache-control"] == "no-cache"
    assert len(answer.body) < font.stat().st_size / 5
    assert answer.body[:4] == b"wOF2"
