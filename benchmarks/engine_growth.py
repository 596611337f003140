"""How the cost of the engine grows: the traced path, longer and wider batches, sizes, vocabularies.

    python benchmarks/engine.py                 # runs this too
    python benchmarks/engine_growth.py          # this alone

What is compared takes turns, two steps each. Processor time is taken, not the clock's, because long
steps are interrupted more often than short ones, and its lower quartile, because neighbours that
empty the caches only ever add.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402

import rnn_core as rc  # noqa: E402

TRACED = [(8, 1, 16, 16, 16), (12, 1, 27, 32, 27), (20, 32, 30, 32, 30), (25, 32, 64, 64, 64),
          (50, 32, 64, 128, 64)]  # fmt: skip
STEPS, BATCHES = (20, 40, 80, 160, 320), (16, 32, 64, 128, 256)
# Every width an eye might pick beside the powers of two, where kernels are at their best.
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 96, 127, 128, 129, 192, 255,
          256, 257, 384, 511, 512)  # fmt: skip
RATE = 1e-7
Step = Callable[[], Any]


def fast(cell: str, T: int, B: int, D: int, H: int, C: int, tokens: bool = False) -> Step:
    """Return a function that takes one training step."""
    params, x, targets = draw(cell, T, B, D, H, C, tokens)
    step = rc.TrainingStep(params, steps=T, batch=B, lr=RATE)
    return lambda: step.update(x, targets)


def traced(cell: str, T: int, B: int, D: int, H: int, C: int) -> Step:
    """Return a function that goes there and back on the traced path, gradients by step included."""
    params, x, targets = draw(cell, T, B, D, H, C, tokens=False)

    def pass_through() -> Any:
        trace = rc.forward(params, x)
        return rc.backward(trace, rc.cross_entropy(trace.logits, targets)[1]).by_step

    return pass_through


def draw(cell: str, T: int, B: int, D: int, H: int, C: int, tokens: bool) -> tuple[Any, Any, Any]:
    """Return weights, input and targets in float32."""
    rng = np.random.default_rng(1)
    params = rc.init(cell, inputs=D, hidden=H, outputs=C, seed=0, dtype=np.float32)
    dense = rng.standard_normal((1 if tokens else T, B, D)).astype(np.float32)
    x = rng.integers(0, D, (T, B)) if tokens else dense
    return params, x, rng.integers(0, C, (T, B))


def in_turn(rivals: list[Step], seconds: float) -> list[float]:
    """Return the lower quartile of each rival's µs per step."""
    taken: list[list[float]] = [[] for _ in rivals]
    for rival in rivals:
        rival()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(taken[0]) < 8:
        for rival, times in zip(rivals, taken, strict=True):
            start = time.thread_time()
            rival()
            rival()
            times.append((time.thread_time() - start) / 2 * 1e6)
    return [float(np.quantile(times, 0.25)) for times in taken]


def exponent(sizes: tuple[int, ...], times: list[float]) -> float:
    """Return p of the best fit time ∝ sizeᵖ."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def steepest(times: list[float]) -> tuple[float, int]:
    """Return how much dearer a width is than a wider one, at worst, and that width."""
    worst, at = 0.0, WIDTHS[0]
    for k in range(len(WIDTHS) - 1):
        ratio = times[k] / min(times[k + 1 :])
        if ratio > worst:
            worst, at = ratio, WIDTHS[k]
    return worst, at


def measure(seconds: float) -> list[dict[str, Any]]:
    """Measure everything; each row says what, the figure, and the goal."""
    rows = []
    for sizes in TRACED:
        plain, full = in_turn([fast("rnn", *sizes), traced("rnn", *sizes)], seconds)
        what = f"traced, by step ÷ training step, rnn {', '.join(map(str, sizes))}"
        rows.append({"what": what, "figure": full / plain, "goal": 3.0})
    for cell in ("rnn", "gru", "lstm"):
        by_T = in_turn([fast(cell, T, 32, 30, 32, 30) for T in STEPS], seconds)
        by_B = in_turn([fast(cell, 20, B, 30, 32, 30) for B in BATCHES], seconds)
        rows += [
            {"what": f"exponent of T, {cell}", "figure": exponent(STEPS, by_T), "goal": 1.05},
            {"what": f"exponent of B, {cell}", "figure": exponent(BATCHES, by_B), "goal": 1.05},
        ]
        times = in_turn([fast(cell, 10, 8, 16, H, 16) for H in WIDTHS], 2 * seconds)
        worst, at = steepest(times)
        what = f"dearest width beside a wider one, {cell}, H = {at}"
        rows.append({"what": what, "figure": worst, "goal": None})
    few, many = in_turn([fast("rnn", 20, 32, D, 32, 30, tokens=True) for D in (30, 4470)], seconds)
    rows.append({"what": "vocabulary 4,470 ÷ 30, rnn", "figure": many / few, "goal": 2.5})
    return rows


def report(rows: list[dict[str, Any]]) -> str:
    """Return the table in Markdown."""
    lines = ["| what | measured | at most |", "|---|---|---|"]
    for row in rows:
        goal = "–" if row["goal"] is None else f"{row['goal']:g}"
        lines.append(f"| {row['what']} | {row['figure']:.2f} | {goal} |")
    return "\n".join(lines)


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(report(measure(seconds=2.0)))
