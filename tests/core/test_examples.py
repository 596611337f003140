"""The examples run as they are, from a checkout, with NumPy and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "train_names.py"


def run(updates: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it from elsewhere, without this process's import paths."""
    command = [sys.executable, "-I", "-X", "importtime", str(EXAMPLE), updates]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    return run("60", tmp_path_factory.mktemp("elsewhere"))


def test_it_learns_and_samples(done: subprocess.CompletedProcess[str]) -> None:
    lines = done.stdout.splitlines()
    losses = [float(loss) for loss in re.findall(r": (\d\.\d+) nats per letter", done.stdout)]
    assert len(losses) == 5
    assert losses[-1] < losses[0] - 0.2
    assert losses[-1] < 2.9, "below what guessing among 27 letters costs, 3.30"
    sampled = lines[5:]
    assert len(sampled) == 10
    assert all(re.fullmatch(r"([A-Z][a-z]*)?", name) for name in sampled)
    assert sum(len(name) > 1 for name in sampled) >= 5


def test_it_needs_numpy_only(done: subprocess.CompletedProcess[str]) -> None:
    imported = set(re.findall(r"\| +(\w+)", done.stderr))
    assert {"numpy", "rnn_core"} <= imported
    assert not imported & {"torch", "streamlit", "pandas", "plotly", "scipy", "keras"}


def test_it_stays_short() -> None:
    code = [line for line in EXAMPLE.read_text("utf-8").split('"""', 2)[2].splitlines() if line]
    assert len(code) <= 34
