"""Train the prepared extremes, good and bad; record their curves and the networks they end with.

    python scripts/build/failure_modes.py            # all runs, three seeds each
    python scripts/build/failure_modes.py --check    # train seed 0 again and compare, write nothing

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

import numpy as np  # noqa: E402

from rnn_core.failure_modes.recordings import (  # noqa: E402
    SEEDS,
    FailureModeRecord,
    load_records,
    record_run,
    run_extreme,
    save_last,
    save_records,
)
from rnn_core.failure_modes.runs import RUNS  # noqa: E402

TOLERANCE = 0.1  # of the curves' start, relative: another machine's last bits lead a run elsewhere


def describe(record: FailureModeRecord) -> str:
    """Return a run in one line."""
    return (
        f"{record.key:12} seed {record.seed}  {record.outcome:7} {record.made:5} updates  "
        f"loss {record.untrained:.3g} → {record.losses[-1]:.3g}  held out "
        f"{record.held_out_losses[0]:.3g} → {record.held_out_losses[-1]:.3g}  "
        f"result {record.result:.3g}"
    )


def compare(key: str) -> bool:
    """Say whether a run still does what its record says."""
    now, stored = record_run(key, run_extreme(key, 0)), load_records()[key, 0]
    good = now.outcome == stored.outcome and bool(
        np.isclose(now.losses[0], stored.losses[0], rtol=TOLERANCE)
    )
    print(describe(now), "ok" if good else "DIFFERS", flush=True)
    return good


def main() -> int:
    """Train and store, or check; the exit code is 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    # `make models` hands the keys of tasks to every script; the extremes are named otherwise.
    parser.add_argument("tasks", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    if arguments.tasks:
        return 0
    if arguments.check:
        results = [compare(key) for key in RUNS]
        return int(not all(results))
    records = []
    for key in RUNS:
        for seed in range(SEEDS):
            trainer = run_extreme(key, seed)
            records.append(record_run(key, trainer))
            print(describe(records[-1]), flush=True)
            if seed == 0:
                save_last(key, trainer)
    save_records(records)
    return 0


if __name__ == "__main__":
    sys.exit(main())
