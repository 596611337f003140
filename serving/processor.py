"""How NumPy's matrix products use this processor: settled before NumPy is first imported."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
KERNELS = "OPENBLAS_CORETYPE"
WIDE = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
CPUINFO = Path("/proc/cpuinfo")


def settle_products(environment: MutableMapping[str, str] = os.environ) -> None:
    """Ask for one thread, and for the kernels this processor can run; what is set stays.

    Small products are faster on one thread, and visitors do not fight for cores. OpenBLAS (0.3.31)
    does not know AMD's processors that have AVX-512 and takes its kernels for Haswell there; those
    for Skylake-X take 40 to 60 % of the time.
    """
    for name in THREADS:
        environment.setdefault(name, "1")
    if CPUINFO.exists() and has_unknown_width(CPUINFO.read_text()):
        environment.setdefault(KERNELS, "SkylakeX")


def has_unknown_width(cpuinfo: str) -> bool:
    """Tell from the text of /proc/cpuinfo an AMD processor that can run Skylake-X kernels.

    >>> has_unknown_width("vendor_id : GenuineIntel\\nflags : avx512f")
    False
    """
    fields = dict(line.partition(":")[::2] for line in cpuinfo.splitlines() if ":" in line)
    found = {name.strip(): value.strip() for name, value in fields.items()}
    return found.get("vendor_id") == "AuthenticAMD" and set(found.get("flags", "").split()) >= WIDE
