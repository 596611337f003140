"""Draw the rooms of the project from its imports: docs/architecture.svg.

Run ``python -m scripts.report.map`` after a folder is added, or imports another one for the first
time. In each room a folder stands above all folders of the room that it imports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from scripts.report.imports import Graph, file_graph, folder_graphs

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "architecture.svg"
ROOMS: Final = ("pages", "serving", "rnn_views/ui", "rnn_views", "rnn_core", "assets/chain")
LETTER: Final = 7.8
"""Pixels of a letter, at most."""
CHIP: Final = 26
GAP: Final = 8
HEAD: Final = 30
STYLE: Final = """
svg { font: 13px system-ui, sans-serif; }
.ground { fill: #ffffff; } .room { fill: #f1f3f6; stroke: #8791a3; }
.folder { fill: #ffffff; stroke: #8791a3; } text { fill: #1b2330; }
.name { font-weight: 600; } .note { fill: #566072; }
.way { stroke: #1d5fbf; stroke-width: 2; fill: none; } .head { fill: #1d5fbf; }
@media (prefers-color-scheme: dark) {
.ground { fill: #10151d; } .room { fill: #222a36; stroke: #67738a; }
.folder { fill: #10151d; stroke: #67738a; } text { fill: #e8ecf2; }
.note { fill: #9da8ba; } .way { stroke: #8fbaff; } .head { fill: #8fbaff; }
}
"""


class Box(NamedTuple):
    """Where a room is drawn: its left upper corner, and its size."""

    x: int
    y: int
    width: int
    height: int


def read_sources(root: Path = ROOT) -> dict[str, str]:
    """Return the texts of all modules of the rooms by their paths."""
    return {
        file.relative_to(root).as_posix(): file.read_text(encoding="utf-8")
        for top in sorted({room.split("/")[0] for room in ROOMS})
        for file in sorted((root / top).rglob("*"))
        if file.suffix in (".py", ".js")
    }


def rank_folders(graph: Graph) -> list[list[str]]:
    """Return the folders of a room in rows: each imports folders of rows below its own alone.

    Files that lie in the room itself make no row, but what they import counts.

    >>> rank_folders({"a": {"x.py"}, "x.py": {"b"}, "c": {"b"}})
    [['a', 'c'], ['b']]
    """

    @cache
    def height(node: str) -> int:
        below = max((height(one) for one in graph.get(node, ())), default=0)
        return below + ("." not in node)

    nodes = sorted({*graph, *(one for targets in graph.values() for one in targets)})
    folders = [node for node in nodes if "." not in node]
    heights = sorted({height(folder) for folder in folders}, reverse=True)
    return [[folder for folder in folders if height(folder) == row] for row in heights]


def rank_rooms(sources: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """Return for each room its folders in rows, as `rank_folders` gives them."""
    graphs = folder_graphs(file_graph(sources))
    rows = {room: rank_folders(graphs.get(room, {})) for room in ROOMS}
    rows["rnn_views"] = [[one for one in row if one != "ui"] for row in rows["rnn_views"]]
    return {room: [row for row in found if row] for room, found in rows.items()}


def draw_map(sources: Mapping[str, str]) -> str:
    """Return the drawing as SVG."""
    rows = rank_rooms(sources)
    wide, side = 500, 300
    boxes = {"pages": Box(16, 16, 240, 56), "serving": Box(276, 16, 240, 56)}
    y = 112
    for room in ("rnn_views/ui", "rnn_views", "rnn_core"):
        boxes[room] = Box(16, y, wide, _height(rows[room], wide))
        y += boxes[room].height + 40
    chain = boxes["assets/chain"] = Box(610, 112, side, _height(rows["assets/chain"], side))
    notes = {
        "pages": "one script per page",
        "serving": "and app.py: the server",
        "rnn_views/ui": "Streamlit: controls, runs, settings",
        "rnn_views": "records in; payload, figures and verdicts out",
        "rnn_core": "NumPy: cells, unroll, tasks, training",
        "assets/chain": "in the browser",
    }
    width, height = chain.x + side + 16, y - 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>The rooms and what each imports</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
    ]
    for room, box in boxes.items():
        parts += _room(room, notes[room], box, rows[room])
    ui, views = boxes["rnn_views/ui"], boxes["rnn_views"]
    right = ui.x + ui.width
    parts += [
        *_arrow(136, 72, 136, ui.y),
        *_arrow(396, 72, 396, ui.y),
        *_arrow(266, ui.y + ui.height, 266, views.y),
        *_arrow(266, views.y + views.height, 266, boxes["rnn_core"].y),
        *_arrow(right, ui.y + 50, chain.x, ui.y + 50),
        *_arrow(chain.x, ui.y + 100, right, ui.y + 100),
        _text(right + 10, ui.y + 42, "payload", "note"),
        _text(right + 10, ui.y + 92, "edits", "note"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines(row: list[str], width: int) -> Iterator[list[tuple[str, int]]]:
    """Yield a row's folders, each with its width, in as many lines as they need."""
    line: list[tuple[str, int]] = []
    for name in row:
        wide = round(len(name) * LETTER) + 20
        if line and sum(one + GAP for _, one in line) + wide > width - 2 * GAP:
            yield line
            line = []
        line.append((name, wide))
    yield line


def _height(rows: list[list[str]], width: int) -> int:
    lines = sum(len(list(_lines(row, width))) for row in rows)
    return HEAD + lines * CHIP + len(rows) * GAP + GAP


def _room(room: str, note: str, box: Box, rows: list[list[str]]) -> Iterator[str]:
    x, y, width, height = box
    yield f'<rect class="room" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'
    yield _text(x + 12, y + 20, f"{room}/", "name")
    place = (x + round(len(room) * LETTER) + 34, y + 20) if rows else (x + 12, y + 42)
    yield _text(*place, note, "note")
    y += HEAD + 2
    for row in rows:
        for line in _lines(row, width):
            left = x + 12
            for name, wide in line:
                yield f'<rect class="folder" x="{left}" y="{y}" width="{wide}" height="22" rx="4"/>'
                yield _text(left + 10, y + 15, name, "folder-name")
                left += wide + GAP
            y += CHIP
        y += GAP


def _arrow(x: int, y: int, to_x: int, to_y: int) -> Iterator[str]:
    down = to_x == x
    step = 8 if to_x > x else -8
    end = (to_x, to_y - 8) if down else (to_x - step, to_y)
    yield f'<path class="way" d="M{x} {y}L{end[0]} {end[1]}"/>'
    tip = f"M{to_x} {to_y}l-5 -9h10z" if down else f"M{to_x} {to_y}l{-step - step // 8} -5v10z"
    yield f'<path class="head" d="{tip}"/>'


def _text(x: int, y: int, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{text}</text>'


def main() -> None:
    """Write the drawing."""
    PAGE.write_text(draw_map(read_sources()), encoding="utf-8")


if __name__ == "__main__":
    main()
