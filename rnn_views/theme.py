"""The colours of the Python side, in both themes; `assets/chain/lib/colour.js` holds the same ones.

Activations run blue – neutral – orange, gradients purple – neutral – green, so that a value is
never mistaken for a gradient; both pairs stay apart for colour-blind readers. Weights wear their
own hue.
Ends, outlines and wires keep 3:1 against the background, text keeps 4.5:1 (tests hold them to it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as `#rrggbb`.

    Attributes
    ----------
    background, text, muted
        Of the page; `muted` is for secondary text.
    line, outline
        Quiet rules, and the outline of every cell.
    negative, neutral, positive
        Activations: the colour at −limit, at 0 and at +limit.
    grad_negative, grad_neutral, grad_positive
        The same for gradients.
    w_xh, w_hh, w_hy
        Hues of the three weights, on plate and wires.
    cursor
        The frame around the current step.
    """

    background: str
    text: str
    muted: str
    line: str
    outline: str
    negative: str
    neutral: str
    positive: str
    grad_negative: str
    grad_neutral: str
    grad_positive: str
    w_xh: str
    w_hh: str
    w_hy: str
    cursor: str


LIGHT: Final = Palette(
    background="#ffffff",
    text="#1b2330",
    muted="#566072",
    line="#d5dae2",
    outline="#8791a3",
    negative="#1f66b8",
    neutral="#f1f3f6",
    positive="#c2570a",
    grad_negative="#7a3fb0",
    grad_neutral="#f3f2f5",
    grad_positive="#117a48",
    w_xh="#0b7d7d",
    w_hh="#c2255c",
    w_hy="#856800",
    cursor="#1d5fbf",
)

DARK: Final = Palette(
    background="#10151d",
    text="#e8ecf2",
    muted="#9da8ba",
    line="#303a49",
    outline="#67738a",
    negative="#6aa6ff",
    neutral="#222a36",
    positive="#ff9a45",
    grad_negative="#b98aff",
    grad_neutral="#25272f",
    grad_positive="#3ecf80",
    w_xh="#35d0c5",
    w_hh="#ff6b9a",
    w_hy="#e8c547",
    cursor="#8fbaff",
)

PALETTES: Final = {"light": LIGHT, "dark": DARK}


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of `#rrggbb`, each 0…255.

    >>> channels("#1f66b8")
    (31, 102, 184)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(start: str, end: str, share: float) -> str:
    """Return the colour `share` of the way from `start` to `end`.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(channels(start), channels(end), strict=True)
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02x}" for a, b in pairs)


def diverging(
    value: float, limit: float, palette: Palette = LIGHT, *, gradient: bool = False
) -> str:
    """Return the colour of a value on the scale −limit … 0 … +limit.

    Parameters
    ----------
    value : float
        What lies beyond the limit takes the colour at the end.
    limit : float
        Where the scale ends on either side; at 0 everything is neutral.
    palette : Palette
    gradient : bool
        Use the gradients' pair of colours, not the activations'.

    >>> diverging(1.0, 1.0), diverging(0.0, 1.0) == LIGHT.neutral
    ('#c2570a', True)
    """
    neutral = palette.grad_neutral if gradient else palette.neutral
    if gradient:
        end = palette.grad_negative if value < 0 else palette.grad_positive
    else:
        end = palette.negative if value < 0 else palette.positive
    return mix(neutral, end, min(1.0, abs(value) / limit) if limit else 0.0)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1…21 (WCAG 2.2, section 1.4.3).

    >>> round(contrast("#ffffff", "#000000"), 6)
    21.0
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0…1 (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
