"""The browser code: lines of at most 100 columns, and the tests of its pure modules."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLUMNS = 100
SCRIPTS = [
    ROOT / "eslint.config.js",
    *(file for room in ("assets", "tests") for file in sorted((ROOT / room).rglob("*.js"))),
]
NODE_TESTS = sorted((ROOT / "tests" / "js").glob("*.test.js"))
OLDEST_NODE = 20


def test_lines_fit_in_100_columns() -> None:
    assert len(SCRIPTS) > 80
    long = [
        f"{file.relative_to(ROOT).as_posix()}:{number} {len(line)}"
        for file in SCRIPTS
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if len(line) > COLUMNS
    ]
    assert not long, "\n".join(long)


def find_node() -> str | None:
    """Return the path of a node that is new enough."""
    node = shutil.which("node")
    if node is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return node if int(version.stdout.lstrip("v").split(".")[0]) >= OLDEST_NODE else None


def run_node_tests(*files: Path) -> subprocess.CompletedProcess[str]:
    """Run test files in node's own test runner."""
    node = find_node()
    if node is None:
        problem = f"there is no node {OLDEST_NODE} or newer here"
        if os.environ.get("CI") == "true":
            pytest.fail(problem)
        pytest.skip(problem)
    return subprocess.run(
        [node, "--test", "--test-reporter=tap", *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_pure_modules_pass_their_tests() -> None:
    assert len(NODE_TESTS) >= 8
    done = run_node_tests(*NODE_TESTS)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert passed, done.stdout
    assert int(passed[1]) > 60


def test_a_failing_test_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.test.mjs"
    wrong.write_text(
        'import assert from "node:assert/strict"\n'
        'import { test } from "node:test"\n'
        'test("wrong", () => assert.equal(1 + 1, 3))\n',
        "utf-8",
    )
    done = run_node_tests(wrong)
    assert done.returncode != 0
    assert "# fail 1" in done.stdout
