"""No import circle anywhere: neither between files nor between folders."""

from pathlib import Path

import pytest

from scripts.report.imports import file_graph, find_circle, folder_graphs

ROOT = Path(__file__).parents[2]
ROOMS = ("rnn_core", "rnn_views", "serving", "pages", "scripts", "benchmarks", "assets", "tests")
SOURCES = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for room in ROOMS
    for file in sorted((ROOT / room).rglob("*"))
    if file.suffix in (".py", ".js")
}
FILES = file_graph(SOURCES)
FOLDERS = folder_graphs(FILES)


def test_every_imported_script_is_there() -> None:
    missing = {(path, target) for path in FILES for target in FILES[path] if target not in SOURCES}
    assert not missing


def test_no_file_imports_itself_by_way_of_others() -> None:
    assert len(FILES) > 400
    assert not find_circle(FILES)


@pytest.mark.parametrize("folder", sorted(FOLDERS), ids=lambda folder: folder or "the root")
def test_no_folder_imports_itself_by_way_of_others(folder: str) -> None:
    assert not find_circle(FOLDERS[folder])


def test_circles_of_files_and_of_folders_are_found() -> None:
    python = {"a/x.py": "from b import y", "b/y.py": "def f():\n    from a.x import g"}
    assert find_circle(file_graph(python))
    scripts = {"a/x.js": 'import { y } from "../b/y.js"', "b/y.js": "await import('../a/x.js')"}
    assert find_circle(file_graph(scripts))
    folders = {"r/a/x.py": "import r.b.y", "r/b/y.py": "", "r/b/z.py": "from r.a import w"}
    graph = file_graph({**folders, "r/a/w.py": ""})
    assert not find_circle(graph)
    assert find_circle(folder_graphs(graph)["r"])
