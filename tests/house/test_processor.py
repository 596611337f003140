"""NumPy is told about threads and kernels before it is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from serving import processor

ROOT = Path(__file__).resolve().parent.parent.parent
WIDE = "avx512f avx512dq avx512cd avx512bw avx512vl"


@pytest.mark.parametrize(
    ("cpuinfo", "unknown"),
    [
        (f"vendor_id\t: AuthenticAMD\nflags\t\t: fpu sse {WIDE} vaes\n", True),
        (f"vendor_id\t: GenuineIntel\nflags\t\t: fpu sse {WIDE} vaes\n", False),
        ("vendor_id\t: AuthenticAMD\nflags\t\t: fpu sse avx2 fma\n", False),
        ("CPU implementer : 0x41\nFeatures : fp asimd\n", False),
        ("", False),
    ],
)
def test_processors_openblas_does_not_know(cpuinfo: str, unknown: bool) -> None:
    assert processor.has_unknown_width(cpuinfo) is unknown


def test_what_is_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"vendor_id : AuthenticAMD\nflags : {WIDE}\n")
    monkeypatch.setattr(processor, "CPUINFO", cpuinfo)
    fresh: dict[str, str] = {}
    processor.settle_products(fresh)
    assert fresh == {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_CORETYPE": "SkylakeX",
    }
    chosen = {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Haswell"}
    processor.settle_products(chosen)
    assert chosen["OPENBLAS_NUM_THREADS"] == "2"
    assert chosen["OPENBLAS_CORETYPE"] == "Haswell"
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "missing")
    elsewhere: dict[str, str] = {}
    processor.settle_products(elsewhere)
    assert "OPENBLAS_CORETYPE" not in elsewhere


def test_products_are_right_on_this_machine() -> None:
    """In a process of its own, as NumPy reads the settings once."""
    code = (
        "import sys; from serving.processor import settle_products; settle_products();"
        "assert 'numpy' not in sys.modules; import numpy as np;"
        "a = np.arange(6400.0).reshape(80, 80) % 7; b = a.T + 1;"
        "c = np.einsum('ij,jk->ik', a, b);"
        "assert (a @ b == c).all();"
        "assert (a.astype('f4') @ b.astype('f4') == c).all()"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS", "OMP", "MKL"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
