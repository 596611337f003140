"""Colours that are drawn alike in both themes.

A page cannot know for sure which theme a browser shows, so figures use what lies between the two
palettes: each keeps 3:1 against the light and against the dark background (tests hold them to it).
Text, axes and grid are left to Streamlit, which fills them in by the theme in the browser.
"""

from __future__ import annotations

from typing import Final

from rnn_views.theme import DARK, LIGHT, channels, contrast, mix

_STEPS = 20


def between(name: str) -> str:
    """Return the colour between the two palettes that stands out best against both backgrounds."""
    candidates = (
        mix(getattr(LIGHT, name), getattr(DARK, name), step / _STEPS) for step in range(_STEPS + 1)
    )
    return max(candidates, key=worst_contrast)


def worst_contrast(colour: str) -> float:
    """Return the smaller contrast of a colour with the two backgrounds."""
    return min(contrast(colour, palette.background) for palette in (LIGHT, DARK))


def faint(colour: str, share: float = 0.12) -> str:
    """Return a colour so thin that the background shows through."""
    red, green, blue = channels(colour)
    return f"rgba({red},{green},{blue},{share})"


W_XH: Final = between("w_xh")
W_HH: Final = between("w_hh")
W_HY: Final = between("w_hy")
NEGATIVE: Final = between("negative")
POSITIVE: Final = between("positive")
GRAD_NEGATIVE: Final = between("grad_negative")
GRAD_POSITIVE: Final = between("grad_positive")
ACCENT: Final = between("cursor")
MUTED: Final = between("muted")
FAINT: Final = faint(MUTED)
"""A value of zero, a bar that only stands for comparison."""
