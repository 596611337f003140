"""The still picture of a chain, made without a browser: it stands in where scripts do not run."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rnn_views.theme import LIGHT

if TYPE_CHECKING:
    from rnn_core.tasks.prediction import ExampleRun
    from rnn_core.trace import Trace

MOST_STEPS, MOST_CELLS = 24, 900
LEVELS = 8
PITCH, CELL_W, CELL_H, TOP, LEFT = 86, 14, 10, 46, 52


def fold(hidden: int) -> tuple[int, int]:
    """Return columns and rows of the block that shows `hidden` units, read down, then right.

    >>> fold(8), fold(32), fold(20)
    ((1, 8), (2, 16), (2, 10))
    """
    columns = -(-hidden // 16)
    return columns, -(-hidden // columns)


def steps_drawn(hidden: int) -> int:
    """Return how many steps the still shows, fewer when each has many cells.

    >>> steps_drawn(8), steps_drawn(64)
    (24, 14)
    """
    return max(1, min(MOST_STEPS, MOST_CELLS // hidden))


def draw_still(example_run: ExampleRun, *, cut: bool = False) -> str:
    """Return the forward chain of a reading as SVG text: inputs, states, answers.

    Values show by the strength of two colours, which holds on light and dark pages alike. Of a long
    chain the first steps are drawn, and the picture says so. All text is escaped.
    """
    hidden = example_run.network.segments[0].params.hidden
    columns, rows = fold(hidden)
    most = steps_drawn(hidden)
    block = columns * CELL_W
    pitch = max(PITCH, block + 40)
    middle = TOP + rows * CELL_H / 2
    foot = TOP + rows * CELL_H
    parts: list[str] = []
    drawn = 0
    for index, trace in enumerate(example_run.traces):
        for t in range(min(trace.steps, most - drawn)):
            x = LEFT + (drawn + t) * pitch
            last = index == len(example_run.traces) - 1
            if last or not cut:  # with the wires cut an encoder is no part of the network
                parts += draw_state(trace, t, x, rows)
                parts.append(wire(x + block / 2, foot + 30, x + block / 2, foot + 4, LIGHT.w_xh))
            if not cut:
                parts.append(wire(x - (pitch - block), middle, x - 3, middle, LIGHT.w_hh))
            parts.append(label(x + block / 2, foot + 46, example_run.inputs[index][t]))
            parts.append(label(x + block / 2, foot + 62, f"t = {drawn + t + 1}", quiet=True))
            if last and example_run.said[t]:
                parts.append(wire(x + block / 2, TOP - 4, x + block / 2, TOP - 20, LIGHT.w_hy))
                parts.append(label(x + block / 2, TOP - 26, example_run.said[t]))
        drawn += min(trace.steps, most - drawn)
    steps = sum(trace.steps for trace in example_run.traces)
    if drawn < steps:
        words = f"the first {drawn} of {steps} steps"
        parts.append(label(LEFT + 60, foot + 82, words, quiet=True, most=40))
    width, height = LEFT + drawn * pitch, foot + 90
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" '
        f'width="{width}" height="{height:g}" role="img" font-size="12" '
        'font-family="var(--st-font, sans-serif)" fill="var(--st-text-color, currentColor)">'
        f"<title>The unrolled chain, {steps} steps</title>{''.join(parts)}</svg>"
    )


def draw_state(trace: Trace, t: int, x: float, rows: int) -> list[str]:
    """Return the cells of h[t+1]: one grid, one path for each strength of each colour."""
    values = trace.h[t + 1, 0]
    limit = float(np.abs(trace.h).max()) or 1.0
    cells: dict[tuple[str, int], list[str]] = defaultdict(list)
    for unit, value in enumerate(values.tolist()):
        column, row = divmod(unit, rows)
        square = (
            f"M{x + column * CELL_W:g} {TOP + row * CELL_H}h{CELL_W - 1}v{CELL_H - 1}h{1 - CELL_W}z"
        )
        level = round(abs(value) / limit * LEVELS) if np.isfinite(value) else 0
        if level:
            cells[LIGHT.negative if value < 0 else LIGHT.positive, level].append(square)
    filled = [
        f'<path fill="{colour}" fill-opacity="{level / LEVELS:g}" d="{"".join(squares)}"/>'
        for (colour, level), squares in cells.items()
    ]
    columns = -(-len(values) // rows)
    across = [f"M{x:g} {TOP + r * CELL_H}h{columns * CELL_W}" for r in range(rows + 1)]
    down = [f"M{x + c * CELL_W:g} {TOP}v{rows * CELL_H}" for c in range(columns + 1)]
    grid = "".join(across + down)
    return [*filled, f'<path fill="none" stroke="{LIGHT.outline}" d="{grid}"/>']


def wire(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    """Return a wire with its head at the second point; it runs to the right or upwards."""
    head = "l-6 -3v6z" if y1 == y2 else "l-3 6h6z"
    return (
        f'<path stroke="{colour}" fill="{colour}" stroke-width="1.5" '
        f'd="M{x1:g} {y1:g}L{x2:g} {y2:g}{head}"/>'
    )


def label(x: float, y: float, text: str, *, quiet: bool = False, most: int = 14) -> str:
    """Return text centred at x, escaped and cut to `most` characters."""
    shown = text if len(text) <= most else text[: most - 1] + "…"
    opacity = ' fill-opacity="0.7"' if quiet else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle"{opacity}>{escape(shown)}</text>'
