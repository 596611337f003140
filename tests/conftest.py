"""What holds for all tests."""

import os
from typing import Any

# Before NumPy is imported: one thread per process, as the app itself runs.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from tests.draws import SEED  # noqa: E402

BROWSER = "tests/browser/"

# No deadlines: a slow machine is not a bug. In CI the same cases every time.
settings.register_profile("unrolled", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("unrolled")


def pytest_report_header() -> str:
    """Say which places were drawn, so that a failure can be had again."""
    return f"places drawn by DRAW_SEED={SEED}"


@pytest.hookimpl(optionalhook=True)  # where the plugin is installed that runs tests side by side
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep together what shares its set-up: a file, or all that shares one server and Chromium."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else nodeid.split("::")[0]

    return Together(config, log)
