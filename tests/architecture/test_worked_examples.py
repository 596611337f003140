"""The four additions that CONTRIBUTING.md shows can be applied to this tree, and work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.test_architecture_page import ROOT, linked, named

PAPER = ROOT / "CONTRIBUTING.md"
TEXT = PAPER.read_text(encoding="utf-8")
PATCHES = {file.stem: file for file in sorted((ROOT / "docs" / "examples").glob("*.patch"))}
NUMBERED = re.compile(r"^(\d+)\. `([^`]+)`", re.MULTILINE)
FURTHER = {
    "task": [
        f"assets/models/{name}"
        for name in (
            "leap-years-gru.npz",
            "leap-years-lstm.npz",
            "leap-years-rival.npz",
            "leap-years-rnn.npz",
            "rivals.json",
        )
    ]
}
"""What the scripts that a section names write."""

CHANGED = {
    "tests/core/tasks/test_generated.py": "::test_the_three_cells_have_equal_parameter_counts"
}
"""Of a long file, the test that a patch changes."""


def section(name: str) -> str:
    """Return what the paper says of an addition, its heading first."""
    found = re.search(rf"^### A {name}: .*?(?=^### |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[0]


def touched(name: str) -> list[str]:
    """Return the files that a patch changes or adds."""
    return re.findall(r"^diff --git a/\S+ b/(\S+)$", PATCHES[name].read_text("utf-8"), re.MULTILINE)


def copy_tree(folder: Path) -> None:
    """Copy every tracked file as it is now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for path in filter(None, listed.stdout.split("\0")):
        if (ROOT / path).is_file() and not path.endswith(".png"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)


def run(folder: Path, *command: str) -> str:
    """Run a command in the copy; fail with what it said."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "GIT", "COV"))}
    environment = {**ours, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def changed_assets(folder: Path) -> set[str]:
    """Return the files below assets/ that are new or other than ours."""
    return {
        path.relative_to(folder).as_posix()
        for path in (folder / "assets").rglob("*")
        if path.is_file()
        and not (
            (ours := ROOT / path.relative_to(folder)).exists()
            and ours.read_bytes() == path.read_bytes()
        )
    }


@pytest.mark.parametrize("name", PATCHES)
def test_an_addition_works(name: str, tmp_path: Path) -> None:
    copy_tree(tmp_path)
    before = {path: (tmp_path / path).exists() for path in touched(name)}
    run(tmp_path, "git", "apply", "--whitespace=error", str(PATCHES[name]))
    python = [path for path in touched(name) if path.endswith(".py")]
    run(tmp_path, sys.executable, "-m", "ruff", "check", "--no-cache", *python)
    run(tmp_path, sys.executable, "-m", "ruff", "format", "--no-cache", "--check", *python)
    for path in python:
        source = (tmp_path / path).read_text(encoding="utf-8")
        for rule in (rules.import_breaches, rules.state_breaches, rules.page_breaches):
            assert not list(rule(path, source))
    for script, key in re.findall(r"^\.venv/bin/python (\S+) (\S+)$", section(name), re.MULTILINE):
        run(tmp_path, sys.executable, script, key)
    brought = [path for path in python if path.startswith("tests/")]
    assert any(not before[path] for path in brought), "it brings a test of its own"
    tests = [path + CHANGED.get(path, "") for path in brought]
    said = run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    assert re.search(r"^\d+ passed", said, re.MULTILINE)
    assert changed_assets(tmp_path) == set(FURTHER.get(name, ()))


def test_there_are_four_additions() -> None:
    assert set(PATCHES) == {"cell", "figure", "page", "task"}


@pytest.mark.parametrize("name", PATCHES)
def test_the_paper_counts_the_files(name: str) -> None:
    heading, listed = section(name).splitlines()[0], NUMBERED.findall(section(name))
    assert {path for _, path in listed} == set(touched(name))
    assert [int(number) for number, _ in listed] == list(range(1, len(listed) + 1))
    written = [len(FURTHER[name])] if name in FURTHER else []
    assert [int(count) for count in re.findall(r"\d+", heading)] == [len(listed), *written]


def test_the_paper_names_paths_and_targets_that_exist() -> None:
    added = {path for name in PATCHES for path in touched(name)}
    assert not [path for path in linked(PAPER) if not (ROOT / path).exists()]
    lost = [path for path in named(PAPER) - added if not (ROOT / path).exists()]
    assert not lost
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z]+)", TEXT)) <= set(targets)
    for module in re.findall(r"python -m (scripts[\w.]+)", TEXT):
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file()


def test_there_are_ten_rules() -> None:
    rules_of_the_house = TEXT.split("## Rules of the house")[1].split("\n## ")[0]
    assert re.findall(r"^(\d+)\. ", rules_of_the_house, re.MULTILINE) == list(
        map(str, range(1, 11))
    )
