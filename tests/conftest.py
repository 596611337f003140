"""What holds for all tests."""

import os
from typing import Any

# Before NumPy is imported: one thread per process, as the app itself runs.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from tests.support.seeds import SEED  # noqa: E402

# No deadlines: a slow machine is not a bug. In CI the same cases every time.
settings.register_profile("unrolled", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("unrolled")


def pytest_report_header() -> str:
    """Say which places were drawn, so that a failure can be had again."""
    return f"places drawn by DRAW_SEED={SEED}"


@pytest.hookimpl(optionalhook=True)  # where the plugin is installed that runs tests side by side
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file together: they share what the file has set up.

    The browser tests' server and Chromium live as long as a worker, so a worker starts them once.
    """
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)
