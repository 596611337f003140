"""Examine every program of the bug lab; record what is found.

    python scripts/build/bug_lab.py            # all cells, faults and seeds
    python scripts/build/bug_lab.py --check    # examine seed 0 again and compare, write nothing

Part of `make models`.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rnn_core.bug_lab.recordings import (  # noqa: E402
    PROGRAMS,
    SEEDS,
    BugRecord,
    load_records,
    make_record,
    save_records,
)
from rnn_core.params import GATES  # noqa: E402

TOLERANCE = 0.15  # of the accuracy: another machine's last bits lead a faulty run elsewhere


def compare(now: BugRecord, stored: BugRecord) -> bool:
    """Say whether a program still shows what the record says."""
    good = now.failed == stored.failed and abs(now.accuracy[-1] - stored.accuracy[-1]) < TOLERANCE
    verdict = "ok" if good else "DIFFERS"
    print(
        f"{now.cell:5} {now.fault or 'right':24} {', '.join(now.failed) or 'passes':40} {verdict}"
    )
    return good


def main() -> int:
    """Examine and store, or check; the exit code is 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # `make models` hands the keys of tasks to every script; the lab has a task of its own.
    parser.add_argument("tasks", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    if arguments.tasks:
        return 0
    places = [(cell, fault) for cell in GATES for fault in PROGRAMS]
    if arguments.check:
        stored = load_records()
        results = [compare(make_record(*place, 0), stored[*place, 0]) for place in places]
        return int(not all(results))
    records = []
    for cell, fault in places:
        for seed in range(SEEDS):
            record = make_record(cell, fault, seed)
            records.append(record)
            print(
                f"{cell:5} {fault or 'right':24} seed {seed}  accuracy {record.accuracy[-1]:.3f}  "
                f"fails {', '.join(record.failed) or 'nothing'}",
                flush=True,
            )
    save_records(records)
    return 0


if __name__ == "__main__":
    sys.exit(main())
