"""What every report of measured results needs: tables, the machine, and the time allowed."""

import platform
from pathlib import Path

import numpy as np

ALLOWED = {  # seconds a live run from scratch may take, the page's own work included
    "digits": 1.0,
    "digit-rows": 1.0,
    "captions": 1.5,
    "sentiment": 4.0,
    "french": 2.0,
    "german": 2.0,
    "names": 2.0,
}


def table(header: str, rows: list[list[str]]) -> str:
    """A Markdown table; the header's columns are parted by |."""
    columns = header.split("|")
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def describe_machine() -> str:
    """Processor, Python and NumPy."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    machine = f"{models[0]}, {len(models)} cores" if models else platform.machine()
    return f"{machine}, Python {platform.python_version()}, NumPy {np.__version__}"
