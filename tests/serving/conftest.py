"""Servers for the tests that attack them, with their logs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.app_server import ROOT, LiveApp, serve_app


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server writes its log."""
    return tmp_path_factory.mktemp("log") / "log.txt"


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, log: Path) -> Iterator[LiveApp]:
    """A server of the module; `BEFORE` in it may name a shell command that comes first."""
    before = getattr(request.module, "BEFORE", "true")
    script = (
        f"{before} && exec '{sys.executable}' -m uvicorn app:app --app-dir '{ROOT}' "
        f"--port {{port}} --ws websockets-sansio >'{log}' 2>&1"
    )
    with serve_app("sh", "-c", script) as app:
        yield app
