"""What the README says of results and limits, checked against docs/results.md and the sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rnn_core.bug_lab.diagnostics import __name__ as instruments
from rnn_core.failure_modes.runs import FAILURE_MODES
from rnn_core.tasks import TASKS
from rnn_views.bug_lab.cases import TOOLS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RESULTS = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.key)
def test_a_result_is_that_of_the_measured_table(task: object) -> None:
    title = getattr(task, "title")  # noqa: B009 - the ids are made of tasks
    [measured] = re.findall(rf"\| {re.escape(title)} \| vanilla \|.*?\*\*([\d.]+)", RESULTS)[:1]
    shown = re.findall(r"\| (\d+\.\d+) (?:% right|nats)", README)
    assert any(abs(float(value) - float(measured)) < 0.01 for value in shown), (title, measured)


def test_numbers_of_things_in_the_readme() -> None:
    assert len(FAILURE_MODES) == 6
    assert "Six prepared extremes" in " ".join(README.split())
    assert len(TOOLS) == 4
    assert instruments == "rnn_core.bug_lab.diagnostics"


def test_captions_that_combine_in_a_new_way() -> None:
    row = next(line for line in RESULTS.splitlines() if "unseen pairs" in line)
    means = [float(value) for value in re.findall(r"\*\*([\d.]+) %", row)]
    assert len(means) == 3
    assert all(100 / 4 < mean < 100 / 2 for mean in means)


def test_python_of_the_readme_is_that_of_the_project() -> None:
    wanted = re.search(r"requires-python\s*=\s*\">=([\d.]+)", (ROOT / "pyproject.toml").read_text())
    if wanted is not None:
        assert f"Python {wanted[1]} or newer" in README
    else:
        assert "py311" in (ROOT / "pyproject.toml").read_text()


def test_on_names_a_table_of_four_letter_groups_is_better() -> None:
    rows = [line for line in RESULTS.splitlines() if line.startswith("| Names, next letter |")]
    nats = {
        model: float(re.findall(r"\*\*([\d.]+)\*\*", row)[0])
        for row in rows
        for model in ("vanilla", "4-gram")
        if f"| {model} |" in row
    }
    assert nats["4-gram"] < nats["vanilla"]
    assert "a table of four-letter groups is better" in " ".join(README.split())


def test_ci_does_what_the_readme_says() -> None:
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    wanted = ("\nmake lint", "\nscripts/test_other_processors.sh", "\nmake test")
    order = [steps.index(step) for step in wanted]
    assert order == sorted(order)
    assert "tests/core" in (ROOT / "scripts" / "test_other_processors.sh").read_text()
    assert "a second time as other processors round" in " ".join(README.split())


@pytest.mark.parametrize("name", ["UNROLLED_ALLOWED_HOSTS", "UNROLLED_FRAME_ANCESTORS"])
def test_variables_of_the_readme_are_read(name: str) -> None:
    assert name in README
    assert name in (ROOT / "serving" / "environment.py").read_text(encoding="utf-8")
