"""The commands work in a folder whose path has blanks, an accent and a quotation mark."""

import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from scripts.app_server import ROOT, free_port

NEEDED = ("app.py", "Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt")
NEEDED_BY_NODE = (
    "package.json",
    "package-lock.json",
    "eslint.config.js",
    ".prettierrc",
    ".prettierignore",
    "tsconfig.json",
)
TOOLS_OF_NODE = ROOT / "node_modules"
ROOMS = ("assets", "pages", "rnn_core", "rnn_views", "scripts", "serving", "tests", ".streamlit")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project in such a folder, with the virtual environment that is there already."""
    place = tmp_path / "My Dócuments (it's new)" / "un rolled"
    place.mkdir(parents=True)
    for name in (*NEEDED, *NEEDED_BY_NODE):
        shutil.copy(ROOT / name, place / name)
    for room in ROOMS:
        shutil.copytree(ROOT / room, place / room, ignore=shutil.ignore_patterns("__pycache__"))
    (place / ".venv").symlink_to((ROOT / ".venv").resolve())
    return place


def test_make_test(copy: Path) -> None:
    done = subprocess.run(
        ["make", "test", "ARGS=tests/architecture/test_rules.py -q -n0"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.skipif(
    not (TOOLS_OF_NODE / ".installed").is_file() and os.environ.get("CI") != "true",
    reason="make lint has not set up the tools of node",
)
def test_lint_of_the_javascript(copy: Path) -> None:
    (copy / "node_modules").symlink_to(TOOLS_OF_NODE)

    def lint() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["scripts/lint_js.sh"],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    done = lint()
    assert done.returncode == 0, done.stdout + done.stderr
    (copy / "assets" / "chain" / "lib" / "motion.js").write_text("const { a } = b;\n", "utf-8")
    done = lint()
    assert done.returncode == 1
    assert "'b' is not defined" in done.stdout


def test_make_run(copy: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=copy,
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "ready" in line:
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert answer.status == 200
            assert b"Unrolled" in answer.read()
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)
        process.stdout.close()
