"""What holds for all tests."""

import os
from pathlib import Path

# Before NumPy is imported: one thread per process, as the app itself runs.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

# No deadlines: a slow machine is not a bug. In CI the same cases every time.
settings.register_profile("unrolled", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("unrolled")

BROWSER = Path(__file__).parent / "browser"


@pytest.hookimpl(tryfirst=True)  # the marker must stand before it is read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, when tests run side by side, what shares its set-up: a file, or a browser.

    All browser tests share one server, one Chromium and one processor; the others run beside them.
    """
    for item in items:
        name = "browser" if BROWSER in item.path.parents else str(item.path)
        item.add_marker(pytest.mark.xdist_group(name))
