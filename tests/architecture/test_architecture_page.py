"""The map of the project: its paths exist, its folders are all there, its answers are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.report.imports import file_graph, folder_graphs
from scripts.report.map import PAGE as DRAWING
from scripts.report.map import draw_map, rank_folders, rank_rooms, read_sources

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "architecture.md"
ROOMS = ("rnn_core", "rnn_views", "rnn_views/ui", "assets/chain", "serving", "scripts", "tests")
LINK = re.compile(r"\]\(([^)#:]+)\)")
IN_CODE = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|sh|toml|js))(?![\w/])")
QUESTION = re.compile(r"^\| [^|]+\? \| ([^|]+) \| \[[^]]+\]\(([^)]+)\) \|$", re.MULTILINE)


def linked(page: Path) -> set[str]:
    """Return what a page links to, by paths from the root."""
    found = LINK.findall(page.read_text(encoding="utf-8"))
    return {(page.parent / one).resolve().relative_to(ROOT).as_posix() for one in found}


def named(page: Path) -> set[str]:
    """Return the paths in a page's code, in the text and in blocks."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return {path for code in (*blocks, *spans) for path in IN_CODE.findall(code)}


def folders_of(room: str) -> list[str]:
    """Return the folders of a room that hold anything."""
    return [
        one.relative_to(ROOT).as_posix()
        for one in sorted((ROOT / room).iterdir())
        if one.is_dir()
        and one.name != "__pycache__"
        and any(file.suffix in (".py", ".js", ".css") for file in one.rglob("*"))
    ]


def answers() -> list[tuple[str, str]]:
    """Return the words to look for, each with the file that holds it."""
    found = QUESTION.findall(MAP.read_text(encoding="utf-8"))
    return [(word, link) for cell, link in found for word in re.findall(r"`([^`]+)`", cell)]


def test_every_linked_path_exists() -> None:
    assert len(linked(MAP)) > 90
    assert not [path for path in linked(MAP) if not (ROOT / path).exists()]


def test_every_path_in_code_exists() -> None:
    assert named(MAP)
    assert not [path for path in named(MAP) if not (ROOT / path).exists()]


@pytest.mark.parametrize("room", ROOMS)
def test_every_folder_is_named(room: str) -> None:
    assert room in linked(MAP)
    assert not set(folders_of(room)) - linked(MAP)


def test_the_rooms_have_folders() -> None:
    counts = [len(folders_of(room)) for room in ROOMS]
    assert all(count > 2 for room, count in zip(ROOMS, counts, strict=True) if room != "serving")


def test_twenty_questions_are_answered() -> None:
    assert len(QUESTION.findall(MAP.read_text(encoding="utf-8"))) >= 20


@pytest.mark.parametrize(("word", "link"), answers())
def test_the_file_holds_the_word(word: str, link: str) -> None:
    assert word in (MAP.parent / link).read_text(encoding="utf-8")


def test_the_drawing_is_fresh() -> None:
    hint = "run python -m scripts.report.map"
    assert DRAWING.read_text(encoding="utf-8") == draw_map(read_sources()), hint


def test_a_folder_is_drawn_above_what_it_imports() -> None:
    sources = read_sources()
    graphs = folder_graphs(file_graph(sources))
    for room, rows in rank_rooms(sources).items():
        places = {folder: number for number, row in enumerate(rows) for folder in row}
        for folder in places:
            below = [one for one in graphs[room].get(folder, ()) if one in places]
            assert all(places[one] > places[folder] for one in below), folder


def test_a_file_between_two_folders_counts() -> None:
    graph = {"a": {"x.py"}, "x.py": {"b"}}
    assert rank_folders(graph) == [["a"], ["b"]]


def test_paths_in_code_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("`scripts/nowhere.sh` and `x = 1 / 2`\n```sh\nmake test\ncat no.md\n```\n")
    assert named(page) == {"scripts/nowhere.sh", "no.md"}
