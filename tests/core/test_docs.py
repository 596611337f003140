"""The code in the engine's papers runs, and shows what it says."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize("name", ["composition.md", "engine.md", "rosetta.md"])
def test_examples_run(name: str) -> None:
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    done = doctest.testfile(str(DOCS / name), module_relative=False, optionflags=flags)
    assert done.attempted > 0
    assert done.failed == 0
