"""The browser code: its width, the tests of its pure modules, and the tools that check it."""

import json
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
REGISTRY = "https://registry.npmjs.org/"


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
    node = shutil.which("node", path=f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
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


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_lint_without_node_says_so_and_fails_in_ci_alone(
    tmp_path: Path, ci: str, status: int
) -> None:
    for name in ("sh", "dirname", "id", "cat", "cksum"):
        tool = shutil.which(name)
        assert tool
        (tmp_path / name).symlink_to(tool)
    scripts = tmp_path / "a checkout" / "scripts"
    scripts.mkdir(parents=True)
    for name in ("lint_js.sh", "setup_js.sh"):
        shutil.copy(ROOT / "scripts" / name, scripts)
    done = subprocess.run(
        [scripts / "lint_js.sh"],
        env={"PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status
    assert not done.stdout
    [line] = done.stderr.splitlines()
    assert line.startswith("JavaScript: not checked, there is no node")


def test_tools_are_for_development_alone_and_bounded() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert package["private"]
    assert "dependencies" not in package
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"[~^]\d+\.\d+\.\d+", version), name


def test_the_lock_file_names_no_other_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 50
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert entry.get("resolved", REGISTRY).startswith(REGISTRY), name
