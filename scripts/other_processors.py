"""Say with which environment variables this computer rounds as another processor does.

NumPy and OpenBLAS have code for each kind of processor, and each rounds its sums in an order of its
own. With AVX-512 switched off a newer processor gives the numbers of an older one.
"""

from __future__ import annotations

import platform
from importlib import import_module
from typing import Any

X86 = ("x86_64", "AMD64", "i686")


def older_processor(machine: str, dispatched: list[str], enabled: dict[str, bool]) -> str:
    """Return the settings, NAME=VALUE to a line; "" where there is no older kind to try.

    Parameters
    ----------
    machine : str
        As ``platform.machine()`` names it.
    dispatched : list of str
        Kinds of processor that NumPy has code of its own for.
    enabled : dict of str to bool
        Which of them this processor is; NumPy refuses no other name, but warns of it.

    Examples
    --------
    >>> print(older_processor("x86_64", ["X86_V3", "X86_V4"], {"X86_V3": True, "X86_V4": True}))
    NPY_DISABLE_CPU_FEATURES=X86_V4
    OPENBLAS_CORETYPE=Haswell
    >>> older_processor("x86_64", ["X86_V3", "X86_V4"], {"X86_V3": True})
    'OPENBLAS_CORETYPE=Sandybridge'
    >>> older_processor("arm64", ["ASIMDHP"], {"ASIMDHP": True})
    ''
    """
    if machine not in X86:
        return ""
    new = [
        name for name in dispatched if name.startswith(("AVX512", "X86_V4")) and enabled.get(name)
    ]
    if not new:
        return "OPENBLAS_CORETYPE=Sandybridge"
    return f"NPY_DISABLE_CPU_FEATURES={','.join(new)}\nOPENBLAS_CORETYPE=Haswell"


def main() -> None:
    """Print the settings for this computer."""
    # NumPy says in no public place what `NPY_DISABLE_CPU_FEATURES` may name.
    found: Any = import_module("numpy._core._multiarray_umath")
    known = {name: bool(on) for name, on in found.__cpu_features__.items()}
    print(older_processor(platform.machine(), list(found.__cpu_dispatch__), known))


if __name__ == "__main__":
    main()
