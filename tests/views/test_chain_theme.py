"""Colours: enough contrast in both themes, and the same ones in Python and in the browser."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from rnn_views.theme import DARK, LIGHT, PALETTES, contrast, diverging

ROOT = Path(__file__).parents[2]
COLOUR_JS = ROOT / "assets" / "chain" / "lib" / "colour.js"
MARKS = (
    "outline",
    "negative",
    "positive",
    "grad_negative",
    "grad_positive",
    "w_xh",
    "w_hh",
    "w_hy",
    "cursor",
)


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("name", MARKS)
def test_marks_stand_out(theme, name):
    palette = PALETTES[theme]
    assert contrast(getattr(palette, name), palette.background) >= 3


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("name", ["text", "muted", "w_xh", "w_hh", "w_hy"])
def test_text_can_be_read(theme, name):
    palette = PALETTES[theme]
    assert contrast(getattr(palette, name), palette.background) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_scales_are_symmetric_and_clamp(palette):
    assert diverging(0, 1, palette) == palette.neutral
    assert diverging(9, 1, palette) == palette.positive
    assert diverging(-9, 1, palette) == palette.negative
    assert diverging(-9, 1, palette, gradient=True) == palette.grad_negative
    assert diverging(3, 0, palette) == palette.neutral


def test_the_browser_has_the_same_colours():
    text = COLOUR_JS.read_text(encoding="utf-8")
    for theme, palette in PALETTES.items():
        block = re.search(rf"{theme}: {{(.*?)}}", text, re.DOTALL)
        assert dict(re.findall(r'(\w+): "(#\w+)"', block[1])) == asdict(palette)


def test_the_page_has_the_same_background():
    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    backgrounds = re.findall(r'^backgroundColor = "(#\w+)"', config, re.MULTILINE)
    assert backgrounds == [LIGHT.background, DARK.background]
