"""What holds for all tests."""

import os

# Before NumPy is imported: one thread per process, as the app itself runs.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

from hypothesis import settings  # noqa: E402

# No deadlines: a slow machine is not a bug. In CI the same cases every time.
settings.register_profile("unrolled", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("unrolled")
